"""What data_coding 0 means between one account and its carrier (SMPP 3.4 §5.2.19, T32).

The specification says "SMSC default alphabet" and no more. Here a default is one of four codings;
every other data_coding means what it means everywhere.
"""

from typing import Final

from carrierbox.codecs.data_coding import (
    DATA_CODING_DEFAULT,
    DATA_CODING_UCS2,
    TP_DCS_GSM7,
    decode_text,
    encode_text,
    to_user_data,
)
from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.codecs.packed_short_message import (
    pack_septets_for_smpp,
    unpack_septets_from_smpp,
)

DEFAULT_GSM_UNPACKED: Final = 0
DEFAULT_GSM_PACKED: Final = 1
DEFAULT_LATIN1: Final = 2
DEFAULT_ASCII: Final = 3

DEFAULT_CODING_NAMES: Final = ("gsm_unpacked", "gsm_packed", "latin_1", "ascii")

# The data_coding that says the same where it is not the default; 0 for the two of GSM.
_SAID_OTHERWISE: Final = (0x00, 0x00, 0x03, 0x01)
_CODECS: Final = ("", "", "latin-1", "ascii")


def to_user_data_by_default(
    octets: bytes, data_coding: int, default_coding: int, header_octets: int = 0
) -> tuple[int, bytes]:
    """TP-DCS and unpacked user data, as `to_user_data`, with data_coding 0 as agreed.

    `header_octets` is the length of the user data header that stood before `octets`.
    """
    if data_coding != DATA_CODING_DEFAULT or default_coding == DEFAULT_GSM_UNPACKED:
        return to_user_data(octets, data_coding)
    if default_coding == DEFAULT_GSM_PACKED:
        return TP_DCS_GSM7, unpack_septets_from_smpp(octets, header_octets)
    return to_user_data(octets, _SAID_OTHERWISE[default_coding])


def decode_text_by_default(
    octets: bytes, data_coding: int, default_coding: int, header_octets: int = 0
) -> str:
    """The text, as `decode_text`, with data_coding 0 as agreed."""
    if data_coding != DATA_CODING_DEFAULT or default_coding == DEFAULT_GSM_UNPACKED:
        return decode_text(octets, data_coding)
    if default_coding == DEFAULT_GSM_PACKED:
        return decode_gsm7(unpack_septets_from_smpp(octets, header_octets))
    return decode_text(octets, _SAID_OTHERWISE[default_coding])


def encode_text_by_default(
    text: str, default_coding: int, header_octets: int = 0
) -> tuple[int, bytes]:
    """The data_coding and octets of `text`: 0 if it fits what was agreed, else UTF-16."""
    if default_coding == DEFAULT_GSM_UNPACKED:
        return encode_text(text)
    if default_coding == DEFAULT_GSM_PACKED:
        septets = encode_gsm7(text)
        if septets is not None:
            return DATA_CODING_DEFAULT, pack_septets_for_smpp(septets, header_octets)
        return encode_text(text)
    try:
        return DATA_CODING_DEFAULT, text.encode(_CODECS[default_coding])
    except UnicodeEncodeError:
        # What fits GSM 7-bit and not what was agreed cannot go as data_coding 0.
        return DATA_CODING_UCS2, text.encode("utf-16-be", "surrogatepass")
