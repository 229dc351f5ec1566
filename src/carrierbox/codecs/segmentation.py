"""Cutting a long text into parts that each fit one short message (TS 23.040 §9.2.3.24.1)."""

from collections.abc import Sequence
from typing import Final

from carrierbox.codecs.data_coding import (
    ALPHABET_GSM7,
    ALPHABET_UCS2,
    DATA_CODING_DEFAULT,
    alphabet_of,
    encode_text,
)
from carrierbox.codecs.gsm7_tables import ESCAPE
from carrierbox.codecs.national_language import (
    encode_national,
    has_all_characters,
    shift_header,
    shift_pairs,
)
from carrierbox.codecs.user_data_header import PARTS_MAX, merge_concatenation
from carrierbox.errors import CodecError

USER_DATA_OCTETS_MAX: Final = 140
SEPTETS_MAX: Final = 160

_NARROW_ELEMENT_OCTETS: Final = 5
_WIDE_ELEMENT_OCTETS: Final = 6
# An escape pair or a surrogate pair must find room in a part.
_CAPACITY_MIN: Final = 4


class Segment:
    """One part: its header, UDHL included, or b"", and its unpacked user data."""

    def __init__(self, user_data_header: bytes, user_data: bytes) -> None:
        self.user_data_header = user_data_header
        self.user_data = user_data

    def __repr__(self) -> str:
        return f"Segment({self.user_data_header.hex()!r}, {self.user_data!r})"


def segment_capacity(alphabet: int, header_octets: int) -> int:
    """How many octets of unpacked user data fit beside a header of `header_octets`; 0 if none.

    Septets, one per octet, for GSM 7-bit (160, 153, 152); octets for octets (140, 134, 133) and
    for UCS-2 (140, 134, 132), there always whole units of two. `header_octets` counts UDHL.
    """
    if alphabet == ALPHABET_GSM7:
        capacity = SEPTETS_MAX - (header_octets * 8 + 6) // 7
    elif alphabet == ALPHABET_UCS2:
        capacity = (USER_DATA_OCTETS_MAX - header_octets) // 2 * 2
    else:
        capacity = USER_DATA_OCTETS_MAX - header_octets
    return max(capacity, 0)


def fits_one_segment(user_data_octets: int, alphabet: int, header_octets: int) -> bool:
    """Whether that much unpacked user data and its header go into one short message."""
    if alphabet == ALPHABET_UCS2:
        # The last octet of an odd number of octets belongs to no unit and still takes its place.
        return user_data_octets + header_octets <= USER_DATA_OCTETS_MAX
    if header_octets > USER_DATA_OCTETS_MAX:
        return False
    return user_data_octets <= segment_capacity(alphabet, header_octets)


def split_user_data(
    user_data: bytes, alphabet: int, reference: int, *, wide: bool = False, header: bytes = b""
) -> list[Segment]:
    """Cut unpacked user data into as few parts as it needs, each with `header`'s elements.

    One part keeps `header` unchanged. Several carry `reference` (8 bits, 16 if `wide`), and neither
    an escape nor a surrogate pair is ever parted (TS 23.038 §6.2.1.1). Raises CodecError if more
    than 255 parts were needed, the header leaves no room or already carries a concatenation.
    """
    if fits_one_segment(len(user_data), alphabet, len(header)):
        return [Segment(header, user_data)]
    capacity = _part_capacity(alphabet, len(header), wide)
    if capacity < _CAPACITY_MIN:
        raise CodecError(f"a user data header of {len(header)} octets leaves no room for text")
    if len(user_data) > capacity * PARTS_MAX:
        raise CodecError(f"{len(user_data)} octets of user data need more than {PARTS_MAX} parts")
    pieces = _pieces(user_data, alphabet, capacity)
    total = len(pieces)
    if total > PARTS_MAX:
        raise CodecError(f"{len(user_data)} octets of user data need more than {PARTS_MAX} parts")
    return [
        Segment(merge_concatenation(header, reference, total, index + 1, wide), piece)
        for index, piece in enumerate(pieces)
    ]


def part_count(
    user_data: bytes, alphabet: int, *, wide: bool = False, header_octets: int = 0
) -> int:
    """How many parts `split_user_data` would make; 0 if the header leaves no room for text.

    The answer may be above 255, where `split_user_data` refuses.
    """
    if fits_one_segment(len(user_data), alphabet, header_octets):
        return 1
    capacity = _part_capacity(alphabet, header_octets, wide)
    if capacity < _CAPACITY_MIN:
        return 0
    return len(_pieces(user_data, alphabet, capacity))


def best_encoding(
    text: str, languages: Sequence[int], *, wide: bool = False
) -> tuple[int, int, bytes] | None:
    """The locking shift, the single shift and the septets that cut `text` into the fewest parts.

    Only `languages` (TS 23.038 §6.2.1.2.4) may be named beside the default tables; among equals
    the simplest is taken: no shift, a single one, a locking one, both, then the order of
    `languages`. None if no choice has all characters: then only UCS-2 does.
    """
    best: tuple[int, int, bytes] | None = None
    fewest = 0
    characters = set(text)
    for locking_shift, single_shift in shift_pairs(languages):
        if not has_all_characters(characters, locking_shift, single_shift):
            continue
        septets = encode_national(text, locking_shift, single_shift)
        if septets is None:
            continue
        header_octets = len(shift_header(locking_shift, single_shift))
        parts = part_count(septets, ALPHABET_GSM7, wide=wide, header_octets=header_octets)
        if best is None or parts < fewest:
            best = (locking_shift, single_shift, septets)
            fewest = parts
        if fewest == 1:
            break
    return best


def split_text(
    text: str, reference: int, *, wide: bool = False, languages: Sequence[int] = ()
) -> tuple[int, list[Segment]]:
    """The data_coding of `text` and its parts; errors as for `split_user_data`.

    With `languages` their national tables are used where that saves parts (`best_encoding`), and
    every part's header names them.
    """
    if languages:
        chosen = best_encoding(text, languages, wide=wide)
        if chosen is not None:
            locking_shift, single_shift, septets = chosen
            header = shift_header(locking_shift, single_shift)
            parts = split_user_data(septets, ALPHABET_GSM7, reference, wide=wide, header=header)
            return DATA_CODING_DEFAULT, parts
    data_coding, octets = encode_text(text)
    return data_coding, split_user_data(octets, alphabet_of(data_coding), reference, wide=wide)


def _part_capacity(alphabet: int, header_octets: int, wide: bool) -> int:
    element_octets = _WIDE_ELEMENT_OCTETS if wide else _NARROW_ELEMENT_OCTETS
    return segment_capacity(alphabet, max(header_octets, 1) + element_octets)


def _pieces(user_data: bytes, alphabet: int, capacity: int) -> list[bytes]:
    pieces: list[bytes] = []
    start = 0
    length = len(user_data)
    while start < length:
        end = start + capacity
        if end >= length:
            end = length
        elif alphabet == ALPHABET_GSM7:
            if _ends_in_escape(user_data, start, end):
                end -= 1
        elif alphabet == ALPHABET_UCS2 and _parts_surrogates(user_data, end):
            end -= 2
        pieces.append(user_data[start:end])
        start = end
    return pieces


def _ends_in_escape(septets: bytes, start: int, end: int) -> bool:
    """Whether the septet before `end` waits for the one at `end`.

    In a row of escapes they pair up among themselves, so only an odd one does.
    """
    first = end
    while first > start and septets[first - 1] == ESCAPE:
        first -= 1
    return (end - first) % 2 == 1


def _parts_surrogates(octets: bytes, end: int) -> bool:
    # The top six bits tell the upper half of a pair from the lower (ISO/IEC 10646 UTF-16).
    return octets[end - 2] & 0xFC == 0xD8 and octets[end] & 0xFC == 0xDC
