"""The application of a scenario in which we send: real SMPP sessions, without a network between.

Octets of its sessions go straight to the carrier's, and back.
"""

from collections.abc import Callable, Iterable
from typing import Final

from carrierbox.errors import LocalProtocolError
from carrierbox.identifiers import LinkId
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.traffic import Entry
from carrierbox.scenarios.world import World
from carrierbox.smpp.events import Notification, RequestReceived, SessionClosed
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindRequest,
    BindTransceiver,
    BindTransmitter,
    DataSm,
    DataSmResp,
    DeliverSm,
    DeliverSmResp,
    Outbind,
    Pdu,
)
from carrierbox.smpp.session import Session
from carrierbox.smpp.settings import SessionSettings
from carrierbox.smpp.states import BOUND_RX, BOUND_TRX, BOUND_TX, ESME
from carrierbox.smpp.values import INTERFACE_VERSION_3_4
from carrierbox.smsc.accounts import ANY

WINDOW: Final = 100_000
NEVER_S: Final = 1e9
PEER: Final = "scenario:0"
ANYBODY: Final = "demo"
"""Who binds, and with which password, where every name and password will do."""

BIND_TYPES: Final = {
    "transceiver": BindTransceiver,
    "transmitter": BindTransmitter,
    "receiver": BindReceiver,
}


class Manner:
    """How deliver_sm are answered: with a status, or not at all; `times` None: from now on."""

    def __init__(self, command_status: int = 0, nothing: bool = False, times: int | None = None):
        self.command_status = command_status
        self.nothing = nothing
        self.times = times


class Listener:
    """How calls by outbind are taken: with a bind of this type, or with none (`none`)."""

    def __init__(self, bind_type: str = "receiver", password: str | None = None) -> None:
        self.bind_type = bind_type
        self.password = password


class _Call:
    """A call of the carrier that nobody has taken yet."""

    def __init__(
        self, system_id: str, connected: Callable[[LinkId], None], failed: Callable[[str], None]
    ) -> None:
        self.system_id = system_id
        self.connected = connected
        self.failed = failed


class ScenarioLink:
    """One link of the application; the wire of the carrier's end as well."""

    def __init__(self, world: World, name: str, system_id: str, bind_type: str) -> None:
        self.name = name
        self.system_id = system_id
        self.bind_type = bind_type
        self.manner = Manner()
        self.is_over = False
        self.bind_when_called: BindRequest | None = None
        """What answers an outbind."""
        self._world = world
        self._inbox: list[bytes] = []
        self._is_cut = False
        self.session = Session(ESME, _settings(), world.link_time)
        self.link_id: LinkId = world.opened(self, PEER)

    # The wire, as the carrier sees it.

    def write(self, octets: bytes) -> None:
        """See `Wire.write`."""
        self._inbox.append(octets)

    def close(self) -> None:
        """See `Wire.close`."""
        self._is_cut = True

    def reset(self) -> None:
        """See `Wire.reset`."""
        self._is_cut = True

    def pause_reading(self) -> None:
        """See `Wire.pause_reading`: nothing is between that could hold octets back."""

    def resume_reading(self) -> None:
        """See `Wire.resume_reading`."""

    def read_little(self) -> None:
        """See `Wire.read_little`."""

    # The application.

    @property
    def is_bound(self) -> bool:
        """Whether something can be sent."""
        return not self.is_over and self.session.state in (BOUND_TX, BOUND_RX, BOUND_TRX)

    def send(self, pdu: Pdu) -> int:
        """Send a request; its sequence_number. NotHeldError if SMPP does not allow it now."""
        try:
            number = self.session.send(pdu, self._world.link_time)
        except LocalProtocolError as error:
            raise NotHeldError(f"{self.name} cannot send it: {error}") from None
        self.flush()
        return number

    def flush(self) -> bool:
        """Hand the carrier what the session has written; whether it was anything."""
        octets = self.session.data_to_send()
        if octets and not self._is_cut:
            self._world.received(self.link_id, octets)
        return bool(octets)

    def exchange(self) -> bool:
        """See `OtherEnd.exchange`."""
        if self.is_over:
            return False
        now = self._world.link_time
        has_moved = bool(self._inbox)
        for octets in self._inbox:
            self.session.receive_octets(octets)
        self._inbox = []
        while True:
            event = self.session.next_event(now)
            if event is None:
                break
            has_moved = True
            if isinstance(event, RequestReceived):
                self._answer(event.pdu)
            elif isinstance(event, Notification):
                self._on_notification(event.pdu)
            elif isinstance(event, SessionClosed):
                self._end()
        has_moved = self.flush() or has_moved
        if not self.is_over and (self._is_cut or self.session.wants_close):
            self._end()
        return has_moved

    def cut(self) -> None:
        """Lose the connection."""
        if not self.is_over:
            self._is_cut = True
            self._end()

    def unbind(self) -> None:
        """Begin to end politely."""
        self.session.unbind(self._world.link_time)
        self.flush()

    def _on_notification(self, pdu: Pdu) -> None:
        if isinstance(pdu, Outbind) and self.bind_when_called is not None:
            self.session.send(self.bind_when_called, self._world.link_time)
            self.bind_when_called = None

    def _answer(self, pdu: Pdu) -> None:
        if not isinstance(pdu, DeliverSm | DataSm):
            return
        manner = self.manner
        if manner.times is not None:
            manner.times -= 1
            if manner.times <= 0:
                self.manner = Manner()
        if manner.nothing:
            return
        response = DeliverSmResp() if isinstance(pdu, DeliverSm) else DataSmResp()
        response.sequence_number = pdu.sequence_number
        response.command_status = manner.command_status
        try:
            self.session.send(response, self._world.link_time)
        except LocalProtocolError:
            # The session ended meanwhile.
            return

    def _end(self) -> None:
        self.is_over = True
        self._world.closed(self.link_id)


class Applications:
    """The applications of all accounts, each with its links; also who takes the carrier's calls."""

    def __init__(self, world: World) -> None:
        self.links: dict[str, ScenarioLink] = {}
        """By name: the account's, unless `bind` gave another."""
        self._world = world
        self._passwords = {
            account.system_id: account.password for account in world.setup.section.accounts
        }
        self._listeners: dict[str, Listener] = {}
        self._calls: list[_Call] = []
        world.others = [self]
        world.take_calls(self)

    @property
    def first(self) -> str:
        """The account that is meant where none is named."""
        name = next(iter(self._passwords))
        return ANYBODY if name == ANY else name

    def bind_all(self, names: Iterable[str] | None) -> None:
        """Bind these accounts as transceivers; None for all that have a name."""
        if names is None:
            names = [name for name in self._passwords if name != ANY] or [self.first]
        for name in names:
            self.bind(name)

    def bind(
        self,
        account: str = "",
        bind_type: str = "transceiver",
        link: str = "",
        password: str | None = None,
    ) -> Entry | None:
        """Connect and bind, and settle; the request as it was recorded."""
        account = account or self.first
        name = link or account
        present = self.links.get(name)
        if present is not None and not present.is_over:
            raise NotHeldError(f"{name} is connected already: give the new link a name with `link`")
        opened = self._opened(name, account, bind_type)
        opened.send(self._bind_pdu(account, bind_type, password))
        sent = self._world.traffic.entries[-1]
        self._world.settle()
        return sent

    def _opened(self, name: str, account: str, bind_type: str) -> ScenarioLink:
        opened = self.links[name] = ScenarioLink(self._world, name, account, bind_type)
        self._world.others = [self, *(each for each in self.links.values() if not each.is_over)]
        return opened

    def _bind_pdu(self, account: str, bind_type: str, password: str | None) -> BindRequest:
        known = self._passwords.get(account, self._passwords.get(ANY, ""))
        pdu: BindRequest = BIND_TYPES[bind_type](
            system_id=account,
            password=password if password is not None else (ANYBODY if known == ANY else known),
            interface_version=INTERFACE_VERSION_3_4,
        )
        return pdu

    # Calls by outbind.

    def listen(self, account: str, listener: Listener | None) -> None:
        """Take calls for an account like this from now on; None: take none."""
        account = account or self.first
        if listener is None:
            self._listeners.pop(account, None)
        else:
            self._listeners[account] = listener

    def call(
        self,
        name: str,
        host: str,
        port: int,
        connected: Callable[[LinkId], None],
        failed: Callable[[str], None],
    ) -> None:
        """See `Caller.call`: it is taken when the carrier's turn is over."""
        self._calls.append(_Call(name.partition("/")[2], connected, failed))

    def exchange(self) -> bool:
        """See `OtherEnd.exchange`: take the calls that have come, or do not."""
        calls, self._calls = self._calls, []
        for call in calls:
            listener = self._listeners.get(call.system_id)
            if listener is None:
                call.failed("connection refused")
                continue
            account = call.system_id
            present = self.links.get(account)
            is_free = present is None or present.is_over
            link = self._opened(
                account if is_free else f"{account} called", account, listener.bind_type
            )
            if listener.bind_type in BIND_TYPES:
                link.bind_when_called = self._bind_pdu(
                    account, listener.bind_type, listener.password
                )
            call.connected(link.link_id)
        return bool(calls)

    # Links.

    def link(self, name: str, *, sends: bool = False) -> ScenarioLink:
        """The link of a name or account. NotHeldError if it is not bound."""
        name = name or self.first
        found = self.links.get(name)
        if found is None or found.is_over:
            others = [
                each for each in self.links.values() if each.system_id == name and not each.is_over
            ]
            sending = [each for each in others if each.bind_type != "receiver" or not sends]
            if not sending:
                raise NotHeldError(f"{name} is not bound: let it bind first")
            return sending[0]
        return found

    def send(self, name: str, pdu: Pdu) -> Entry:
        """Send a request; what was recorded of it."""
        link = self.link(name, sends=True)
        link.send(pdu)
        for entry in reversed(self._world.traffic.entries):
            if entry.link_id == link.link_id and entry.from_application and entry.pdu is not None:
                return entry
        raise NotHeldError(f"{name} could not send: its connection is cut")

    def reconnect(self, name: str) -> None:
        """Bind again as before."""
        name = name or self.first
        before = self.links.get(name)
        if before is None:
            raise NotHeldError(f"{name} was never bound: use bind")
        self.bind(before.system_id, before.bind_type, "" if name == before.system_id else name)

    def cut_all(self) -> list[str]:
        """Lose every connection; the names of those that were bound."""
        bound = [name for name, link in self.links.items() if link.is_bound]
        for link in self.links.values():
            link.cut()
        return bound


def _settings() -> SessionSettings:
    return SessionSettings(
        window=WINDOW,
        inbound_window=WINDOW,
        session_init_timeout_s=0.0,
        enquire_link_s=0.0,
        response_timeout_s=NEVER_S,
        long_credentials=True,
    )
