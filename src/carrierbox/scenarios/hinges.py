"""What a scenario hangs on: the rule, fault or condition without which it does not hold.

A scenario proves something only if it fails once the cause of its story is gone. `hinges_on` names
that cause, and `take_out` makes of a scenario as it is written the one without it.
"""

import json
import re
from typing import Annotated, Any, Final

from msgspec import Meta

from carrierbox.config_pack_policies import OPEN, REALISTIC
from carrierbox.config_packs import countries_with_packs
from carrierbox.scenarios.dependents import name_given, without_dependents
from carrierbox.scenarios.problems import Finding
from carrierbox.scenarios.steps_written import Written

RULE: Final = "rule"
FAULT: Final = "fault"
SETUP: Final = "setup"
STEP: Final = "step"
KEY: Final = "hinges_on"
CARRIERS: Final = "carriers"
_LISTS: Final = {RULE: "rules", FAULT: "faults"}
_KEYS: Final = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_INDEX: Final = re.compile(r"\[\d+\]")


class Hinge(Written, kw_only=True):
    """What a scenario hangs on, exactly one of these; without it, it does not hold.

    `rule` is a rule of the set-up, of a step, or of a pack; `fault` one of the set-up or of a step.
    `setup` is a key of the set-up, as in `phones[0].power`. `step` is a step by its number, by what
    it is called with `as`, or by its kind if there is one of it; or a key of it: `cut.only_parts`.
    """

    rule: Annotated[str, Meta(max_length=64)] = ""
    fault: Annotated[str, Meta(max_length=100)] = ""
    setup: Annotated[str, Meta(max_length=200, examples=["phones[0].power"])] = ""
    step: Annotated[str, Meta(max_length=200)] | Annotated[int, Meta(ge=1)] = ""

    @property
    def kind(self) -> str:
        """Which of the four it is."""
        return next(kind for kind in (RULE, FAULT, SETUP, STEP) if getattr(self, kind))

    @property
    def name(self) -> str:
        """What it names."""
        return str(getattr(self, self.kind))

    def __str__(self) -> str:
        """As a report tells it."""
        return f"{self.kind} {self.name}"


class Parted:
    """A scenario without its hinge: its set-up and its steps as they are written.

    `meaning` is what was taken out, the same for two scenarios that hang on the same. `pack_rule`
    is a rule that the packs of the carriers have to leave out, "" if it is none of theirs.
    """

    def __init__(self, setup: dict[str, Any], steps: list[dict[str, Any]]) -> None:
        self.setup = setup
        self.steps = steps
        self.meaning = ""
        self.pack_rule = ""


def take_out(
    hinge: Hinge, setup: dict[str, Any], steps: list[dict[str, Any]]
) -> Parted | list[Finding]:
    """The scenario without what it hangs on, or why there is no such thing in it.

    In the place of a step that is taken out stands a note, so that all others keep their numbers.
    Steps that are about nothing but it go with it: what must not hold has to be something else.
    """
    given = [kind for kind in (RULE, FAULT, SETUP, STEP) if getattr(hinge, kind)]
    if len(given) != 1:
        return [Finding(KEY, "must have exactly one of rule, fault, setup and step")]
    parted = Parted(dict(setup), list(steps))
    problem = _TAKE_OUT[hinge.kind](parted, hinge.kind, hinge.name)
    return [Finding(f"{KEY}.{hinge.kind}", problem)] if problem else parted


def _take_out_named(parted: Parted, kind: str, name: str) -> str:
    """Take out a rule or fault with this name; what is wrong with it."""
    found: list[object] = []
    listed = parted.setup.get(_LISTS[kind])
    if isinstance(listed, list):
        found += [each for each in listed if _is_named(each, "name", name)]
        parted.setup[_LISTS[kind]] = [each for each in listed if each not in found]
    for index, step in enumerate(parted.steps):
        said = step.get(kind)
        if _is_named(said, "name", name):
            found.append(said)
        if _is_named(said, "name", name) or _is_named(said, "remove", name):
            parted.steps[index] = _note(f"{kind} {name}")
    if found:
        parted.meaning = _meaning(kind, "", [_without_words(each) for each in found])
    elif kind == RULE and not _is_open(parted.setup.get(CARRIERS)):
        parted.pack_rule = name
        parted.meaning = _meaning(kind, name, None)
    else:
        return f"there is no {kind} {name} in setup or a step" + (
            ", and no carrier with a pack" if kind == RULE else ""
        )
    return ""


def _take_out_of_setup(parted: Parted, kind: str, path: str) -> str:
    """Take a key out of the set-up."""
    inner, gone = _without(parted.setup, _keys_of(path))
    if gone is _MISSING:
        return f"setup has no {path}"
    parted.setup = inner
    parted.meaning = _meaning(kind, _INDEX.sub("", path), gone)
    return ""


def _take_out_step(parted: Parted, kind: str, path: str) -> str:
    """Take out a step, or a key of one."""
    found = [
        (index, step_kind, path[len(name) :])
        for index, step in enumerate(parted.steps)
        for step_kind, said in list(step.items())[:1]
        for name in _names_of(index, step_kind, said)
        if path == name or path.startswith((f"{name}.", f"{name}["))
    ]
    if len(found) != 1:
        many = "several steps are" if found else "no step is"
        return f"{many} called {path}: name one by its number, or by what it has after `as`"
    ((index, step_kind, rest),) = found
    said = parted.steps[index][step_kind]
    if not rest:
        parted.steps[index] = _note(f"step {path}")
        _take_out_dependents(parted, step_kind, said)
        parted.meaning = _meaning(kind, step_kind, _without_words(said))
        return ""
    inner, gone = _without(said, _keys_of(rest))
    if gone is _MISSING:
        return f"the step has no {rest.lstrip('.')}"
    parted.steps[index] = {step_kind: inner}
    parted.meaning = _meaning(kind, step_kind + _INDEX.sub("", rest), gone)
    return ""


def _take_out_dependents(parted: Parted, kind: str, said: object) -> None:
    """Take out what is about a step that is gone."""
    called = name_given(said)
    if called:
        parted.steps = without_dependents(parted.steps, [called])
    added = said.get("name") if kind in _LISTS and isinstance(said, dict) else None
    for index, step in enumerate(parted.steps if isinstance(added, str) else ()):
        if _is_named(step.get(kind), "remove", str(added)):
            parted.steps[index] = _note(f"{kind} {added}")


_TAKE_OUT: Final = {
    RULE: _take_out_named,
    FAULT: _take_out_named,
    SETUP: _take_out_of_setup,
    STEP: _take_out_step,
}


def is_of_a_pack(rule: str, carriers: Any) -> bool:
    """Whether one of the packs of these carriers (a CarrierRules) has the rule."""
    packs = carriers.packs()
    countries = [*carriers.by_country]
    if carriers.default == REALISTIC:
        # Of the packs that come with carrierbox rules begin with their country.
        countries += sorted(countries_with_packs(), key=lambda each: each != rule[:2].upper())
    for country in countries:
        pack = packs.pack_of(country)
        if pack is not None and any(each.name == rule for each in pack.rules):
            return True
    return False


# Inside what is written.

_MISSING: Final = object()


def _keys_of(path: str) -> list[str | int]:
    return [int(index) if index else key for index, key in _KEYS.findall(path)]


def _without(value: Any, keys: list[str | int]) -> tuple[Any, Any]:
    """A copy without what stands under these keys, and what stood there."""
    key, rest = keys[0], keys[1:]
    has_it = (isinstance(key, int) and isinstance(value, list) and key < len(value)) or (
        isinstance(key, str) and isinstance(value, dict) and key in value
    )
    if not has_it:
        return value, _MISSING
    copy = value.copy()
    if rest:
        copy[key], gone = _without(value[key], rest)
    else:
        gone = copy.pop(key)
    return copy, gone


def _names_of(index: int, kind: str, said: object) -> list[str]:
    called = name_given(said)
    return [str(index + 1), kind, *([called] if called else [])]


def _is_named(value: object, key: str, name: str) -> bool:
    return isinstance(value, dict) and value.get(key) == name


def _is_open(carriers: object) -> bool:
    if isinstance(carriers, dict):
        return all(_is_open(each) for each in carriers.values())
    return carriers in (None, OPEN)


def _note(what: str) -> dict[str, Any]:
    return {"note": f"left out: {what}"}


def _without_words(said: object) -> object:
    """What a rule, fault or step does, whatever it is called."""
    if not isinstance(said, dict):
        return said
    return {key: each for key, each in said.items() if key not in ("name", "why", "as")}


def _meaning(kind: str, path: str, value: object) -> str:
    return f"{kind} {path} {json.dumps(value, sort_keys=True, default=str)}"
