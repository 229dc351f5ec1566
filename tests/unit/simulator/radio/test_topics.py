"""Topic names: built and taken apart, wild cards and strangers refused."""

import pytest

from carrierbox.simulator.radio.topics import (
    KINDS,
    MO,
    MT_ACK,
    centre_topic,
    parse_phone_topic,
    phone_topic,
    topics_of_all_phones,
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_topic_that_is_built_is_taken_apart_again(kind: str) -> None:
    """Each kind, those with a slash among them."""
    found = parse_phone_topic(phone_topic("main-2", "33612345678", kind))
    assert found is not None
    assert (found.box, found.msisdn, found.kind) == ("main-2", "33612345678", kind)


def test_the_names_are_those_of_the_contract() -> None:
    """docs/radio.md."""
    assert phone_topic("default", "33612345678", MT_ACK) == (
        "carrierbox/v1/default/phone/33612345678/mt/ack"
    )
    assert topics_of_all_phones("default", MO) == "carrierbox/v1/default/phone/+/mo"
    assert centre_topic("default") == "carrierbox/v1/default/centre/presence"


@pytest.mark.parametrize(
    ("box", "msisdn", "kind"),
    [
        ("+", "33612345678", "mt"),
        ("default", "#", "mt"),
        ("default", "+33612345678", "mt"),
        ("default", "1" * 16, "mt"),
        ("default", "", "mt"),
        ("default", "\u0663\u0663", "mt"),
        ("a/b", "33612345678", "mt"),
        ("default", "33612345678", "+"),
        ("default\n", "33612345678", "mt"),
    ],
)
def test_what_has_no_place_in_a_topic_is_refused(box: str, msisdn: str, kind: str) -> None:
    """A number with a wild card would speak to every phone."""
    with pytest.raises(ValueError):
        phone_topic(box, msisdn, kind)
    assert parse_phone_topic(f"carrierbox/v1/{box}/phone/{msisdn}/{kind}") is None


@pytest.mark.parametrize("name", ["+", "", "A", "a" * 33])
def test_filters_and_the_topic_of_the_carrier_are_of_one_box(name: str) -> None:
    """The name of a box is checked everywhere."""
    with pytest.raises(ValueError):
        topics_of_all_phones(name, MO)
    with pytest.raises(ValueError):
        centre_topic(name)
    with pytest.raises(ValueError):
        topics_of_all_phones("default", name)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "carrierbox/v1",
        "carrierbox/v1/default/centre/presence",
        "carrierbox/v2/default/phone/33612345678/mt",
        "carrierbox/v1/default/phone/33612345678",
        "carrierbox/v1/default/phone/33612345678/mt/",
        "carrierbox/v1/default/phone/33612345678/mt/ack/more",
        "carrierbox/v1/default/phone/33612345678/" + "x" * 1000,
    ],
)
def test_other_topics_are_of_no_phone(topic: str) -> None:
    """Also those that only begin alike."""
    assert parse_phone_topic(topic) is None
