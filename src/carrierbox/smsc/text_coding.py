"""How the centre reads the text of a message and what a phone gets of it.

What a data_coding of 0 means is between an account and its carrier (T32); national tables are for
texts that the centre has to code itself. Both are settled when a message is taken in and kept with
it, so that every attempt sends the same, also after a restart with other settings.
"""

from collections.abc import Sequence
from typing import Final

from carrierbox.codecs.data_coding import DATA_CODING_DEFAULT, alphabet_of
from carrierbox.codecs.default_coding import (
    DEFAULT_CODING_NAMES,
    DEFAULT_GSM_UNPACKED,
    from_user_data_by_default,
)
from carrierbox.codecs.national_language import shifts_of, with_shifts
from carrierbox.codecs.phone_form import form_for_phones
from carrierbox.codecs.segmentation import CodedText, code_text, fits_one_segment
from carrierbox.codecs.user_data_header import find_concatenation, split_user_data_header
from carrierbox.errors import CodecError
from carrierbox.smpp.pdus import DeliverSm, SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, Tlv, tlv_octets
from carrierbox.smpp.values import ESM_CLASS_UDHI

NO_LANGUAGES: Final[tuple[int, ...]] = ()
SHORT_MESSAGE_OCTETS_MAX: Final = 254
"""SMPP 3.4 §5.2.21."""


class TextCoding:
    """What was settled about one message.

    `default_coding` is what data_coding 0 means (`codecs.default_coding`); the two shifts are the
    languages whose tables the centre chose, 0 for the tables every phone has.
    """

    def __init__(self, default_coding: int, locking_shift: int = 0, single_shift: int = 0) -> None:
        self.default_coding = default_coding
        self.locking_shift = locking_shift
        self.single_shift = single_shift


AGREED_CODINGS: Final[list[TextCoding]] = [
    TextCoding(number) for number in range(len(DEFAULT_CODING_NAMES))
]
"""By `default_coding`, without national tables."""
PLAIN_CODING: Final[TextCoding] = AGREED_CODINGS[0]


def phone_form(
    data_coding: int,
    header: bytes,
    user_data: bytes,
    coding: TextCoding,
    languages: Sequence[int] = NO_LANGUAGES,
    *,
    header_octets: int = 0,
) -> CodedText:
    """What phones are sent for the `user_data` of a PDU with `header` (`codecs.phone_form`).

    `coding` is what was settled about the message.
    """
    return form_for_phones(
        data_coding,
        header,
        user_data,
        coding.default_coding,
        languages,
        locking_shift=coding.locking_shift,
        single_shift=coding.single_shift,
        header_octets=header_octets,
    )


def form_of_text(
    text: str, header: bytes, coding: TextCoding, languages: Sequence[int] = NO_LANGUAGES
) -> CodedText:
    """What phones are sent for a text of the centre's own in the place of one with `header`.

    One part of a text that its client cut stays one: what does not fit is left out at its end.
    """
    wanted = with_shifts(header, coding.locking_shift, coding.single_shift)
    coded = code_text(text, languages, header=wanted)
    if find_concatenation(header) is None or _fits(coded):
        return coded
    fitting, too_long = 0, len(text)
    while too_long - fitting > 1:
        tried = (fitting + too_long) // 2
        if _fits(code_text(text[:tried], languages, header=wanted)):
            fitting = tried
        else:
            too_long = tried
    return code_text(text[:fitting], languages, header=wanted)


def _fits(coded: CodedText) -> bool:
    return fits_one_segment(len(coded.user_data), alphabet_of(coded.data_coding), len(coded.header))


def header_octets_of(submit: SubmitSm, header: bytes) -> int:
    """How many octets of its header stood before the user data of a submit_sm."""
    return len(header) if submit.esm_class & ESM_CLASS_UDHI else 0


def coding_with_shifts(coding: TextCoding, before: bytes, after: bytes) -> TextCoding:
    """`coding` with the tables that a header names now and did not name `before`."""
    if before == after:
        return coding
    locking_shift, single_shift = shifts_of(after)
    return TextCoding(coding.default_coding, locking_shift, single_shift)


class CarrierCodings:
    """What carriers take data_coding 0 for, by country; `default` is for all the others."""

    def __init__(
        self, default: int = DEFAULT_GSM_UNPACKED, by_country: dict[str, int] | None = None
    ) -> None:
        self.default: TextCoding = AGREED_CODINGS[default]
        self.by_country: dict[str, TextCoding] = {}
        if by_country is not None:
            for country, number in by_country.items():
                self.by_country[country] = AGREED_CODINGS[number]

    def of_country(self, country: str) -> TextCoding:
        """What the carriers of a country take it for."""
        return self.by_country.get(country, self.default) if self.by_country else self.default


def write_for_account(pdu: DeliverSm, written: TextCoding, agreed: TextCoding) -> None:
    """Change a deliver_sm whose text is `written` so that its account reads it as `agreed`."""
    if written.default_coding == agreed.default_coding or pdu.data_coding != DATA_CODING_DEFAULT:
        return
    payload = tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) if pdu.tlvs else None
    octets = pdu.short_message or payload or b""
    header = b""
    if pdu.esm_class & ESM_CLASS_UDHI:
        try:
            header, octets = split_user_data_header(octets)
        except CodecError:
            return
    form = phone_form(pdu.data_coding, header, octets, written, header_octets=len(header))
    pdu.data_coding, header, octets = from_user_data_by_default(
        form.user_data, form.data_coding, form.header, agreed.default_coding
    )
    if not header:
        pdu.esm_class &= ~ESM_CLASS_UDHI
    octets = header + octets
    pdu.short_message = octets
    pdu.tlvs = [tlv for tlv in pdu.tlvs if tlv.tag != TAG_MESSAGE_PAYLOAD]
    if payload is not None or len(octets) > SHORT_MESSAGE_OCTETS_MAX:
        pdu.short_message = b""
        pdu.tlvs.append(Tlv(TAG_MESSAGE_PAYLOAD, octets))
