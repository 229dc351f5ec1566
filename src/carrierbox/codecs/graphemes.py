"""Where a reader sees one character end and the next begin: grapheme clusters (UAX #29).

An emoji of several, a flag, a letter with its accents, a syllable of Hangul or of an Indic script:
none of them looks right in two halves. Only the rules for extended clusters are here, over the
table in `grapheme_table`; that is read when a text of several parts first asks.
"""

from bisect import bisect_right
from typing import Final

from carrierbox.codecs.grapheme_table import GRAPHEME_RANGES

_OTHER: Final = 0
_CR: Final = 1
_LF: Final = 2
_CONTROL: Final = 3
_ZWJ: Final = 4
_EXTEND: Final = 5
_EXTEND_LINKER: Final = 6
_EXTEND_NO_CONJUNCT: Final = 7
_REGIONAL_INDICATOR: Final = 8
_PREPEND: Final = 9
_SPACING_MARK: Final = 10
_HANGUL_L: Final = 11
_HANGUL_V: Final = 12
_HANGUL_T: Final = 13
_HANGUL_LV: Final = 14
_HANGUL_LVT: Final = 15
_LINKER: Final = 16
_CONSONANT: Final = 17
_PICTOGRAPH: Final = 18

_CLASS_OF_LETTER: Final[dict[str, int]] = {
    "r": _CR,
    "n": _LF,
    "x": _CONTROL,
    "z": _ZWJ,
    "e": _EXTEND,
    "k": _EXTEND_LINKER,
    "i": _EXTEND_NO_CONJUNCT,
    "g": _REGIONAL_INDICATOR,
    "p": _PREPEND,
    "s": _SPACING_MARK,
    "L": _HANGUL_L,
    "V": _HANGUL_V,
    "T": _HANGUL_T,
    "K": _LINKER,
    "C": _CONSONANT,
    "P": _PICTOGRAPH,
}

_SYLLABLES_FIRST: Final = 0xAC00
_SYLLABLES_LAST: Final = 0xD7A3
_SYLLABLES_OF_LV: Final = 28
_FIRST_ABOVE_ASCII: Final = 0x80

# How far an emoji of several pictographs has come.
_PICTOGRAPH_BEGUN: Final = 1
_PICTOGRAPH_JOINED: Final = 2


class _Ranges:
    """The table as it is searched: where each range starts, its last code point and its class."""

    def __init__(self, text: str) -> None:
        self.starts: list[int] = []
        self.lasts: list[int] = []
        self.classes: list[int] = []
        end = 0
        for word in text.split():
            gap, _, more = word[1:].partition("-")
            start = end + int(gap, 16)
            last = start + (int(more, 16) if more else 0)
            self.starts.append(start)
            self.lasts.append(last)
            self.classes.append(_CLASS_OF_LETTER[word[0]])
            end = last + 1


class _Reader:
    """Reads a text from a place where a cluster starts, character by character."""

    def __init__(self) -> None:
        self.previous: int = _OTHER
        self.indicators: int = 0
        self.pictograph: int = 0
        self.linked: bool = False

    def joins(self, code_point: int) -> bool:
        """Take the next character; whether it belongs to the cluster of the one before."""
        kind = _class_of(code_point)
        joined = _is_joined(self.previous, kind)
        if not joined:
            joined = (
                (kind == _PICTOGRAPH and self.pictograph == _PICTOGRAPH_JOINED)
                or (kind == _CONSONANT and self.linked)
                or (kind == _REGIONAL_INDICATOR and self.indicators % 2 == 1)
            )
        self.indicators = self.indicators + 1 if kind == _REGIONAL_INDICATOR else 0
        self.pictograph = _pictograph_after(self.pictograph, kind)
        self.linked = _linked_after(self.linked, kind)
        self.previous = kind
        return joined


def cluster_starts(text: str) -> list[int]:
    """The positions at which the clusters of `text` start; the first is 0, if there is any."""
    starts: list[int] = []
    reader = _Reader()
    for position, character in enumerate(text):
        joined = reader.joins(ord(character))
        if not joined or position == 0:
            starts.append(position)
    return starts


def last_cluster_start(text: str, limit: int) -> int:
    """The last position up to `limit` at which a cluster starts; 0 if the first goes on beyond.

    `text` starts with a cluster; its end counts as the start of one.
    """
    if limit >= len(text):
        return len(text)
    if limit <= 0 or _breaks_always(ord(text[limit - 1]), ord(text[limit])):
        return max(limit, 0)
    start = 0
    reader = _Reader()
    for position in range(limit + 1):
        joined = reader.joins(ord(text[position]))
        if not joined:
            start = position
    return start


def _class_of(code_point: int) -> int:
    if code_point < _FIRST_ABOVE_ASCII:
        if 0x20 <= code_point < 0x7F:
            return _OTHER
        if code_point == 0x0D:
            return _CR
        return _LF if code_point == 0x0A else _CONTROL
    if _SYLLABLES_FIRST <= code_point <= _SYLLABLES_LAST:
        if (code_point - _SYLLABLES_FIRST) % _SYLLABLES_OF_LV == 0:
            return _HANGUL_LV
        return _HANGUL_LVT
    if not _read_ranges:
        _read_ranges.append(_Ranges(GRAPHEME_RANGES))
    ranges = _read_ranges[0]
    place = bisect_right(ranges.starts, code_point) - 1
    if place < 0 or code_point > ranges.lasts[place]:
        return _OTHER
    return ranges.classes[place]


def _breaks_always(before: int, after: int) -> bool:
    """Whether a cluster ends between two code points whatever else there is."""
    kind = _class_of(after)
    if kind == _OTHER:
        return _class_of(before) != _PREPEND
    return kind == _CONTROL


def _is_joined(before: int, kind: int) -> bool:
    """Whether no cluster ends between two classes (rules GB3 to GB9b)."""
    if before == _CR:
        return kind == _LF
    if before in (_LF, _CONTROL) or kind in (_CR, _LF, _CONTROL):
        return False
    if kind in (_ZWJ, _EXTEND, _EXTEND_LINKER, _EXTEND_NO_CONJUNCT, _SPACING_MARK):
        return True
    if before == _PREPEND:
        return True
    if before == _HANGUL_L:
        return kind in (_HANGUL_L, _HANGUL_V, _HANGUL_LV, _HANGUL_LVT)
    if before in (_HANGUL_LV, _HANGUL_V):
        return kind in (_HANGUL_V, _HANGUL_T)
    return before in (_HANGUL_LVT, _HANGUL_T) and kind == _HANGUL_T


def _pictograph_after(state: int, kind: int) -> int:
    """How far a joined emoji has come (rule GB11)."""
    if kind == _PICTOGRAPH:
        return _PICTOGRAPH_BEGUN
    if state == _PICTOGRAPH_BEGUN:
        if kind in (_EXTEND, _EXTEND_LINKER, _EXTEND_NO_CONJUNCT):
            return _PICTOGRAPH_BEGUN
        if kind == _ZWJ:
            return _PICTOGRAPH_JOINED
    return 0


def _linked_after(linked: bool, kind: int) -> bool:
    """Whether a sign that links consonants waits for the next one (rule GB9c)."""
    if kind in (_EXTEND_LINKER, _LINKER):
        return True
    return linked and kind in (_EXTEND, _ZWJ)


_read_ranges: Final[list[_Ranges]] = []
