"""What was said on SMPP sessions, kept to be told again: PDUs with their times, by session.

Bounded: what comes beyond is counted.
"""

from typing import Final

from carrierbox.lint.dissection import dissect
from carrierbox.lint.frames import Lost
from carrierbox.lint.listener import Listener
from carrierbox.smpp import values
from carrierbox.smpp.pdus import BindRequest, Pdu
from carrierbox.smpp.wire import command_id_of

PDUS_MAX: Final = 100_000

_NOT_TOLD: Final = (values.ENQUIRE_LINK, values.ENQUIRE_LINK_RESP)


class Spoken:
    """One PDU: of which link, when (seconds since 1970), by whom."""

    def __init__(self, link: int, time: float, sender: int, pdu: Pdu) -> None:
        self.link = link
        self.time = time
        self.sender = sender
        self.pdu = pdu


class Traffic(Listener):
    """The PDUs of all sessions in the order in which they came; enquire_link is left out.

    `account_of` says whose a session is where its bind was not heard, by the client's end.
    """

    def __init__(self, account_of: dict[str, str] | None = None) -> None:
        self.spoken: list[Spoken] = []
        self.forgotten = 0
        """How many PDUs came when there were too many already."""
        self.unreadable = 0
        self._account_of: dict[str, str] = account_of or {}
        self._accounts: dict[int, str] = {}

    def system_id(self, link: int) -> str:
        """The account of a session; "" if nobody said."""
        return self._accounts.get(link, "")

    def begin(self, link: int, system_id: str) -> None:
        """A session of this account, "" if it is not bound yet."""
        if system_id:
            self._accounts[link] = system_id

    def opened(
        self,
        link: int,
        time: float,
        client: str,
        carrier: str,
        *,
        is_whole: bool = True,
        is_in_clear: bool = False,
    ) -> None:
        """See `Listener`."""
        self.begin(link, self._account_of.get(client, ""))

    def frame(self, link: int, time: float, sender: int, frame: bytes) -> None:
        """See `Listener`."""
        if command_id_of(frame) in _NOT_TOLD:
            return
        if len(self.spoken) >= PDUS_MAX:
            self.forgotten += 1
            return
        found = dissect(frame)
        pdu = found.pdu
        if pdu is None or not found.is_whole:
            self.unreadable += 1
            return
        if isinstance(pdu, BindRequest):
            self._accounts[link] = pdu.system_id
        self.spoken.append(Spoken(link, time, sender, pdu))

    def lost(self, link: int, time: float, sender: int, lost: Lost) -> None:
        """See `Listener`."""
        self.unreadable += 1

    def closed(self, link: int, time: float, sender: int) -> None:
        """See `Listener`."""

    def forget(self, link: int) -> None:
        """See `Listener`."""
