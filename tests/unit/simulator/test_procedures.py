"""Procedures of the network in the words of TS 29.002."""

from carrierbox.clock import NetworkTime
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    CALL_BARRED,
    IMSI_DETACHED,
    MEMORY_CAPACITY_EXCEEDED,
    OPERATOR_BARRING,
    SM_DELIVERY_FAILURE,
    SYSTEM_FAILURE,
)
from carrierbox.simulator import procedures
from carrierbox.simulator.procedures import PROCEDURE_NAMES, ProcedureEvent

NOON = NetworkTime(1_750_000_000.0)


def described(operation: int, node: str = "", error: int = 0, diagnostic: int = 0) -> str:
    return ProcedureEvent(operation, NOON, 7, "33612345678", node, error, diagnostic).describe()


def test_a_procedure_says_whom_it_asked_and_how_it_ended() -> None:
    """TS 29.002 §12: names as there."""
    assert described(procedures.SEND_ROUTING_INFO_FOR_SM, "HLR") == (
        "sendRoutingInfoForSM to HLR: ok"
    )
    assert described(procedures.MT_FORWARD_SM, "MSC 3361", ABSENT_SUBSCRIBER, IMSI_DETACHED) == (
        "mt-ForwardSM to MSC 3361: ABSENT_SUBSCRIBER, IMSI_DETACHED"
    )
    assert described(
        procedures.MT_FORWARD_SM, "", SM_DELIVERY_FAILURE, MEMORY_CAPACITY_EXCEEDED
    ).endswith("SM_DELIVERY_FAILURE, MEMORY_CAPACITY_EXCEEDED")
    assert described(procedures.MT_FORWARD_SM, "", CALL_BARRED, OPERATOR_BARRING).endswith(
        "CALL_BARRED, OPERATOR_BARRING"
    )
    assert described(procedures.MT_FORWARD_SM, "", SYSTEM_FAILURE).endswith("SYSTEM_FAILURE")
    assert described(procedures.MT_FORWARD_SM, "", 99).endswith("MAP error 99")
    assert described(procedures.MT_FORWARD_SM, "", ABSENT_SUBSCRIBER, 200).endswith(
        "diagnostic 200"
    )


def test_every_operation_has_its_name() -> None:
    """An event of an operation without one could not be read."""
    operations = {
        value
        for name, value in vars(procedures).items()
        if name.isupper() and isinstance(value, int) and name not in ("PROCEDURE", "SUCCEEDED")
    }
    assert operations == set(PROCEDURE_NAMES)
