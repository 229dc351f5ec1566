"""Every TLV of SMPP 3.4, and those of 5.0 that are named here, against a second transcription.

`tlvs.toml` holds the rows. Each is compared with the tables, sent to a carrier in every PDU that a
client may send, by an account that is strict about TLVs and by one that is not, and looked at as
`carrierbox decode` shows it.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from carrierbox.decoding import pdu_lines, pdu_object
from carrierbox.smpp import values
from carrierbox.smpp.pdus import (
    CancelSm,
    DataSm,
    Pdu,
    QuerySm,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitSm,
)
from carrierbox.smpp.tlv import (
    BITS,
    C_STRING,
    INTEGER,
    OCTETS,
    TAG_MESSAGE_PAYLOAD,
    TAG_MS_VALIDITY,
    TAG_NUMBER_OF_MESSAGES,
    TLV_DEFINITIONS,
    Tlv,
    describe_tlv,
)
from carrierbox.smpp.tlv_rules import TLV_RULES, tlv_meaning, tlv_refusal
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import DirectCarrier

ROWS: Final[list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "tlvs.toml").read_text(encoding="utf-8")
)["tlv"]
KINDS: Final = {
    "integer": INTEGER,
    "c_octet_string": C_STRING,
    "octets": OCTETS,
    "bits": BITS,
}
COMMANDS: Final = {name: number for number, name in values.COMMAND_NAMES.items()}
ASKED: Final = ("submit_sm", "submit_multi", "data_sm", "query_sm", "cancel_sm", "replace_sm")
PHONE: Final = "33612345678"

of_every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])


def a_request(command: str, tlvs: list[Tlv]) -> Pdu:
    """A request of a client that is sound but for its TLVs; a data_sm brings its own payload."""
    if command == "submit_sm":
        return SubmitSm(source_addr="1", destination_addr=PHONE, tlvs=tlvs)
    if command == "submit_multi":
        return SubmitMulti(dest_address=[SmeDestination(1, 1, PHONE)], tlvs=tlvs)
    if command == "data_sm":
        payload = [Tlv(TAG_MESSAGE_PAYLOAD, b"Hi")]
        is_there = any(each.tag == TAG_MESSAGE_PAYLOAD for each in tlvs)
        return DataSm(destination_addr=PHONE, tlvs=tlvs if is_there else payload + tlvs)
    if command == "query_sm":
        return QuerySm("1", tlvs=tlvs)
    return (
        CancelSm(message_id="1", tlvs=tlvs) if command == "cancel_sm" else ReplaceSm("1", tlvs=tlvs)
    )


def status_of(command: str, tlv: Tlv, strict: bool) -> int:
    """What a carrier answers to a request with this TLV."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", strict_tlvs=strict)])
    return carrier.ask(carrier.bind(), a_request(command, [tlv])).command_status


def sound(row: dict[str, Any]) -> Tlv:
    return Tlv(row["tag"], bytes.fromhex(row["sound"]))


def wrong_lengths(row: dict[str, Any]) -> Iterator[int]:
    """Below and above what is allowed, and between the two lengths of ms_validity."""
    shortest, longest = row["length"]
    if shortest:
        yield shortest - 1
    if longest < 65535:
        yield longest + 1
    if row["tag"] == TAG_MS_VALIDITY:
        yield 2


def test_no_tlv_is_left_out() -> None:
    """SMPP 3.4 table 5-7 has 44 tags, SMPP 5.0 table 4-60 adds 20."""
    assert sorted(row["tag"] for row in ROWS) == sorted(TLV_DEFINITIONS) == sorted(TLV_RULES)
    assert [row["since"] for row in ROWS].count("3.4") == 44
    assert len(ROWS) == 64


@of_every_row
def test_a_definition_is_that_of_the_specification(row: dict[str, Any]) -> None:
    """SMPP 3.4 §5.3.2: name, type, length and the PDUs it belongs to."""
    definition = TLV_DEFINITIONS[row["tag"]]
    assert (definition.name, definition.kind) == (row["name"], KINDS[row["type"]])
    assert [definition.length_min_octets, definition.length_max_octets] == row["length"]
    belongs = {values.command_name(command) for command in TLV_RULES[row["tag"]].commands}
    assert belongs == set(row["pdus"])


@of_every_row
def test_a_strict_account_may_send_it_where_it_belongs(row: dict[str, Any]) -> None:
    """SMPP 3.4 §5.1.3: ESME_ROPTPARNOTALLWD for every other request, and nothing else there."""
    for command in ASKED:
        status = status_of(command, sound(row), strict=True)
        if command in row["pdus"]:
            assert status == values.ESME_ROK
        else:
            assert status == values.ESME_ROPTPARNOTALLWD


@of_every_row
def test_a_strict_account_must_keep_to_lengths_and_values(row: dict[str, Any]) -> None:
    """SMPP 3.4 §5.1.3: ESME_RINVPARLEN and ESME_RINVOPTPARAMVAL (ESME_RINVNUMMSGS for its own)."""
    for command in row["pdus"] or []:
        command_id = COMMANDS[command]
        for length in wrong_lengths(row):
            wrong = [Tlv(row["tag"], bytes(length))]
            assert tlv_refusal(command_id, wrong) == values.ESME_RINVPARLEN, length
        assert tlv_refusal(command_id, [sound(row)]) == values.ESME_ROK
        if "unsound" in row:
            is_count = row["tag"] == TAG_NUMBER_OF_MESSAGES
            expected = values.ESME_RINVNUMMSGS if is_count else values.ESME_RINVOPTPARAMVAL
            unsound = [Tlv(row["tag"], bytes.fromhex(row["unsound"]))]
            assert tlv_refusal(command_id, unsound) == expected


@of_every_row
def test_any_other_account_is_not_refused_for_it(row: dict[str, Any]) -> None:
    """T43, SMPP 3.4 §3.3: misplaced, of a wrong length, of a wrong value: all ignored.

    But for number_of_messages, where a value that is none is refused, and message_payload, which
    is the text itself.
    """
    odd = [sound(row), *(Tlv(row["tag"], bytes(length)) for length in wrong_lengths(row))]
    if "unsound" in row and row["tag"] != TAG_NUMBER_OF_MESSAGES:
        odd.append(Tlv(row["tag"], bytes.fromhex(row["unsound"])))
    for each in odd:
        assert status_of("submit_sm", each, strict=False) == values.ESME_ROK
        assert status_of("submit_multi", each, strict=False) == values.ESME_ROK


@of_every_row
def test_it_is_shown_by_its_name_and_as_what_it_is(row: dict[str, Any]) -> None:
    """SMPP 3.4 §5.3.2: `carrierbox decode` gives integers, texts and octets."""
    tlv = sound(row)
    frame = encode_pdu(SubmitSm(destination_addr=PHONE, sequence_number=1, tlvs=[tlv]))
    pdu = decode_pdu(frame)
    tlvs = pdu_object(pdu)["tlvs"]
    assert isinstance(tlvs, list)
    (told,) = tlvs
    assert (told["tag"], told["name"]) == (row["tag"], row["name"])
    octets = bytes.fromhex(row["sound"])
    expected: object = octets.hex()
    if row["type"] in ("integer", "bits") and octets:
        expected = int.from_bytes(octets, "big")
    elif row["type"] == "c_octet_string":
        expected = octets.rstrip(b"\0").decode("ascii")
    assert told["value"] == expected
    (line,) = (line for line in pdu_lines(pdu) if "TLV" in line)
    assert f"{row['name']} (0x{row['tag']:04X})" in line
    assert tlv_meaning(tlv) in line
    assert told["meaning"] == tlv_meaning(tlv)


@of_every_row
def test_a_value_that_is_none_is_called_reserved(row: dict[str, Any]) -> None:
    """SMPP 3.4 §5.3.2: what a table does not name."""
    if "unsound" in row:
        assert tlv_meaning(Tlv(row["tag"], bytes.fromhex(row["unsound"]))) == "reserved"
    assert tlv_meaning(sound(row)) != "reserved"


@pytest.mark.parametrize("tag", [0x1400, 0x1403, 0x3FFF, 0x0000, 0x000A, 0x4000, 0xFFFF])
@pytest.mark.parametrize("octets", [b"", b"x", bytes(300)])
def test_unknown_and_vendor_tlvs_break_no_rule(tag: int, octets: bytes) -> None:
    """T43: kept, wherever they stand, by strict accounts too."""
    for command in ASKED:
        assert tlv_refusal(COMMANDS[command], [Tlv(tag, octets)]) == values.ESME_ROK
    assert status_of("submit_sm", Tlv(tag, octets), strict=True) == values.ESME_ROK
    assert describe_tlv(Tlv(tag, octets)) == (f"0x{tag:04X}", octets)


def test_the_first_tlv_that_is_wrong_decides() -> None:
    """T43: any order, repeated; what is wrong is told by the first."""
    wrong_value = Tlv(0x0019, b"\2")
    wrong_length = Tlv(0x0019, b"")
    assert tlv_refusal(values.SUBMIT_SM, [wrong_value, wrong_length]) == (
        values.ESME_RINVOPTPARAMVAL
    )
    assert tlv_refusal(values.SUBMIT_SM, [wrong_length, wrong_value]) == values.ESME_RINVPARLEN
    sound_twice = [Tlv(0x0381, b"\1\1\x011"), Tlv(0x0381, b"\1\1\x012")]
    assert tlv_refusal(values.SUBMIT_SM, sound_twice) == values.ESME_ROK


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"\0", values.ESME_ROK),
        (b"\x63", values.ESME_ROK),
        (b"\x64", values.ESME_RINVNUMMSGS),
        (b"\xff", values.ESME_RINVNUMMSGS),
        (b"\0\x64", values.ESME_ROK),
        (b"", values.ESME_ROK),
    ],
)
def test_more_than_99_messages_are_refused_on_every_account(octets: bytes, status: int) -> None:
    """SMPP 3.4 §5.3.2.39: 0 to 99; of a wrong length it says nothing (T43)."""
    for command in ("submit_sm", "data_sm"):
        assert status_of(command, Tlv(TAG_NUMBER_OF_MESSAGES, octets), strict=False) == status
    assert status_of("submit_multi", Tlv(TAG_NUMBER_OF_MESSAGES, octets), strict=False) == 0
