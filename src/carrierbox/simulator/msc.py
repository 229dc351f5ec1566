"""The node that serves phones: finds each by paging, and hands messages over."""

from carrierbox.clock import NetworkTime
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    IMSI_DETACHED,
    NO_PAGING_RESPONSE_VIA_MSC,
    SM_DELIVERY_FAILURE,
    TAKEN,
    RelayElement,
    RpAck,
    RpError,
    RpMtData,
)
from carrierbox.simulator.battery import Batteries
from carrierbox.simulator.hlr import Hlr, Subscriber
from carrierbox.simulator.number_queue import NumberQueue, msisdn_of
from carrierbox.simulator.responders import Responders


class Msc:
    """The one node that serves every phone of the network.

    The phones together keep the newest `texts_max` texts.
    """

    def __init__(
        self, hlr: Hlr, responders: Responders, batteries: Batteries, texts_max: int
    ) -> None:
        self._hlr = hlr
        self._responders = responders
        self._batteries = batteries
        self._texts_max = texts_max
        # One entry for each text shown, oldest first: the phone that shows it.
        self._shown = NumberQueue()

    def page(self, subscriber: Subscriber, reference: int) -> RpError | None:
        """Ask a phone to answer; the error of one that does not, or may not (TS 29.002 §12.9)."""
        profile = subscriber.profile
        if profile is not None and profile.illegal:
            return RpError(reference, profile.illegal)
        if subscriber.handset.power:
            return None
        if profile is not None:
            diagnostic = profile.absence(subscriber.vanished)
        else:
            diagnostic = NO_PAGING_RESPONSE_VIA_MSC if subscriber.vanished else IMSI_DETACHED
        return RpError(reference, ABSENT_SUBSCRIBER, diagnostic)

    def hand_over(self, part: RpMtData, subscriber: Subscriber, now: NetworkTime) -> RelayElement:
        """Give a part to a phone that answered; what the phone says (RP-ACK, RP-ERROR).

        A duplicate is acknowledged like any other part, because the phone has it.
        """
        handset = subscriber.handset
        shown_before = handset.shown
        failure = handset.receive(part, now)
        if failure != TAKEN:
            return RpError(part.reference, SM_DELIVERY_FAILURE, failure)
        if handset.shown != shown_before:
            self.count_text(subscriber)
            if len(self._batteries):
                self._batteries.spend_text(handset.msisdn, now)
            if not self._responders.are_none and handset.newest is not None:
                self._responders.on_shown(handset, handset.newest, now)
        return RpAck(part.reference)

    def count_text(self, subscriber: Subscriber) -> None:
        """One text more is shown: above the limit the oldest of all phones goes."""
        self._shown.push(subscriber.key)
        if len(self._shown) > self._texts_max:
            oldest = self._hlr.find(msisdn_of(self._shown.pop()))
            if oldest is not None:
                oldest.handset.forget_oldest()
