"""Answers in transaction mode."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address, LinkId
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    CALL_BARRED,
    SYSTEM_FAILURE,
    UNKNOWN_SUBSCRIBER,
)
from carrierbox.smpp.pdus import DataSmResp, SubmitSm, SubmitSmResp
from carrierbox.smpp.tlv import Tlv, tlv_int
from carrierbox.smpp.values import (
    DATA_SM,
    DELIVERED,
    ESME_RDELIVERYFAILURE,
    ESME_ROK,
    SUBMIT_SM,
    UNDELIVERABLE,
)
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Awaited, Message
from carrierbox.smsc.outcomes import outcome_answer, wants_pending_flag

AT = NetworkTime(1.0)


def concluded(state: int, cause: int, command_id: int, *tlvs: Tlv) -> Message:
    message = Message(
        9,
        "demo",
        FROM_ESME,
        TO_PHONE,
        SubmitSm(tlvs=[*tlvs]),
        Address(5, 0, "ACME"),
        "336",
        "FR",
        "SFR",
        "",
        9,
        AT,
        AT,
        AT,
    )
    message.cause = cause
    message.awaited = Awaited(LinkId(4), command_id, 77)
    message.conclude(state, AT)
    return message


@pytest.mark.parametrize("command_id", [DATA_SM, SUBMIT_SM])
def test_a_delivered_message_is_answered_with_its_id(command_id: int) -> None:
    """SMPP 3.4 §2.10.3."""
    answer = outcome_answer(concluded(DELIVERED, 0, command_id))
    assert isinstance(answer.pdu, DataSmResp if command_id == DATA_SM else SubmitSmResp)
    assert (answer.link_id, answer.pdu.sequence_number, answer.durable) == (4, 77, True)
    assert (answer.pdu.command_status, answer.pdu.message_id) == (ESME_ROK, "0000000009")


@pytest.mark.parametrize(
    ("cause", "reason"),
    [(ABSENT_SUBSCRIBER, 0), (UNKNOWN_SUBSCRIBER, 1), (CALL_BARRED, 2), (SYSTEM_FAILURE, 3)],
)
def test_a_failure_tells_its_reason(cause: int, reason: int) -> None:
    """SMPP 3.4 §5.3.2.33: delivery_failure_reason; no dpf_result unless it was asked for."""
    answer = outcome_answer(concluded(UNDELIVERABLE, cause, DATA_SM))
    assert answer.pdu.command_status == ESME_RDELIVERYFAILURE
    assert tlv_int(answer.pdu.tlvs, 0x0425) == reason
    assert tlv_int(answer.pdu.tlvs, 0x0420) is None


@pytest.mark.parametrize(("asked", "cause", "result"), [(1, 6, 1), (0, 6, 0), (1, 1, 0)])
def test_dpf_result_says_whether_the_flag_is_set(asked: int, cause: int, result: int) -> None:
    """SMPP 3.4 §5.3.2.28: only for a phone that may come back."""
    message = concluded(UNDELIVERABLE, cause, DATA_SM, Tlv(0x0421, bytes([asked])))
    assert tlv_int(outcome_answer(message).pdu.tlvs, 0x0420) == result
    assert wants_pending_flag(message) == bool(asked)
