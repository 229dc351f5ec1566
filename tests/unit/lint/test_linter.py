"""Every rule has a client that breaks it, and a flawless client breaks none.

The cases cite clause and trap through the rules themselves (`lint.rule_tables`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from carrierbox.lint.frames import Lost
from carrierbox.lint.linter import ACCOUNTS_MAX, OTHER_ACCOUNTS, Linter
from carrierbox.lint.rule_tables import RULES
from carrierbox.lint.sessions import Limits
from carrierbox.smpp import values
from carrierbox.smpp.fields import SmeDestination
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindTransceiver,
    DataSm,
    DataSmResp,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    SubmitMulti,
    SubmitSm,
    SubmitSmResp,
    Unbind,
)
from carrierbox.smpp.states import ESME, SMSC
from carrierbox.smpp.tlv import Tlv
from carrierbox.smpp.wire import encode_pdu

if TYPE_CHECKING:
    from tests.unit.lint.conftest import Talk

    Case = Callable[[Talk], object]
    NewTalk = Callable[..., Talk]

UDH_1_OF_2 = b"\x05\x00\x03\x07\x02\x01"
UDH_2_OF_2 = b"\x05\x00\x03\x07\x02\x02"


def good(**fields: object) -> SubmitSm:
    """A submit_sm that nobody could blame, but for the fields that are given."""
    request = SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        registered_delivery=1,
        short_message=b"Hello",
    )
    for name, value in fields.items():
        setattr(request, name, value)
    return request


def changed(frame: bytes, add: bytes = b"") -> bytes:
    """A frame with octets added and its command_length set right."""
    octets = frame + add
    return len(octets).to_bytes(4, "big") + octets[4:]


def with_fields(**fields: object) -> Case:
    """Submits one message with these fields."""
    return lambda talk: talk.bind().submit(good(**fields))


def with_tlvs(*tlvs: tuple[int, bytes], **fields: object) -> Case:
    """Submits one message with these optional parameters."""
    found = [Tlv(tag, value) for tag, value in tlvs]
    return lambda talk: talk.bind().submit(good(tlvs=found, **fields))


def with_text(data_coding: int, octets: bytes, esm_class: int = 0) -> Case:
    """Submits one message of these octets."""
    return with_fields(data_coding=data_coding, short_message=octets, esm_class=esm_class)


def with_raw(add: bytes) -> Case:
    """Submits one message with octets behind its last field."""
    frame = encode_pdu(good(sequence_number=2))
    return lambda talk: talk.bind().client(changed(frame, add)).carrier(SubmitSmResp("1", 2))


def bind_with(**fields: object) -> Case:
    """Binds with these fields, however long they are."""
    texts = {"system_id": "demo", "password": "secret", "system_type": "", **fields}
    octets = b"".join(
        str(texts[name]).encode() + b"\0" for name in ("system_id", "password", "system_type")
    )
    octets += bytes([0x34, 0, 0]) + b"\0"
    frame = bytes([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1]) + octets
    return lambda talk: talk.client(changed(frame))


def number_cases(*numbers: int) -> Case:
    """Submits with these sequence_numbers, each answered."""

    def run(talk: Talk) -> None:
        talk.bind()
        for number in numbers:
            octets = bytearray(encode_pdu(good(sequence_number=1)))
            octets[12:16] = number.to_bytes(4, "big")
            talk.client(bytes(octets)).carrier(SubmitSmResp("1", number))

    return run


def sm_length_case(sm_length: int) -> Case:
    """Submits `Hello` with another sm_length."""
    octets = bytearray(encode_pdu(good(sequence_number=2)))
    octets[-6] = sm_length
    return lambda talk: talk.bind().client(bytes(octets)).carrier(SubmitSmResp("1", 2))


def unanswered(command_id: int) -> Case:
    """A request of the carrier that is not answered in time."""
    frame = b"\0\0\0\x10" + command_id.to_bytes(4, "big") + bytes(4) + b"\0\0\0\x05"
    return lambda talk: talk.bind().carrier(frame).wait(31).client(EnquireLink())


def parts(*texts: tuple[int, bytes]) -> Case:
    """Submits parts, each with its data_coding, header and all."""

    def run(talk: Talk) -> None:
        talk.bind()
        for data_coding, octets in texts:
            talk.submit(good(data_coding=data_coding, short_message=octets, esm_class=0x40))

    return run


def throttled(talk: Talk) -> None:
    """Goes on after a refusal."""
    talk.bind().client(good()).carrier(
        SubmitSmResp(sequence_number=2, command_status=values.ESME_RTHROTTLED)
    )
    talk.wait(0.3).submit(good())


def same_number_twice(one: SubmitSm, other: SubmitSm) -> Case:
    """Two requests with one number before the first is answered."""
    one.sequence_number = other.sequence_number = 2
    return lambda talk: talk.bind().client(one).client(other)


def wide_window(talk: Talk) -> None:
    """Eleven requests at once."""
    talk.bind()
    for _ in range(11):
        talk.client(good())


def burst(talk: Talk) -> None:
    """A hundred and one messages within a second."""
    talk.bind()
    second = float(int(talk.now) + 1)
    for _ in range(101):
        talk.now = second
        talk.submit(good())
    talk.unbind().close()


CASES: dict[str, Case] = {
    "framing-lost": lambda talk: talk.bind().linter.lost(
        1, talk.now, ESME, Lost(b"GET / HTTP/1.1", 14, False)
    ),
    "unknown-command": lambda talk: talk.bind().client(b"\0\0\0\x10\0\0\1\x11\0\0\0\0\0\0\0\2"),
    "body-cut": lambda talk: talk.client(changed(b"\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0\1demo")),
    "sm-length": sm_length_case(4),
    "trailing-octets": with_raw(b"\0"),
    "request-status": with_fields(command_status=5),
    "system-id-too-long": bind_with(system_id="a" * 16),
    "password-too-long": bind_with(password="a" * 9),
    "address-too-long": lambda talk: talk.bind().client(
        changed(encode_pdu(good(sequence_number=2)).replace(b"33612345678", b"3" * 21))
    ),
    "string-too-long": bind_with(system_type="a" * 13),
    "short-message-255": with_text(4, b"a" * 255),
    "interface-version": lambda talk: talk.bind(
        BindTransceiver(system_id="demo", password="a", interface_version=34)
    ),
    "tlv-below-3.4": lambda talk: talk.bind(
        BindTransceiver(system_id="demo", password="a", interface_version=0x33)
    ).submit(good(tlvs=[Tlv(0x0204, b"\0\1")])),
    "not-allowed-in-state": lambda talk: talk.bind(
        BindReceiver(system_id="demo", password="a", interface_version=0x34)
    ).client(good()),
    "bound-twice": lambda talk: talk.bind().bind(),
    "no-enquire-link": lambda talk: talk.bind().wait(121).client(EnquireLink()),
    "enquire-link-unanswered": unanswered(values.ENQUIRE_LINK),
    "closed-without-unbind": lambda talk: talk.bind().close(),
    "request-after-unbind": lambda talk: talk.bind().client(Unbind()).client(good()),
    "unbind-unanswered": lambda talk: talk.bind().carrier(Unbind(sequence_number=9)).close(),
    "password-in-clear": lambda talk: talk.open(is_in_clear=True).bind(),
    "sequence-zero": number_cases(0),
    "sequence-range": number_cases(0x80000000),
    "sequence-reused": same_number_twice(good(), good()),
    "parts-share-sequence": same_number_twice(
        good(esm_class=0x40, short_message=UDH_1_OF_2 + b"one"),
        good(esm_class=0x40, short_message=UDH_2_OF_2 + b"two"),
    ),
    "sequence-not-increasing": number_cases(7, 3),
    "answer-to-nothing": lambda talk: talk.bind().client(DeliverSmResp(sequence_number=99)),
    "answer-of-other-kind": lambda talk: (
        talk.bind().deliver(5).client(DataSmResp(sequence_number=5))
    ),
    "window": wide_window,
    "deliver-unanswered": lambda talk: talk.bind().deliver(5).wait(31).client(EnquireLink()),
    "deliver-late": lambda talk: (
        talk.bind().deliver(5).wait(6).client(DeliverSmResp(sequence_number=5))
    ),
    "receipt-refused": lambda talk: (
        talk.bind()
        .deliver(5)
        .client(DeliverSmResp(sequence_number=5, command_status=values.ESME_RX_P_APPN))
    ),
    "deliver-resp-body": lambda talk: (
        talk.bind().deliver(5).client(DeliverSmResp("abc", sequence_number=5))
    ),
    "refused": lambda talk: (
        talk.bind()
        .client(good())
        .carrier(SubmitSmResp(sequence_number=2, command_status=values.ESME_RINVDSTADR))
    ),
    "submits-while-throttled": throttled,
    "burst": burst,
    "esm-class": with_fields(esm_class=0x20),
    "registered-delivery": with_fields(registered_delivery=0x20),
    "priority-flag": with_fields(priority_flag=4),
    "replace-flag": with_fields(replace_if_present_flag=2),
    "data-coding-reserved": with_text(0x0B, b"Hello"),
    "ton": with_fields(dest_addr_ton=7),
    "npi": with_fields(dest_addr_npi=2),
    "time-malformed": with_fields(validity_period="241231"),
    "time-past": with_fields(validity_period="200101000000000+"),
    "destination-empty": with_fields(destination_addr=""),
    "address-punctuation": with_fields(destination_addr="+33612345678"),
    "international-prefix": with_fields(destination_addr="0033612345678"),
    "number-too-long": with_fields(destination_addr="3" * 16),
    "alphanumeric-too-long": with_fields(source_addr="TwelveLetter"),
    "alphanumeric-ton": with_fields(source_addr_ton=1),
    "alphanumeric-destination": with_fields(destination_addr="ACME"),
    "number-of-dests": lambda talk: talk.bind().client(SubmitMulti(short_message=b"Hello")),
    "tlv-malformed": with_raw(b"\x02\x04\0\x09\0"),
    "tlv-length": with_tlvs((0x0204, b"\1")),
    "tlv-reserved": with_tlvs((0x4001, b"\1")),
    "tlv-repeated": with_tlvs((0x0204, b"\0\1"), (0x0204, b"\0\2")),
    "tlv-misplaced": with_tlvs((0x0210, b"\x34")),
    "both-messages": with_tlvs((0x0424, b"Hello")),
    "no-payload": lambda talk: talk.bind().client(
        DataSm(dest_addr_ton=1, dest_addr_npi=1, destination_addr="33612345678")
    ),
    "sar-incomplete": with_tlvs((0x020C, b"\0\1"), (0x020E, b"\2")),
    "sar-and-header": with_tlvs(
        (0x020A, b"\0\1"), esm_class=0x40, short_message=b"\x03\x24\x01\x01Hello"
    ),
    "udhi-without-header": with_text(0, b"Hello", 0x40),
    "header-without-udhi": with_text(0, UDH_1_OF_2 + b"Hello"),
    "parts-missing": parts((0, UDH_1_OF_2 + b"one")),
    "parts-contradict": parts((0, UDH_1_OF_2 + b"one"), (0, UDH_1_OF_2 + b"other")),
    "too-long-for-one": with_text(0, b"a" * 161),
    "escape-split": with_text(0, b"Hello\x1b"),
    "surrogate-split": with_text(8, "Hello".encode("utf-16-be") + b"\xd8\x3d"),
    "ucs2-odd": with_text(8, "Привет".encode("utf-16-be") + b"\0"),
    "ucs2-little-endian": with_text(8, "Hello you".encode("utf-16-le")),
    "ucs2-byte-order-mark": with_text(8, b"\xfe\xff" + "Привет".encode("utf-16-be")),
    "ucs2-other-text": with_text(8, b"Hello there you"),
    "default-utf8": with_text(0, "déjà vu".encode()),
    "default-latin1": with_text(0, "déjà vu".encode("latin-1")),
    "default-high-octets": with_text(0, bytes.fromhex("c8329bfd06dddf")),
    "default-ascii": with_text(0, b"write to me@example.com"),
    "ascii-high-octets": with_text(1, "déjà vu".encode("latin-1")),
}

# What a case breaks beside its own rule, because one mistake follows from the other.
ALSO: dict[str, set[str]] = {
    "address-too-long": {"number-too-long"},
    "short-message-255": {"too-long-for-one"},
    "header-without-udhi": set(),
    "sar-incomplete": set(),
    "sequence-zero": {"sequence-not-increasing"},
    "parts-contradict": {"parts-missing"},
    "submits-while-throttled": {"refused"},
    "no-enquire-link": set(),
}


def test_every_rule_has_a_case() -> None:
    """A rule that nothing can break would be a promise without proof."""
    assert set(CASES) == set(RULES)
    assert len(RULES) >= 30


@pytest.mark.parametrize("rule_id", RULES)
def test_a_client_that_breaks_a_rule_is_told_so(rule_id: str, talk: Talk) -> None:
    """It and what follows from it, nothing else: T05 to T48."""
    CASES[rule_id](talk)
    talk.linter.finish()
    assert talk.found() == {rule_id} | ALSO.get(rule_id, set())
    finding = talk.findings()[rule_id]
    assert finding.count == 1
    assert finding.first.time >= 1_700_000_000.0


def test_a_flawless_client_is_not_blamed(talk: Talk) -> None:
    """Long texts, every alphabet, receipts, enquire_link both ways, unbind."""
    talk.bind()
    talk.submit(good())
    talk.submit(good(short_message=b"caf\x05 \x1be 50"))
    talk.submit(good(data_coding=8, short_message="Привет 🙂".encode("utf-16-be")))
    talk.submit(good(data_coding=8, short_message="你好世界".encode("utf-16-be")))
    talk.submit(good(data_coding=3, short_message="déjà".encode("latin-1")))
    talk.submit(good(data_coding=4, short_message=bytes(range(140))))
    talk.submit(good(esm_class=0x40, short_message=UDH_1_OF_2 + b"a" * 153))
    talk.submit(good(esm_class=0x40, short_message=UDH_2_OF_2 + b"b"))
    talk.submit(good(short_message=b"", tlvs=[Tlv(0x0424, b"c" * 2000)]))
    talk.submit(good(validity_period="000001000000000R"))
    sar = [Tlv(0x020C, b"\0\1"), Tlv(0x020E, b"\2"), Tlv(0x020F, b"\1")]
    talk.submit(good(tlvs=sar))
    talk.submit(good(tlvs=[*sar[:2], Tlv(0x020F, b"\2"), Tlv(0x1403, b"vendor")]))
    destination = SmeDestination(1, 1, "33612345678")
    multi = SubmitMulti(dest_address=[destination], short_message=b"Hello")
    talk.client(multi).carrier(b"\0\0\0\x12\x80\0\0\x21" + bytes(4) + _number(multi) + b"\0\0")
    talk.deliver(1).client(DeliverSmResp(sequence_number=1))
    talk.carrier(EnquireLink(sequence_number=2)).client(EnquireLinkResp(sequence_number=2))
    talk.wait(100).client(EnquireLink())
    talk.unbind().close()
    talk.linter.finish()
    assert talk.found() == set()


def _number(request: SubmitMulti) -> bytes:
    return request.sequence_number.to_bytes(4, "big")


def test_what_was_going_on_before_the_capture_is_nobodys_fault(new_talk: NewTalk) -> None:
    """Answers to requests that were not seen, a state that is not known (T08, T11)."""
    talk = new_talk().open(is_whole=False)
    talk.client(DeliverSmResp(sequence_number=7)).submit(good()).close()
    assert talk.found() == set()
    assert talk.reports()[0].system_id == ""


def test_a_hole_in_the_capture_is_nobodys_fault(talk: Talk) -> None:
    """What was asked and answered in it is not known; its size is told."""
    talk.bind().deliver(5)
    talk.linter.lost(1, talk.now, ESME, Lost(b"", 100, True))
    talk.client(DeliverSmResp(sequence_number=6)).wait(31).client(EnquireLink())
    assert talk.found() == set()
    assert talk.reports()[0].session_summaries[0].missing_octets == 100


def test_findings_are_summed_over_the_sessions_of_an_account(new_talk: NewTalk) -> None:
    """Two sessions, one of them running: counts, sessions, and the first of all examples."""
    talk = new_talk().open()
    CASES["priority-flag"](talk)
    talk.unbind().close(SMSC)
    talk.link = 2
    talk.number = 1
    talk.open().bind().submit(good(priority_flag=9))
    finding = talk.findings()["priority-flag"]
    assert (finding.count, finding.sessions) == (2, 2)
    assert finding.details == {"priority_flag 4": 1, "priority_flag 9": 1}
    assert finding.first.session == "10.0.0.1:40000 > 10.0.0.2:2775"
    (report,) = talk.reports()
    assert (report.system_id, report.sessions) == ("demo", 2)
    assert [each.counts for each in report.session_summaries] == [{"priority-flag": 1}] * 2


def test_accounts_without_end_share_one_report() -> None:
    """A client that invents system_ids does not fill the memory (T50)."""
    linter = Linter(Limits())
    for number in range(ACCOUNTS_MAX + 50):
        linter.opened(number, 1.0, "a", "b")
        bind = BindTransceiver(system_id=f"id{number}", interface_version=0x34, sequence_number=1)
        linter.frame(number, 1.0, ESME, encode_pdu(bind))
        linter.forget(number)
    reports = linter.reports()
    assert len(reports) == ACCOUNTS_MAX + 1
    others = next(each for each in reports if each.system_id == OTHER_ACCOUNTS)
    assert others.sessions == 50
