"""The parts a message is cut into, as they cross to the network: the same for every attempt."""

from carrierbox.codecs.data_coding import alphabet_of, to_user_data
from carrierbox.codecs.segmentation import split_user_data
from carrierbox.errors import CodecError
from carrierbox.relay import RpMtData
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smsc.admission import Candidate, read_user_data
from carrierbox.smsc.messages import Message, reference_of


def cut(message: Message, user_data_header: bytes, user_data: bytes) -> None:
    """Cut a text into the parts the phone will get. CodecError if there would be over 255."""
    message.tp_dcs, user_data = to_user_data(user_data, message.submit.data_coding)
    message.segments = split_user_data(
        user_data,
        alphabet_of(message.tp_dcs),
        message.concatenation_reference,
        header=user_data_header,
    )


def can_be_cut(submit: SubmitSm, candidate: Candidate) -> bool:
    """Whether a text fits the parts a message may have."""
    tp_dcs, user_data = to_user_data(candidate.user_data, submit.data_coding)
    try:
        split_user_data(user_data, alphabet_of(tp_dcs), 0, header=candidate.user_data_header)
    except CodecError:
        return False
    return True


def part_of(message: Message, index: int, more_messages: bool) -> RpMtData:
    """One part as it crosses to the network: the same for every attempt."""
    if message.segments is None:
        candidate = Candidate(0)
        read_user_data(message.submit, candidate)
        cut(message, candidate.user_data_header, candidate.user_data)
    assert message.segments is not None
    segment = message.segments[index]
    return RpMtData(
        reference_of(message.message_id, index),
        message.msisdn,
        message.source,
        message.submit.protocol_id,
        message.tp_dcs,
        segment.user_data_header,
        segment.user_data,
        message.accepted_at,
        more_messages,
    )


def part_count(message: Message) -> int:
    """How many parts the phone gets."""
    if message.segments is None:
        part_of(message, 0, False)
    return len(message.segments) if message.segments is not None else 0
