"""What speaks over a broker, and what it wants said: the seam between the radio and its edge."""

from collections.abc import Callable
from typing import Final, Protocol

from carrierbox.clock import LinkTime

ONLINE: Final = b"online"
OFFLINE: Final = b"offline"

PAYLOAD_OCTETS_MAX: Final = 64 * 1024
"""What is longer is refused unread."""


class Publish:
    """One message for the broker, at QoS 1."""

    def __init__(self, topic: str, payload: bytes, retain: bool = False) -> None:
        self.topic = topic
        self.payload = payload
        self.retain = retain


class Station(Protocol):
    """One end of the radio, carrier or phone; it is told what the broker says, and never waits."""

    client_id: str
    is_persistent: bool
    """Whether the broker keeps for it what comes while it is away."""
    will: Publish
    """What the broker publishes when it vanishes."""
    on_publish: Callable[[], None]
    """Called when `take_publishes` has something after it had nothing; set by the edge."""

    def subscriptions(self) -> list[str]:
        """The topics it listens to."""
        ...

    def on_connected(self, link_now: LinkTime) -> None:
        """The broker took the connection and the subscriptions."""
        ...

    def on_disconnected(self) -> None:
        """The connection is gone; what was not acknowledged will be said again."""
        ...

    def on_message(self, topic: str, payload: bytes, retained: bool, link_now: LinkTime) -> None:
        """Somebody published; `retained` if before the subscription. Never fails."""
        ...

    def take_publishes(self) -> list[Publish]:
        """What is to be published now, in order."""
        ...


def nobody() -> None:
    """Called where nobody wants to be."""
