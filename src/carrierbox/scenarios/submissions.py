"""From a submit step to submit_sm PDUs: addresses, alphabets, parts, batches."""

import re
from collections.abc import Iterator
from typing import Any, Final

from carrierbox.codecs.data_coding import (
    DATA_CODING_DEFAULT,
    DATA_CODING_UCS2,
    alphabet_of,
    encode_ucs2,
)
from carrierbox.codecs.gsm7 import encode_gsm7
from carrierbox.codecs.segmentation import code_text, split_user_data
from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.codecs.user_data_header import find_concatenation
from carrierbox.errors import CodecError
from carrierbox.identifiers import NPI_ISDN, TON_UNKNOWN, dialled_address
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.steps_written import SubmitStep
from carrierbox.scenarios.times import seconds_of
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_SEGMENT_SEQNUM,
    TAG_SAR_TOTAL_SEGMENTS,
    Tlv,
    integer_tlv,
)
from carrierbox.smpp.values import ESM_CLASS_UDHI
from carrierbox.smsc.content_class import TAG_CONTENT_CLASS

SHORT_MESSAGE_OCTETS_MAX: Final = 254
ASCII: Final = 1
LATIN_1: Final = 3
TON_ALPHANUMERIC: Final = 5
_PLACE: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::0([1-9]))?\}")


class Written:
    """One text of a step, before it is coded."""

    def __init__(self, sender: str, to: str, text: str) -> None:
        self.sender = sender
        self.to = to
        self.text = text


def texts_of(step: SubmitStep) -> Iterator[Written]:
    """The texts of a step, one or a batch of them."""
    if isinstance(step.to, list):
        for number, to in enumerate(step.to, 1):
            yield _filled(step, to, {"n": number, "to": to})
    elif step.each:
        for number, said in enumerate(step.each, 1):
            yield _filled(step, step.to, {"n": number, **said})
    elif step.count > 1:
        for number in range(1, step.count + 1):
            yield _filled(step, step.to, {"n": number})
    else:
        yield Written(step.sender, step.to, step.text)


def is_batch(step: SubmitStep) -> bool:
    """Whether it may be more than one text."""
    return isinstance(step.to, list) or bool(step.each) or step.count > 1


def submits_of(step: SubmitStep, written: Written, reference: int, now: float) -> list[SubmitSm]:
    """The PDUs of one text. `reference` is that of its parts, unless the step has its own.

    NotHeldError if it cannot be written so.
    """
    data_coding, header, octets = _coded(step, written)
    if step.reference is not None:
        reference = step.reference
    if step.parts is None:
        submit = _submit(step, written, now, data_coding)
        if header:
            octets = header + octets
            submit.esm_class |= ESM_CLASS_UDHI
        if len(octets) > SHORT_MESSAGE_OCTETS_MAX:
            submit.tlvs = [*submit.tlvs, Tlv(TAG_MESSAGE_PAYLOAD, octets)]
        else:
            submit.short_message = octets
        return [submit]
    try:
        # The centre makes sar TLVs a header with 16 bits of reference, which takes an octet more.
        segments = split_user_data(
            octets, alphabet_of(data_coding), reference, wide=step.parts == "sar", header=header
        )
    except CodecError as error:
        raise NotHeldError(f"the text cannot be cut into parts: {error}") from None
    submits = []
    for segment in segments:
        submit = _submit(step, written, now, data_coding)
        part = find_concatenation(segment.user_data_header)
        if step.parts == "udh" or part is None:
            if segment.user_data_header:
                submit.esm_class |= ESM_CLASS_UDHI
            submit.short_message = segment.user_data_header + segment.user_data
        else:
            submit.short_message = segment.user_data
            submit.tlvs = [
                *submit.tlvs,
                integer_tlv(TAG_SAR_MSG_REF_NUM, part.reference),
                integer_tlv(TAG_SAR_TOTAL_SEGMENTS, part.total),
                integer_tlv(TAG_SAR_SEGMENT_SEQNUM, part.number),
            ]
        submits.append(submit)
    if step.only_parts is None:
        return submits
    if max(step.only_parts) > len(submits):
        raise NotHeldError(f"the text has {len(submits)} parts only, not {max(step.only_parts)}")
    return [submits[number - 1] for number in step.only_parts]


def address_of(text: str) -> tuple[int, int, str]:
    """ton, npi and address of what a scenario writes: a number with its +, a short code, a name."""
    dialled = dialled_address(text) if text else None
    if dialled is not None:
        return dialled.ton, dialled.npi, dialled.value
    if not text:
        return TON_UNKNOWN, 0, ""
    if text.isascii() and text.isdigit():
        return TON_UNKNOWN, NPI_ISDN, text
    return TON_ALPHANUMERIC, 0, text


def _filled(step: SubmitStep, to: str, said: dict[str, Any]) -> Written:
    def fill(text: str) -> str:
        def value_of(place: re.Match[str]) -> str:
            return str(said[place[1]]).zfill(int(place[2] or 0)) if place[1] in said else place[0]

        return _PLACE.sub(value_of, text)

    return Written(fill(step.sender), fill(to), fill(step.text))


def _submit(step: SubmitStep, written: Written, now: float, data_coding: int) -> SubmitSm:
    source = address_of(written.sender)
    destination = address_of(written.to)
    tlvs = [Tlv(int(tag, 0), bytes.fromhex(digits)) for tag, digits in step.tlvs.items()]
    if step.content_class:
        tlvs.append(Tlv(TAG_CONTENT_CLASS, step.content_class.encode("latin-1", "replace")))
    return SubmitSm(
        service_type=step.service_type,
        source_addr_ton=source[0] if step.source_addr_ton is None else step.source_addr_ton,
        source_addr_npi=source[1] if step.source_addr_npi is None else step.source_addr_npi,
        source_addr=source[2],
        dest_addr_ton=destination[0],
        dest_addr_npi=destination[1],
        destination_addr=destination[2],
        esm_class=step.esm_class,
        protocol_id=step.protocol_id,
        priority_flag=step.priority_flag,
        schedule_delivery_time=_time(step.schedule, now),
        validity_period=_time(step.validity, now),
        registered_delivery=step.registered_delivery,
        data_coding=data_coding,
        tlvs=tlvs,
    )


def _time(duration: object, now: float) -> str:
    return "" if duration is None else format_smpp_time(now + seconds_of(duration))


def _coded(step: SubmitStep, written: Written) -> tuple[int, bytes, bytes]:
    """data_coding, header and octets of a text."""
    wanted = step.data_coding
    if step.octets is not None:
        return wanted or DATA_CODING_DEFAULT, b"", bytes.fromhex(step.octets)
    if wanted is None:
        coded = code_text(written.text)
        return coded.data_coding, coded.header, coded.user_data
    octets: bytes | None = None
    try:
        if wanted == DATA_CODING_DEFAULT:
            octets = encode_gsm7(written.text)
        elif wanted == ASCII:
            octets = written.text.encode("ascii")
        elif wanted == LATIN_1:
            octets = written.text.encode("latin-1")
        elif alphabet_of(wanted) == alphabet_of(DATA_CODING_UCS2):
            octets = encode_ucs2(written.text)
        else:
            octets = encode_gsm7(written.text)
    except UnicodeEncodeError:
        octets = None
    if octets is None:
        raise NotHeldError(f"data_coding {wanted} cannot write {written.text[:40]!r}")
    return wanted, b"", octets
