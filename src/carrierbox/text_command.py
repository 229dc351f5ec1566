"""What `carrierbox text` prints: how a text or a template travels, for people and for scripts."""

from typing import Final

from carrierbox.errors import ConfigurationError
from carrierbox.sender_kinds import SenderCheck
from carrierbox.terminal import aligned, counted, printable
from carrierbox.texts import GSM7, TemplateMeasure, TextMeasure, TextPart

HEX_COLUMNS: Final = 64
CHARACTERS_SHOWN: Final = 5


def samples_of(given: list[str]) -> dict[str, list[str]]:
    """The values of `name=value` words; a name that comes again has another value.

    Raises ConfigurationError for a word without `=`.
    """
    samples: dict[str, list[str]] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise ConfigurationError("--sample", f"{printable(each)!r} must be name=value")
        samples.setdefault(name, []).append(value)
    return samples


def text_object(measure: TextMeasure) -> dict[str, object]:
    """A measured text for JSON; octets are lower-case hexadecimal digits, positions count from 0.

    `septets` is null for UCS-2, `ucs2_units` for GSM 7-bit.
    """
    is_gsm7 = measure.alphabet == GSM7
    told: dict[str, object] = {
        "text": measure.text,
        "alphabet": measure.alphabet,
        "reason": measure.reason,
        "forced_by": [
            {"character": each.character, "position": each.position, "name": each.name}
            for each in measure.forced_by
        ],
        "data_coding": measure.data_coding,
        "locking_shift": measure.locking_shift,
        "single_shift": measure.single_shift,
        "parts_saved": measure.parts_saved,
        "characters": measure.characters,
        "septets": measure.units if is_gsm7 else None,
        "ucs2_units": None if is_gsm7 else measure.units,
        "octets": measure.octets,
        "part_count": len(measure.parts),
        "units_left": measure.units_left,
        "parts": [_part_object(each) for each in measure.parts],
        "sender": None if measure.sender is None else _sender_object(measure.sender),
    }
    return told


def template_object(measure: TemplateMeasure) -> dict[str, object]:
    """A measured template for JSON, with the smallest and the largest text as `text_object`s."""
    return {
        "combinations": measure.combinations,
        "smallest": measure.smallest,
        "typical": measure.typical,
        "largest": measure.largest,
        "counts": {str(parts): number for parts, number in measure.counts.items()},
        "smallest_text": text_object(measure.smallest_text),
        "largest_text": text_object(measure.largest_text),
    }


def text_lines(measure: TextMeasure) -> list[str]:
    """A measured text for people: what it is first, then each part with its octets."""
    lines = aligned(_summary(measure))
    for number, part in enumerate(measure.parts, 1):
        lines.extend(["", *_part_lines(part, number, measure)])
    return lines


def template_lines(measure: TemplateMeasure) -> list[str]:
    """A measured template for people; the smallest and the largest text without their octets."""
    rows = [
        ["combinations", str(measure.combinations)],
        ["smallest", counted(measure.smallest, "part")],
        ["typical", counted(measure.typical, "part")],
        ["largest", counted(measure.largest, "part")],
    ]
    for parts, number in measure.counts.items():
        rows.append([counted(parts, "part"), f"{number} of {measure.combinations} combinations"])
    lines = aligned(rows)
    examples = [("smallest", measure.smallest_text)]
    if measure.largest != measure.smallest:
        examples.append(("largest", measure.largest_text))
    for title, example in examples:
        text = ["text", f'"{printable(example.text)}"']
        lines.extend(["", title, *aligned([text, *_summary(example)], indent="  ")])
    return lines


def _summary(measure: TextMeasure) -> list[list[str]]:
    unit = _unit(measure)
    rows = [["alphabet", f"{measure.alphabet}: {measure.reason}"]]
    if measure.forced_by:
        shown = [
            f"{printable(each.character)} ({each.name}) at {each.position}"
            for each in measure.forced_by[:CHARACTERS_SHOWN]
        ]
        left = len(measure.forced_by) - CHARACTERS_SHOWN
        if left > 0:
            shown.append(f"and {left} more")
        rows.append(["forced by", f"{', '.join(shown)} (positions count from 0)"])
    rows.append(["characters", str(measure.characters)])
    rows.append([f"{unit}s", str(measure.units)])
    rows.append(["octets", f"{measure.octets} in all parts, headers included"])
    rows.append(["parts", str(len(measure.parts))])
    if measure.parts_saved:
        saved = counted(measure.parts_saved, "part")
        rows.append(["saved", f"{saved}, for phones that know these national tables"])
    rows.append(["left", f"{counted(measure.units_left, unit)} in the last part"])
    if measure.sender is not None:
        name = printable(measure.sender.sender)
        kind = measure.sender.kind if measure.sender.is_valid else "wrong"
        rows.append(["sender", f"{name} ({kind}): {measure.sender.rule}"])
    return rows


def _part_lines(part: TextPart, number: int, measure: TextMeasure) -> list[str]:
    unit_octets = 1 if measure.alphabet == GSM7 else 2
    size = counted(len(part.user_data) // unit_octets, _unit(measure))
    rows = [["text", f'"{printable(part.text)}"']]
    if part.header:
        rows.append(["header", part.header.hex()])
    rows.extend(_hex_rows("user data", part.user_data))
    rows.append(["TP-UDL", str(part.tp_udl)])
    rows.extend(_hex_rows("TP-UD", part.tp_ud))
    head = f"part {number} of {len(measure.parts)}: {size}, {counted(len(part.tp_ud), 'octet')}"
    return [head, *aligned(rows, indent="  ")]


def _hex_rows(name: str, octets: bytes) -> list[list[str]]:
    digits = octets.hex()
    cut = [digits[at : at + HEX_COLUMNS] for at in range(0, len(digits), HEX_COLUMNS)]
    return [["" if at else name, each] for at, each in enumerate(cut or ["(empty)"])]


def _unit(measure: TextMeasure) -> str:
    return "septet" if measure.alphabet == GSM7 else "UCS-2 unit"


def _part_object(part: TextPart) -> dict[str, object]:
    return {
        "text": part.text,
        "header": part.header.hex(),
        "user_data": part.user_data.hex(),
        "tp_udl": part.tp_udl,
        "tp_ud": part.tp_ud.hex(),
    }


def _sender_object(sender: SenderCheck) -> dict[str, object]:
    address = sender.address
    return {
        "sender": sender.sender,
        "valid": sender.is_valid,
        "kind": sender.kind,
        "source_addr_ton": None if address is None else address.ton,
        "source_addr_npi": None if address is None else address.npi,
        "source_addr": None if address is None else address.value,
        "rule": sender.rule,
    }
