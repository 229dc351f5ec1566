"""A carrier without sockets: a box, virtual clocks, and links that are plain lists.

For tests of the message centre itself and for simulations: PDUs go in as objects, what the box
sends is found in `sent`, time moves only by `advance`. A restart is a new `DirectCarrier` on the
same store.
"""

from typing import Final

from carrierbox.app import PhoneSettings, make_box
from carrierbox.box import Box, Recovered
from carrierbox.clock import LinkTime, NetworkClock, NetworkTime
from carrierbox.identifiers import LinkId
from carrierbox.matching import RuleBook
from carrierbox.numbering import NumberPlan, shared_number_plan
from carrierbox.relay import TEXT
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.policy.registers import Registers
from carrierbox.smpp.events import (
    BindReceived,
    RequestReceived,
    ResponseExpired,
    ResponseReceived,
    SessionClosed,
)
from carrierbox.smpp.pdus import (
    BindRequest,
    BindTransceiver,
    DeliverSm,
    DeliverSmResp,
    Pdu,
    SubmitSm,
)
from carrierbox.smpp.values import RESPONSE_BIT
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.ports import Store
from carrierbox.smsc.registry import KEEP_MESSAGES_DEFAULT
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.text_coding import CarrierCodings
from carrierbox.testing.stores import FakeStore

START: Final = 1_800_000_000.0
"""The network time at which these carriers begin, in seconds since 1970."""


def number_plan() -> NumberPlan:
    """The number plan of the package, read once per process."""
    return shared_number_plan()


class Sent:
    """A PDU the box sent on a link."""

    def __init__(self, link_id: LinkId, pdu: Pdu, context: object) -> None:
        self.link_id = link_id
        self.pdu = pdu
        self.context = context


class DirectCarrier:
    """One box and the links to it."""

    def __init__(
        self,
        store: Store | None = None,
        accounts: list[AccountSettings] | None = None,
        phones: list[PhoneSettings] | None = None,
        start: float = START,
        keep_messages: int = KEEP_MESSAGES_DEFAULT,
        settings: CentreSettings | None = None,
        rules: RuleBook | None = None,
        carrier_codings: CarrierCodings | None = None,
        latency_s: float = 0.0,
        registers: Registers | None = None,
    ) -> None:
        self.store: Store = FakeStore() if store is None else store
        self.clock = NetworkClock(start=start, running=False)
        self.link_now = 1000.0
        self.sent: list[Sent] = []
        self.disconnected: list[LinkId] = []
        self.called: list[str] = []
        """The accounts whose ESMEs were called, by system_id."""
        self.logged: list[tuple[str, dict[str, object]]] = []
        self._gone: set[int] = set()
        self._links = 0
        self._sequence = 0
        self.box = make_box(
            "default",
            self.store,
            number_plan(),
            accounts if accounts is not None else [AccountSettings("demo", "demo")],
            phones or [],
            self.clock,
            settings=settings,
            keep_messages=keep_messages,
            rules=rules,
            carrier_codings=carrier_codings,
            latency_s=latency_s,
            registers=registers,
        )
        self.recovered: Recovered = self.box.recover(LinkTime(self.link_now))

    # What a box asks of links.

    def send(self, link_id: LinkId, pdu: Pdu, context: object) -> bool:
        """See `Links.send`."""
        if link_id in self._gone:
            return False
        self.sent.append(Sent(link_id, pdu, context))
        return True

    def repeat(self, link_id: LinkId, pdu: Pdu) -> None:
        """See `Links.repeat`."""
        self.send(link_id, pdu, None)

    def disconnect(self, link_id: LinkId) -> None:
        """See `Links.disconnect`."""
        self.disconnected.append(link_id)

    def call(self, box: Box, system_id: str) -> None:
        """See `Links.call`: `connect` or `fail_call` says what comes of it."""
        self.called.append(system_id)

    def log(self, event: str, fields: dict[str, object]) -> None:
        """See `Links.log`."""
        self.logged.append((event, fields))

    # What clients do.

    def connect(self, system_id: str) -> LinkId:
        """Let the ESME of an account take the call, and run turns."""
        self._links += 1
        link_id = LinkId(self._links)
        self._begin()
        self.box.centre.outbinds.on_connected(link_id, system_id)
        self.run()
        return link_id

    def fail_call(self, system_id: str, reason: str) -> None:
        """Let a call find nobody, and run turns."""
        self._begin()
        self.box.centre.outbinds.on_failed(system_id, reason)
        self.run()

    def bind(
        self,
        system_id: str = "demo",
        bind: BindRequest | None = None,
        link_id: LinkId | None = None,
    ) -> LinkId:
        """Connect and bind; a transceiver unless another bind is given. Runs turns.

        With a `link_id` that link is bound, which a call has opened.
        """
        if link_id is None:
            self._links += 1
            link_id = LinkId(self._links)
        pdu = bind or BindTransceiver(system_id=system_id, password="demo", interface_version=0x34)
        self._sequence += 1
        pdu.sequence_number = self._sequence
        self._begin()
        self.box.centre.on_event(link_id, BindReceived(pdu))
        self.run()
        return link_id

    def request(self, link_id: LinkId, pdu: Pdu) -> int:
        """Let a client send a request; its sequence_number. Nothing runs before `run`."""
        self._sequence += 1
        pdu.sequence_number = self._sequence
        self._begin()
        self.box.centre.on_event(link_id, RequestReceived(pdu))
        return self._sequence

    def ask(self, link_id: LinkId, pdu: Pdu) -> Pdu:
        """Let a client ask and run turns; the response. LookupError if none came."""
        number = self.request(link_id, pdu)
        self.run()
        for one in self.sent:
            if one.pdu.sequence_number == number and one.pdu.command_id & RESPONSE_BIT:
                return one.pdu
        raise LookupError(f"nothing answered {pdu!r}")

    def submit(self, link_id: LinkId, submit: SubmitSm) -> Pdu | None:
        """Let a client submit and run turns; the response, if it came."""
        try:
            return self.ask(link_id, submit)
        except LookupError:
            return None

    def respond(self, delivered: Sent, command_status: int = 0) -> None:
        """Let a client answer a deliver_sm, and run turns."""
        response = DeliverSmResp(
            sequence_number=delivered.pdu.sequence_number, command_status=command_status
        )
        self._begin()
        self.box.centre.on_event(delivered.link_id, ResponseReceived(response, delivered.context))
        self.run()

    def leave_unanswered(self, delivered: Sent) -> None:
        """Let the response timer of a deliver_sm run out, and run turns."""
        self._begin()
        event = ResponseExpired(delivered.context, delivered.pdu.command_id, 0)
        self.box.centre.on_event(delivered.link_id, event)
        self.run()

    def hang_up(self, link_id: LinkId, *unanswered: Sent) -> None:
        """Lose a link with these deliver_sm unanswered on it, and run turns."""
        self._gone.add(link_id)
        self._begin()
        contexts = [one.context for one in unanswered]
        self.box.centre.on_event(link_id, SessionClosed("gone", contexts))
        self.run()

    # What users do.

    def set_power(self, msisdn: str, power: bool) -> str:
        """Switch a phone; "" or why it could not be done."""
        told: list[str] = []
        self._begin()
        self.box.centre.set_phone_power(msisdn, power, told.append)
        self.run()
        return told[0] if told else "no answer yet"

    def phone(self, msisdn: str) -> Handset:
        """A phone of the box."""
        return self.box.network.contact(msisdn)

    def shown(self, msisdn: str) -> list[str]:
        """The texts on a phone, oldest first; acknowledgements are none."""
        return [text.text for text in self.phone(msisdn).inbox if text.kind == TEXT]

    # Time.

    def run(self, turns_max: int = 1000) -> None:
        """Run turns until nothing is left to do at the present time, or the store is waited for."""
        for _ in range(turns_max):
            self._begin()
            self.box.finish(self)
            if self.box.is_settled:
                return
            if not self.box.is_busy:
                # It may have to let its log begin anew first.
                self.box.store.wait()
        # A store that is slow may still be at it; the next call goes on.

    def advance(self, seconds: float) -> None:
        """Move the network's clock forward, every deadline on the way at its own time."""
        to = NetworkTime(self.clock.now() + seconds)
        while self.clock.now() < to or not self.box.is_settled:
            self.box.advance_to(to, LinkTime(self.link_now), self)
            self.run()

    def pass_link_time(self, seconds: float) -> None:
        """Move the clock of the links forward, and run turns."""
        self.link_now += seconds
        self.run()

    # What was sent.

    def deliveries(self) -> list[Sent]:
        """Every deliver_sm so far."""
        return [one for one in self.sent if isinstance(one.pdu, DeliverSm)]

    def _begin(self) -> None:
        self.box.begin(LinkTime(self.link_now))
