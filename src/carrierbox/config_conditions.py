"""Conditions as they are written in rules and faults: what may be asked of a message, compiled.

The structs here are their JSON Schema; what runs for every message is in `matching` and in
`simulator.policy`.
"""

from collections.abc import Callable, Iterable
from random import Random
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from carrierbox import matching
from carrierbox.identifiers import MSISDN_DIGITS_MAX, msisdn_or_none
from carrierbox.matching import Condition

TEXT_CHARACTERS_MAX: Final = 500
PATTERN_CHARACTERS_MAX: Final = 200
PATTERN_MEMORY_OCTETS: Final = 1 << 20
"""What one compiled pattern may take."""
VALUES_MAX: Final = 100

_Octet: TypeAlias = Annotated[int, Meta(ge=0, le=255)]
_Octets: TypeAlias = _Octet | Annotated[list[_Octet], Meta(min_length=1, max_length=VALUES_MAX)]
_Text: TypeAlias = Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX)]
_Part: TypeAlias = Annotated[str, Meta(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
_Texts: TypeAlias = _Text | Annotated[list[_Text], Meta(min_length=1, max_length=VALUES_MAX)]
Operation: TypeAlias = Literal["submit_sm", "submit_multi", "data_sm", "replace_sm"]


class TextCondition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What a text must be like, if it is not one of some texts: exactly one of these.

    In a `glob`, `*` is any characters and `?` is one. A `pattern` is a regular expression as RE2
    has it, found anywhere unless it has anchors.
    """

    prefix: (
        _Part | Annotated[list[_Part], Meta(min_length=1, max_length=VALUES_MAX)] | UnsetType
    ) = UNSET
    contains: _Part | UnsetType = UNSET
    glob: _Part | UnsetType = UNSET
    pattern: Annotated[str, Meta(min_length=1, max_length=PATTERN_CHARACTERS_MAX)] | UnsetType = (
        UNSET
    )


TextWritten: TypeAlias = _Texts | TextCondition
_Condition: TypeAlias = TextWritten | UnsetType


class Conditions(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What may be asked of a message, whoever asks."""

    account: _Condition = UNSET
    source_addr: _Condition = UNSET
    source_addr_ton: _Octets | UnsetType = UNSET
    destination: _Condition = UNSET
    country: _Texts | UnsetType = UNSET
    carrier: _Condition = UNSET
    service_type: _Condition = UNSET
    data_coding: _Octets | UnsetType = UNSET
    registered_delivery: _Octets | UnsetType = UNSET
    text: _Condition = UNSET
    share: Annotated[float, Meta(gt=0, le=100)] | UnsetType = UNSET
    seed: Annotated[int, Meta(ge=0, le=2**53)] | UnsetType = UNSET


class RuleError(ValueError):
    """A rule that cannot be. `path` is the field of it, as in `when.text.pattern`."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


def conditions_of(when: Conditions, path: str = "when") -> list[Condition]:
    """What is asked of a message, the cheapest first; all but the share, which is drawn last.

    `path` is where they are written.
    """
    found: list[Condition] = []
    for field, octets in (
        (matching.SOURCE_ADDR_TON, when.source_addr_ton),
        (matching.DATA_CODING, when.data_coding),
        (matching.REGISTERED_DELIVERY, when.registered_delivery),
    ):
        if octets is not UNSET:
            wanted = octets if isinstance(octets, list) else [octets]
            found.append(matching.IsOneOfNumbers(field, frozenset(wanted)))
    for name, field, written in (
        ("account", matching.ACCOUNT, when.account),
        ("country", matching.COUNTRY, when.country),
        ("carrier", matching.CARRIER, when.carrier),
        ("service_type", matching.SERVICE_TYPE, when.service_type),
        ("source_addr", matching.SOURCE_ADDR, when.source_addr),
        ("destination", matching.DESTINATION, when.destination),
        ("text", matching.TEXT, when.text),
    ):
        if written is not UNSET:
            found.append(text_condition(f"{path}.{name}", field, written))
    return found


def random_of(name: str, when: Conditions, path: str = "when") -> Random | None:
    """What a share is drawn from; None without a share."""
    if when.share is not UNSET:
        return Random(f"{0 if when.seed is UNSET else when.seed} {name}")
    if when.seed is not UNSET:
        raise RuleError(f"{path}.seed", "goes with a share only")
    return None


def text_condition(
    path: str, field: int, written: str | Iterable[str] | TextCondition
) -> Condition:
    """One condition about a text. Raises RuleError."""
    is_number = field == matching.DESTINATION
    if not isinstance(written, TextCondition):
        texts = [written] if isinstance(written, str) else [*written]
        if is_number:
            texts = [_number(path, each) for each in texts]
        return matching.IsOneOf(field, frozenset(texts))
    given = {
        name: text for name, text in msgspec.structs.asdict(written).items() if text is not UNSET
    }
    if len(given) != 1:
        raise RuleError(path, "must have exactly one of prefix, contains, glob and pattern")
    ((how, text),) = given.items()
    if how == "prefix":
        prefixes = [text] if isinstance(text, str) else text
        if is_number:
            prefixes = [_number_prefix(path, each) for each in prefixes]
        return matching.StartsWith(field, tuple(prefixes))
    if how == "pattern":
        return matching.FitsPattern(field, search_of(text, f"{path}.pattern"), text)
    # Numbers are compared as digits.
    text = text.removeprefix("+") if is_number else text
    return matching.Contains(field, text) if how == "contains" else matching.FitsGlob(field, text)


def _number(path: str, written: str) -> str:
    msisdn = msisdn_or_none(written)
    if msisdn is None:
        raise RuleError(
            path, f"{written[:40]!r} is no phone number: write it as +33612345678, or use a prefix"
        )
    return msisdn


def _number_prefix(path: str, written: str) -> str:
    digits = written.removeprefix("+").removeprefix("00")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > MSISDN_DIGITS_MAX:
        raise RuleError(f"{path}.prefix", f"{written[:40]!r} begins no phone number: write +336")
    return digits


def search_of(pattern: str, path: str = "pattern") -> Callable[[str], bool]:
    """Whether a pattern is found in a text, in time that is linear in its length.

    Raises RuleError for a pattern that is none, and where google-re2 is not installed.
    """
    try:
        import re2
    except ImportError:
        raise RuleError(
            path, "patterns need google-re2: python -m pip install 'carrierbox[patterns]'"
        ) from None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY_OCTETS
    try:
        expression = re2.compile(pattern.encode(), options)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0]
        told = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(error)
        raise RuleError(path, f"not a regular expression of RE2: {told}") from None

    def search(text: str) -> bool:
        # A text may hold half of a surrogate pair, which no UTF-8 can.
        return expression.search(text.encode("utf-8", "replace")) is not None

    return search
