"""The mobile network as the message centre meets it: parts in, answers and alerts out.

A timed object on the network clock. What happens to a part is decided when it is handed over;
its answer waits for its own due time.
"""

from collections.abc import Sequence
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.errors import CarrierboxError
from carrierbox.identifiers import Address
from carrierbox.relay import (
    CALL_BARRED,
    NO_RESPONSE_CODE,
    SYSTEM_FAILURE,
    TELESERVICE_NOT_PROVISIONED,
    USER_ACKNOWLEDGEMENT,
    RelayElement,
    RpMoData,
    RpMtData,
    SmeAcknowledgement,
    describe_error,
)
from carrierbox.simulator.battery import BatteryChange
from carrierbox.simulator.faults import NetworkFaults
from carrierbox.simulator.gateway import Gateway
from carrierbox.simulator.handset import MESSAGES_MAX, Handset
from carrierbox.simulator.handset_memory import HandsetMemory
from carrierbox.simulator.hlr import HOT_MAX, MCEF, STRANGERS_MAX, Hlr
from carrierbox.simulator.msc import Msc
from carrierbox.simulator.pending import NEVER, OnTheAir, Pending
from carrierbox.simulator.phone_state import PHONE, PhoneState, Subscription, read_state
from carrierbox.simulator.phone_texts import Text
from carrierbox.simulator.policy.registers import Registers
from carrierbox.simulator.portability import PortedNumbers
from carrierbox.simulator.procedures import MO_FORWARD_SM, ProcedureEvent
from carrierbox.simulator.profile import NOT_BARRED
from carrierbox.simulator.radio.remote import RemotePhones
from carrierbox.simulator.responders import Answer, Responders
from carrierbox.simulator.towers import ATTACHED, COVERAGE_BACK
from carrierbox.simulator.whereabouts import TOWER, AnyChange, Whereabouts
from carrierbox.trace import MOVED, REGISTRATION, Trace, TraceEvent

LATENCY_MAX_S: Final = 86_400.0
TEXTS_MAX: Final = 1_000_000


class CannotSendError(CarrierboxError):
    """A phone was asked to send that cannot, or may not."""


class PhoneOffError(CannotSendError):
    """A phone that is switched off was asked to send."""


class NotAskedError(CarrierboxError):
    """A user was to acknowledge what does not ask for it, or is not on the phone."""


class CarrierNetwork:
    """Register, switching centre and phones of one box.

    An answer takes `latency_s` seconds. A phone created on first contact keeps `messages_max`
    texts; the phones together keep the newest `texts_max`, and of the phones nobody declared the
    newest `strangers_max` are remembered, `hot_max` of all as objects. `now` never goes back
    between calls. ValueError for a limit that is out of range and for an `msisdn` that is not the
    digits of a number.
    """

    def __init__(
        self,
        latency_s: float = 0.0,
        messages_max: int = MESSAGES_MAX,
        strangers_max: int = STRANGERS_MAX,
        texts_max: int = TEXTS_MAX,
        trace: Trace | None = None,
        faults: NetworkFaults | None = None,
        ported: PortedNumbers | None = None,
        hot_max: int = HOT_MAX,
        responders: Responders | None = None,
        whereabouts: Whereabouts | None = None,
        registers: Registers | None = None,
    ) -> None:
        if not 0.0 <= latency_s <= LATENCY_MAX_S:
            raise ValueError(f"latency_s must be 0 to {LATENCY_MAX_S:g} seconds, not {latency_s:g}")
        if texts_max < 1:
            raise ValueError(f"texts_max must be at least 1, not {texts_max}")
        self.hlr = Hlr(messages_max, strangers_max, hot_max)
        self.trace = trace
        self.ported = ported
        self.visited_countries: dict[str, str] = {}
        """Where phones are that roam."""
        self.faults: NetworkFaults = NetworkFaults() if faults is None else faults
        self.responders: Responders = Responders() if responders is None else responders
        self.registers: Registers = Registers() if registers is None else registers
        """Consents and senders of the carrier."""
        self._memories: dict[str, HandsetMemory] = {}
        """Of phones that were declared with one."""
        self.whereabouts: Whereabouts = Whereabouts() if whereabouts is None else whereabouts
        self._pending = Pending()
        self._msc = Msc(self.hlr, self.responders, self.whereabouts.batteries, texts_max)
        self._gateway = Gateway(
            self.hlr,
            self._msc,
            self.whereabouts.towers,
            self._pending,
            self.faults,
            trace,
            latency_s,
        )

    # The centre.

    def forward(self, rp: RpMtData, now: NetworkTime) -> None:
        """Take a part to its phone; the answer comes out of `on_time` when it is due."""
        self._gateway.forward(rp, now)

    def answered(self, reference: int, cause: int, diagnostic: int, now: NetworkTime) -> None:
        """A remote phone answered, or did not for too long; cause 0: it has the part."""
        self._gateway.answered(reference, cause, diagnostic, now)

    @property
    def radio(self) -> RemotePhones | None:
        """The phones that are processes of their own, where there are any."""
        return self._gateway.radio

    @radio.setter
    def radio(self, phones: RemotePhones | None) -> None:
        self._gateway.radio = phones

    def next_deadline(self) -> float | None:
        """When the next element is due, in network seconds; None if nothing is on its way."""
        deadline = min(self._pending.next_deadline(), self.responders.next_due)
        moving = self.whereabouts.next_deadline()
        if moving is not None and moving < deadline:
            deadline = moving
        registered = self.registers.next_deadline()
        if registered is not None and registered < deadline:
            return registered
        return None if deadline == NEVER else deadline

    def on_time(self, now: NetworkTime) -> list[RelayElement]:
        """What is due by `now`, in the order of due time and, within it, of coming into being.

        Phones that answer by themselves come last; one that is off by then does not.
        """
        moving = self.whereabouts.next_deadline()
        if moving is not None and moving <= now:
            for change in self.whereabouts.on_time(now):
                self._on_change(change, now)
        registered = self.registers.next_deadline()
        if registered is not None and registered <= now:
            for one in self.registers.on_time(now):
                if self.trace is not None:
                    self.trace.add(TraceEvent(REGISTRATION, one.at, 0, "", "", one.said))
        due: list[RelayElement] = []
        while self._pending.next_deadline() <= now:
            for element in self._pending.take(now):
                if isinstance(element, OnTheAir):
                    self._gateway.land(element, now)
                else:
                    due.append(element)
        if self.responders.next_due <= now:
            for answer in self.responders.on_time(now):
                due.extend(self._answer_by_itself(answer, now))
        return due

    def _on_change(self, change: AnyChange, now: NetworkTime) -> None:
        """A phone moved, or its battery is empty or is not any more."""
        if self.trace is not None:
            event = TraceEvent(MOVED, change.at, 0, "", change.msisdn, change.describe())
            self.trace.add(event)
        if isinstance(change, BatteryChange):
            subscriber = self.hlr.declare(change.msisdn)
            subscriber.handset.power = not change.is_empty
            subscriber.vanished = change.is_empty
            if not change.is_empty:
                self._gateway.alert(subscriber, "ms-Present", now)
        elif change.kind in (ATTACHED, COVERAGE_BACK):
            subscriber = self.hlr.declare(change.msisdn)
            if subscriber.handset.power:
                self._gateway.alert(subscriber, "ms-Present", now)

    def _answer_by_itself(self, answer: Answer, now: NetworkTime) -> list[RpMoData]:
        """The parts of a text that a phone sends by itself; none of one that cannot send."""
        try:
            return self.mobile_originated(answer.msisdn, answer.destination, answer.text, now=now)
        except CannotSendError:
            return []

    # Users.

    def declare_phone(
        self,
        msisdn: str,
        power: bool = True,
        messages_max: int | None = None,
        memory: HandsetMemory | None = None,
    ) -> Handset:
        """Make a phone known before anything happens: it is never forgotten, and raises no alert.

        `messages_max` and `memory` None leave how much it holds as it is.
        """
        handset = self.hlr.declare(msisdn).handset
        handset.power = power
        if messages_max is not None:
            handset.keep_at_most(messages_max)
        if memory is not None:
            self._memories[msisdn] = memory
            handset.set_memory(_copy(memory))
        return handset

    def set_power(self, msisdn: str, on: bool, now: NetworkTime) -> None:
        """Switch a phone on or off; one that messages wait for alerts the centre when it returns.

        Off is an IMSI detach; on is a location update, whereupon the register alerts the centre
        and forgets who waited (TS 23.040 §3.2.6). The alert is due at once, but not before the
        centre was told that the phone is absent.
        """
        subscriber = self.hlr.declare(msisdn)
        batteries = self.whereabouts.batteries
        if len(batteries):
            batteries.set_power(msisdn, on, now)
            if on and batteries.is_dead(msisdn):
                return
        subscriber.handset.power = on
        subscriber.vanished = False
        if on and self.is_covered(msisdn):
            self._gateway.alert(subscriber, "ms-Present", now)

    def is_covered(self, msisdn: str) -> bool:
        """Whether a cell reaches the phone."""
        towers = self.whereabouts.towers
        return towers.is_empty or towers.cell_of(msisdn) is not None

    def mobile_originated(
        self,
        msisdn: str,
        destination: Address,
        text: str,
        asked: int = 0,
        languages: Sequence[int] = (),
        now: NetworkTime = NetworkTime(0.0),  # noqa: B008
        report: bool = False,
    ) -> list[RpMoData]:
        """Write a text on a phone: its parts, for the caller to pass to the centre.

        `asked` is that of `RpMoData`; `languages` are those whose tables the phone may use where
        they save parts; `report` asks for status reports. CannotSendError if the phone cannot,
        CodecError if the text needs more than 255 parts, ValueError if `destination` is empty.
        """
        handset = self._phone_that_can_send(msisdn)
        parts = handset.compose(destination, text, asked, languages, now, report)
        if self.faults.are_any:
            self._meet_faults(parts, now)
        if self.trace is not None:
            event = ProcedureEvent(MO_FORWARD_SM, now, 0, msisdn, "", said=counted(len(parts)))
            self.trace.add(event)
        return parts

    def user_acknowledgement(
        self, msisdn: str, number: int = 0, user_response_code: int = NO_RESPONSE_CODE
    ) -> tuple[Text, list[SmeAcknowledgement]]:
        """Let the user of a phone acknowledge a text, for the caller to pass to the centre.

        `number` is that of the text, 0 for the newest one that waits for it. Several
        acknowledgements are of a text whose parts each asked. The caller marks the text once the
        centre has taken them. PhoneOffError, or NotAskedError where there is nothing to
        acknowledge.
        """
        handset = self._phone_that_is_on(msisdn)
        text = _text_to_acknowledge(handset, number)
        references = text.asking(USER_ACKNOWLEDGEMENT)
        return text, [
            SmeAcknowledgement(reference, USER_ACKNOWLEDGEMENT, user_response_code)
            for reference in references
        ]

    def phone(self, msisdn: str) -> Handset | None:
        """The phone with that number, if the network knows it."""
        subscriber = self.hlr.find(msisdn)
        return None if subscriber is None else subscriber.handset

    def contact(self, msisdn: str) -> Handset:
        """The phone with that number, created switched on if need be."""
        return self.hlr.subscriber(msisdn).handset

    def phones(self) -> list[Handset]:
        """Every phone the network knows, in the order of their first contact."""
        return [subscriber.handset for subscriber in self.hlr.all()]

    # Recovery.

    def restore(self, rp: RpMtData, at: NetworkTime) -> None:
        """Put back what the phone had received at `at`, before a restart: there is no answer.

        Whether the phone is on does not matter. What is nobody's number is left out.
        """
        subscriber = self.hlr.routing_info(rp.msisdn)
        if subscriber is None:
            return
        handset = subscriber.handset
        shown_before = handset.shown
        handset.restore(rp, at)
        if handset.shown != shown_before:
            self._msc.count_text(subscriber)

    def still_shows(self, msisdn: str, at: float) -> bool:
        """Whether a phone may still show what it got at that time."""
        return self.hlr.shows_since(msisdn) <= at

    def apply_setting(self, name: str, value: bytes, now: NetworkTime) -> None:
        """Take in what a user set, now or before a restart; a name of nothing here is ignored."""
        if name.startswith(PHONE):
            self._set_phone(name.removeprefix(PHONE), read_state(value), now)
        elif name.startswith(TOWER):
            self.whereabouts.apply_outage(name.removeprefix(TOWER), value, now)
        elif self.registers.owns(name):
            self.registers.apply(name, value, now)

    def _set_phone(self, msisdn: str, state: PhoneState, now: NetworkTime) -> None:
        subscription = state.subscription or Subscription()
        subscriber = self.hlr.declare(msisdn)
        subscriber.profile = subscription.profile()
        if subscription.visited_country:
            self.visited_countries[msisdn] = subscription.visited_country
        else:
            self.visited_countries.pop(msisdn, None)
        if self.ported is not None:
            self.ported.port(msisdn, subscription.carrier)
        handset = subscriber.handset
        handset.set_memory(state.handset_memory() or _copy(self._memories.get(msisdn)))
        handset.apply_deletions(state.deletions())
        self.whereabouts.apply(msisdn, state, now)
        self.responders.set_phone(msisdn, state.responders)
        if subscriber.flags & MCEF and handset.has_room:
            self._gateway.alert(subscriber, "memoryAvailable", now)

    def expect_alert(self, msisdn: str) -> None:
        """Messages wait for that phone since before a restart: its return must raise an alert."""
        self.hlr.restore(msisdn, None, True)

    def restore_power(self, msisdn: str, on: bool, now: NetworkTime) -> None:
        """Switch a phone as it was before a restart: nobody waits for it yet."""
        if len(self.whereabouts.batteries):
            self.set_power(msisdn, on, now)
        else:
            self.hlr.restore(msisdn, on, False)

    # Inside.

    def _meet_faults(self, parts: list[RpMoData], now: NetworkTime) -> None:
        """Let a fault refuse what a phone sends."""
        for part in parts:
            fault = self.faults.of_sent(part)
            if fault is not None and (fault.cause or fault.loses_request):
                cause = fault.cause or SYSTEM_FAILURE
                self._refuse_sending(part.msisdn, cause, fault.diagnostic, now, fault.name)

    def _refuse_sending(
        self, msisdn: str, cause: int, diagnostic: int, now: NetworkTime, fault: str = ""
    ) -> None:
        said = f"fault {fault}" if fault else ""
        if self.trace is not None:
            self.trace.add(
                ProcedureEvent(MO_FORWARD_SM, now, 0, msisdn, "", cause, diagnostic, said)
            )
        because = f" ({said})" if said else ""
        raise CannotSendError(
            f"the network takes nothing from the phone +{msisdn}: "
            f"{describe_error(cause, diagnostic)}{because}"
        )

    def _phone_that_can_send(self, msisdn: str, now: NetworkTime = NetworkTime(0.0)) -> Handset:  # noqa: B008
        handset = self._phone_that_is_on(msisdn)
        if not self.is_covered(msisdn):
            raise CannotSendError(
                f"the phone +{msisdn} has no coverage and cannot send: move it into a cell"
            )
        subscriber = self.hlr.find(msisdn)
        profile = None if subscriber is None else subscriber.profile
        if profile is not None:
            if profile.barred_mo != NOT_BARRED:
                self._refuse_sending(msisdn, CALL_BARRED, profile.barred_mo, now)
            if not profile.provisioned_mo:
                self._refuse_sending(msisdn, TELESERVICE_NOT_PROVISIONED, 0, now)
            if profile.illegal:
                self._refuse_sending(msisdn, profile.illegal, 0, now)
        return handset

    def _phone_that_is_on(self, msisdn: str) -> Handset:
        handset = self.contact(msisdn)
        if not handset.power:
            raise PhoneOffError(
                f"the phone +{msisdn} is switched off and cannot send: switch it on first"
            )
        return handset


def counted(parts: int) -> str:
    """`1 part`, `3 parts`."""
    return "1 part" if parts == 1 else f"{parts} parts"


def _copy(memory: HandsetMemory | None) -> HandsetMemory | None:
    """The same places for one phone to fill."""
    return None if memory is None else HandsetMemory(memory.phone, memory.sim, memory.refuses)


def _text_to_acknowledge(handset: Handset, number: int) -> Text:
    """The text of that number, or the newest that waits for its user's acknowledgement."""
    asking = [text for text in handset.inbox if text.asking(USER_ACKNOWLEDGEMENT)]
    if not number:
        for text in reversed(asking):
            if not text.is_acknowledged:
                return text
        raise NotAskedError(
            f"no text on the phone +{handset.msisdn} waits for an acknowledgement of its user: "
            "a submit_sm asks for one by registered_delivery 8"
        )
    for text in handset.inbox:
        if text.number == number:
            if text not in asking:
                raise NotAskedError(
                    f"text {number} on the phone +{handset.msisdn} asks for no acknowledgement of "
                    "its user: a submit_sm does by registered_delivery 8"
                )
            if text.is_acknowledged:
                raise NotAskedError(f"text {number} on the phone +{handset.msisdn} is acknowledged")
            return text
    raise NotAskedError(f"there is no text {number} on the phone +{handset.msisdn}")
