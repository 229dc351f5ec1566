"""Coding a text and cutting it into parts that each fit one short message (TS 23.040 §9.2.3.24.1).

Everything here and in the centre that chooses a coding of its own asks `code_text`.
"""

from collections.abc import Sequence
from typing import Final

from carrierbox.codecs.data_coding import (
    ALPHABET_GSM7,
    ALPHABET_UCS2,
    DATA_CODING_DEFAULT,
    DATA_CODING_UCS2,
    alphabet_of,
    encode_text,
    encode_ucs2,
)
from carrierbox.codecs.graphemes import last_cluster_start
from carrierbox.codecs.gsm7_tables import ESCAPE
from carrierbox.codecs.national_language import (
    decode_national,
    encode_national,
    has_all_characters,
    shift_header,
    shift_pairs,
    shifts_of,
    with_shifts,
)
from carrierbox.codecs.user_data_header import PARTS_MAX, merge_concatenation
from carrierbox.errors import CodecError

USER_DATA_OCTETS_MAX: Final = 140
SEPTETS_MAX: Final = 160

_NARROW_ELEMENT_OCTETS: Final = 5
_WIDE_ELEMENT_OCTETS: Final = 6
# An escape pair or a surrogate pair must find room in a part.
_CAPACITY_MIN: Final = 4
_LINE_FEED: Final = 0x0A
_CARRIAGE_RETURN: Final = 0x0D


class Segment:
    """One part: its header, UDHL included, or b"", and its unpacked user data."""

    def __init__(self, user_data_header: bytes, user_data: bytes) -> None:
        self.user_data_header = user_data_header
        self.user_data = user_data

    def __repr__(self) -> str:
        return f"Segment({self.user_data_header.hex()!r}, {self.user_data!r})"


class CodedText:
    """A text as a phone can be sent it: `data_coding` 0 or 8, which are TP-DCS too, its header,
    UDHL included, or b"", and its unpacked user data.
    """

    def __init__(self, data_coding: int, header: bytes, user_data: bytes) -> None:
        self.data_coding = data_coding
        self.header = header
        self.user_data = user_data


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
    an escape nor a surrogate pair is ever parted (TS 23.038 §6.2.1.1), nor what a reader takes for
    one character (`graphemes`), unless that would cost a part or it fits none. Raises CodecError if
    more than 255 parts were needed, the header leaves no room or already carries a concatenation.
    """
    if fits_one_segment(len(user_data), alphabet, len(header)):
        return [Segment(header, user_data)]
    capacity = _part_capacity(alphabet, len(header), wide)
    if capacity < _CAPACITY_MIN:
        raise CodecError(f"a user data header of {len(header)} octets leaves no room for text")
    if len(user_data) > capacity * PARTS_MAX:
        raise CodecError(f"{len(user_data)} octets of user data need more than {PARTS_MAX} parts")
    pieces = _Pieces(user_data, alphabet, capacity, header).cut()
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
    return _count_pieces(user_data, alphabet, capacity, 0)


def best_encoding(
    text: str, languages: Sequence[int], *, wide: bool = False, header_octets: int = 0
) -> tuple[int, int, bytes] | None:
    """The locking shift, the single shift and the septets that cut `text` into the fewest parts.

    Only `languages` (TS 23.038 §6.2.1.2.4) may be named beside the default tables; among equals
    the simplest is taken: no shift, a single one, a locking one, both, then the order of
    `languages`. `header_octets` counts other elements and UDHL. None if no choice has all
    characters: then only UCS-2 does.
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
        octets = len(shift_header(locking_shift, single_shift))
        if octets and header_octets:
            octets -= 1
        parts = part_count(septets, ALPHABET_GSM7, wide=wide, header_octets=header_octets + octets)
        if parts and (best is None or parts < fewest):
            best = (locking_shift, single_shift, septets)
            fewest = parts
        if fewest == 1:
            break
    return best


def code_text(
    text: str, languages: Sequence[int] = (), *, header: bytes = b"", wide: bool = False
) -> CodedText:
    """The coding of `text`: GSM 7-bit if its default tables have every character, else UCS-2.

    The national tables of `languages` are used only where they save parts: not every phone knows
    them. They are named in the header, behind the elements of `header`. A `header` that names
    languages itself is kept to.
    """
    given = shifts_of(header) if header else (0, 0)
    if given != (0, 0):
        septets = encode_national(text, given[0], given[1])
        if septets is not None:
            return CodedText(DATA_CODING_DEFAULT, header, septets)
        return CodedText(DATA_CODING_UCS2, header, encode_ucs2(text))
    data_coding, octets = encode_text(text)
    if languages:
        alphabet = alphabet_of(data_coding)
        parts = part_count(octets, alphabet, wide=wide, header_octets=len(header))
        chosen = None
        if parts != 1:
            chosen = best_encoding(text, languages, wide=wide, header_octets=len(header))
        if chosen is not None:
            national = CodedText(
                DATA_CODING_DEFAULT, with_shifts(header, chosen[0], chosen[1]), chosen[2]
            )
            fewer = part_count(
                national.user_data, ALPHABET_GSM7, wide=wide, header_octets=len(national.header)
            )
            if parts == 0 or fewer < parts:
                return national
    return CodedText(data_coding, header, octets)


def split_text(
    text: str, reference: int, *, wide: bool = False, languages: Sequence[int] = ()
) -> tuple[int, list[Segment]]:
    """The data_coding of `text` by `code_text` and its parts; errors as for `split_user_data`.

    Where national tables are used every part's header names them.
    """
    coded = code_text(text, languages, wide=wide)
    alphabet = alphabet_of(coded.data_coding)
    parts = split_user_data(coded.user_data, alphabet, reference, wide=wide, header=coded.header)
    return coded.data_coding, parts


def _part_capacity(alphabet: int, header_octets: int, wide: bool) -> int:
    element_octets = _WIDE_ELEMENT_OCTETS if wide else _NARROW_ELEMENT_OCTETS
    return segment_capacity(alphabet, max(header_octets, 1) + element_octets)


class _Pieces:
    """User data that needs several parts, and where it may be cut."""

    def __init__(self, user_data: bytes, alphabet: int, capacity: int, header: bytes) -> None:
        self.user_data = user_data
        self.alphabet = alphabet
        self.capacity = capacity
        self.shifts = shifts_of(header) if header and alphabet == ALPHABET_GSM7 else (0, 0)

    def cut(self) -> list[bytes]:
        """The pieces: as few as there can be, and with that cut between clusters."""
        user_data = self.user_data
        length = len(user_data)
        pieces: list[bytes] = []
        start = 0
        left = 0
        while start < length:
            end = _piece_end(user_data, self.alphabet, self.capacity, start)
            whole = self._cluster_end(start, end) if end < length else end
            if start < whole < end:
                if left == 0:
                    left = _count_pieces(user_data, self.alphabet, self.capacity, start)
                if _count_pieces(user_data, self.alphabet, self.capacity, whole) < left:
                    end = whole
            pieces.append(user_data[start:end])
            start = end
            left = max(left - 1, 0)
        return pieces

    def _cluster_end(self, start: int, end: int) -> int:
        """The last place up to `end` where a cluster ends, if there is one after `start`."""
        if self.alphabet == ALPHABET_UCS2:
            return _wide_cluster_end(self.user_data, start, end)
        if self.alphabet != ALPHABET_GSM7:
            return end
        if self.shifts != (0, 0):
            return self._national_cluster_end(start, end)
        # The default tables have nothing that joins but the two halves of a line end.
        if self.user_data[end] == _LINE_FEED and self.user_data[end - 1] == _CARRIAGE_RETURN:
            return end - 1
        return end

    def _national_cluster_end(self, start: int, end: int) -> int:
        septets = self.user_data
        places: list[int] = []
        place = start
        while place < end:
            places.append(place)
            place += 2 if septets[place] == ESCAPE else 1
        behind = end + 2 if septets[end] == ESCAPE else end + 1
        text = decode_national(septets[start:behind], self.shifts[0], self.shifts[1])
        limit = len(places)
        if len(text) != limit + 1:
            # An escape at the very end has no character.
            return end
        found = last_cluster_start(text, limit)
        return end if found == limit else places[found]


def _wide_cluster_end(octets: bytes, start: int, end: int) -> int:
    last = end + 4 if octets[end] & 0xFC == 0xD8 else end + 2
    text = octets[start : min(last, len(octets) // 2 * 2)].decode("utf-16-be", "surrogatepass")
    limit = len(octets[start:end].decode("utf-16-be", "surrogatepass"))
    found = last_cluster_start(text, limit)
    if found == limit:
        return end
    return start + len(text[:found].encode("utf-16-be", "surrogatepass"))


def _piece_end(user_data: bytes, alphabet: int, capacity: int, start: int) -> int:
    """Where a piece that begins at `start` ends if it is as long as it can be."""
    end = start + capacity
    if end >= len(user_data):
        return len(user_data)
    if alphabet == ALPHABET_GSM7:
        if _ends_in_escape(user_data, start, end):
            end -= 1
    elif alphabet == ALPHABET_UCS2 and _parts_surrogates(user_data, end):
        end -= 2
    return end


def _count_pieces(user_data: bytes, alphabet: int, capacity: int, start: int) -> int:
    """How many pieces there are from `start` on if each is as long as it can be."""
    count = 0
    while start < len(user_data):
        start = _piece_end(user_data, alphabet, capacity, start)
        count += 1
    return count


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
