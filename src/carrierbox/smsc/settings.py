"""What a centre knows beside its accounts: canned messages, distribution lists, retries."""

from collections.abc import Callable
from typing import Final, TypeAlias

from carrierbox.codecs.default_coding import DEFAULT_GSM_UNPACKED, encode_text_by_default
from carrierbox.codecs.segmentation import code_text
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_SEGMENT_SEQNUM,
    TAG_SAR_TOTAL_SEGMENTS,
    Tlv,
)
from carrierbox.smpp.values import ESM_CLASS_UDHI
from carrierbox.smsc.schedule import DEFAULT_SCHEDULES, RetrySchedules
from carrierbox.smsc.text_coding import (
    NO_LANGUAGES,
    PLAIN_CODING,
    SHORT_MESSAGE_OCTETS_MAX,
    TextCoding,
)

ErrWords: TypeAlias = Callable[[str, str], dict[int, str]]

# What belongs to a text that a client sent itself.
_TEXT_TAGS: Final = (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_TOTAL_SEGMENTS,
    TAG_SAR_SEGMENT_SEQNUM,
)


class CentreSettings:
    """`canned` texts by sm_default_msg_id, 1 to 254 (SMPP 3.4 §5.2.20); `lists` of numbers by
    dl_name, as written in the configuration (SMPP 3.4 §4.5.1.2); `retry` when failed attempts are
    repeated. `err_words` gives what a carrier, by country and name, writes into the err field of
    receipts, by network error; None where all carriers write the same.
    """

    def __init__(
        self,
        canned: dict[int, str] | None = None,
        lists: dict[str, list[str]] | None = None,
        retry: RetrySchedules = DEFAULT_SCHEDULES,
        err_words: ErrWords | None = None,
    ) -> None:
        self.err_words = err_words
        self.canned: dict[int, str] = {} if canned is None else canned
        self.lists: dict[str, list[str]] = {} if lists is None else lists
        self.retry = retry

    def with_canned_text(
        self,
        submit: SubmitSm,
        coding: TextCoding = PLAIN_CODING,
        languages: tuple[int, ...] = NO_LANGUAGES,
    ) -> SubmitSm | None:
        """The submit_sm with the text its sm_default_msg_id stands for; None if there is none.

        It is coded as `coding` says, or by the tables of `languages` where they save parts. A text
        of its own beside it is ignored: the canned one was asked for.
        """
        text = self.canned.get(submit.sm_default_msg_id)
        if text is None:
            return None
        header = b""
        if coding.default_coding == DEFAULT_GSM_UNPACKED:
            coded = code_text(text, languages)
            data_coding, header, octets = coded.data_coding, coded.header, coded.user_data
        else:
            data_coding, octets = encode_text_by_default(text, coding.default_coding)
        octets = header + octets
        tlvs = [tlv for tlv in submit.tlvs if tlv.tag not in _TEXT_TAGS]
        if len(octets) > SHORT_MESSAGE_OCTETS_MAX:
            tlvs.append(Tlv(TAG_MESSAGE_PAYLOAD, octets))
            octets = b""
        return SubmitSm(
            submit.service_type,
            submit.source_addr_ton,
            submit.source_addr_npi,
            submit.source_addr,
            submit.dest_addr_ton,
            submit.dest_addr_npi,
            submit.destination_addr,
            submit.esm_class & ~ESM_CLASS_UDHI | (ESM_CLASS_UDHI if header else 0),
            submit.protocol_id,
            submit.priority_flag,
            submit.schedule_delivery_time,
            submit.validity_period,
            submit.registered_delivery,
            submit.replace_if_present_flag,
            data_coding,
            submit.sm_default_msg_id,
            octets,
            submit.sequence_number,
            0,
            tlvs,
        )
