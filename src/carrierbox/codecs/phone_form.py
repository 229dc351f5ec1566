"""The one form in which a phone can be sent what a client submitted in some alphabet."""

from collections.abc import Sequence

from carrierbox.codecs.data_coding import alphabet_of, decode_text, passes_to_phones, tp_dcs_of
from carrierbox.codecs.default_coding import said_plainly
from carrierbox.codecs.gsm7 import nearest_gsm7
from carrierbox.codecs.national_language import shifts_of, with_shifts
from carrierbox.codecs.segmentation import CodedText, code_text, fits_one_segment
from carrierbox.codecs.user_data_header import find_concatenation


def form_for_phones(
    data_coding: int,
    header: bytes,
    user_data: bytes,
    default_coding: int,
    languages: Sequence[int],
    *,
    locking_shift: int = 0,
    single_shift: int = 0,
    header_octets: int = 0,
) -> CodedText:
    """TP-DCS, header and unpacked user data for the `user_data` of a PDU with `header`.

    `default_coding` is what data_coding 0 means (`codecs.default_coding`). `header_octets` of the
    header stood before the user data: none where sar_* TLVs made it (T35).

    The octets of GSM 7-bit, of UCS-2 and of no text pass as they are. Another alphabet is coded
    anew: with the tables of the two shifts, else with those of `languages` where that saves parts.
    A part that its client cut and that does not fit then loses its accents rather than its end.
    """
    data_coding, octets = said_plainly(user_data, data_coding, default_coding, header_octets)
    if passes_to_phones(data_coding):
        return CodedText(tp_dcs_of(data_coding), header, octets)
    text = decode_text(octets, data_coding)
    coded = code_text(text, languages, header=with_shifts(header, locking_shift, single_shift))
    if find_concatenation(header) is None or shifts_of(coded.header) != (0, 0):
        return coded
    alphabet = alphabet_of(coded.data_coding)
    if fits_one_segment(len(coded.user_data), alphabet, len(header)):
        return coded
    return CodedText(0, header, nearest_gsm7(text))
