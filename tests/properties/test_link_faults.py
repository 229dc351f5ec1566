"""Faults on a link: whatever comes when, nothing raises, nothing is lost that should not be."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.app import make_box
from carrierbox.clock import NetworkClock
from carrierbox.config_faults import compile_fault, fault_of
from carrierbox.identifiers import LinkId
from carrierbox.link_faults import NOTHING, RECEIPT_WAIT_S, LinkFaults
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import number_plan
from carrierbox.testing.stores import FakeStore

COMMANDS = [2, 3, 4, 5, 6, 7, 9, 0x15, 0x21, 0x103, 0x0BAD, 0x80000000, 0x80000004, 0x80000015]
KEEPING: list[dict[str, Any]] = [
    {"response_delay": "3s"},
    {"fragments": 1},
    {"fragments": 7},
    {"receipt_first": True},
]
"""Outcomes that change when octets leave, and no octet."""
OTHERS: list[dict[str, Any]] = [
    {"no_response": True},
    {"response_copies": 3},
    {"early_response": True},
    {"reset": "at_once"},
    {"reset": "mid_pdu"},
    {"half_open": True},
    {"read_octets_per_s": 9},
    {"garbage": 5},
    {"wrong_length": "zero"},
    {"wrong_sequence_number": True},
    {"unknown_command_id": True},
    {"unbind": True},
    {"close": True},
]

frames = st.builds(
    lambda command_id, number, body: (
        (16 + len(body)).to_bytes(4, "big")
        + command_id.to_bytes(4, "big")
        + bytes(4)
        + number.to_bytes(4, "big")
        + body
    ),
    st.sampled_from(COMMANDS),
    st.integers(0, 4) | st.just(0x7FFFFFFF) | st.just(0xFFFFFFFF),
    st.binary(max_size=40),
)
steps = st.lists(
    st.tuples(st.sampled_from(["takes", "send", "receive", "wait"]), frames), max_size=40
)


def a_link(outcomes: list[dict[str, Any]]) -> LinkFaults:
    box = make_box(
        "default",
        FakeStore(),
        number_plan(),
        [AccountSettings("demo", "demo")],
        [],
        NetworkClock(start=0.0, running=False),
    )
    for number, then in enumerate(outcomes):
        written = {"name": str(number), "then": then, "when": {"share": 50, "seed": number}}
        box.faults.add(compile_fault(fault_of(written)))
    return LinkFaults(LinkId(1), "127.0.0.1:1", lambda system_id: box)


def play(link: LinkFaults, done: list[tuple[str, bytes]]) -> tuple[bytes, bytes, int]:
    """Do some steps, then wait until nothing is left: what was sent, what was written, and done."""
    now, actions = 0.0, NOTHING
    sent, written = [], []
    for what, frame in done:
        if what == "takes":
            link.takes(frame, now)
        elif what == "send":
            link.send([frame], now)
            sent.append(frame)
        elif what == "receive":
            link.receive(frame, now)
        else:
            now += 0.5
            link.unread(now)
        octets, action = link.take(now)
        written.append(octets)
        actions = actions or action
    for _ in range(10_000):
        deadline = link.next_deadline()
        if deadline is None:
            break
        now = max(now, deadline)
        link.unread(now)
        written.append(link.take(now)[0])
    assert link.next_deadline() is None
    assert now < RECEIPT_WAIT_S + 1000.0
    return b"".join(sent), b"".join(written), actions


@given(st.lists(st.sampled_from(KEEPING + OTHERS), max_size=4), steps)
def test_nothing_raises_and_everything_ends(
    outcomes: list[dict[str, Any]], done: list[tuple[str, bytes]]
) -> None:
    """Bounded in time: what is held back leaves, or is dropped with its link."""
    link = a_link(outcomes)
    play(link, done)
    assert link.is_drained or link.is_half_open
    assert not link.is_full


@given(st.lists(st.sampled_from(KEEPING), max_size=4), steps)
def test_what_only_waits_is_not_lost(
    outcomes: list[dict[str, Any]], done: list[tuple[str, bytes]]
) -> None:
    """Late, in pieces, after a receipt: every octet is written, and no other."""
    sent, written, action = play(a_link(outcomes), done)
    assert sorted(written) == sorted(sent)
    assert action == NOTHING


@given(steps)
def test_without_faults_nothing_changes(done: list[tuple[str, bytes]]) -> None:
    """Not even the order."""
    sent, written, action = play(a_link([]), done)
    assert (written, action) == (sent, NOTHING)
