"""The serving switching centre: finds the phone by paging it and hands the message over."""

from carrierbox.clock import NetworkTime
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    IMSI_DETACHED,
    RelayElement,
    RpAck,
    RpError,
    RpMtData,
)
from carrierbox.simulator.hlr import Hlr, Subscriber


class Msc:
    """The one switching centre that serves every phone of the network."""

    def __init__(self, hlr: Hlr) -> None:
        self._hlr = hlr

    def mt_forward(self, rp: RpMtData, subscriber: Subscriber, now: NetworkTime) -> RelayElement:
        """Page the phone and hand the part over (mt-ForwardSM, TS 29.002 §12.9).

        The outcome is reported to the register, as reportSM-DeliveryStatus does: an absent phone
        sets its message waiting flag, a success clears it. A duplicate is acknowledged like any
        other part, because the phone has it.
        """
        if not self.page(subscriber):
            self._hlr.await_return(subscriber)
            return RpError(rp.reference, ABSENT_SUBSCRIBER, IMSI_DETACHED)
        subscriber.handset.receive(rp, now)
        if subscriber.service_centre != "":
            self._hlr.end_waiting(subscriber)
        return RpAck(rp.reference)

    def page(self, subscriber: Subscriber) -> bool:
        """Whether the phone answers."""
        return subscriber.handset.power
