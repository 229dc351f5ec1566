"""The dialects of receipts and ids: those of `data/receipt_dialects.toml`, and a user's own.

Both are mappings of the same keys and read by the same readers.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from carrierbox.codecs.receipt_dialect import (
    DATE_FORMATS,
    ERR_OTHER,
    ID_CHARACTERS_MAX,
    RECEIPT_TLVS,
    STANDARD,
    Dialect,
    IdFormat,
)
from carrierbox.codecs.receipt_text import TEXT_CHARACTERS_MAX
from carrierbox.config_values import Problems, kind_of, read_text, reader_of_integer
from carrierbox.smpp.values import MESSAGE_STATE_NAMES

DIALECTS_PATH: Final = Path(__file__).parent / "data" / "receipt_dialects.toml"
DIALECTS_MAX: Final = 100
NAME_PATTERN: Final = "[a-z][a-z0-9_-]{0,31}"
BASED_ON: Final = "based_on"

ABOUT_CHARACTERS_MAX: Final = 200
LAYOUT_CHARACTERS_MAX: Final = 160
WORD_CHARACTERS_MAX: Final = 16
SHORT_MESSAGE_OCTETS_MAX: Final = 254
"""SMPP 3.4 §5.2.21."""
SHORT_ID_CHARACTERS_MIN: Final = 6
"""With less, messages that are under way would soon share an id."""
ERROR_MAX: Final = 65535
REPEATED_TAGS_MAX: Final = 32

_WORD: Final = re.compile(rf"[!-~]{{1,{WORD_CHARACTERS_MAX}}}")
_PRINTABLE: Final = re.compile(r"[ -~]*")
_TAG: Final = re.compile(r"0[xX][0-9A-Fa-f]{1,4}|[0-9]{1,5}")
# What a receipt has of its own, and what would take the place of its text.
_OWN_TAGS: Final = {
    0x001E: "receipted_message_id",
    0x0204: "user_message_reference",
    0x0423: "network_error_code",
    0x0424: "message_payload",
    0x0427: "message_state",
}
_STATES: Final = {name: state for state, name in MESSAGE_STATE_NAMES.items()}


def dialect_named(name: str) -> Dialect:
    """A dialect that comes with the package. ValueError tells those there are."""
    if name == STANDARD.name:
        return STANDARD
    found = builtin_dialects().get(name)
    if found is None:
        raise ValueError(no_dialect(name, builtin_dialects()))
    return found


@cache
def builtin_dialects() -> Mapping[str, Dialect]:
    """The dialects that come with the package, the standard one first."""
    found = {name: _made(name, values) for name, values in _builtin_values().items()}
    return {**found, STANDARD.name: STANDARD}


def read_dialects(value: object) -> dict[str, Dialect]:
    """A user's own dialects by name. Raises Problems with the path of each wrong key below it."""
    if not isinstance(value, Mapping):
        raise ValueError(
            f"must be a mapping such as {{mine: {{based_on: hex_ids}}}}, not {kind_of(value)}"
        )
    if len(value) > DIALECTS_MAX:
        raise ValueError(f"must be at most {DIALECTS_MAX} dialects")
    found: dict[str, Dialect] = {}
    problems: list[tuple[str, str]] = []
    for key, fields in value.items():
        name = str(key)
        try:
            read_dialect_name(name)
            if name in builtin_dialects():
                raise ValueError("is the name of a dialect that comes with carrierbox")
            found[name] = _own_dialect(name, fields)
        except Problems as several:
            problems += [(f"{name}.{inner}", problem) for inner, problem in several.found]
        except ValueError as error:
            problems.append((name, str(error)))
    if problems:
        raise Problems(problems)
    return found


def read_dialect_name(value: object) -> str:
    """The name of a dialect; whether there is one is asked elsewhere."""
    name = read_text(value)
    if re.fullmatch(NAME_PATTERN, name) is None:
        raise ValueError(
            "a name has at most 32 small letters, digits, underscores and hyphens, a letter first"
        )
    return name


def no_dialect(name: str, known: Mapping[str, Dialect]) -> str:
    """What to say about a name that no dialect has."""
    return f"there is no dialect {name}: use {', '.join(known)}, or define it in dialects"


def read_receipt_tlvs(value: object) -> list[int]:
    """The tags of TLVs that receipts repeat, as in `[0x1403]`."""
    if not isinstance(value, list) or len(value) > REPEATED_TAGS_MAX:
        raise ValueError(f"must be a list of at most {REPEATED_TAGS_MAX} tags such as [0x1403]")
    return list(dict.fromkeys(_tag(each) for each in value))


def _tag(value: object) -> int:
    tag = value if isinstance(value, int) and not isinstance(value, bool) else -1
    if isinstance(value, str) and _TAG.fullmatch(value):
        tag = int(value, 16 if value[:2].lower() == "0x" else 10)
    if not 0 < tag <= 0xFFFF:
        raise ValueError(f"{str(value)[:20]!r} is no tag: write 0x0001 to 0xFFFF")
    if tag in _OWN_TAGS:
        raise ValueError(f"0x{tag:04X} is {_OWN_TAGS[tag]}, which a receipt does not repeat")
    return tag


def _own_dialect(name: str, fields: object) -> Dialect:
    if not isinstance(fields, Mapping):
        raise ValueError(f"must be a mapping such as {{based_on: hex_ids}}, not {kind_of(fields)}")
    own = dict(fields)
    base = own.pop(BASED_ON, STANDARD.name)
    if not isinstance(base, str) or base not in _builtin_values():
        known = ", ".join(_builtin_values())
        raise Problems([(BASED_ON, f"must be a dialect that comes with carrierbox: {known}")])
    about = {"about": f"Like {base}, changed here."}
    return _made(name, {**_builtin_values()[base], **about, **_read_fields(own)})


@cache
def _builtin_values() -> Mapping[str, Mapping[str, Any]]:
    """The tables of the file, read, those of the standard dialect below each."""
    tables = tomllib.loads(DIALECTS_PATH.read_text(encoding="utf-8"))
    standard = _read_fields(tables[STANDARD.name])
    return {name: {**standard, **_read_fields(table)} for name, table in tables.items()}


def _made(name: str, values: Mapping[str, Any]) -> Dialect:
    """The dialect of these values; ValueError if its receipts would not fit a short message."""
    dialect = Dialect(
        name,
        values["about"],
        values["layout"],
        values["text_characters"],
        values["date"],
        values["stat"],
        values["err_width"],
        values["err"],
        values["answer_id"],
        values["text_id"],
        values["tlv_id"],
        values["id_characters_max"],
        values["tlvs"],
        values["tlv_nul"],
    )
    longest = longest_receipt(dialect)
    if longest > SHORT_MESSAGE_OCTETS_MAX:
        raise Problems(
            [("layout", f"a receipt could take {longest} octets, of {SHORT_MESSAGE_OCTETS_MAX}")]
        )
    return dialect


def longest_receipt(dialect: Dialect) -> int:
    """How many octets the text of a receipt may take at most."""
    lengths = {
        "id": dialect.text_id.longest(),
        "sub": 3,
        "dlvrd": 3,
        "submit_date": len(dialect.date),
        "done_date": len(dialect.date),
        "stat": WORD_CHARACTERS_MAX,
        "err": WORD_CHARACTERS_MAX,
        "text": dialect.text_characters,
    }
    octets = len(re.sub(r"\{\w*\}", "", dialect.layout))
    return octets + sum(lengths[name] for name in re.findall(r"\{(\w*)\}", dialect.layout))


# The keys of a dialect.


def _read_fields(fields: Mapping[Any, object]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for key, value in fields.items():
        reader = READERS.get(str(key))
        try:
            if reader is None:
                known = ", ".join([BASED_ON, *READERS])
                raise ValueError(f"unknown key; known here: {known}")
            read[str(key)] = reader(value)
        except Problems as several:
            problems += [(f"{key}.{inner}", problem) for inner, problem in several.found]
        except ValueError as error:
            problems.append((str(key), str(error)))
    if problems:
        raise Problems(problems)
    return read


def _read_about(value: object) -> str:
    text = read_text(value)
    if not text.isprintable() or len(text) > ABOUT_CHARACTERS_MAX:
        raise ValueError(f"must be a line of at most {ABOUT_CHARACTERS_MAX} characters")
    return text


def _read_layout(value: object) -> str:
    layout = read_text(value)
    if len(layout) > LAYOUT_CHARACTERS_MAX or not _PRINTABLE.fullmatch(layout):
        raise ValueError(f"must be at most {LAYOUT_CHARACTERS_MAX} printable ASCII characters")
    Dialect("", layout=layout)
    rest = re.sub(r"\{\w+\}", "", layout)
    if "{" in rest or "}" in rest:
        raise ValueError("has a brace that belongs to no field")
    if "{text}" in layout.removesuffix("{text}"):
        raise ValueError("must end with {text}: whatever follows would be read as text")
    return layout


def _read_date(value: object) -> str:
    text = read_text(value)
    if text not in DATE_FORMATS:
        raise ValueError(f"must be {', '.join(filter(None, DATE_FORMATS))}, or empty for no dates")
    return text


def _read_stat(value: object) -> dict[int, str]:
    known = f"must be a message_state: {', '.join(_STATES)}"
    return _words(value, "{UNDELIVERABLE: FAILED}", _STATES.get, known)


def _read_err(value: object) -> dict[int, str]:
    known = f"must be a MAP error, 0 (none) to {ERROR_MAX}, or other"
    return _words(value, "{0: NONE, other: FAIL}", _error, known)


def _error(key: str) -> int | None:
    if key == "other":
        return ERR_OTHER
    is_number = key.isascii() and key.isdigit() and len(key) <= 5
    return int(key) if is_number and int(key) <= ERROR_MAX else None


def _words(
    value: object, example: str, key_of: Callable[[str], int | None], known: str
) -> dict[int, str]:
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a mapping such as {example}, not {kind_of(value)}")
    words: dict[int, str] = {}
    problems: list[tuple[str, str]] = []
    for name, word in value.items():
        key = key_of(str(name))
        if key is None:
            problems.append((str(name)[:40], known))
        elif not isinstance(word, str) or not _WORD.fullmatch(word):
            problems.append(
                (str(name), f"must be a word of 1 to {WORD_CHARACTERS_MAX} ASCII characters")
            )
        else:
            words[key] = word
    if problems:
        raise Problems(problems)
    return words


def _read_id(value: object) -> str:
    return IdFormat(read_text(value)).notation


def _read_id_characters_max(value: object) -> int:
    if value == 0 and not isinstance(value, bool):
        return 0
    return reader_of_integer(SHORT_ID_CHARACTERS_MIN, ID_CHARACTERS_MAX)(value)


def _read_tlvs(value: object) -> int:
    if not isinstance(value, list) or not all(
        isinstance(each, str) and each in RECEIPT_TLVS for each in value
    ):
        raise ValueError(f"must be a list of {', '.join(RECEIPT_TLVS)}")
    wanted = 0
    for each in value:
        wanted |= RECEIPT_TLVS[each]
    return wanted


def _read_tlv_nul(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {kind_of(value)}")
    return value


READERS: Final[dict[str, Callable[[object], object]]] = {
    "about": _read_about,
    "layout": _read_layout,
    "text_characters": reader_of_integer(0, TEXT_CHARACTERS_MAX),
    "date": _read_date,
    "stat": _read_stat,
    "err": _read_err,
    "err_width": reader_of_integer(0, WORD_CHARACTERS_MAX),
    "answer_id": _read_id,
    "text_id": _read_id,
    "tlv_id": _read_id,
    "id_characters_max": _read_id_characters_max,
    "tlvs": _read_tlvs,
    "tlv_nul": _read_tlv_nul,
}

_ID_SCHEMA: Final = {"type": "string", "pattern": "^%(0[0-9]{1,2})?[dxX]$"}
DIALECTS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "maxProperties": DIALECTS_MAX,
    "propertyNames": {"pattern": f"^{NAME_PATTERN}$"},
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            BASED_ON: {"type": "string", "default": STANDARD.name},
            "about": {"type": "string", "maxLength": ABOUT_CHARACTERS_MAX},
            "layout": {"type": "string", "maxLength": LAYOUT_CHARACTERS_MAX},
            "text_characters": {"type": "integer", "minimum": 0, "maximum": TEXT_CHARACTERS_MAX},
            "date": {"enum": list(DATE_FORMATS)},
            "stat": {
                "type": "object",
                "propertyNames": {"enum": list(_STATES)},
                "additionalProperties": {"type": "string"},
            },
            "err": {
                "type": "object",
                "propertyNames": {"pattern": "^([0-9]{1,5}|other)$"},
                "additionalProperties": {"type": "string"},
            },
            "err_width": {"type": "integer", "minimum": 0, "maximum": WORD_CHARACTERS_MAX},
            "answer_id": _ID_SCHEMA,
            "text_id": _ID_SCHEMA,
            "tlv_id": _ID_SCHEMA,
            "id_characters_max": {"type": "integer", "minimum": 0, "maximum": ID_CHARACTERS_MAX},
            "tlvs": {"type": "array", "items": {"enum": list(RECEIPT_TLVS)}},
            "tlv_nul": {"type": "boolean"},
        },
    },
}
RECEIPT_TLVS_SCHEMA: Final[dict[str, Any]] = {
    "type": "array",
    "maxItems": REPEATED_TAGS_MAX,
    "items": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": f"^({_TAG.pattern})$"}]},
}
DIALECT_NAME_SCHEMA: Final[dict[str, Any]] = {"type": "string", "pattern": f"^{NAME_PATTERN}$"}
