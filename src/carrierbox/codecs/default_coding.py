"""What data_coding 0 means between one account and its carrier (SMPP 3.4 §5.2.19, T32).

The specification says "SMSC default alphabet" and no more. Here a default is one of four codings;
every other data_coding means what it means everywhere.
"""

from typing import Final

from carrierbox.codecs.data_coding import (
    DATA_CODING_DEFAULT,
    DATA_CODING_UCS2,
    data_coding_of,
    encode_text,
    encode_ucs2,
    to_user_data,
)
from carrierbox.codecs.gsm7 import encode_gsm7
from carrierbox.codecs.national_language import decode_part, decode_short_message
from carrierbox.codecs.packed_short_message import (
    pack_septets_for_smpp,
    unpack_septets_from_smpp,
)
from carrierbox.codecs.user_data_header import (
    IEI_NATIONAL_LOCKING_SHIFT,
    IEI_NATIONAL_SINGLE_SHIFT,
    parse_user_data_header,
)
from carrierbox.errors import CodecError

DEFAULT_GSM_UNPACKED: Final = 0
DEFAULT_GSM_PACKED: Final = 1
DEFAULT_LATIN1: Final = 2
DEFAULT_ASCII: Final = 3

DEFAULT_CODING_NAMES: Final = ("gsm", "gsm_packed", "latin1", "ascii")
"""As they are called in a configuration, in the order of their numbers."""

# The data_coding that says the same where it is not the default; 0 for the two of GSM.
_SAID_OTHERWISE: Final = (0x00, 0x00, 0x03, 0x01)
_CODECS: Final = ("", "", "latin-1", "ascii")
_SHIFTS: Final = (IEI_NATIONAL_LOCKING_SHIFT, IEI_NATIONAL_SINGLE_SHIFT)


def said_plainly(
    octets: bytes, data_coding: int, default_coding: int, header_octets: int = 0
) -> tuple[int, bytes]:
    """The data_coding and octets that say the same where 0 is GSM 7-bit unpacked.

    `header_octets` is the length of the user data header that stood before `octets`.
    """
    if data_coding != DATA_CODING_DEFAULT or default_coding == DEFAULT_GSM_UNPACKED:
        return data_coding, octets
    if default_coding == DEFAULT_GSM_PACKED:
        return DATA_CODING_DEFAULT, unpack_septets_from_smpp(octets, header_octets)
    return _SAID_OTHERWISE[default_coding], octets


def to_user_data_by_default(
    octets: bytes, data_coding: int, default_coding: int, header_octets: int = 0
) -> tuple[int, bytes]:
    """TP-DCS and unpacked user data, as `to_user_data`, with data_coding 0 as agreed."""
    plain_coding, plain = said_plainly(octets, data_coding, default_coding, header_octets)
    return to_user_data(plain, plain_coding)


def decode_text_by_default(
    octets: bytes, data_coding: int, default_coding: int, header: bytes = b""
) -> str:
    """The text of a short message behind its `header`, with data_coding 0 as agreed."""
    plain_coding, plain = said_plainly(octets, data_coding, default_coding, len(header))
    return decode_short_message(plain, plain_coding, header)


def encode_text_by_default(
    text: str, default_coding: int, header_octets: int = 0
) -> tuple[int, bytes]:
    """The data_coding and octets of `text`: 0 if it fits what was agreed, else UTF-16."""
    if default_coding in (DEFAULT_GSM_UNPACKED, DEFAULT_GSM_PACKED):
        data_coding, octets = encode_text(text)
        if data_coding == DATA_CODING_DEFAULT and default_coding == DEFAULT_GSM_PACKED:
            octets = pack_septets_for_smpp(octets, header_octets)
        return data_coding, octets
    try:
        return DATA_CODING_DEFAULT, text.encode(_CODECS[default_coding])
    except UnicodeEncodeError:
        # What fits GSM 7-bit and not what was agreed cannot go as data_coding 0.
        return DATA_CODING_UCS2, encode_ucs2(text)


def from_user_data_by_default(
    user_data: bytes, tp_dcs: int, header: bytes, default_coding: int
) -> tuple[int, bytes, bytes]:
    """The data_coding, header and octets that tell an account what a phone sent.

    Only what would be data_coding 0 is written anew. A text in Latin-1 or ASCII leaves the national
    tables out of its header; one that does not fit goes as UTF-16.
    """
    data_coding = data_coding_of(tp_dcs)
    if data_coding != DATA_CODING_DEFAULT or default_coding == DEFAULT_GSM_UNPACKED:
        return data_coding, header, user_data
    if default_coding == DEFAULT_GSM_PACKED:
        return data_coding, header, pack_septets_for_smpp(user_data, len(header))
    text = decode_part(user_data, tp_dcs, header)
    data_coding, octets = encode_text_by_default(text, default_coding)
    return data_coding, _without_shifts(header), octets


def receipt_octets(text: str, default_coding: int) -> bytes:
    """The text of a receipt, which goes with data_coding 0; `?` for what has no place there.

    Unpacked it is ASCII for every account: carriers do not write `submit_date` with the underline
    of GSM 7-bit, and all else in a receipt is the same there.
    """
    if default_coding != DEFAULT_GSM_PACKED:
        return text.encode("ascii", "replace")
    septets = encode_gsm7(text)
    if septets is None:
        septets = encode_gsm7("".join([each if encode_gsm7(each) else "?" for each in text]))
    return pack_septets_for_smpp(septets or b"")


def _without_shifts(header: bytes) -> bytes:
    try:
        elements = parse_user_data_header(header)
    except CodecError:
        return header
    octets = b""
    for element in elements:
        if element.iei not in _SHIFTS:
            octets += bytes([element.iei, len(element.data)]) + element.data
    return bytes([len(octets)]) + octets if octets else b""
