"""How a text travels: in which alphabet and why, in how many parts, and the octets of each.

Nothing is sent. `measure_text` and `measure_template` are public and stable.
"""

import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from carrierbox.codecs.data_coding import (
    ALPHABET_GSM7,
    ALPHABET_UCS2,
    DATA_CODING_DEFAULT,
    alphabet_of,
    tp_dcs_of,
)
from carrierbox.codecs.national_language import (
    LANGUAGE_NAMES,
    decode_national,
    first_unencodable_national,
    languages_named,
    shift_pairs,
    shifts_of,
)
from carrierbox.codecs.segmentation import (
    Segment,
    code_text,
    part_count,
    segment_capacity,
    split_text,
)
from carrierbox.codecs.tp_user_data import tp_user_data
from carrierbox.errors import CodecError, ConfigurationError
from carrierbox.sender_kinds import SenderCheck, check_sender

TEXT_CHARACTERS_MAX: Final = 65_536
COMBINATIONS_MAX: Final = 10_000

GSM7: Final = "GSM 7-bit"
UCS2: Final = "UCS-2"

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class TextCharacter:
    """A character that the allowed 7-bit tables lack: where it first stands, from 0, its name."""

    def __init__(self, character: str, position: int) -> None:
        self.character = character
        self.position = position
        self.name = unicodedata.name(character, f"U+{ord(character):04X}")

    def __repr__(self) -> str:
        return f"TextCharacter({self.character!r}, {self.position})"


class TextPart:
    """One short message of a text.

    `header` includes UDHL, or is b""; `user_data` is unpacked, a septet or half a UCS-2 unit per
    octet; `tp_ud` is both as they go to the phone, and `tp_udl` its TP-UDL (TS 23.040 §9.2.3.16).
    """

    def __init__(
        self, text: str, header: bytes, user_data: bytes, tp_udl: int, tp_ud: bytes
    ) -> None:
        self.text = text
        self.header = header
        self.user_data = user_data
        self.tp_udl = tp_udl
        self.tp_ud = tp_ud

    def __repr__(self) -> str:
        return f"TextPart({self.text!r}, {self.header.hex()!r})"


class TextMeasure:
    """What becomes of a text.

    `text` includes the opt-out mention. `alphabet` is GSM7 or UCS2, `data_coding` that of SMPP.
    `units` counts septets or UCS-2 units of the text, `characters` code points, `octets` TP-UD of
    all parts with their headers. `units_left` is the room in the last part. `forced_by` are the
    characters that rule out 7 bits, or the default table if a national one is used; `locking_shift`
    and `single_shift` are the languages used, 0 for none; `parts_saved` is how many more parts it
    would have without them. `sender` is None if none was given.
    """

    def __init__(
        self,
        text: str,
        data_coding: int,
        parts: list[TextPart],
        forced_by: list[TextCharacter],
        sender: SenderCheck | None,
        parts_saved: int = 0,
        tables_save_nothing: bool = False,
    ) -> None:
        kind = alphabet_of(data_coding)
        last = parts[-1]
        unit_octets = 2 if kind == ALPHABET_UCS2 else 1
        self.text = text
        self.data_coding = data_coding
        self.alphabet = UCS2 if kind == ALPHABET_UCS2 else GSM7
        self.characters = len(text)
        self.units = sum(len(each.user_data) for each in parts) // unit_octets
        self.octets = sum(len(each.tp_ud) for each in parts)
        room = segment_capacity(kind, len(last.header)) - len(last.user_data)
        self.units_left = room // unit_octets
        self.locking_shift, self.single_shift = shifts_of(last.header)
        self.parts = parts
        self.forced_by = forced_by
        self.sender = sender
        self.parts_saved = parts_saved
        self.tables_save_nothing = tables_save_nothing

    @property
    def reason(self) -> str:
        """Why this alphabet, in one sentence without a full stop."""
        shifts = [
            f"{LANGUAGE_NAMES[language]} {kind} shift table"
            for language, kind in (
                (self.locking_shift, "locking"),
                (self.single_shift, "single"),
            )
            if language
        ]
        if shifts and not self.forced_by:
            return f"the {' and the '.join(shifts)} saves parts"
        if not self.forced_by:
            return "every character is in the default alphabet or its extension table"
        first = self.forced_by[0]
        which = f"{first.name} at position {first.position}"
        if shifts:
            return f"{which} is in the {' and the '.join(shifts)}"
        if self.tables_save_nothing:
            return f"{which} is in a national table that would save no part"
        return f"{which} is in no 7-bit table that may be used"

    def __repr__(self) -> str:
        return f"TextMeasure({self.alphabet!r}, parts={len(self.parts)})"


class TemplateMeasure:
    """What becomes of a template with all combinations of its samples.

    `counts` says how many combinations take how many parts. `smallest`, `largest` and `typical`
    are numbers of parts, typical the most frequent one, the smaller among equals; `smallest_text`
    and `largest_text` are the first combinations that take so many.
    """

    def __init__(
        self, counts: dict[int, int], smallest_text: TextMeasure, largest_text: TextMeasure
    ) -> None:
        self.counts = counts
        self.combinations = sum(counts.values())
        self.smallest = min(counts)
        self.largest = max(counts)
        self.typical = min(counts, key=lambda parts: (-counts[parts], parts))
        self.smallest_text = smallest_text
        self.largest_text = largest_text

    def __repr__(self) -> str:
        return f"TemplateMeasure({self.counts!r})"


def measure_text(
    text: str, *, languages: Sequence[str] = (), stop_mention: str = "", sender: str = ""
) -> TextMeasure:
    """Alphabet, parts and octets of a text; headers carry the reference 0.

    `languages` are names or codes such as `turkish` or `tr` whose national tables may be used where
    that saves parts, or `all`; `stop_mention` is put behind the text with a space between, unless
    the text has it already.
    Raises CodecError for a text of more than 255 parts and ConfigurationError for a language
    without tables.
    """
    allowed = _languages(languages)
    whole = _with_mention(text, stop_mention)
    data_coding, segments = _split(whole, allowed)
    parts = [_part(each, data_coding) for each in segments]
    forced_by = _missing(whole, allowed, data_coding)
    tables_save_nothing = data_coding != DATA_CODING_DEFAULT and not forced_by
    if tables_save_nothing:
        forced_by = _missing(whole, (), data_coding)
    parts_saved = 0
    if parts and shifts_of(parts[0].header) != (0, 0):
        parts_saved = _parts_without_tables(whole) - len(parts)
    checked = check_sender(sender) if sender else None
    return TextMeasure(
        whole, data_coding, parts, forced_by, checked, parts_saved, tables_save_nothing
    )


def measure_template(
    template: str,
    samples: Mapping[str, Sequence[str]],
    *,
    languages: Sequence[str] = (),
    stop_mention: str = "",
    sender: str = "",
) -> TemplateMeasure:
    """Measure a template whose `{name}` placeholders take each of their sample values.

    All combinations are tried. Raises ConfigurationError for a placeholder without samples, a
    sample without a placeholder and more than `COMBINATIONS_MAX` combinations; otherwise as
    `measure_text`. Braces around anything else stay as they are.
    """
    allowed = _languages(languages)
    names = list(dict.fromkeys(_PLACEHOLDER.findall(template)))
    _check_samples(names, samples)
    counts: dict[int, int] = {}
    first_of: dict[int, str] = {}
    for values in itertools.product(*[samples[name] for name in names]):
        text = fill_template(template, dict(zip(names, values, strict=True)))
        parts = len(_split(_with_mention(text, stop_mention), allowed)[1])
        counts[parts] = counts.get(parts, 0) + 1
        first_of.setdefault(parts, text)
    smallest, largest = [
        measure_text(first_of[parts], languages=languages, stop_mention=stop_mention, sender=sender)
        for parts in (min(counts), max(counts))
    ]
    return TemplateMeasure(dict(sorted(counts.items())), smallest, largest)


def fill_template(template: str, values: Mapping[str, str]) -> str:
    """The template with its placeholders filled; what a value says is never filled again."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def _check_samples(names: list[str], samples: Mapping[str, Sequence[str]]) -> None:
    combinations = 1
    for name in names:
        if not samples.get(name):
            raise ConfigurationError("template", f"{{{name}}} has no sample value")
        combinations *= len(samples[name])
    for name in samples:
        if name not in names:
            raise ConfigurationError("template", f"there is no {{{name}}} in it for that sample")
    if combinations > COMBINATIONS_MAX:
        raise ConfigurationError(
            "template", f"{combinations} combinations of samples, at most {COMBINATIONS_MAX}"
        )


def _languages(words: Sequence[str]) -> tuple[int, ...]:
    try:
        return languages_named(words)
    except CodecError as error:
        raise ConfigurationError("language", str(error)) from None


def _with_mention(text: str, stop_mention: str) -> str:
    if not stop_mention or stop_mention.casefold() in text.casefold():
        return text
    between = " " if text and not text[-1].isspace() else ""
    return f"{text}{between}{stop_mention}"


def _split(text: str, allowed: Sequence[int]) -> tuple[int, list[Segment]]:
    if len(text) > TEXT_CHARACTERS_MAX:
        raise CodecError(f"{len(text)} characters, at most {TEXT_CHARACTERS_MAX} are measured")
    return split_text(text, 0, languages=allowed)


def _parts_without_tables(text: str) -> int:
    """How many parts a text has without national tables, even if more than can be sent."""
    coded = code_text(text)
    return part_count(coded.user_data, alphabet_of(coded.data_coding))


def _part(segment: Segment, data_coding: int) -> TextPart:
    header, user_data = segment.user_data_header, segment.user_data
    packed = tp_user_data(header, user_data, tp_dcs_of(data_coding))
    if alphabet_of(data_coding) == ALPHABET_GSM7:
        text = decode_national(user_data, *shifts_of(header))
    else:
        # Not as a telephone reads it: a byte order mark of the text's own is part of it.
        text = user_data.decode("utf-16-be", "surrogatepass")
    return TextPart(text, header, user_data, packed.length, packed.octets)


def _encodable_characters(text: str, locking_shift: int, single_shift: int) -> int:
    """How many characters two tables write before the first that they lack."""
    place = first_unencodable_national(text, locking_shift, single_shift)
    return len(text) if place < 0 else place


def _missing(text: str, allowed: Sequence[int], data_coding: int) -> list[TextCharacter]:
    """The characters that forced the choice, each once, in their order."""
    pairs = [(0, 0)] if data_coding == DATA_CODING_DEFAULT else shift_pairs(allowed)
    # Of several choices the one counts that writes the most of the text before it fails.
    pair = max(pairs, key=lambda each: _encodable_characters(text, *each))
    missing: list[TextCharacter] = []
    for character in dict.fromkeys(text):
        if first_unencodable_national(character, *pair) >= 0:
            missing.append(TextCharacter(character, text.index(character)))
    return missing
