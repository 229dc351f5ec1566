"""What the links carry is kept until somebody takes it."""

from typing import cast

from carrierbox.identifiers import LinkId
from carrierbox.link_events import CLOSED, OPENED, RECEIVED, SENT
from carrierbox.link_log import LinkLog
from carrierbox.runtime import Wire

LINK = LinkId(7)
NO_WIRE = cast(Wire, None)


def test_everything_is_kept_in_order_until_it_is_taken() -> None:
    """With its time."""
    links = LinkLog()
    links.opened(LINK, "127.0.0.1:5", NO_WIRE)
    links.received(LINK, b"ab")
    links.sent(LINK, b"abc")
    links.closed(LINK, True)
    events = links.take()
    assert [each.kind for each in events] == [OPENED, RECEIVED, SENT, CLOSED]
    assert [each.octets for each in events] == [b"", b"ab", b"abc", b""]
    assert events[-1].is_by_peer
    assert events[0].time > 1_500_000_000
    assert links.take() == []


def test_what_is_not_taken_in_time_is_forgotten_but_for_its_number() -> None:
    """A disk that stands still does not fill the memory."""
    links = LinkLog(pending_octets_max=5)
    for octets in (b"abc", b"def", b"gh"):
        links.received(LINK, octets)
    events = links.take()
    assert [(each.octets, each.missing_octets) for each in events] == [
        (b"abc", 0),
        (b"", 3),
        (b"gh", 0),
    ]
    assert links.forgotten_octets == 3
