"""The parts whose messages are not complete. `test_handset.py` has whole messages."""

from carrierbox.clock import NetworkTime
from carrierbox.codecs.user_data_header import Concatenation
from carrierbox.identifiers import Address
from carrierbox.relay import RpMtData
from carrierbox.simulator.held_parts import HeldParts, asked_by, payload_of, user_data_of

NOON = NetworkTime(1_750_000_000.0)


def rp(reference: int, asked: int = 0) -> RpMtData:
    part = RpMtData(
        reference, "33612345678", Address(5, 0, "ACME"), 0, 0, b"", b"text", NOON, False
    )
    part.asked = asked
    return part


def test_a_payload_says_what_the_part_was() -> None:
    """Coding, text, what it asks for under which reference, and where it takes a place."""
    asking = payload_of(rp((1 << 70) + 5, 6), 8, b"text", True)
    plain = payload_of(rp(7), 0, b"text", True)
    assert [user_data_of(each) for each in (asking, plain)] == [b"text", b"text"]
    assert asked_by([plain, asking]) == [((1 << 70) + 5, 6)]
    assert (asking[0], plain[0]) == (8, 0)


def test_parts_on_the_sim_are_counted() -> None:
    """As long as they are held."""
    parts = HeldParts()
    for number, on_sim in ((1, True), (2, False)):
        part = rp(number)
        payload = payload_of(part, 0, b"text", on_sim)
        assert parts.add(part, payload, Concatenation(1, 3, number, False), NOON) is None
    assert (parts.held, parts.count_on_sim(), parts.held_since) == (2, 1, NOON)
    part = rp(3)
    payload = payload_of(part, 0, b"text", False)
    assert parts.add(part, payload, Concatenation(1, 3, 3, False), NOON) is not None
    assert (parts.held, parts.count_on_sim(), parts.held_since) == (0, 0, float("inf"))
