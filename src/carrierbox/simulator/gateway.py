"""The gateway between message centre and network (SMS-GMSC, TS 23.040 §5): asks the register where
a phone is, forwards to the node that serves it, and reports what became of it.
"""

from typing import Final

from carrierbox import faults
from carrierbox.clock import NetworkTime
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    DELIVERY_ACKNOWLEDGEMENT,
    MEMORY_CAPACITY_EXCEEDED,
    REFERENCE_SEGMENT_BITS,
    SM_DELIVERY_FAILURE,
    SYSTEM_FAILURE,
    UNKNOWN_SUBSCRIBER,
    RelayElement,
    RpAck,
    RpAlertSc,
    RpError,
    RpMtData,
    SmeAcknowledgement,
)
from carrierbox.simulator.faults import NetworkFaults, Trouble
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.hlr import MCEF, Hlr, Subscriber
from carrierbox.simulator.msc import Msc
from carrierbox.simulator.pending import OnTheAir, Pending
from carrierbox.simulator.phone_texts import Text
from carrierbox.simulator.procedures import (
    ALERT_SERVICE_CENTRE,
    INFORM_SERVICE_CENTRE,
    MT_FORWARD_SM,
    READY_FOR_SM,
    REPORT_SM_DELIVERY_STATUS,
    SEND_ROUTING_INFO_FOR_SM,
    SUCCEEDED,
    ProcedureEvent,
)
from carrierbox.simulator.radio.remote import RemotePhones
from carrierbox.simulator.towers import ANSWER_TIMEOUT_S, Towers
from carrierbox.trace import Trace

_TPDU_HEAD_OCTETS: Final = 20


class Gateway:
    """The way of every part to its phone.

    Without towers, faults and latency all of it happens in the call, and the answer is due at once.
    """

    def __init__(
        self,
        hlr: Hlr,
        msc: Msc,
        towers: Towers,
        pending: Pending,
        faults: NetworkFaults,
        trace: Trace | None,
        latency_s: float,
    ) -> None:
        self._hlr = hlr
        self._msc = msc
        self._towers = towers
        self._pending = pending
        self._faults = faults
        self._trace_of_box = trace
        self._latency_s = latency_s
        self.radio: RemotePhones | None = None
        """The phones that are processes of their own, where there are any."""
        self._with_radio: dict[int, RpMtData] = {}

    def forward(self, part: RpMtData, now: NetworkTime) -> None:
        """Take a part to its phone."""
        if part.forced_cause:
            self._fail_by_rule(part, now)
            return
        subscriber = self._hlr.routing_info(part.msisdn)
        if subscriber is None:
            self._trace_routing(part, now, UNKNOWN_SUBSCRIBER, 0)
            self._put(RpError(part.reference, UNKNOWN_SUBSCRIBER), now)
            return
        if self._faults.are_any:
            fault = self._faults.of_part(faults.SEND_ROUTING_INFO_FOR_SM, part)
            if fault is not None:
                error = RpError(part.reference, fault.cause or SYSTEM_FAILURE, fault.diagnostic)
                self._refuse_routing(error, part, subscriber, now, fault)
                return
        if subscriber.flags or subscriber.profile is not None:
            refusal = self._hlr.refusal(subscriber, part.reference, part.priority)
            if refusal is not None:
                self._refuse_routing(refusal, part, subscriber, now, None)
                return
        self._trace_routing(part, now, SUCCEEDED, 0)
        if subscriber.flags & MCEF:
            self._trace(INFORM_SERVICE_CENTRE, part, now, "", SUCCEEDED, 0, "mcef-Set")
        if self._faults.are_any:
            fault = self._faults.of_part(faults.MT_FORWARD_SM, part)
            if fault is not None:
                self._forward_badly(part, subscriber, fault, now)
                return
        self._page(part, subscriber, now)

    def land(self, flight: OnTheAir, now: NetworkTime) -> None:
        """A part was on the air for as long as it takes: the phone may have gone meanwhile."""
        part = flight.part
        subscriber = self._hlr.routing_info(part.msisdn)
        if subscriber is None:
            self._put(RpError(part.reference, UNKNOWN_SUBSCRIBER), now)
            return
        error = self._msc.page(subscriber, part.reference)
        if error is not None:
            self._end(error, part, subscriber, now, f"cell {flight.cell_id}")
            return
        if flight.answer_is_lost:
            self._msc.hand_over(part, subscriber, now)
            said = f"cell {flight.cell_id}, no answer"
            error = RpError(part.reference, SYSTEM_FAILURE)
            self._end(error, part, subscriber, now, said, ANSWER_TIMEOUT_S)
            return
        self._hand_over(part, subscriber, now, f"cell {flight.cell_id}")

    def answered(self, reference: int, cause: int, diagnostic: int, now: NetworkTime) -> None:
        """A remote phone answered, or did not for too long; cause 0: it has the part."""
        part = self._with_radio.pop(reference, None)
        if part is None:
            return
        subscriber = self._hlr.routing_info(part.msisdn)
        if subscriber is None:
            return
        if cause:
            self._end(RpError(reference, cause, diagnostic), part, subscriber, now, "by radio")
            return
        # What it shows is shown here too, whatever this copy would say of it.
        self._msc.hand_over(part, subscriber, now)
        self._end(RpAck(reference), part, subscriber, now, "by radio")

    def alert(self, subscriber: Subscriber, reason: str, now: NetworkTime) -> None:
        """The phone is back, or has room: tell the centre, if it waits for that."""
        if not self._hlr.ready(subscriber):
            return
        msisdn = subscriber.msisdn
        fault = None
        if self._faults.are_any:
            fault = self._faults.of_alert(msisdn)
        trace = self._trace_of_box
        if trace is not None:
            trace.add(ProcedureEvent(READY_FOR_SM, now, 0, msisdn, "HLR", said=reason))
            said = "" if fault is None else f"fault {fault.name}"
            trace.add(ProcedureEvent(ALERT_SERVICE_CENTRE, now, 0, msisdn, "", said=said))
        due = max(now, subscriber.alert_not_before)
        if fault is None:
            self._pending.put(RpAlertSc(msisdn), due, now)
        elif not (fault.cause or fault.loses_request or fault.loses_answer):
            for _ in range(fault.answer_copies):
                self._pending.put(RpAlertSc(msisdn), due + fault.delay_s, now)

    # Inside.

    def _fail_by_rule(self, part: RpMtData, now: NetworkTime) -> None:
        """Answer with the error that a rule wants; the phone hears nothing of it."""
        subscriber = self._hlr.find(part.msisdn)
        if subscriber is not None and part.forced_cause == ABSENT_SUBSCRIBER:
            self._hlr.await_return(subscriber)
        self._trace(MT_FORWARD_SM, part, now, "", part.forced_cause, 0, "by a rule")
        self._put(RpError(part.reference, part.forced_cause), now)

    def _refuse_routing(
        self,
        refusal: RpError,
        part: RpMtData,
        subscriber: Subscriber,
        now: NetworkTime,
        fault: Trouble | None,
    ) -> None:
        """Answer that the register gives no routing information."""
        said = "" if fault is None else f"fault {fault.name}"
        self._trace_routing(part, now, refusal.cause, refusal.diagnostic, said)
        due = now + self._latency_s
        copies = 1
        if fault is not None:
            due += fault.delay_s
            copies = fault.answer_copies
        if refusal.cause == ABSENT_SUBSCRIBER:
            self._hlr.await_return(subscriber)
            subscriber.alert_not_before = due
        for _ in range(copies):
            self._pending.put(refusal, due, now)

    def _forward_badly(
        self, part: RpMtData, subscriber: Subscriber, fault: Trouble, now: NetworkTime
    ) -> None:
        """Take a part to its phone as a fault will have it."""
        due = now + self._latency_s + fault.delay_s
        said = f"fault {fault.name}"
        shown_before = subscriber.handset.shown
        answer: RelayElement
        if fault.cause or fault.loses_request:
            answer = RpError(part.reference, fault.cause or SYSTEM_FAILURE, fault.diagnostic)
        else:
            answer = self._reach(part, subscriber, now)
            for _ in range(fault.request_copies - 1):
                answer = self._reach(part, subscriber, now)
            if fault.loses_answer:
                answer = RpError(part.reference, SYSTEM_FAILURE)
        self._report(answer, part, subscriber, now, due, said)
        for _ in range(fault.answer_copies):
            self._pending.put(answer, due, now)
        if isinstance(answer, RpAck):
            self._acknowledge(part, subscriber.handset, shown_before, due, now)

    def _reach(self, part: RpMtData, subscriber: Subscriber, now: NetworkTime) -> RelayElement:
        error = self._msc.page(subscriber, part.reference)
        return self._msc.hand_over(part, subscriber, now) if error is None else error

    def _page(self, part: RpMtData, subscriber: Subscriber, now: NetworkTime) -> None:
        """Page the phone and, if it answers, hand the part over, through its cell if it has one."""
        error = self._msc.page(subscriber, part.reference)
        if error is not None:
            self._end(error, part, subscriber, now, "")
            return
        if not self._towers.is_empty:
            octets = _TPDU_HEAD_OCTETS + len(part.user_data_header) + len(part.user_data)
            access = self._towers.access(part.msisdn, now, octets)
            if access.cause:
                error = RpError(part.reference, access.cause, access.diagnostic)
                said = f"cell {access.cell_id}" if access.cell_id else "no coverage"
                self._end(error, part, subscriber, now, said, access.delay_s)
                return
            if access.delay_s > 0.0 or access.answer_is_lost:
                flight = OnTheAir(part, access.answer_is_lost, access.cell_id)
                self._pending.put(flight, now + access.delay_s, now)
                return
        self._hand_over(part, subscriber, now, "")

    def _hand_over(
        self, part: RpMtData, subscriber: Subscriber, now: NetworkTime, said: str
    ) -> None:
        radio = self.radio
        if radio is not None and radio.carries(part.msisdn):
            self._with_radio[part.reference] = part
            radio.transmit(part, part.expires_at, now)
            return
        shown_before = subscriber.handset.shown
        answer = self._msc.hand_over(part, subscriber, now)
        self._end(answer, part, subscriber, now, said)
        if (part.asked or part.user_data_header) and isinstance(answer, RpAck):
            due = now + self._latency_s
            self._acknowledge(part, subscriber.handset, shown_before, due, now)

    def _end(
        self,
        answer: RelayElement,
        part: RpMtData,
        subscriber: Subscriber,
        now: NetworkTime,
        said: str,
        delay_s: float = 0.0,
    ) -> None:
        """Report what became of a part, and let the centre hear it."""
        due = now + self._latency_s + delay_s
        self._report(answer, part, subscriber, now, due, said)
        self._pending.put(answer, due, now)

    def _report(
        self,
        answer: RelayElement,
        part: RpMtData,
        subscriber: Subscriber,
        now: NetworkTime,
        due: float,
        said: str,
    ) -> None:
        """Tell the register what became of a part (reportSM-DeliveryStatus, TS 29.002 §12.3)."""
        hlr = self._hlr
        if isinstance(answer, RpError):
            cause, diagnostic = answer.cause, answer.diagnostic
            self._trace(MT_FORWARD_SM, part, now, subscriber.serving_node, cause, diagnostic, said)
            if cause == ABSENT_SUBSCRIBER:
                hlr.report_absent(subscriber, diagnostic)
                outcome = "absentSubscriber"
            elif cause == SM_DELIVERY_FAILURE and diagnostic == MEMORY_CAPACITY_EXCEEDED:
                hlr.report_memory_full(subscriber)
                outcome = "memoryCapacityExceeded"
            else:
                return
            subscriber.alert_not_before = due
        else:
            self._trace(MT_FORWARD_SM, part, now, "", SUCCEEDED, 0, said)
            if not subscriber.flags:
                return
            # The centre is told by the answer itself: it needs no alert.
            hlr.ready(subscriber)
            outcome = "successfulTransfer"
        self._trace(REPORT_SM_DELIVERY_STATUS, part, now, "HLR", SUCCEEDED, 0, outcome)

    def _acknowledge(
        self, part: RpMtData, handset: Handset, shown_before: int, due: float, now: NetworkTime
    ) -> None:
        """Let a phone acknowledge what it shows, where that was asked for (CDMA, TDMA).

        It does so again when a part comes again.
        """
        text: Text | None = None
        if handset.shown != shown_before and part.user_data_header:
            # Earlier parts of what is shown now may have asked.
            text = handset.newest
        elif part.asked:
            text = handset.text_asking(part.reference)
        if text is not None:
            for reference in text.asking(DELIVERY_ACKNOWLEDGEMENT):
                element = SmeAcknowledgement(reference, DELIVERY_ACKNOWLEDGEMENT)
                self._pending.put(element, due, now)

    def _put(self, element: RelayElement, now: NetworkTime) -> None:
        self._pending.put(element, now + self._latency_s, now)

    def _trace_routing(
        self, part: RpMtData, now: NetworkTime, error: int, diagnostic: int, said: str = ""
    ) -> None:
        self._trace(SEND_ROUTING_INFO_FOR_SM, part, now, "HLR", error, diagnostic, said)

    def _trace(
        self,
        operation: int,
        part: RpMtData,
        now: NetworkTime,
        node: str,
        error: int,
        diagnostic: int,
        said: str,
    ) -> None:
        trace = self._trace_of_box
        if trace is not None:
            message_id = part.reference >> REFERENCE_SEGMENT_BITS
            trace.add(
                ProcedureEvent(
                    operation, now, message_id, part.msisdn, node, error, diagnostic, said
                )
            )
