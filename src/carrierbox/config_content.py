"""Readers of the settings that hold content: canned messages and distribution lists."""

from collections.abc import Mapping
from typing import Final

from carrierbox.codecs.default_coding import DEFAULT_CODING_NAMES
from carrierbox.codecs.national_language import LANGUAGE_WORDS, languages_named
from carrierbox.config_values import Problems, accepts_null, kind_of, read_msisdn, read_text
from carrierbox.errors import CodecError

CANNED_MAX: Final = 254
"""sm_default_msg_id is 1 to 254 (SMPP 3.4 §5.2.20)."""
CANNED_CHARACTERS_MAX: Final = 1000
LIST_NAME_CHARACTERS_MAX: Final = 20
"""dl_name is 21 octets with its NUL (SMPP 3.4 §4.5.1.2)."""
LISTS_MAX: Final = 1000
LIST_NUMBERS_MAX: Final = 10_000

ALL: Final = "all"
LIST_NAMES_SCHEMA: Final[dict[str, object]] = {
    "anyOf": [{"const": ALL}, {"type": "array", "items": {"type": "string"}}],
    "default": ALL,
}

TEXTS_SCHEMA: Final = {"type": "object", "additionalProperties": {"type": "string"}}
LISTS_SCHEMA: Final = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
}
CODINGS_SCHEMA: Final = {"enum": [*DEFAULT_CODING_NAMES, None]}
RATE_MAX: Final = 1_000_000
QUEUE_MAX: Final = 100_000_000

MESSAGES: Final = "messages"
PARTS: Final = "parts"
LANGUAGES_SCHEMA: Final = {
    "anyOf": [
        {"enum": ["all", "none", *sorted(LANGUAGE_WORDS)]},
        {"type": "array", "items": {"enum": sorted(LANGUAGE_WORDS)}},
    ],
    "default": "none",
}
DELIVER_SM: Final = "deliver_sm"
DATA_SM: Final = "data_sm"


def read_canned_messages(value: object) -> dict[int, str]:
    """Texts by sm_default_msg_id."""
    canned: dict[int, str] = {}
    problems: list[tuple[str, str]] = []
    for key, text in _mapping(value, "{1: Your code is on its way}").items():
        try:
            number = int(str(key)) if str(key).isdigit() else 0
            if not 1 <= number <= CANNED_MAX:
                raise ValueError(f"the number of a canned message must be 1 to {CANNED_MAX}")
            canned[number] = _canned_text(text)
        except ValueError as error:
            problems.append((str(key), str(error)))
    if problems:
        raise Problems(problems)
    return canned


def read_distribution_lists(value: object) -> dict[str, list[str]]:
    """Lists of numbers by dl_name; the numbers as digits."""
    lists: dict[str, list[str]] = {}
    problems: list[tuple[str, str]] = []
    given = _mapping(value, '{friends: ["+33612345678"]}')
    if len(given) > LISTS_MAX:
        raise ValueError(f"must be at most {LISTS_MAX} lists")
    for key, numbers in given.items():
        name = str(key)
        try:
            if not name.isascii() or not 1 <= len(name) <= LIST_NAME_CHARACTERS_MAX:
                raise ValueError(
                    f"the name of a list must be 1 to {LIST_NAME_CHARACTERS_MAX} ASCII characters"
                )
            if not isinstance(numbers, list) or not 1 <= len(numbers) <= LIST_NUMBERS_MAX:
                raise ValueError(f"must be a list of 1 to {LIST_NUMBERS_MAX} numbers")
            lists[name] = [read_msisdn(number) for number in numbers]
        except ValueError as error:
            problems.append((name, str(error)))
    if problems:
        raise Problems(problems)
    return lists


def read_list_names(value: object) -> list[str] | None:
    """The names of the lists that an account may use; None for all."""
    if value == ALL:
        return None
    if not isinstance(value, list) or len(value) > LISTS_MAX:
        raise ValueError(f"must be {ALL}, or a list of the names of lists")
    return [read_text(name) for name in value]


def lists_nobody_has(read: Mapping[str, object]) -> list[tuple[str, str]]:
    """The accounts whose lists their box does not have, by path, with what is wrong."""
    problems: list[tuple[str, str]] = []
    for path, names in read.items():
        box, is_account, _ = path.partition("accounts[")
        if not is_account or not path.endswith("].distribution_lists"):
            continue
        known = read.get(f"{box}distribution_lists", {})
        for name in names if isinstance(names, list) else []:
            if isinstance(known, dict) and name not in known:
                problems.append((path, f"there is no list {name} in distribution_lists"))
    return problems


def read_deliver(value: object) -> bool:
    """Whether an account is sent data_sm in the place of deliver_sm."""
    if value not in (DELIVER_SM, DATA_SM):
        raise ValueError(f"must be {DELIVER_SM} or {DATA_SM}")
    return value == DATA_SM


@accepts_null
def read_rate(value: object) -> object:
    """Messages in a second; 0 for no bound."""
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number of messages in a second, or null, not {kind_of(value)}")
    if not 0.01 <= value <= RATE_MAX:
        raise ValueError(f"must be 0.01 to {RATE_MAX:,}, or null for no bound")
    return float(value)


def read_languages(value: object) -> tuple[int, ...]:
    """Languages whose national tables may be used: `all`, `none`, a name or a list of names."""
    words: list[str] = []
    for word in value if isinstance(value, list) else [value]:
        if not isinstance(word, str):
            raise ValueError("must be all, none, or a list such as [turkish, portuguese]")
        words.append(word)
    try:
        return languages_named(words)
    except CodecError as error:
        raise ValueError(str(error)) from None


def read_rate_counts(value: object) -> bool:
    """Whether a rate counts parts."""
    if value not in (MESSAGES, PARTS):
        raise ValueError(f"must be {MESSAGES} or {PARTS}")
    return value == PARTS


def read_flag(value: object) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {kind_of(value)}")
    return value


def _canned_text(value: object) -> str:
    text = read_text(value)
    if not 1 <= len(text) <= CANNED_CHARACTERS_MAX:
        raise ValueError(f"must be a text of 1 to {CANNED_CHARACTERS_MAX} characters")
    return text


def _mapping(value: object, example: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a mapping such as {example}, not {kind_of(value)}")
    return value
