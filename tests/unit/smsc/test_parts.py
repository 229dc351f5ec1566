"""The parts of a message."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.default_coding import DEFAULT_LATIN1
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smsc.admission import Candidate
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Message
from carrierbox.smsc.parts import coding_to_cut, cut, part_count, part_of, text_of
from carrierbox.smsc.text_coding import AGREED_CODINGS, PLAIN_CODING

AT = NetworkTime(1.0)


def a_message(submit: SubmitSm) -> Message:
    source = Address(5, 0, "ACME")
    return Message(
        3, "demo", FROM_ESME, TO_PHONE, submit, source, "336", "FR", "SFR", "", 3, AT, AT, AT
    )


@pytest.mark.parametrize(
    ("octets", "data_coding", "parts"),
    [
        (b"x" * 160, 0, 1),
        (b"x" * 161, 0, 2),
        (b"x" * 306, 0, 2),
        (b"x" * 307, 0, 3),
        (b"\0x" * 70, 8, 1),
        (b"\0x" * 71, 8, 2),
        (b"\0x" * 134, 8, 2),
        (b"\0x" * 135, 8, 3),
        (b"x" * 140, 4, 1),
        (b"x" * 141, 4, 2),
        (b"", 0, 1),
    ],
)
def test_a_text_takes_as_many_parts_as_the_standard_says(
    octets: bytes, data_coding: int, parts: int
) -> None:
    """T36, TS 23.040 §9.2.3.24: 160/153 septets, 70/67 UCS-2 units, 140/134 octets."""
    message = a_message(SubmitSm(short_message=octets, data_coding=data_coding))
    assert part_count(message) == parts


def test_a_part_is_the_same_for_every_attempt() -> None:
    """Design §2: reference, time stamp and concatenation reference are stable."""
    message = a_message(SubmitSm(short_message=b"x" * 200, protocol_id=0x41))
    first = part_of(message, 1, True)
    message.segments = None
    again = part_of(message, 1, False)
    for name in ("reference", "user_data_header", "user_data", "service_centre_time", "tp_pid"):
        assert getattr(first, name) == getattr(again, name)
    assert first.user_data_header == b"\5\0\3\3\2\2"
    assert (first.more_messages, again.more_messages) == (True, False)


def test_a_part_says_until_when_and_how_urgently_it_is_wanted() -> None:
    """TS 29.002 §12.1: SM-RP-PRI follows the priority_flag of SMPP 3.4 §5.2.14."""
    message = a_message(SubmitSm(short_message=b"Hi"))
    part = part_of(message, 0, False)
    assert (part.expires_at, part.priority) == (AT, False)
    message.submit.priority_flag = 1
    assert part_of(message, 0, False).priority


def test_a_part_carries_the_protocol_id_of_its_message() -> None:
    """SMPP 3.4 §5.2.13, T48: it is the TP-PID of every part."""
    message = a_message(SubmitSm(short_message=b"x" * 200, protocol_id=0x41))
    assert [part_of(message, index, False).tp_pid for index in (0, 1)] == [0x41, 0x41]


def test_more_than_255_parts_are_refused() -> None:
    """TS 23.040 §9.2.3.24.1: the total is one octet."""
    with pytest.raises(CodecError):
        cut(a_message(SubmitSm()), b"", b"x" * (256 * 153))


def test_a_text_is_read_by_its_coding_and_its_header() -> None:
    """T32, TS 23.040 §9.2.3.24.15: what the API shows."""
    latin1 = a_message(SubmitSm(short_message=b"@\xe9"))
    latin1.coding = AGREED_CODINGS[DEFAULT_LATIN1]
    assert text_of(latin1) == "@é"
    header = bytes.fromhex("03240103")
    national = a_message(SubmitSm(esm_class=0x40, short_message=header + b"\x1b\x09"))
    assert text_of(national) == "ç"


def test_tables_that_were_chosen_are_used_again() -> None:
    """Design §2: every attempt sends the same, also without the settings of the account."""
    octets = ("ação " * 30).encode("latin-1")
    message = a_message(SubmitSm(short_message=octets, data_coding=3))
    cut(message, b"", octets, (3,))
    assert message.coding.locking_shift == 3
    first = part_of(message, 0, False)
    message.segments = None
    again = part_of(message, 0, False)
    assert (first.user_data_header, first.user_data) == (again.user_data_header, again.user_data)
    assert part_count(message) == 1


def test_a_text_that_cannot_be_cut_has_no_coding() -> None:
    """TS 23.040 §9.2.3.24.1: 255 parts at most."""
    candidate = Candidate(0)
    candidate.user_data = b"x" * 200
    assert coding_to_cut(SubmitSm(), candidate, PLAIN_CODING) is PLAIN_CODING
    candidate.user_data = b"x" * (256 * 153)
    assert coding_to_cut(SubmitSm(), candidate, PLAIN_CODING) is None
    candidate.user_data = "ã".encode("latin-1") * 100
    settled = coding_to_cut(SubmitSm(data_coding=3), candidate, PLAIN_CODING, (3,))
    assert settled is not None
    assert settled.locking_shift == 3
