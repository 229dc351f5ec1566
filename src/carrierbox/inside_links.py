"""Requests that come to a centre over no connection: each has a link without a wire.

Whoever asks is inside the process. The centre sees a link's id as any other and answers to it when
what it answers is durable; no session, window or fault is between, and nobody who listens in on
links hears of octets that never were.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from carrierbox.identifiers import LinkId
from carrierbox.smpp.pdus import Pdu

REQUESTS_MAX: Final = 1000
"""How many requests may wait for their answers."""

TellPdu: TypeAlias = Callable[[Pdu], None]


class InsideLinks:
    """The requests that wait, each on a link of its own whose id no connection ever has."""

    def __init__(self) -> None:
        self._tell: dict[int, TellPdu] = {}
        self._opened = 0

    def __len__(self) -> int:
        return len(self._tell)

    def has_room(self, requests: int) -> bool:
        """Whether so many more may be put."""
        return len(self._tell) + requests <= REQUESTS_MAX

    def open(self, tell: TellPdu) -> LinkId:
        """A link for one request; `tell` hears the one response, and then the link is gone."""
        self._opened += 1
        # Connections count up from 1.
        link_id = LinkId(-self._opened)
        self._tell[link_id] = tell
        return link_id

    def drop(self, link_id: LinkId) -> None:
        """Forget a request that could not be put."""
        self._tell.pop(link_id, None)

    def answer(self, link_id: LinkId, pdu: Pdu) -> bool:
        """Tell whoever asked on this link; False if nobody did, or was answered before."""
        tell = self._tell.pop(link_id, None)
        if tell is None:
            return False
        tell(pdu)
        return True
