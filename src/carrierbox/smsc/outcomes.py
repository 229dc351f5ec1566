"""The answer to a request in transaction mode, once the outcome of its message is known.

SMPP 3.4 §2.10.3 has this mode for data_sm alone. Deviation: submit_sm may ask for it too, as in
SMPP 5.0; otherwise a client that does would wait for a receipt it did not ask for.

The outcome is told once it is durable. If its commit fails the message goes on, and so does the
waiting: the response tells the next outcome that is written. Only a message whose acceptance is
not written is answered ESME_RSYSERR, for there is none then.
"""

from carrierbox.relay import ABSENT_SUBSCRIBER, UNKNOWN_SUBSCRIBER
from carrierbox.smpp.pdus import PDU_CLASSES, DataSmResp, SubmitSmResp
from carrierbox.smpp.tlv import (
    TAG_DELIVERY_FAILURE_REASON,
    TAG_DPF_RESULT,
    TAG_NETWORK_ERROR_CODE,
    TAG_SET_DPF,
    Tlv,
    tlv_int,
)
from carrierbox.smpp.values import (
    DATA_SM,
    DELIVERED,
    ESME_RDELIVERYFAILURE,
    ESME_ROK,
    ESME_RSYSERR,
    RESPONSE_BIT,
)
from carrierbox.smsc.effects import Answer, AnswerAgain, Effect, OutcomeAnswer
from carrierbox.smsc.messages import Awaited, Message
from carrierbox.smsc.receipts import error_told_of, network_error_code
from carrierbox.smsc.schedule import PERMANENT

# delivery_failure_reason (SMPP 3.4 §5.3.2.33).
_DESTINATION_UNAVAILABLE = b"\0"
_DESTINATION_INVALID = b"\1"
_PERMANENT_NETWORK_ERROR = b"\2"
_TEMPORARY_NETWORK_ERROR = b"\3"


def outcome_answer(message: Message) -> OutcomeAnswer:
    """The response that `message.awaited` waits for, and no more: the message is final."""
    awaited = message.awaited
    assert awaited is not None
    message.awaited = None
    delivered = message.state_told == DELIVERED
    status = ESME_ROK if delivered else ESME_RDELIVERYFAILURE
    message_id = awaited.dialect.answer_id.render(message.client_id)
    if awaited.command_id != DATA_SM:
        answer = SubmitSmResp(message_id if delivered else "", awaited.sequence_number, status)
        return OutcomeAnswer(message, awaited, answer)
    tlvs = [] if delivered else _why(message)
    response = DataSmResp(message_id, awaited.sequence_number, status, tlvs)
    return OutcomeAnswer(message, awaited, response)


def outcome_answers(message: Message) -> list[Effect]:
    """The same, as often as a rule wants it."""
    awaited = message.awaited
    answer = outcome_answer(message)
    found: list[Effect] = [answer]
    if awaited is not None:
        found.extend(AnswerAgain(answer.link_id, answer.pdu) for _ in range(awaited.answers - 1))
    return found


def never_accepted(awaited: Awaited) -> Answer:
    """The response for a message whose acceptance could not be written."""
    response = PDU_CLASSES[awaited.command_id | RESPONSE_BIT]()
    response.sequence_number = awaited.sequence_number
    response.command_status = ESME_RSYSERR
    return Answer(awaited.link_id, response, False)


def wants_pending_flag(message: Message) -> bool:
    """Whether the ESME asked to hear when an absent phone is back (set_dpf, §5.3.2.29)."""
    return tlv_int(message.submit.tlvs, TAG_SET_DPF) == 1


def _why(message: Message) -> list[Tlv]:
    """Why it failed (SMPP 3.4 §4.7.2)."""
    cause = error_told_of(message)
    if cause == ABSENT_SUBSCRIBER:
        reason = _DESTINATION_UNAVAILABLE
    elif cause == UNKNOWN_SUBSCRIBER:
        reason = _DESTINATION_INVALID
    elif cause in PERMANENT:
        reason = _PERMANENT_NETWORK_ERROR
    else:
        reason = _TEMPORARY_NETWORK_ERROR
    tlvs = [
        Tlv(TAG_DELIVERY_FAILURE_REASON, reason),
        Tlv(TAG_NETWORK_ERROR_CODE, network_error_code(cause)),
    ]
    if tlv_int(message.submit.tlvs, TAG_SET_DPF) is not None:
        is_set = wants_pending_flag(message) and message.cause == ABSENT_SUBSCRIBER
        tlvs.append(Tlv(TAG_DPF_RESULT, b"\1" if is_set else b"\0"))
    return tlvs
