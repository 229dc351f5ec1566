"""What steps say about what other steps did, by the names that `as` gave them.

Steps are looked at as they are written. So a report knows which PDUs a step is about, and a step
that is left out takes those along that are about nothing else.
"""

from collections.abc import Iterable
from typing import Any, Final

EXPECT: Final = "expect"
_ASKING: Final = ("query", "cancel", "replace")
_SUBJECTS: Final = (
    "submit",
    "answer",
    "query",
    "receipt",
    "acknowledgement",
    "cost",
    "batch",
    "of",
)
_IN_ORDER: Final = ("submit", "answer", "receipt", "shown")


def name_given(said: object) -> str:
    """What a step is called, "" if it has no name."""
    called = said.get("as") if isinstance(said, dict) else None
    return called if isinstance(called, str) else ""


def names_in(kind: str, said: object) -> list[str]:
    """The names that a step or expectation is about."""
    if not isinstance(said, dict):
        return []
    found: list[object] = []
    if kind in _ASKING:
        found.append(said.get("message"))
    elif kind == EXPECT:
        found += [said.get(key) for key in _SUBJECTS]
        if said.get("answers") == "receipt":
            found.append(said.get("application"))
        order = said.get("order")
        for each in order if isinstance(order, list) else ():
            if isinstance(each, dict):
                found += [each.get(key) for key in _IN_ORDER]
    return [each for each in found if isinstance(each, str) and each]


def without_dependents(steps: list[dict[str, Any]], gone: Iterable[str]) -> list[dict[str, Any]]:
    """The steps without those that are about something called so, and about those in turn.

    A note stands in the place of each, so that all others keep their numbers.
    """
    missing = set(gone)
    left: list[dict[str, Any]] = []
    for step in steps:
        kind, said = next(iter(step.items()), ("", None))
        about = next((name for name in names_in(kind, said) if _base(name, missing)), "")
        if about:
            if name_given(said):
                missing.add(name_given(said))
            left.append({"note": f"left out: it is about {about}"})
        else:
            left.append(step)
    return left


def _base(name: str, missing: set[str]) -> bool:
    """Whether a name, or the batch of which it is one, is among these."""
    return name in missing or name.rpartition(".")[0] in missing
