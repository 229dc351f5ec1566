"""The URL of a broker."""

import pytest

from carrierbox.simulator.radio.settings import checked_box, radio_settings


def test_a_url_says_who_where_and_how() -> None:
    """What is special in a URL is written with percent signs."""
    found = radio_settings("mqtts://carrier:p%40ss@broker.example")
    assert (found.host, found.port, found.is_tls) == ("broker.example", 8883, True)
    assert (found.user_name, found.password) == ("carrier", "p@ss")
    found = radio_settings("mqtt://127.0.0.1")
    assert (found.port, found.is_tls, found.user_name, found.password) == (1883, False, None, None)
    assert radio_settings("mqtt://[::1]:1884/").address == "[::1]:1884"


def test_the_embedded_broker_takes_a_free_port_or_the_one_it_is_given() -> None:
    """On this machine only."""
    found = radio_settings("mqtt+embedded")
    assert (found.host, found.port, found.is_embedded) == ("127.0.0.1", 0, True)
    assert radio_settings("mqtt+embedded://localhost:1883").port == 1883


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mqtt",
        "mqtt://",
        "http://127.0.0.1",
        "mqtt://127.0.0.1:70000",
        "mqtt://127.0.0.1:port",
        "mqtt://127.0.0.1/topic",
        "mqtt://127.0.0.1?x=1",
        "mqtt://[::1",
        "mqtt+embedded://0.0.0.0:1883",
        "mqtt+embedded://a:b@127.0.0.1",
    ],
)
def test_anything_else_is_refused_without_telling_the_password(url: str) -> None:
    """Errors are printed."""
    with pytest.raises(ValueError) as caught:
        radio_settings(url.replace("://", "://user:secret@", 1) if "@" not in url else url)
    assert "secret" not in str(caught.value)


def test_the_name_of_a_box_is_checked() -> None:
    """It becomes part of topics."""
    assert checked_box("default") == "default"
    with pytest.raises(ValueError):
        checked_box("+")
