"""SMPP data_coding (3.4 §5.2.19) and TP-DCS (TS 23.038 §4): which alphabet, and text by it.

Both octets mean an alphabet through a table of 256 entries. What a phone can be sent is the GSM
7-bit alphabet, octets or UCS-2; the other alphabets of SMPP are transcoded on the way to it.
"""

from typing import Final

from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7

ALPHABET_GSM7: Final = 0
ALPHABET_OCTETS: Final = 1
ALPHABET_UCS2: Final = 2
# From here on the alphabets SMPP knows and TS 23.038 does not.
ALPHABET_ASCII: Final = 3
ALPHABET_LATIN1: Final = 4
ALPHABET_SHIFT_JIS: Final = 5
ALPHABET_CYRILLIC: Final = 6
ALPHABET_HEBREW: Final = 7
ALPHABET_ISO_2022_JP: Final = 8
ALPHABET_JIS_X_0212: Final = 9
ALPHABET_KOREAN: Final = 10

DATA_CODING_DEFAULT: Final = 0x00
DATA_CODING_OCTETS: Final = 0x04
DATA_CODING_UCS2: Final = 0x08

TP_DCS_GSM7: Final = 0x00
TP_DCS_OCTETS: Final = 0x04
TP_DCS_UCS2: Final = 0x08

_BYTE_ORDER_MARK: Final = b"\xfe\xff"
_SWAPPED_BYTE_ORDER_MARK: Final = b"\xff\xfe"

# JIS X 0208 is sent as Shift JIS in practice.
_PYTHON_CODECS: Final[dict[int, str]] = {
    ALPHABET_ASCII: "ascii",
    ALPHABET_LATIN1: "latin-1",
    ALPHABET_SHIFT_JIS: "shift_jis",
    ALPHABET_CYRILLIC: "iso8859_5",
    ALPHABET_HEBREW: "iso8859_8",
    ALPHABET_ISO_2022_JP: "iso2022_jp",
    ALPHABET_JIS_X_0212: "iso2022_jp_1",
    ALPHABET_KOREAN: "euc_kr",
}

# Pictograms (9) have no public mapping and pass as octets; the reserved values 11, 12 and 15 are
# read as the default alphabet, as TS 23.038 §4 asks of reserved codings.
_ALPHABETS_BELOW_16: Final = (
    ALPHABET_GSM7,
    ALPHABET_ASCII,
    ALPHABET_OCTETS,
    ALPHABET_LATIN1,
    ALPHABET_OCTETS,
    ALPHABET_SHIFT_JIS,
    ALPHABET_CYRILLIC,
    ALPHABET_HEBREW,
    ALPHABET_UCS2,
    ALPHABET_OCTETS,
    ALPHABET_ISO_2022_JP,
    ALPHABET_GSM7,
    ALPHABET_GSM7,
    ALPHABET_JIS_X_0212,
    ALPHABET_KOREAN,
    ALPHABET_GSM7,
)


def alphabet_of(data_coding: int) -> int:
    """The alphabet of a `data_coding` (0 to 255).

    0x10 to 0x1B and 0xC0 to 0xFF are coding groups of TS 23.038 §4 passed through; all other
    values SMPP reserves mean the default alphabet.
    """
    return _ALPHABET_OF_DATA_CODING[data_coding]


def alphabet_of_tp_dcs(tp_dcs: int) -> int:
    """The alphabet of a TP-DCS (0 to 255): GSM 7-bit, octets or UCS-2.

    Compressed text (TS 23.042) counts as octets.
    """
    return _ALPHABET_OF_TP_DCS[tp_dcs]


def tp_dcs_of(data_coding: int) -> int:
    """The TP-DCS a phone gets for a `data_coding` (0 to 255).

    For an alphabet that must be transcoded this is 0, the default alphabet; whether the text fits
    it only `to_user_data` can tell.
    """
    return _TP_DCS_OF_DATA_CODING[data_coding]


def to_user_data(octets: bytes, data_coding: int) -> tuple[int, bytes]:
    """What a phone gets of a short message without its header: TP-DCS and unpacked user data.

    GSM 7-bit, octets and UCS-2 pass as they are. Other alphabets become GSM 7-bit, or UCS-2 if a
    character has no place there.
    """
    if passes_to_phones(data_coding):
        return _TP_DCS_OF_DATA_CODING[data_coding], octets
    # The two codings it may choose are the same numbers in TP-DCS.
    return encode_text(decode_text(octets, data_coding))


def passes_to_phones(data_coding: int) -> bool:
    """Whether a phone gets the octets of a `data_coding` (0 to 255) as they are."""
    return _ALPHABET_OF_DATA_CODING[data_coding] <= ALPHABET_UCS2


def data_coding_of(tp_dcs: int) -> int:
    """The data_coding that says what a TP-DCS (0 to 255) says, or at least its alphabet."""
    if _is_tp_dcs(tp_dcs):
        return tp_dcs
    return (DATA_CODING_DEFAULT, DATA_CODING_OCTETS, DATA_CODING_UCS2)[_ALPHABET_OF_TP_DCS[tp_dcs]]


def decode_text(octets: bytes, data_coding: int) -> str:
    """The text of a short message without its header; U+FFFD for what cannot be decoded."""
    return _decode(octets, _ALPHABET_OF_DATA_CODING[data_coding])


def decode_user_data(octets: bytes, tp_dcs: int) -> str:
    """The text of unpacked user data without its header; U+FFFD for what cannot be decoded."""
    return _decode(octets, _ALPHABET_OF_TP_DCS[tp_dcs])


def encode_text(text: str) -> tuple[int, bytes]:
    """The data_coding and octets for `text`: unpacked GSM 7-bit if it fits, else UTF-16."""
    septets = encode_gsm7(text)
    if septets is not None:
        return DATA_CODING_DEFAULT, septets
    return DATA_CODING_UCS2, encode_ucs2(text)


def encode_ucs2(text: str) -> bytes:
    """The octets of `text` as UCS-2, which is UTF-16 with the high octet first.

    Half a surrogate pair in a string is passed on as it is rather than refused.
    """
    return text.encode("utf-16-be", "surrogatepass")


def _decode(octets: bytes, alphabet: int) -> str:
    if alphabet == ALPHABET_GSM7:
        return decode_gsm7(octets)
    if alphabet == ALPHABET_UCS2:
        return _decode_ucs2(octets)
    if alphabet == ALPHABET_OCTETS:
        # Octets have no characters of their own; ISO 8859-1 shows each of them and loses none.
        return octets.decode("latin-1")
    return octets.decode(_PYTHON_CODECS[alphabet], "replace")


def _decode_ucs2(octets: bytes) -> str:
    # UCS-2 is UTF-16 in practice, and handsets heed a byte order mark though none should be there.
    if octets.startswith(_BYTE_ORDER_MARK):
        return octets[2:].decode("utf-16-be", "replace")
    if octets.startswith(_SWAPPED_BYTE_ORDER_MARK):
        return octets[2:].decode("utf-16-le", "replace")
    return octets.decode("utf-16-be", "replace")


def _alphabet_by_tp_dcs(tp_dcs: int) -> int:
    group = tp_dcs >> 4
    if group < 0x8:
        if tp_dcs & 0x20:
            return ALPHABET_OCTETS
        return (ALPHABET_GSM7, ALPHABET_OCTETS, ALPHABET_UCS2, ALPHABET_GSM7)[tp_dcs >> 2 & 3]
    if group == 0xE:
        return ALPHABET_UCS2
    if group == 0xF and tp_dcs & 0x04:
        return ALPHABET_OCTETS
    return ALPHABET_GSM7


def _is_tp_dcs(data_coding: int) -> bool:
    return 0x10 <= data_coding <= 0x1B or data_coding >= 0xC0


def _alphabet_by_data_coding(data_coding: int) -> int:
    if data_coding < 0x10:
        return _ALPHABETS_BELOW_16[data_coding]
    return _alphabet_by_tp_dcs(data_coding) if _is_tp_dcs(data_coding) else ALPHABET_GSM7


def _tp_dcs_by_data_coding(data_coding: int) -> int:
    if _is_tp_dcs(data_coding):
        return data_coding
    alphabet = _alphabet_by_data_coding(data_coding)
    if alphabet == ALPHABET_OCTETS:
        return TP_DCS_OCTETS
    return TP_DCS_UCS2 if alphabet == ALPHABET_UCS2 else TP_DCS_GSM7


_ALPHABET_OF_TP_DCS: Final[bytes] = bytes([_alphabet_by_tp_dcs(octet) for octet in range(256)])
_ALPHABET_OF_DATA_CODING: Final[bytes] = bytes(
    [_alphabet_by_data_coding(octet) for octet in range(256)]
)
_TP_DCS_OF_DATA_CODING: Final[bytes] = bytes(
    [_tp_dcs_by_data_coding(octet) for octet in range(256)]
)
