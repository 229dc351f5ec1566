"""The parts a message is cut into, as they cross to the network: the same for every attempt."""

from collections.abc import Sequence

from carrierbox.codecs.data_coding import alphabet_of, passes_to_phones, tp_dcs_of
from carrierbox.codecs.default_coding import DEFAULT_GSM_UNPACKED, decode_text_by_default
from carrierbox.codecs.segmentation import split_user_data
from carrierbox.errors import CodecError
from carrierbox.relay import RpMtData
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import (
    ESM_CLASS_TYPE_MASK,
    ESM_CLASS_UDHI,
    REGISTERED_DELIVERY_SME_MASK,
)
from carrierbox.smsc.acknowledgements import describe
from carrierbox.smsc.admission import Candidate, read_user_data
from carrierbox.smsc.messages import Message, reference_of
from carrierbox.smsc.text_coding import (
    NO_LANGUAGES,
    TextCoding,
    coding_with_shifts,
    form_of_text,
    header_octets_of,
    phone_form,
)


def cut(
    message: Message,
    user_data_header: bytes,
    user_data: bytes,
    languages: Sequence[int] = NO_LANGUAGES,
) -> None:
    """Cut a text into the parts the phone will get. CodecError if there would be over 255.

    `languages` are those whose tables may be used where the text is coded anew; which were is kept
    with the message.
    """
    submit = message.submit
    coding = message.coding
    if message.told is not None and message.told.text is not None:
        form = form_of_text(message.told.text, user_data_header, coding, languages)
        message.tp_dcs = form.data_coding
        message.coding = coding_with_shifts(coding, user_data_header, form.header)
        user_data_header = form.header
        user_data = form.user_data
    elif coding.default_coding == DEFAULT_GSM_UNPACKED and passes_to_phones(submit.data_coding):
        message.tp_dcs = tp_dcs_of(submit.data_coding)
    else:
        form = phone_form(
            submit.data_coding,
            user_data_header,
            user_data,
            coding,
            languages,
            header_octets=header_octets_of(submit, user_data_header),
        )
        message.tp_dcs = form.data_coding
        message.coding = coding_with_shifts(coding, user_data_header, form.header)
        user_data_header = form.header
        user_data = form.user_data
    message.segments = split_user_data(
        user_data,
        alphabet_of(message.tp_dcs),
        message.concatenation_reference,
        header=user_data_header,
    )


def coding_to_cut(
    submit: SubmitSm,
    candidate: Candidate,
    coding: TextCoding,
    languages: Sequence[int] = NO_LANGUAGES,
    text: str | None = None,
) -> TextCoding | None:
    """With what coding a text fits the parts a message may have; None if with none.

    `text` is what the phone shows in its place, None for nothing else.
    """
    header = candidate.user_data_header
    try:
        if text is not None:
            form = form_of_text(text, header, coding, languages)
        else:
            form = phone_form(
                submit.data_coding,
                header,
                candidate.user_data,
                coding,
                languages,
                header_octets=header_octets_of(submit, header),
            )
        split_user_data(form.user_data, alphabet_of(form.data_coding), 0, header=form.header)
    except CodecError:
        return None
    return coding_with_shifts(coding, header, form.header)


def text_of(message: Message) -> str:
    """The text as its sender meant it, without a user data header."""
    submit = message.submit
    candidate = Candidate(0)
    read_user_data(submit, candidate)
    return decode_text_by_default(
        candidate.user_data,
        submit.data_coding,
        message.coding.default_coding,
        candidate.user_data_header if submit.esm_class & ESM_CLASS_UDHI else b"",
    )


def part_of(message: Message, index: int, more_messages: bool) -> RpMtData:
    """One part as it crosses to the network: the same for every attempt."""
    if message.segments is None:
        candidate = Candidate(0)
        read_user_data(message.submit, candidate)
        cut(message, candidate.user_data_header, candidate.user_data)
    assert message.segments is not None
    segment = message.segments[index]
    submit = message.submit
    part = RpMtData(
        reference_of(message.message_id, index),
        message.msisdn,
        message.source,
        submit.protocol_id,
        message.tp_dcs,
        segment.user_data_header,
        segment.user_data,
        message.accepted_at,
        more_messages,
    )
    part.expires_at = message.expires_at
    if submit.priority_flag:
        part.priority = True
    if (
        submit.registered_delivery & REGISTERED_DELIVERY_SME_MASK
        or submit.esm_class & ESM_CLASS_TYPE_MASK
    ):
        describe(part, message, index)
    return part


def part_count(message: Message) -> int:
    """How many parts the phone gets."""
    if message.segments is None:
        part_of(message, 0, False)
    return len(message.segments) if message.segments is not None else 0
