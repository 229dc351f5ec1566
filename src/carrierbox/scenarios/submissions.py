"""From a submit step to submit_sm PDUs: addresses, alphabets, parts, batches."""

import re
from collections.abc import Iterator
from typing import Any, Final

from carrierbox import submissions
from carrierbox.codecs.data_coding import DATA_CODING_DEFAULT
from carrierbox.codecs.segmentation import CodedText
from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.errors import CodecError
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.steps_written import SUBMIT_MULTI, SubmitStep
from carrierbox.scenarios.times import seconds_of
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.submissions import coded_text, submits_in_parts, tlvs_said, whole_submit

_PLACE: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::0([1-9]))?\}")


class Written:
    """One text of a step, before it is coded."""

    def __init__(self, sender: str, to: str, text: str) -> None:
        self.sender = sender
        self.to = to
        self.text = text


def texts_of(step: SubmitStep) -> Iterator[Written]:
    """The texts of a step, one or a batch of them. That of a submit_multi has no destination."""
    if step.operation == SUBMIT_MULTI:
        yield Written(step.sender, "", step.text)
    elif isinstance(step.to, list):
        for number, to in enumerate(map(str, step.to), 1):
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
    if step.operation == SUBMIT_MULTI:
        return False
    return isinstance(step.to, list) or bool(step.each) or step.count > 1


def submits_of(step: SubmitStep, written: Written, reference: int, now: float) -> list[SubmitSm]:
    """The PDUs of one text. `reference` is that of its parts, unless the step has its own.

    NotHeldError if it cannot be written so.
    """
    coded = _coded(step, written)
    if step.parts is None:
        return [whole_submit(_submit(step, written, now), coded)]
    if step.reference is not None:
        reference = step.reference
    try:
        submits = submits_in_parts(
            lambda: _submit(step, written, now), coded, step.parts, reference
        )
    except CodecError as error:
        raise NotHeldError(f"the text cannot be cut into parts: {error}") from None
    if step.only_parts is None:
        return submits
    if max(step.only_parts) > len(submits):
        raise NotHeldError(f"the text has {len(submits)} parts only, not {max(step.only_parts)}")
    return [submits[number - 1] for number in step.only_parts]


def address_of(text: str) -> tuple[int, int, str]:
    """ton, npi and address of what a scenario writes: a number with its +, a short code, a name."""
    address = submissions.address_of(text)
    return address.ton, address.npi, address.value


def _filled(step: SubmitStep, to: str, said: dict[str, Any]) -> Written:
    def fill(text: str) -> str:
        def value_of(place: re.Match[str]) -> str:
            return str(said[place[1]]).zfill(int(place[2] or 0)) if place[1] in said else place[0]

        return _PLACE.sub(value_of, text)

    return Written(fill(step.sender), fill(to), fill(step.text))


def _submit(step: SubmitStep, written: Written, now: float) -> SubmitSm:
    source = address_of(written.sender)
    destination = address_of(written.to)
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
        tlvs=tlvs_said(step.tlvs, step.content_class),
    )


def _time(duration: object, now: float) -> str:
    return "" if duration is None else format_smpp_time(now + seconds_of(duration))


def _coded(step: SubmitStep, written: Written) -> CodedText:
    if step.octets is not None:
        octets = bytes.fromhex(step.octets)
        return CodedText(step.data_coding or DATA_CODING_DEFAULT, b"", octets)
    try:
        return coded_text(written.text, step.data_coding)
    except CodecError as error:
        raise NotHeldError(str(error)) from None
