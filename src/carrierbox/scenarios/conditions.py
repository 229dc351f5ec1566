"""What an expectation asks of a text: the text itself, one of several, or what it is like."""

from collections.abc import Callable
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import UNSET, Meta

from carrierbox.config_conditions import RuleError, TextCondition, search_of
from carrierbox.matching import fits_glob
from carrierbox.smpp.values import STATUS_BY_NAME

CHARACTERS_MAX: Final = 65_536

Text: TypeAlias = (
    Annotated[str, Meta(max_length=CHARACTERS_MAX)]
    | Annotated[list[str], Meta(min_length=1)]
    | TextCondition
)
"""A text, one of several texts, or what it is like, as in rules."""
Judge: TypeAlias = Callable[[str], bool]


def judge_of(wanted: Text, path: str = "") -> Judge:
    """Whether a text is as it was asked for. Raises RuleError with `path`."""
    if isinstance(wanted, str):
        return lambda text: text == wanted
    if not isinstance(wanted, TextCondition):
        texts = frozenset(wanted)
        return lambda text: text in texts
    given = _given(wanted)
    if len(given) != 1:
        raise RuleError(path, "must have exactly one of prefix, contains, glob and pattern")
    ((how, value),) = given.items()
    if how == "prefix":
        prefixes = (value,) if isinstance(value, str) else tuple(value)
        return lambda text: text.startswith(prefixes)
    part = str(value)
    if how == "contains":
        return lambda text: part in text
    if how == "glob":
        return lambda text: fits_glob(text, part)
    return search_of(part, f"{path}.pattern" if path else "pattern")


def told_text(wanted: Text) -> str:
    """What was asked for, for a report."""
    if isinstance(wanted, str):
        return repr(wanted)
    if not isinstance(wanted, TextCondition):
        return " or ".join(repr(each) for each in wanted)
    return ", ".join(f"{how} {value!r}" for how, value in _given(wanted).items())


def status_number(written: str | int) -> int:
    """A command_status by its name or number, ESME_ROK among them. ValueError if it is none."""
    if isinstance(written, int):
        return written
    known = STATUS_BY_NAME.get(written)
    return int(written, 0) if known is None else known


def _given(wanted: TextCondition) -> dict[str, str | list[str]]:
    fields = msgspec.structs.asdict(wanted)
    return {name: value for name, value in fields.items() if value is not UNSET}
