"""The mobile network as the message centre meets it: parts in, answers and alerts out.

A timed object on the network clock. What happens to a part is decided when it is handed over;
its answer waits for its own due time.
"""

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.errors import CarrierboxError
from carrierbox.identifiers import Address
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    DELIVERY_ACKNOWLEDGEMENT,
    NO_RESPONSE_CODE,
    UNKNOWN_SUBSCRIBER,
    USER_ACKNOWLEDGEMENT,
    RelayElement,
    RpAck,
    RpAlertSc,
    RpError,
    RpMoData,
    RpMtData,
    SmeAcknowledgement,
)
from carrierbox.simulator.handset import MESSAGES_MAX, Handset, Text
from carrierbox.simulator.hlr import SERVICE_CENTRE, STRANGERS_MAX, Hlr
from carrierbox.simulator.msc import Msc

LATENCY_MAX_S: Final = 86_400.0
TEXTS_MAX: Final = 1_000_000


class PhoneOffError(CarrierboxError):
    """A phone that is switched off was asked to send."""


class NotAskedError(CarrierboxError):
    """A user was to acknowledge what does not ask for it, or is not on the phone."""


class CarrierNetwork:
    """Register, switching centre and phones of one box.

    An answer takes `latency_s` seconds. A phone created on first contact keeps `messages_max`
    texts; the phones together keep the newest `texts_max`, and of the phones nobody declared the
    newest `strangers_max` are remembered. `now` never goes back between calls. ValueError for
    a limit that is out of range and for an `msisdn` that is not the digits of a number.
    """

    def __init__(
        self,
        latency_s: float = 0.0,
        messages_max: int = MESSAGES_MAX,
        strangers_max: int = STRANGERS_MAX,
        texts_max: int = TEXTS_MAX,
        service_centre: str = SERVICE_CENTRE,
    ) -> None:
        if not 0.0 <= latency_s <= LATENCY_MAX_S:
            raise ValueError(f"latency_s must be 0 to {LATENCY_MAX_S:g} seconds, not {latency_s:g}")
        if texts_max < 1:
            raise ValueError(f"texts_max must be at least 1, not {texts_max}")
        self.hlr = Hlr(messages_max, strangers_max, service_centre)
        self._msc = Msc(self.hlr)
        self._latency_s = latency_s
        self._texts_max = texts_max
        # One entry for each text shown, oldest first: the phone that shows it.
        self._shown: deque[Handset] = deque()
        # Without latency everything is due when it comes into being, and a list keeps the order.
        self._ready: list[RelayElement] = []
        self._ready_at: float = 0.0
        self._pending: list[tuple[float, int, RelayElement]] = []
        self._insertions: int = 0

    # The centre.

    def forward(self, rp: RpMtData, now: NetworkTime) -> None:
        """Take a part to its phone; the answer comes out of `on_time` when it is due."""
        if rp.forced_cause:
            self._fail(rp, now)
            return
        subscriber = self.hlr.routing_info(rp.msisdn)
        if subscriber is None:
            self._put(RpError(rp.reference, UNKNOWN_SUBSCRIBER), now + self._latency_s)
            return
        handset = subscriber.handset
        shown_before = handset.shown
        answer = self._msc.mt_forward(rp, subscriber, now)
        is_shown = handset.shown != shown_before
        if is_shown:
            self._count_text(handset)
        due = now + self._latency_s
        if subscriber.service_centre != "":
            subscriber.alert_not_before = due
        self._put(answer, due)
        if is_shown and rp.user_data_header:
            # Earlier parts of what is shown now may have asked.
            self._acknowledge_delivery(handset.newest, due)
        elif rp.asked and isinstance(answer, RpAck):
            self._acknowledge_delivery(handset.text_asking(rp.reference), due)

    def next_deadline(self) -> float | None:
        """When the next element is due, in network seconds; None if nothing is on its way."""
        if self._ready:
            return self._ready_at
        if self._pending:
            return self._pending[0][0]
        return None

    def on_time(self, now: NetworkTime) -> list[RelayElement]:
        """What is due by `now`, in the order of due time and, within it, of coming into being."""
        due: list[RelayElement] = []
        if self._ready:
            if self._ready_at <= now:
                due = self._ready
                self._ready = []
            return due
        pending = self._pending
        while pending and pending[0][0] <= now:
            due.append(heappop(pending)[2])
        return due

    # Users.

    def declare_phone(
        self, msisdn: str, power: bool = True, messages_max: int | None = None
    ) -> Handset:
        """Make a phone known before anything happens: it is never forgotten, and raises no alert.

        `messages_max` None leaves the size of its inbox as it is.
        """
        handset = self.hlr.declare(msisdn).handset
        handset.power = power
        if messages_max is not None:
            handset.keep_at_most(messages_max)
        return handset

    def set_power(self, msisdn: str, on: bool, now: NetworkTime) -> None:
        """Switch a phone on or off; one that messages wait for alerts the centre when it returns.

        Off is an IMSI detach; on is a location update, whereupon the register alerts the centre
        and forgets who waited (TS 23.040 §3.2.6). The alert is due at once, but not before the
        centre was told that the phone is absent.
        """
        subscriber = self.hlr.declare(msisdn)
        subscriber.handset.power = on
        if on and self.hlr.end_waiting(subscriber):
            self._put(RpAlertSc(msisdn), max(now, subscriber.alert_not_before))

    def mobile_originated(
        self,
        msisdn: str,
        destination: Address,
        text: str,
        asked: int = 0,
        languages: Sequence[int] = (),
    ) -> list[RpMoData]:
        """Write a text on a phone: its parts, for the caller to pass to the centre.

        `asked` is that of `RpMoData`; `languages` are those whose tables the phone may use where
        they save parts. PhoneOffError if the phone is off, CodecError if the text
        needs more than 255 parts, ValueError if `destination` is empty.
        """
        return self._phone_that_is_on(msisdn).compose(destination, text, asked, languages)

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
        handset.receive(rp, at)
        if handset.shown != shown_before:
            self._count_text(handset)

    def still_shows(self, msisdn: str, at: float) -> bool:
        """Whether a phone may still show what it got at that time."""
        subscriber = self.hlr.find(msisdn)
        return subscriber is not None and subscriber.handset.shows_since <= at

    def expect_alert(self, msisdn: str) -> None:
        """Messages wait for that phone since before a restart: its return must raise an alert."""
        self.hlr.await_return(self.hlr.declare(msisdn))

    # Inside.

    def _fail(self, rp: RpMtData, now: NetworkTime) -> None:
        """Answer with the error that a rule wants; the phone hears nothing of it."""
        subscriber = self.hlr.find(rp.msisdn)
        if subscriber is not None and rp.forced_cause == ABSENT_SUBSCRIBER:
            self.hlr.await_return(subscriber)
        self._put(RpError(rp.reference, rp.forced_cause), now + self._latency_s)

    def _phone_that_is_on(self, msisdn: str) -> Handset:
        handset = self.contact(msisdn)
        if not handset.power:
            raise PhoneOffError(
                f"the phone +{msisdn} is switched off and cannot send: switch it on first"
            )
        return handset

    def _acknowledge_delivery(self, text: Text | None, due: float) -> None:
        """A phone acknowledges what it shows, and again when a part of it comes again."""
        if text is not None:
            for reference in text.asking(DELIVERY_ACKNOWLEDGEMENT):
                self._put(SmeAcknowledgement(reference, DELIVERY_ACKNOWLEDGEMENT), due)

    def _put(self, element: RelayElement, due: float) -> None:
        if self._latency_s == 0.0:
            if not self._ready:
                self._ready_at = due
            self._ready.append(element)
            return
        self._insertions += 1
        heappush(self._pending, (due, self._insertions, element))

    def _count_text(self, handset: Handset) -> None:
        self._shown.append(handset)
        if len(self._shown) > self._texts_max:
            self._shown.popleft().forget_oldest()


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
