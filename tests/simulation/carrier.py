"""A carrier whose links are simulated down to windows and response timers, and noted in a log."""

from random import Random

from tests.simulation.log import (
    Alerted,
    Answered,
    Asked,
    Bound,
    Delivered,
    Event,
    LinkLost,
    Log,
    Screen,
    Sent,
    Shown,
    Switched,
    Told,
    UserAcknowledged,
    Worded,
)
from tests.simulation.rules import CarrierRule, book_of, register
from tests.simulation.setting import SHORT_CODE
from tests.simulation.store import Fuse, SimulatedStore

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import NPI_ISDN, TON_INTERNATIONAL, TON_UNKNOWN, Address, LinkId
from carrierbox.simulator.network import NotAskedError, PhoneOffError
from carrierbox.smpp.events import ResponseExpired, ResponseReceived, SessionClosed
from carrierbox.smpp.pdus import (
    AlertNotification,
    BindRequest,
    BindResponse,
    DataSm,
    DataSmResp,
    DeliverSm,
    DeliverSmResp,
    Pdu,
)
from carrierbox.smpp.values import ESME_ROK, RESPONSE_BIT
from carrierbox.smpp.window import Window
from carrierbox.smpp.wire import encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import DirectCarrier

RESPONSE_TIMER_S = 30.0
WINDOW = 1000


class Link:
    """One bound link; `received` are the deliver_sm that came on it, the unanswered ones last."""

    def __init__(self, link_id: LinkId, system_id: str, bind: BindRequest) -> None:
        self.link_id = link_id
        self.system_id = system_id
        self.transmits = "Receiver" not in type(bind).__name__
        self.receives = "Transmitter" not in type(bind).__name__
        self.window = Window(WINDOW, RESPONSE_TIMER_S)
        self.received: list[tuple[int, int, Pdu]] = []
        """The number of each in the run, its sequence_number and itself."""


class SimulatedCarrier(DirectCarrier):
    """One process of a simulation."""

    def __init__(
        self,
        store: SimulatedStore,
        accounts: list[AccountSettings],
        start: float,
        keep_messages: int,
        log: Log,
        fuse: Fuse,
        life: int,
        random: Random,
        delivered: int,
        latency_s: float,
        rules: dict[str, CarrierRule],
        has_register: bool,
    ) -> None:
        self.log_of_run = log
        self.fuse = fuse
        self.life = life
        self.random = random
        self.links: dict[int, Link] = {}
        self.turns_max = 1000
        """How many turns one call runs: few leave commits under way."""
        self.delivered = delivered
        registers = register(has_register)
        super().__init__(
            store=store,
            accounts=accounts,
            start=start,
            keep_messages=keep_messages,
            rules=book_of(rules, registers if has_register else None),
            latency_s=latency_s,
            registers=registers,
        )
        log.clock = self.clock
        self.simulated_store = store

    # What a box asks of links.

    def send(self, link_id: LinkId, pdu: Pdu, context: object) -> bool:
        """Note it, and keep what must be answered in the window of its link."""
        self.fuse.pass_point()
        link = self.links.get(link_id)
        if link_id in self._gone or (link is None and context is not None):
            return False
        if isinstance(pdu, AlertNotification):
            if link is not None:
                self._note(Alerted(link.system_id, pdu.esme_addr, pdu.source_addr))
        elif link is not None and isinstance(pdu, (DeliverSm, DataSm)):
            self.delivered += 1
            pdu.sequence_number = self.delivered
            link.window.add(pdu.sequence_number, pdu.command_id, context, self.link_now)
            link.received.append((self.delivered, pdu.sequence_number, pdu))
            octets = encode_pdu(pdu)
            self.log_of_run.add(
                Delivered(self.delivered, self.life, link_id, link.system_id, octets)
            )
        else:
            self.log_of_run.add(Told(self.life, link_id, encode_pdu(pdu)))
            if link is not None and isinstance(pdu, BindResponse):
                self._on_bound(link, pdu)
        return True

    def repeat(self, link_id: LinkId, pdu: Pdu) -> None:
        """Send a response again."""
        self.send(link_id, pdu, None)

    def _on_bound(self, link: Link, response: BindResponse) -> None:
        """A bind was taken, or the link ends."""
        if response.command_status == ESME_ROK:
            self._note(Bound(self.life, link.link_id, link.system_id, link.receives))
            return
        del self.links[link.link_id]
        self._gone.add(link.link_id)
        self._note(LinkLost(self.life, link.link_id))

    # What clients do.

    def bind_as(self, system_id: str, bind: BindRequest) -> Link:
        """Bind a new link."""
        link = Link(LinkId(self._links + 1), system_id, bind)
        self.links[link.link_id] = link
        self.bind(system_id, bind)
        return link

    def ask_for(self, link: Link, pdu: Pdu) -> None:
        """Let a client ask; nothing runs yet."""
        pdu.sequence_number = self._sequence + 1
        self.log_of_run.add(
            Asked(self.life, link.link_id, link.system_id, encode_pdu(pdu), self.link_now)
        )
        self.request(link.link_id, pdu)

    def answer(self, link: Link, sequence_number: int, pdu: Pdu, command_status: int) -> None:
        """Let a client answer; what comes late or twice goes nowhere, as in a session."""
        response: Pdu = DeliverSmResp("", sequence_number, command_status)
        if isinstance(pdu, DataSm):
            response = DataSmResp("", sequence_number, command_status)
        outstanding = link.window.take(sequence_number, pdu.command_id | RESPONSE_BIT)
        if outstanding is None:
            return
        self._note(Answered(sequence_number, command_status))
        self._begin()
        self.box.centre.on_event(link.link_id, ResponseReceived(response, outstanding.context))
        self.run()

    def expire(self) -> None:
        """Let response timers run out whose time it is."""
        for link in list(self.links.values()):
            for one in link.window.expire(self.link_now):
                self._note(Answered(one.sequence_number, None))
                self._begin()
                event = ResponseExpired(one.context, one.command_id, one.sequence_number)
                self.box.centre.on_event(link.link_id, event)
                self.run()

    def lose(self, link: Link) -> None:
        """A client vanishes with everything it had not answered."""
        del self.links[link.link_id]
        self._gone.add(link.link_id)
        self._note(LinkLost(self.life, link.link_id))
        self._begin()
        self.box.centre.on_event(link.link_id, SessionClosed("gone", link.window.close()))
        self.run()

    # What users do.

    def switch(self, msisdn: str, power: bool) -> None:
        """Switch a phone."""
        event = Switched(msisdn, power)
        self._note(event)
        self._begin()

        def tell(problem: str) -> None:
            event.problem = problem

        self.box.centre.set_phone_power(msisdn, power, tell)
        self.run()

    def send_from_phone(self, msisdn: str, to: str, text: str) -> None:
        """Let a phone that is on send a short text."""
        if not self.phone(msisdn).power:
            return
        ton = TON_UNKNOWN if len(to) < 8 else TON_INTERNATIONAL
        (part,) = self.box.network.mobile_originated(msisdn, Address(ton, NPI_ISDN, to), text)
        event = Sent(msisdn, to, text)
        self._note(event)
        self._begin()

        def tell(problem: str) -> None:
            event.problem = problem

        self.box.centre.submit_from_phone(part, tell)
        self.run()

    def say_on_phone(self, msisdn: str, word: str) -> None:
        """Let a phone that is on send a keyword to the short code."""
        if not self.phone(msisdn).power:
            return
        destination = Address(TON_UNKNOWN, NPI_ISDN, SHORT_CODE)
        (part,) = self.box.network.mobile_originated(msisdn, destination, word)
        event = Worded(msisdn, word)
        self._note(event)
        self._begin()

        def tell(problem: str) -> None:
            event.problem = problem

        self.box.centre.submit_from_phone(part, tell)
        self.run()

    def acknowledge_on_phone(self, msisdn: str) -> None:
        """Let the user of a phone acknowledge the newest text that asks for it."""
        try:
            text, elements = self.box.network.user_acknowledgement(msisdn)
        except (NotAskedError, PhoneOffError):
            return
        for element in elements:
            event = UserAcknowledged(msisdn, text.text)
            self._note(event)
            self._begin()

            def tell(problem: str, event: UserAcknowledged = event) -> None:
                event.problem = problem
                if not problem:
                    text.is_acknowledged = True

            self.box.centre.acknowledge(element, tell)
            self.run()

    def look_at(self, why: str, msisdn: str) -> None:
        """Note what a phone shows."""
        phone = self.phone(msisdn)
        texts = [Shown(text.text, text.originating.value, text.received_at) for text in phone.inbox]
        self._note(Screen(why, msisdn, phone.power, texts, phone.duplicates))

    # Time.

    def run(self, turns_max: int = 1000) -> None:
        """Run some turns, and those that have something to do at once, as a runtime does."""
        super().run(min(turns_max, self.turns_max))
        for _ in range(1000):
            if not self.box.is_busy:
                return
            super().run(1)

    def tick(self, seconds: float) -> None:
        """Let a moment pass while the store is at work."""
        self.clock.advance_to(NetworkTime(self.clock.now() + seconds))
        self.link_now += seconds
        self.run()

    def _note(self, event: Event) -> None:
        self.log_of_run.add(event)
