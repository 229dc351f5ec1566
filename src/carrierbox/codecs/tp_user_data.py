"""TP-UDL and TP-UD of transfer PDUs (TS 23.040 §9.2.3.16, §9.2.3.24).

The octets as they are sent are kept, so that nothing is lost of what they hold beside the text:
bits between header and text, spare bits at the end. Text inside is packed; here it is one septet
per octet, as everywhere else.
"""

from typing import Final

from carrierbox.codecs.data_coding import ALPHABET_GSM7, alphabet_of_tp_dcs
from carrierbox.codecs.national_language import decode_part
from carrierbox.codecs.septets import fill_bits_after, pack_septets, unpack_septets
from carrierbox.codecs.user_data_header import split_user_data_header
from carrierbox.errors import CodecError

USER_DATA_OCTETS_MAX: Final = 140

_LENGTH_MAX: Final = 255


class TpUserData:
    """TP-UD, `octets`, with its TP-UDL: `length` in septets if `tp_dcs` says 7-bit, else in octets.

    `has_header` is TP-UDHI.
    """

    def __init__(self, length: int, octets: bytes, tp_dcs: int, has_header: bool) -> None:
        self.length = length
        self.octets = octets
        self.tp_dcs = tp_dcs
        self.has_header = has_header

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TpUserData):
            return NotImplemented
        return (
            self.length == other.length
            and self.octets == other.octets
            and self.tp_dcs == other.tp_dcs
            and self.has_header == other.has_header
        )

    def __hash__(self) -> int:
        return hash((self.length, self.octets, self.tp_dcs, self.has_header))

    def __repr__(self) -> str:
        return f"TpUserData({self.length}, {self.octets.hex()!r}, {self.tp_dcs}, {self.has_header})"

    def unpack(self) -> tuple[bytes, bytes]:
        """The header, UDHL included, or b"", and the unpacked user data.

        Raises CodecError if UDHL reaches beyond the octets.
        """
        header, rest = b"", self.octets
        if self.has_header:
            header, rest = split_user_data_header(self.octets)
        if alphabet_of_tp_dcs(self.tp_dcs) != ALPHABET_GSM7:
            return header, rest
        fill_bits = fill_bits_after(len(header))
        count = self.length - (len(header) * 8 + fill_bits) // 7
        return header, unpack_septets(rest, count, fill_bits)

    def text(self) -> str:
        """The text, by the tables its header names. Raises CodecError as `unpack` does."""
        header, user_data = self.unpack()
        return decode_part(user_data, self.tp_dcs, header)

    def encode(self, octets_max: int = USER_DATA_OCTETS_MAX) -> bytes:
        """TP-UDL and TP-UD. Raises CodecError if they do not belong together or are too long."""
        if not 0 <= self.length <= _LENGTH_MAX:
            raise CodecError(f"TP-UDL of {self.length} is no octet")
        expected = length_octets(self.length, self.tp_dcs)
        if expected != len(self.octets):
            raise CodecError(f"TP-UDL of {self.length} means {expected} octets of user data")
        if expected > octets_max:
            raise CodecError(f"{expected} octets of user data, at most {octets_max} fit here")
        return bytes([self.length]) + self.octets


def length_octets(length: int, tp_dcs: int) -> int:
    """How many octets a TP-UDL of `length` announces."""
    return (length * 7 + 7) // 8 if alphabet_of_tp_dcs(tp_dcs) == ALPHABET_GSM7 else length


def decode_tp_user_data(
    octets: bytes, start: int, tp_dcs: int, has_header: bool, octets_max: int
) -> tuple[TpUserData, int]:
    """TP-UDL at `start` with TP-UD behind it, and the position after them.

    Raises CodecError if the octets end early, there are more than `octets_max`, or the header
    reaches beyond them.
    """
    if start >= len(octets):
        raise CodecError("TP-UDL is missing", start)
    length = octets[start]
    end = start + 1 + length_octets(length, tp_dcs)
    if end > len(octets):
        raise CodecError(f"TP-UDL of {length} reaches beyond the octets", start)
    if end - start - 1 > octets_max:
        raise CodecError(f"TP-UDL of {length}: at most {octets_max} octets fit here", start)
    user_data = TpUserData(length, octets[start + 1 : end], tp_dcs, has_header)
    if has_header:
        try:
            split_user_data_header(user_data.octets)
        except CodecError as error:
            raise CodecError("user data header reaches beyond TP-UD", start + 1) from error
    return user_data, end


def tp_user_data(header: bytes, user_data: bytes, tp_dcs: int) -> TpUserData:
    """Pack unpacked user data behind its header, which includes UDHL or is b"".

    Raises CodecError if it does not fit into 140 octets or UDHL does not match the header.
    """
    if header and header[0] != len(header) - 1:
        raise CodecError(f"UDHL of {header[0]} in a header of {len(header)} octets", 0)
    if alphabet_of_tp_dcs(tp_dcs) == ALPHABET_GSM7:
        fill_bits = fill_bits_after(len(header))
        length = (len(header) * 8 + fill_bits) // 7 + len(user_data)
        octets = header + pack_septets(user_data, fill_bits)
    else:
        octets = header + user_data
        length = len(octets)
    if len(octets) > USER_DATA_OCTETS_MAX:
        raise CodecError(f"{len(octets)} octets of user data, at most {USER_DATA_OCTETS_MAX} fit")
    return TpUserData(length, octets, tp_dcs, bool(header))
