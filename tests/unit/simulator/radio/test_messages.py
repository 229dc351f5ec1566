"""What is said over MQTT: JSON there and back, and the schemas that are published."""

import json
from pathlib import Path

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.relayed_tpdu import sms_submit
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address, international
from carrierbox.relay import (
    MEMORY_CAPACITY_EXCEEDED,
    SM_DELIVERY_FAILURE,
    SUBSCRIBER_BUSY_FOR_MT_SMS,
    RpMtData,
)
from carrierbox.simulator.radio.messages import (
    ERRORS,
    STRUCTS,
    MessageRefusedError,
    MtAck,
    encode,
    error_of,
    mt_of,
    read_mo,
    read_mo_ack,
    read_mt,
    read_mt_ack,
    rp_mo_data,
    rp_mt_data,
    schemas,
    time_words,
)

PHONE = "33612345678"
AT = NetworkTime(1_781_185_882.0)
PAGE = Path(__file__).parents[4] / "docs" / "radio.md"
PUBLISHED = Path(__file__).parents[4] / "docs" / "radio-schemas.json"


def part(
    sender: Address | None = None,
    tp_dcs: int = 0,
    header: bytes = b"",
    user_data: bytes = b"Hello",
    reference: int = 256,
) -> RpMtData:
    """A part on its way."""
    originating = sender or Address(5, 0, "ACME")
    return RpMtData(reference, PHONE, originating, 0, tp_dcs, header, user_data, AT, False)


def test_a_part_is_told_as_octets_and_in_words() -> None:
    """The example of docs/radio.md."""
    told = json.loads(encode(mt_of(part(), 1, AT + 172_800, AT)))
    assert (told["id"], told["attempt"]) == ("256", 1)
    assert told["tpdu_hex"] == "0407D0C161B30800006260113115220005C8329BFD06"
    assert f'"tpdu_hex": "{told["tpdu_hex"]}"' in PAGE.read_text(encoding="utf-8")
    assert told["decoded"] == {
        "sender": "ACME",
        "text": "Hello",
        "alphabet": "gsm7",
        "part": 1,
        "parts": 1,
        "concatenation_reference": None,
        "service_centre_time": "2026-06-11T13:51:22Z",
    }
    assert (told["sent_at"], told["expires"]) == ("2026-06-11T13:51:22Z", "2026-06-13T13:51:22Z")


@pytest.mark.parametrize(
    ("tp_dcs", "user_data", "alphabet", "text"),
    [
        (0, b"a\x00", "gsm7", "a@"),
        (8, "é🙂".encode("utf-16-be"), "ucs2", "é🙂"),
        (4, b"\xff\x00", "octets", "\xff\x00"),
    ],
)
def test_every_alphabet_survives(tp_dcs: int, user_data: bytes, alphabet: str, text: str) -> None:
    """The phone gets back what crossed the relay."""
    header = bytes([5, 0, 3, 7, 2, 2])
    mt = read_mt(encode(mt_of(part(None, tp_dcs, header, user_data, 1 << 70), 2, 0.0, AT)))
    decoded = mt.decoded
    assert (decoded.alphabet, decoded.text) == (alphabet, text)
    assert (decoded.part, decoded.parts, decoded.concatenation_reference) == (2, 2, 7)
    assert mt.expires is None
    back = rp_mt_data(mt, PHONE)
    assert (back.reference, back.msisdn) == (1 << 70, PHONE)
    assert (back.tp_dcs, back.user_data_header, back.user_data) == (tp_dcs, header, user_data)
    assert (back.originating, back.service_centre_time) == (Address(5, 0, "ACME"), AT)


@pytest.mark.parametrize("header", [bytes([5, 0, 3, 7, 2, 3]), bytes([5, 0, 3, 7, 2, 0])])
def test_an_impossible_part_stands_alone(header: bytes) -> None:
    """TS 23.040 §9.2.3.24.1."""
    mt = read_mt(encode(mt_of(part(None, 0, header), 1, 0.0, AT)))
    assert (mt.decoded.part, mt.decoded.parts) == (1, 1)


def test_a_sender_that_has_no_place_in_a_transfer_pdu_is_refused() -> None:
    """TP-OA has eleven characters (TS 23.040 §9.1.2.5)."""
    with pytest.raises(CodecError):
        mt_of(part(Address(5, 0, "A" * 20)), 1, 0.0, AT)


def test_senders_are_written_as_a_phone_shows_them() -> None:
    """International numbers with their plus sign."""
    for address, shown in ((international(PHONE), "+" + PHONE), (Address(3, 0, "38100"), "38100")):
        assert mt_of(part(address), 1, 0.0, AT).decoded.sender == shown


def test_an_answer_without_an_error_means_that_the_phone_has_it() -> None:
    """And each error is a MAP user error with its diagnostic."""
    assert error_of(read_mt_ack(b'{"id": "256"}')) == (0, 0)
    found = error_of(read_mt_ack(b'{"id": "256", "error": "MEMORY_CAPACITY_EXCEEDED"}'))
    assert found == (SM_DELIVERY_FAILURE, MEMORY_CAPACITY_EXCEEDED)
    assert error_of(MtAck("1", "SUBSCRIBER_BUSY_FOR_MT_SMS")) == (SUBSCRIBER_BUSY_FOR_MT_SMS, 0)
    assert error_of(MtAck("1", "WHATEVER"))[0] == SM_DELIVERY_FAILURE
    assert "ABSENT_SUBSCRIBER" in ERRORS


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"id": 1}',
        b'{"id": ""}',
        b'{"id": "\xff"}',
        b'{"id": "' + b"x" * 65 + b'"}',
        b"[" * 60_000,
        b'{"id": "1"}' + b" " * 65_536,
        '{"id": "\ud800"}'.encode("utf-8", "surrogatepass"),
    ],
)
def test_what_the_contract_does_not_allow_is_refused(payload: bytes) -> None:
    """Everything from outside can be wrong."""
    for read in (read_mt, read_mt_ack, read_mo, read_mo_ack):
        with pytest.raises(MessageRefusedError):
            read(payload)


def test_fields_of_a_later_version_are_ignored() -> None:
    """So that the contract can grow."""
    assert read_mt_ack(b'{"id": "1", "signal": -87}').id == "1"


def test_a_phone_may_code_its_texts_itself() -> None:
    """An SMS-SUBMIT (TS 23.040 §9.2.2.2)."""
    tpdu = encode_tpdu(sms_submit(7, international("33698765432"), 0, 0, b"", b"Hi")).hex()
    found = rp_mo_data(tpdu, PHONE)
    assert (found.msisdn, found.destination, found.user_data) == (
        PHONE,
        international("33698765432"),
        b"Hi",
    )


@pytest.mark.parametrize("tpdu_hex", ["00", "02", "0405D041E1", "ff" * 176])
def test_octets_that_are_no_submit_are_refused(tpdu_hex: str) -> None:
    """With what is wrong with them."""
    with pytest.raises(MessageRefusedError):
        rp_mo_data(tpdu_hex, PHONE)


@pytest.mark.parametrize(
    ("field", "value"), [("id", "abc"), ("id", "9" * 30), ("tpdu_hex", "02"), ("tpdu_hex", "04")]
)
def test_a_phone_refuses_a_part_that_it_cannot_read(field: str, value: str) -> None:
    """Nothing that a broker brings ends a phone."""
    told = json.loads(encode(mt_of(part(), 1, 0.0, AT)))
    with pytest.raises(MessageRefusedError):
        rp_mt_data(read_mt(json.dumps({**told, field: value}).encode()), PHONE)


def test_times_beyond_the_calendar_are_its_end() -> None:
    """A clock that was advanced far."""
    assert time_words(0.0) == "1970-01-01T00:00:00Z"
    assert time_words(1e15).startswith("9999")


def test_the_schemas_that_are_published_are_those_of_the_code() -> None:
    """`carrierbox radio schema > docs/radio-schemas.json` writes them anew."""
    found = schemas()
    assert set(found) == {"presence", *STRUCTS}
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == found
    assert found["mt/ack"]["properties"]["error"]["enum"] == [None, *ERRORS]
    assert found["mt"]["required"][:3] == ["id", "attempt", "tpdu_hex"]
