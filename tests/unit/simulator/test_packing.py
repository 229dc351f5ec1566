"""Phones as short records. tests/properties/test_phone_packing.py has phones of every kind."""

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import RpMtData
from carrierbox.simulator.handset import Handset, packed_extra

NOON = NetworkTime(1_750_000_000.0)


def test_the_extra_octets_are_read_without_the_phone() -> None:
    """The register keeps its own data of the subscriber there."""
    octets = Handset("33612345678").pack(b"register")
    assert packed_extra(octets) == b"register"
    assert Handset.unpack("33612345678", octets).power


def test_both_generations_of_references_are_kept() -> None:
    """A part that comes again after all is still known."""
    handset = Handset("33612345678", messages_max=1)
    for reference in range(300):
        handset.receive(
            RpMtData(reference, "33612345678", Address(5, 0, "A"), 0, 0, b"", b"x", NOON, False),
            NOON,
        )
    copy = Handset.unpack("33612345678", handset.pack())
    for reference in (0, 200, 255, 256, 299):
        copy.receive(
            RpMtData(reference, "33612345678", Address(5, 0, "A"), 0, 0, b"", b"x", NOON, False),
            NOON,
        )
    assert (copy.duplicates, copy.shown) == (5, 300)


def test_a_phone_that_holds_parts_says_so() -> None:
    """It stays as it is until they are complete."""
    handset = Handset("33612345678")
    header = bytes([5, 0, 3, 1, 2, 1])
    handset.receive(
        RpMtData(1, "33612345678", Address(5, 0, "A"), 0, 0, header, b"x", NOON, False), NOON
    )
    assert not handset.can_be_packed
