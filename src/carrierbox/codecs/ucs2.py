"""What is odd about UCS-2 octets: byte order marks, a cut unit, the wrong byte order (T37).

Nothing here changes how text is decoded; it tells displays what a client got wrong.
"""

from typing import Final

BYTE_ORDER_MARK: Final = b"\xfe\xff"
SWAPPED_BYTE_ORDER_MARK: Final = b"\xff\xfe"

_LATIN_UNITS_MIN: Final = 2
_SCRIPT_UNITS_MIN: Final = 4


def detect_little_endian(octets: bytes) -> bool:
    """Whether `octets`, sent as UCS-2, look as if each unit had its low octet first.

    A byte order mark decides. Without one there are two signs; where neither shows the answer is
    no, as the specification has it:

    - Western text: at least two units that differ, all read low octet first below U+0100, and none
      of them a control character but tab and line ends. Read as they should be, all are U+xx00.
    - Any alphabet of one script: at least four units whose second octets, the rows of Unicode if
      the low octet stands first, are one row beside row 0, the one of spaces and digits, while
      there are at least four different first octets.
    """
    if octets.startswith(SWAPPED_BYTE_ORDER_MARK):
        return True
    if octets.startswith(BYTE_ORDER_MARK) or len(octets) % 2:
        return False
    first = octets[0::2]
    second = octets[1::2]
    units = len(first)
    if units >= _LATIN_UNITS_MIN and not any(second):
        return len(set(first)) > 1 and _are_latin1(first)
    rows = set(second) - {0}
    return len(rows) == 1 and len(set(first)) >= _SCRIPT_UNITS_MIN


def describe_ucs2(octets: bytes) -> list[str]:
    """What is odd about `octets` as UCS-2, each in a few words; empty if nothing is."""
    remarks: list[str] = []
    if octets.startswith((BYTE_ORDER_MARK, SWAPPED_BYTE_ORDER_MARK)):
        remarks.append("starts with a byte order mark")
    if detect_little_endian(octets):
        remarks.append("looks little-endian, UCS-2 is big-endian")
    if len(octets) % 2:
        remarks.append("odd number of octets, the last unit is cut")
    if _has_half_a_pair(octets):
        remarks.append("half a surrogate pair")
    return remarks


def _are_latin1(codes: bytes) -> bool:
    return not any(
        code < 0x20 or 0x7F <= code < 0xA0 for code in codes.translate(None, b"\t\n\r\f")
    )


def _has_half_a_pair(octets: bytes) -> bool:
    whole = octets[: len(octets) // 2 * 2]
    codec = "utf-16-le" if detect_little_endian(octets) else "utf-16-be"
    try:
        whole.decode(codec)
    except UnicodeDecodeError:
        return True
    return False
