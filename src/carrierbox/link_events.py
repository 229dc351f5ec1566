"""What happens on a link, as those who listen in are told it."""

from typing import Final

OPENED: Final = 0
RECEIVED: Final = 1
SENT: Final = 2
CLOSED: Final = 3


class LinkEvent:
    """One thing that happened, at seconds since 1970. `peer` and `local` are for OPENED.

    `missing_octets` were received or sent and are not known any more.
    """

    def __init__(
        self,
        kind: int,
        time: float,
        link_id: int,
        octets: bytes = b"",
        peer: str = "",
        local: str = "",
    ) -> None:
        self.kind = kind
        self.time = time
        self.link_id = link_id
        self.octets = octets
        self.peer = peer
        self.local = local
        self.is_by_peer = False
        self.missing_octets = 0
