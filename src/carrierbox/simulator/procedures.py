"""The procedures of the network as the trace tells them, under the names of TS 29.002."""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.relay import describe_error
from carrierbox.trace import PROCEDURE, TraceEvent

# MAP operation codes (TS 29.002 §17.5).
MT_FORWARD_SM: Final = 44
SEND_ROUTING_INFO_FOR_SM: Final = 45
MO_FORWARD_SM: Final = 46
REPORT_SM_DELIVERY_STATUS: Final = 47
INFORM_SERVICE_CENTRE: Final = 63
ALERT_SERVICE_CENTRE: Final = 64
READY_FOR_SM: Final = 66

PROCEDURE_NAMES: Final = {
    MT_FORWARD_SM: "mt-ForwardSM",
    SEND_ROUTING_INFO_FOR_SM: "sendRoutingInfoForSM",
    MO_FORWARD_SM: "mo-ForwardSM",
    REPORT_SM_DELIVERY_STATUS: "reportSM-DeliveryStatus",
    INFORM_SERVICE_CENTRE: "informServiceCentre",
    ALERT_SERVICE_CENTRE: "alertServiceCentre",
    READY_FOR_SM: "readyForSM",
}

SUCCEEDED: Final = 0


class ProcedureEvent(TraceEvent):
    """One MAP procedure: whom it asked, and how it ended. Put into words only for who reads it.

    `error` is a MAP user error, 0 for success; `said` is what else it carried.
    """

    def __init__(
        self,
        operation: int,
        at: NetworkTime,
        message_id: int,
        msisdn: str,
        node: str,
        error: int = SUCCEEDED,
        diagnostic: int = 0,
        said: str = "",
    ) -> None:
        super().__init__(PROCEDURE, at, message_id, "", msisdn, said)
        self.operation = operation
        self.node = node
        self.error = error
        self.diagnostic = diagnostic

    def describe(self) -> str:
        """`mt-ForwardSM to MSC 33999001: ABSENT_SUBSCRIBER, IMSI_DETACHED`."""
        outcome = describe_error(self.error, self.diagnostic) if self.error else "ok"
        said = f", {self.detail}" if self.detail else ""
        to = f" to {self.node}" if self.node else ""
        return f"{PROCEDURE_NAMES[self.operation]}{to}: {outcome}{said}"
