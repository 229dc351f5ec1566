"""The setting `radio`."""

from pathlib import Path
from typing import Any

import pytest

from carrierbox.config import load_configuration
from carrierbox.config_radio import RADIO_SCHEMA, read_radio
from carrierbox.config_values import Problems
from carrierbox.simulator.radio.settings import RadioSettings


def read(value: object) -> RadioSettings:
    """Settings of a broker."""
    found = read_radio(value)
    assert found is not None
    return found


def test_phones_are_in_the_process_unless_a_broker_is_named() -> None:
    """The default, written out."""
    assert read_radio("in_process") is None
    assert load_configuration(None, {}, {"store": {"url": ":memory:"}}).radio is None
    assert RADIO_SCHEMA["default"] == "in_process"


def test_a_mapping_says_more_than_a_url() -> None:
    """Its name and password go before those of the URL."""
    found = read(
        {
            "url": "mqtts://a:b@broker.example",
            "user_name": "carrier",
            "password": "p@ss:word",
            "ca": "ca.pem",
            "certificate": "own.pem",
            "key": "own.key",
            "phones": ["+33612345678", "0033698765432"],
        }
    )
    assert (found.host, found.port, found.user_name) == ("broker.example", 8883, "carrier")
    assert (found.password, found.ca) == ("p@ss:word", Path("ca.pem"))
    assert (found.certificate, found.key) == (Path("own.pem"), Path("own.key"))
    assert found.phones == ("33612345678", "33698765432")


@pytest.mark.parametrize(
    ("value", "key", "problem"),
    [
        ({}, "url", "missing"),
        ({"url": "http://x"}, "url", "in_process"),
        ({"url": "mqtt://x", "qos": 2}, "qos", "unknown key"),
        ({"url": "mqtt://x", "ca": "ca.pem"}, "ca", "mqtts"),
        ({"url": "mqtts://x", "ca": ""}, "ca", "file"),
        ({"url": "mqtts://x", "key": "k"}, "key", "certificate"),
        ({"url": "mqtt+embedded", "password": "x"}, "password", "embedded"),
        ({"url": "mqtt://x", "phones": "+33612345678"}, "phones", "list"),
        ({"url": "mqtt://x", "phones": ["ACME"]}, "phones", "international"),
    ],
)
def test_every_problem_names_its_key(value: Any, key: str, problem: str) -> None:
    """And says what to do."""
    with pytest.raises(Problems) as caught:
        read_radio(value)
    ((found, text),) = caught.value.found
    assert found == key
    assert problem in text


@pytest.mark.parametrize("value", [5, True, [], "mqtt", "in-process"])
def test_anything_else_is_refused(value: Any) -> None:
    """What may be there is said."""
    with pytest.raises(ValueError):
        read_radio(value)


def test_each_box_has_its_own() -> None:
    """And the command line says it for the default one."""
    said = {
        "store": {"url": ":memory:"},
        "radio": "mqtt://127.0.0.1",
        "boxes": {"other": {"accounts": [{"system_id": "a", "password": "b"}]}},
    }
    boxes = load_configuration(None, {}, said).all_boxes()
    radio = boxes["default"].radio
    assert radio is not None
    assert radio.address == "127.0.0.1:1883"
    assert boxes["other"].radio is None
