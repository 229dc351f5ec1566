"""The public JSON: its fields are the contract with the command line, the page and scripts."""

import msgspec
import pytest

from carrierbox import shapes


def fields_of(struct: type[msgspec.Struct]) -> list[str]:
    """The names of a struct's fields as they stand in its JSON."""
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def test_a_message_has_the_fields_of_the_contract() -> None:
    """A field may be added; one that changes its name breaks whoever reads it."""
    assert fields_of(shapes.Message) == [
        "message_id",
        "system_id",
        "source_addr",
        "destination_addr",
        "msisdn",
        "country",
        "carrier",
        "rule",
        "text",
        "data_coding",
        "parts",
        "message_state",
        "err",
        "attempts",
        "registered_delivery",
        "accepted_at",
        "final_at",
        "receipt",
        "origin",
        "tlvs",
        "kind",
        "receiver",
        "told",
    ]
    assert fields_of(shapes.Tlv) == ["tag", "name", "value", "meaning"]
    assert fields_of(shapes.MessageWithEvents) == [*fields_of(shapes.Message), "events"]
    assert fields_of(shapes.MessageEvent) == ["number", "kind", "at", "detail"]


def test_a_phone_has_the_fields_of_the_contract() -> None:
    """The short form is the long one without the texts."""
    assert fields_of(shapes.Phone) == [
        *fields_of(shapes.PhoneSummary),
        *("texts", "flash", "sent", "silent", "parts_held", "memory"),
    ]
    assert fields_of(shapes.PhoneSummary) == [
        "msisdn",
        "imsi",
        "country",
        "carrier",
        "power",
        "duplicates",
        "waiting",
        "indicators",
        "flags",
        "serving_node",
    ]
    assert fields_of(shapes.PhoneText) == [
        "number",
        "sender",
        "text",
        "parts",
        "sent_at",
        "received_at",
        "message_class",
        "port",
        "signs",
        "content",
        "kind",
        "user_response_code",
        "acknowledgement",
        "protocol",
        "storage",
    ]


def test_an_event_has_the_fields_of_the_contract() -> None:
    """What the page and `carrierbox` follow."""
    assert fields_of(shapes.Event) == [
        "number",
        "kind",
        "at",
        "message_id",
        "system_id",
        "msisdn",
        "detail",
    ]


@pytest.mark.parametrize(
    "body",
    [b'{"power": "maybe"}', b'{"power": true}', b"{}", b'{"power": "on", "colour": "red"}', b"[]"],
)
def test_a_power_request_is_on_or_off_and_nothing_else(body: bytes) -> None:
    """Unknown fields are errors, so that a slip of the pen is not ignored."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=shapes.PowerRequest)


@pytest.mark.parametrize(
    "body",
    [b'{"to": "", "text": "Hi"}', b'{"to": "38100", "text": ""}', b'{"to": 38100, "text": "Hi"}'],
)
def test_a_text_request_says_where_to_and_what(body: bytes) -> None:
    """Neither may be empty, and a number is a string."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=shapes.TextRequest)


def test_shapes_are_plain_json_both_ways() -> None:
    """What the API writes the command line reads with the same structs."""
    listed = shapes.PhoneList(phones=[], total=0)
    assert msgspec.json.encode(listed) == b'{"phones":[],"total":0}'
    assert msgspec.json.decode(msgspec.json.encode(listed), type=shapes.PhoneList) == listed
