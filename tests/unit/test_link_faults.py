"""What faults do to one link: PDUs and time in, octets and actions out."""

from collections.abc import Mapping

import pytest

from carrierbox import link_faults
from carrierbox.app import make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.config_faults import compile_fault, fault_of
from carrierbox.identifiers import LinkId
from carrierbox.link_faults import (
    AWAITED_MAX,
    CLOSE,
    NOTHING,
    RECEIPT_WAIT_S,
    RESET,
    UNBIND,
    WAITING_OCTETS_MAX,
    LinkFaults,
)
from carrierbox.smpp.events import BindReceived
from carrierbox.smpp.pdus import (
    BindTransceiver,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore
from carrierbox.trace import FAULT

FRENCH = "33612345678"
LINK = LinkId(1)
PEER = "192.0.2.1:4711"
BIND = encode_pdu(BindTransceiver(system_id="demo", password="demo", sequence_number=1))


def submit(number: int = 2, to: str = FRENCH, **fields: object) -> bytes:
    given: dict[str, object] = {"source_addr": "ACME", "short_message": b"Hi"} | fields
    pdu = SubmitSm(destination_addr=to, sequence_number=number)
    for name, value in given.items():
        setattr(pdu, name, value)
    return encode_pdu(pdu)


def answer(number: int = 2) -> bytes:
    return encode_pdu(SubmitSmResp(message_id="7", sequence_number=number))


def receipt(number: int = 1, source_addr: str = FRENCH, esm_class: int = 4) -> bytes:
    pdu = DeliverSm(
        source_addr=source_addr,
        destination_addr="ACME",
        esm_class=esm_class,
        short_message=b"id:7",
        sequence_number=number,
    )
    return encode_pdu(pdu)


class Subject:
    """A box whose account `demo` is bound on one link, and the faults of that link."""

    def __init__(self, then: Mapping[str, object] | None, when: Mapping[str, object]) -> None:
        self.box: Box = make_box(
            "default",
            FakeStore(),
            number_plan(),
            [AccountSettings("demo", "demo")],
            [],
            NetworkClock(start=START, running=False),
        )
        if then is not None:
            self.add(then, when)
        self.faults = LinkFaults(LINK, PEER, lambda system_id: self.box)
        self.takes(BIND)
        self.box.begin(LinkTime(0.0))
        pdu = decode_pdu(BIND)
        assert isinstance(pdu, BindTransceiver)
        self.box.centre.on_event(LINK, BindReceived(pdu))

    def add(self, then: Mapping[str, object], when: Mapping[str, object] | None = None) -> None:
        name = f"fault {len(self.box.faults.in_order)}"
        written = {"name": name, "then": then, "when": when or {}}
        self.box.faults.add(compile_fault(fault_of(written)))

    def takes(self, frame: bytes, now: float = 0.0) -> bool:
        return self.faults.takes(frame, now)

    def sent(self, *frames: bytes, now: float = 0.0) -> bytes:
        """What is written at once when the session sends these; nothing is to be done then."""
        self.faults.send([*frames], now)
        octets, action = self.faults.take(now)
        assert action == NOTHING
        return octets

    def answered(self, now: float = 0.0) -> tuple[bytes, int]:
        """What is written, and done, when a submit_sm is asked and answered."""
        assert self.takes(submit(), now)
        self.faults.send([answer()], now)
        return self.faults.take(now)

    def traced(self) -> list[str]:
        _, events = self.box.trace.since(0, 1000)
        return [event.detail for event in events if event.kind == FAULT]


def a_link(
    then: Mapping[str, object] | None = None, when: Mapping[str, object] | None = None
) -> Subject:
    given = {"operation": "submit_sm"} if when is None else when
    return Subject(then, given)


def test_without_faults_octets_pass_as_they_are() -> None:
    """Nothing is changed, delayed or remembered."""
    link = a_link()
    assert link.answered() == (answer(), NOTHING)
    assert link.faults.receive(b"abc", 0.0) == b"abc"
    assert link.faults.next_deadline() is None
    assert link.faults.is_drained


def test_a_response_never_leaves() -> None:
    """The request is handled; the next fault-free one is answered. T16"""
    link = a_link({"no_response": True}, {"operation": "submit_sm", "times": 1})
    assert link.answered() == (b"", NOTHING)
    assert link.answered() == (answer(), NOTHING)
    assert link.traced() == ["submit_sm: no_response by fault fault 0"]
    assert link.box.faults.in_order[0].matched == 1


def test_a_late_response_is_overtaken() -> None:
    """LinkTime decides; it leaves when its time has come. T16"""
    link = a_link({"response_delay": "5s"}, {"operation": "submit_sm", "times": 1})
    assert link.takes(submit(2))
    assert link.sent(answer(2)) == b""
    assert link.faults.next_deadline() == 5.0
    assert not link.faults.is_drained
    assert link.takes(submit(3), 1.0)
    assert link.sent(answer(3), now=1.0) == answer(3)
    assert link.faults.take(4.9) == (b"", NOTHING)
    assert link.faults.take(5.0) == (answer(2), NOTHING)
    assert link.faults.next_deadline() is None


def test_a_response_comes_more_than_once() -> None:
    """As many copies as were wanted. T08"""
    assert a_link({"response_copies": 3}).answered() == (answer() * 3, NOTHING)


def test_a_response_comes_before_its_request() -> None:
    """The answer to the next sequence_number follows the right one. T08"""
    octets, _ = a_link({"early_response": True}).answered()
    assert octets == answer(2) + answer(3)


def test_after_the_last_sequence_number_the_first_is_answered() -> None:
    """SMPP 3.4 §5.1.4: 1 follows 0x7FFFFFFF."""
    link = a_link({"early_response": True})
    link.takes(submit(0x7FFFFFFF))
    assert link.sent(answer(0x7FFFFFFF)) == answer(0x7FFFFFFF) + answer(1)


def test_a_receipt_goes_before_the_response() -> None:
    """Only the receipt of that very destination lets it go. T19"""
    link = a_link({"receipt_first": True})
    assert link.takes(submit(registered_delivery=1))
    other, message = receipt(source_addr="4477"), receipt(2, esm_class=0)
    assert link.sent(answer(), other, message) == other + message
    assert not link.faults.is_drained
    assert link.sent(receipt(3)) == receipt(3) + answer()
    assert link.faults.is_drained
    assert link.faults.receipts_from == ["4477"]


def test_a_receipt_on_another_link_lets_the_response_go() -> None:
    """The runtime tells of it. T19"""
    link = a_link({"receipt_first": True})
    link.takes(submit(registered_delivery=1))
    assert link.sent(answer()) == b""
    assert not link.faults.release("4477")
    assert link.faults.release(FRENCH)
    assert link.faults.take(0.0) == (answer(), NOTHING)


def test_a_response_waits_for_a_receipt_for_a_while_only() -> None:
    """Bounded: it leaves without one."""
    link = a_link({"receipt_first": True})
    link.takes(submit(registered_delivery=1))
    assert link.sent(answer()) == b""
    assert link.faults.next_deadline() == RECEIPT_WAIT_S
    assert link.faults.take(RECEIPT_WAIT_S) == (answer(), NOTHING)


def test_a_response_without_receipt_does_not_wait() -> None:
    """registered_delivery 0: no receipt would come."""
    assert a_link({"receipt_first": True}).answered() == (answer(), NOTHING)


def test_a_response_comes_in_pieces() -> None:
    """Each is written by itself, some time after the one before. T01"""
    link = a_link({"fragments": 7})
    octets, action = link.answered()
    pieces = [octets]
    assert action == NOTHING
    now = 0.0
    link.faults.send([receipt()], now)
    while (deadline := link.faults.next_deadline()) is not None:
        assert deadline > now
        now = deadline
        pieces.append(link.faults.take(now)[0])
    assert [len(piece) for piece in pieces[:-1]] == [7, 7, len(answer()) - 14]
    assert b"".join(pieces) == answer() + receipt()


def test_what_comes_before_pieces_is_written_by_itself() -> None:
    """Else the first piece would be no piece."""
    link = a_link({"fragments": 7})
    link.takes(submit())
    assert link.sent(receipt(), answer()) == receipt()
    assert link.faults.take(1.0)[0] == answer()[:7]


def test_garbage_is_the_same_every_time() -> None:
    """Drawn from the seed and the name. T03, T49"""
    octets, _ = a_link({"garbage": 16}).answered()
    assert octets[16:] == answer()
    assert a_link({"garbage": 16}).answered()[0] == octets


@pytest.mark.parametrize(
    ("wrong", "octets"),
    [
        ("too_short", len(answer()) - 4),
        ("too_long", len(answer()) + 4),
        ("zero", 0),
        ("huge", 0xFFFFFFFF),
    ],
)
def test_a_length_is_wrong(wrong: str, octets: int) -> None:
    """Only command_length is. T03, T04"""
    expected = octets.to_bytes(4, "big") + answer()[4:]
    assert a_link({"wrong_length": wrong}).answered() == (expected, NOTHING)


def test_a_sequence_number_is_of_no_request() -> None:
    """T08"""
    octets, _ = a_link({"wrong_sequence_number": True}).answered()
    assert octets == answer(1_000_002)


def test_a_command_is_unknown() -> None:
    """T07"""
    octets, _ = a_link({"unknown_command_id": True}).answered()
    assert octets == answer()[:4] + bytes.fromhex("800000ff") + answer()[8:]


def test_a_link_is_reset_in_the_middle_of_a_response() -> None:
    """Half of its octets leave; nothing after them is looked at or sent. T01, T18"""
    link = a_link({"reset": "mid_pdu"})
    assert link.answered() == (answer()[: len(answer()) // 2], RESET)
    assert not link.takes(submit(3))
    assert link.sent(answer(3)) == b""
    assert link.faults.receive(b"abc", 0.0) == b""


def test_a_link_is_reset_at_once() -> None:
    """The request is not handled. T18"""
    link = a_link({"reset": "at_once"})
    assert not link.takes(submit())
    assert link.faults.take(0.0) == (b"", RESET)
    assert not link.takes(submit(3))


def test_a_link_is_closed_in_the_place_of_a_response() -> None:
    """The request is handled. T18"""
    link = a_link({"close": True})
    assert link.answered() == (b"", CLOSE)


def test_a_client_is_unbound_after_its_response() -> None:
    """T15"""
    assert a_link({"unbind": True}).answered() == (answer(), UNBIND)


def test_a_half_open_link_swallows_and_says_nothing() -> None:
    """It is never drained, so that nobody closes it. T18"""
    link = a_link({"half_open": True}, {"operation": "enquire_link"})
    link.takes(submit())
    assert not link.takes(encode_pdu(EnquireLink(sequence_number=3)))
    assert not link.takes(submit(4))
    assert link.faults.receive(b"abc", 0.0) == b""
    assert link.sent(answer(), receipt()) == b""
    assert not link.faults.is_drained
    assert link.faults.next_deadline() is None


def test_a_link_is_read_slowly() -> None:
    """So many octets in a second; the wire waits meanwhile. T16"""
    link = a_link({"read_octets_per_s": 100})
    assert link.answered() == (answer(), NOTHING)
    assert link.faults.is_narrowing
    assert link.faults.wants_octets
    assert link.faults.receive(b"a" * 150, 10.0) == b""
    assert not link.faults.wants_octets
    deadline = link.faults.next_deadline()
    assert deadline == pytest.approx(10.1)
    assert link.faults.unread(10.5) == b"a" * 50
    assert link.faults.receive(b"b" * 10, 10.6) == b"a" * 10
    assert link.faults.unread(12.0) == b"a" * 90 + b"b" * 10
    assert link.faults.wants_octets
    assert link.faults.unread(13.0) == b""


def test_a_request_is_refused_by_a_fault() -> None:
    """The session does not see it. T47"""
    link = a_link({"command_status": "ESME_RTHROTTLED"})
    assert not link.takes(submit(9))
    octets, action = link.faults.take(0.0)
    refusal = decode_pdu(octets)
    assert (refusal.command_status, refusal.sequence_number, action) == (0x58, 9, NOTHING)
    assert isinstance(refusal, SubmitSmResp)


def test_a_bind_is_refused_by_a_fault_and_the_link_ends() -> None:
    """As where an account refuses. T11"""
    link = a_link()
    link.add({"command_status": "ESME_RBINDFAIL"}, {"operation": "bind_transceiver"})
    assert not link.takes(BIND)
    octets, action = link.faults.take(0.0)
    assert (octets[8:12], action) == (b"\0\0\0\x0d", CLOSE)


def test_an_enquire_link_is_not_answered() -> None:
    """The session itself answers it; that is held back too. T14"""
    link = a_link({"no_response": True}, {"operation": "enquire_link"})
    assert link.takes(encode_pdu(EnquireLink(sequence_number=5)))
    assert link.sent(encode_pdu(EnquireLinkResp(sequence_number=5)), answer(6)) == answer(6)


def test_what_is_delivered_may_be_struck_as_well() -> None:
    """deliver_sm: lost, twice, or the last thing on the link."""
    when = {"operation": "deliver_sm"}
    assert a_link({"no_response": True}, when).sent(receipt()) == b""
    assert a_link({"response_copies": 2}, when).sent(receipt()) == receipt() * 2
    assert a_link({"read_octets_per_s": 1}, when).sent(receipt()) == receipt()
    doubled = a_link({"response_copies": 2}, when)
    doubled.add({"receipt_first": True})
    assert doubled.takes(submit(registered_delivery=1))
    assert doubled.sent(answer(), receipt()) == receipt() * 2 + answer()
    dead = a_link({"half_open": True}, when)
    assert dead.sent(receipt(), receipt(2)) == b""
    reset = a_link({"reset": "at_once"}, when)
    reset.faults.send([receipt()], 0.0)
    assert reset.faults.take(0.0) == (b"", RESET)


def test_the_message_decides() -> None:
    """The language of rules: number, country, text; a text that cannot be read is none of them."""
    when = {"country": "FR", "text": {"contains": "code"}, "destination": {"prefix": "+336"}}
    link = a_link({"no_response": True}, when)
    assert link.answered() == (answer(), NOTHING)
    assert link.takes(submit(3, short_message=b"Your code"))
    assert link.sent(answer(3)) == b""
    assert link.takes(submit(4, to="447700900123", short_message=b"Your code"))
    assert link.sent(answer(4)) == answer(4)
    assert link.takes(submit(5)[:-1])
    _, events = link.box.trace.since(0, 1000)
    assert [event.msisdn for event in events if event.kind == FAULT] == [FRENCH]


def test_account_and_peer_decide() -> None:
    """Who binds, and from where."""
    cases: list[tuple[dict[str, object], bool]] = [
        ({"account": "demo"}, True),
        ({"account": "shop"}, False),
        ({"account": {"prefix": "de"}, "peer": "192.0.2.0/24"}, True),
        ({"peer": ["10.0.0.0/8", "192.0.2.2"]}, False),
    ]
    for when, is_struck in cases:
        link = a_link({"no_response": True}, {"operation": "submit_sm"} | when)
        assert link.answered() == (b"" if is_struck else answer(), NOTHING)


def test_some_pass_some_are_struck() -> None:
    """`after` lets the first ones through, `times` bounds the others, the first fault decides."""
    link = a_link({"no_response": True}, {"operation": "submit_sm", "after": 2, "times": 1})
    link.add({"response_copies": 2}, {"operation": "submit_sm", "after": 1})
    told = [len(link.answered()[0]) // len(answer()) for _ in range(4)]
    # The second fault is not asked about what the first one struck.
    assert told == [1, 2, 0, 2]


def test_a_share_is_drawn_from_its_seed() -> None:
    """T49: the same every time, another one with another seed."""

    def told(seed: int) -> list[bool]:
        when = {"operation": "submit_sm", "share": 50, "seed": seed}
        link = a_link({"no_response": True}, when)
        return [link.answered()[0] == b"" for _ in range(64)]

    assert told(1) == told(1) != told(2)
    assert 16 < sum(told(1)) < 48


def test_what_is_never_answered_is_forgotten() -> None:
    """Bounded."""
    link = a_link({"no_response": True})
    for number in range(1, AWAITED_MAX + 2):
        assert link.takes(submit(number))
    assert link.sent(answer(1), answer(2)) == answer(1)


def test_too_much_that_waits_is_told() -> None:
    """Bounded: the runtime looks at no more requests then."""
    link = a_link({"response_delay": "1h"})
    big = encode_pdu(SubmitSmResp(message_id="7", sequence_number=2)) + b"x" * 100_000
    for _ in range(WAITING_OCTETS_MAX // 100_000 + 1):
        link.takes(submit())
        link.faults.send([big], 0.0)
    assert link.faults.is_full
    link.faults.take(3600.0)
    assert not link.faults.is_full


def test_two_requests_with_one_number_have_two_responses() -> None:
    """T08: clients do send a number twice."""
    link = a_link({"no_response": True}, {"operation": "submit_sm", "times": 1})
    link.takes(submit(2))
    link.takes(submit(2))
    assert link.sent(answer(2), answer(2)) == answer(2)


def test_a_link_may_be_bound_before_there_are_faults() -> None:
    """The runtime says whose it is."""
    subject = a_link({"no_response": True}, {"account": "demo"})
    link = LinkFaults(LINK, PEER, lambda system_id: subject.box)
    link.bound(subject.box, "demo")
    assert link.takes(encode_pdu(EnquireLink(sequence_number=1)), 0.0)
    link.send([encode_pdu(EnquireLinkResp(sequence_number=1))], 0.0)
    assert link.take(0.0) == (b"", link_faults.NOTHING)
