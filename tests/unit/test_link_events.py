"""What those who listen in are told."""

from carrierbox.link_events import RECEIVED, LinkEvent


def test_an_event_knows_its_octets_unless_they_were_forgotten() -> None:
    """Most events are octets and nothing else."""
    event = LinkEvent(RECEIVED, 5.0, 7, b"abc")
    assert (event.kind, event.time, event.link_id, event.octets) == (RECEIVED, 5.0, 7, b"abc")
    assert (event.peer, event.local, event.is_by_peer, event.missing_octets) == ("", "", False, 0)
