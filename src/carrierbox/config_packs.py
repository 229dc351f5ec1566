"""Packs: what the carriers of one country do, as YAML with its sources; read and checked.

A pack has carriers and how they tell of messages, kinds of senders and what they may do, prices,
words by which the class of a text is guessed, holidays, and rules. Everything in it is documented,
law, or typical, and says by whom it is told. `config_pack_policies` makes of it what runs.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from carrierbox.config_conditions import RuleError
from carrierbox.config_holidays import DayName, HolidaysWritten, holiday_calendar
from carrierbox.config_match import Supplies
from carrierbox.config_outcomes import ERR_CHARACTERS_MAX, ERR_PATTERN
from carrierbox.config_rules import RuleDefinition, compile_rule, definition_as
from carrierbox.config_values import kind_of
from carrierbox.errors import ConfigurationError
from carrierbox.numbering import shared_number_plan
from carrierbox.relay import CAUSE_NAMES, CONTENT_CLASSES
from carrierbox.simulator.policy.changes import OWN_SENDER
from carrierbox.simulator.policy.consent import sender_key
from carrierbox.simulator.policy.content import WordLists
from carrierbox.simulator.policy.number_kinds import CountrySenders, Pace
from carrierbox.simulator.policy.number_kinds import NumberKind as KindOfSender
from carrierbox.simulator.sender_state import PER_DAY_MAX
from carrierbox.strict_yaml import parse_yaml_with_lines, read_text, read_yaml

PACKS: Final = Path(__file__).parent / "simulator" / "carriers"
WORDS: Final = PACKS / "words"

RULES_MAX: Final = 200
CARRIERS_MAX: Final = 100
SHARES_TOGETHER: Final = 100

DOCUMENTED: Final = "documented"
LAW: Final = "law"
TYPICAL: Final = "typical"
BASES: Final = (DOCUMENTED, LAW, TYPICAL)
PLACEHOLDER: Final = "placeholder"

HANDSET: Final = "handset"
NETWORK: Final = "network"
NO_RECEIPTS: Final = "none"

# Of the classes whose words stand in a text, the first one here is the text's.
CLASS_ORDER: Final = (
    "phishing",
    "adult",
    "hate",
    "gambling",
    "firearms",
    "cannabis",
    "tobacco",
    "alcohol",
    "loans",
    "crypto",
    "political",
    "religious",
    "otp",
    "marketing",
    "transactional",
)
assert set(CLASS_ORDER) == set(CONTENT_CLASSES)

_Id: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,31}$")]
_Line: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500)]
_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
_Basis: TypeAlias = Annotated[
    Literal["documented", "law", "typical"],
    Meta(description="documented by a vendor or carrier, law, or typical: told in general"),
]
_CodesBasis: TypeAlias = Annotated[
    Literal["documented", "typical", "placeholder"],
    Meta(
        description="documented: a source names these codes as those of receipts from here; "
        "typical: a source has such a scheme, that these carriers use it is a choice; placeholder: "
        "made up, no source names them"
    ),
]
_Url: TypeAlias = Annotated[str, Meta(pattern=r"^https?://\S+$", max_length=300)]
_Err: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=ERR_CHARACTERS_MAX, pattern=ERR_PATTERN)
]
_Cause: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [*CAUSE_NAMES.values()]})]
_Amount: TypeAlias = Annotated[float, Meta(ge=0)]
_Rate: TypeAlias = Annotated[float, Meta(gt=0)]
_PerDay: TypeAlias = Annotated[int, Meta(ge=1, le=PER_DAY_MAX)]
_FilteredState: TypeAlias = Literal["REJECTED", "UNDELIVERABLE", "EXPIRED", "DELETED", "UNKNOWN"]


class _Part(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True, kw_only=True):
    """Of a pack."""


class Source(_Part, frozen=True):
    """Who told something of this country: where to look again when it may have changed.

    `url` is the page, `checked` the day on which it was read; without them it is told by what this
    project noted of it earlier.
    """

    id: _Id
    publisher: _Line
    title: _Line
    url: _Url | UnsetType = UNSET
    checked: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] | UnsetType = UNSET


class Filtered(_Part, frozen=True):
    """What a carrier tells of a message that it kept from a phone."""

    state: _FilteredState
    err: _Err


class Vocabulary(_Part, frozen=True):
    """What the codes in the err field rest on, and the source if they have one.

    `filtered` are those of messages that rules kept from a phone, `errors` those of network errors.
    """

    filtered: _CodesBasis = PLACEHOLDER
    errors: _CodesBasis = PLACEHOLDER
    source: _Id | UnsetType = UNSET


class PackCarrier(_Part, frozen=True):
    """One carrier: its name as in the number plan, or a `share` of the numbers that have none.

    `receipts` are of the handset, of the network that took the message, or none. `errors` are its
    words in the err field of receipts, by network error; `vocabulary` tells what these and the one
    in `filtered` rest on, where that differs from what the pack says for all.
    """

    name: _Name
    receipts: Literal["handset", "network", "none"]
    why: _Line
    basis: _Basis
    source: _Id
    filtered: Filtered
    share: Annotated[int, Meta(ge=1, le=SHARES_TOGETHER)] | UnsetType = UNSET
    errors: dict[_Cause, _Err] = {}
    vocabulary: Vocabulary | UnsetType = UNSET


class TierOfKind(_Part, frozen=True):
    """What senders of a tier may send in a second and in a day."""

    per_s: _Rate | UnsetType = UNSET
    per_day: _PerDay | UnsetType = UNSET


class NumberKind(_Part, frozen=True):
    """What senders of one kind may do: whether phones can answer, and messages in a second and in a
    day. `tiers` by the name that a sender is registered with: so many in a second, or both.

    `allowed` is whether such a sender reaches the phone as it is: false where it is refused or
    replaced. `basis` and `source` are of that and of `two_way`; rates are typical unless
    `rate_basis` says otherwise.
    """

    allowed: bool
    two_way: bool
    basis: _Basis
    source: _Id
    per_s: _Rate | UnsetType = UNSET
    per_day: _PerDay | UnsetType = UNSET
    tiers: dict[str, _Rate | TierOfKind] = {}
    rate_basis: _Basis = TYPICAL


class Numbers(_Part, frozen=True):
    """The kinds of senders."""

    alphanumeric: NumberKind | UnsetType = UNSET
    short_code: NumberKind | UnsetType = UNSET
    long_code: NumberKind | UnsetType = UNSET
    toll_free: NumberKind | UnsetType = UNSET


class Price(_Part, frozen=True):
    """What a sender costs, and each part of a text; 0 where nothing is asked."""

    set_up: _Amount = 0.0
    monthly: _Amount = 0.0
    per_part: _Amount = 0.0


class Prices(_Part, frozen=True):
    """Of each kind of sender, in the currency of the pack."""

    basis: _Basis
    source: _Id
    alphanumeric: Price | UnsetType = UNSET
    short_code: Price | UnsetType = UNSET
    long_code: Price | UnsetType = UNSET
    toll_free: Price | UnsetType = UNSET


class Example(_Part, frozen=True, rename={"sender": "from", "content_class": "class"}):
    """A message that the rule decides about, the last of `times`, `every` so long.

    `at` is the time where it goes to, `21:30` or `2026-12-25 21:30`; noon of a Wednesday else.
    `spread` sends each to the next number, `change_sender` each from the next one; the text is
    `repeated` so often. The sender is registered, in the `tier` if one is named, and nobody said
    anything about consent unless `registration` and `consent` say otherwise.
    """

    sender: _Name
    to: _Name
    text: _Line
    content_class: Annotated[str, Meta(extra_json_schema={"enum": [*CONTENT_CLASSES]})] = ""
    at: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2} )?\d{2}:\d{2}$")] = "12:00"
    repeated: Annotated[int, Meta(ge=1, le=1000)] = 1
    times: Annotated[int, Meta(ge=1, le=10_000)] = 1
    every: Annotated[str, Meta(max_length=40, examples=["2s"])] = "0s"
    spread: bool = False
    change_sender: bool = False
    registration: str = "approved"
    consent: str = "none"
    tier: str = ""


class PackRule(RuleDefinition, frozen=True, kw_only=True):
    """A rule, what it rests on, who told it, and a message that it decides about."""

    basis: _Basis
    source: _Id
    example: Example


class PackHead(_Part, frozen=True):
    """What the carriers of one country (ISO 3166-1) do, checked on `date`.

    `languages` have word lists of their own by which the class of a text is guessed; `words` are
    further ones, by class. `vocabulary` is of all carriers that have none of their own; whoever
    says nothing of it made the codes up.
    """

    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    date: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217")]
    sources: Annotated[list[Source], Meta(min_length=1)]
    carriers: Annotated[list[PackCarrier], Meta(min_length=1, max_length=CARRIERS_MAX)]
    numbers: Numbers
    prices: Prices
    vocabulary: Vocabulary | UnsetType = UNSET
    languages: list[Annotated[str, Meta(pattern="^[a-z]{2}$")]] = []
    words: dict[str, list[_Name]] = {}
    weekend: list[DayName] = []
    holidays: HolidaysWritten | UnsetType = UNSET


class PackFile(PackHead, frozen=True, kw_only=True):
    """A pack as a file has it."""

    rules: Annotated[list[PackRule], Meta(min_length=1, max_length=RULES_MAX)]


class PackError(ConfigurationError):
    """A pack that cannot be: file, line, path and remedy stand in its text."""


class Pack:
    """A pack that was read and checked; `where` is its file."""

    def __init__(self, where: str, head: PackHead, rules: list[PackRule]) -> None:
        self.where = where
        self.head = head
        self.rules = rules
        self.words: WordLists = WordLists(words_of(head))
        self._holidays = [] if head.holidays is UNSET else head.holidays

    def supplies(self, registers: Any = None) -> Supplies:
        """What the rules of this pack need beside themselves; a calendar of its own each time."""
        calendar = holiday_calendar(self._holidays)
        return Supplies(registers, self.words, calendar, kinds_of(self.head.numbers))

    def senders(self, left_out: frozenset[str] = frozenset()) -> CountrySenders:
        """How the carriers want senders; the rules in `left_out` are as if they were not there."""
        stand_ins: dict[str, str] = {}
        for rule in self.rules:
            written = rule.then.source_addr
            if rule.name in left_out or written is UNSET:
                continue
            for sender in [written] if isinstance(written, str) else written:
                if OWN_SENDER not in sender:
                    stand_ins.setdefault(sender_key(sender), rule.name)
        return CountrySenders(kinds_of(self.head.numbers), stand_ins)

    def counts(self) -> dict[str, int]:
        """How many rules rest on what."""
        return {basis: sum(each.basis == basis for each in self.rules) for basis in BASES}

    def vocabulary_of(self, carrier: PackCarrier) -> Vocabulary:
        """What the codes of a carrier rest on."""
        own = self.head.vocabulary if carrier.vocabulary is UNSET else carrier.vocabulary
        return Vocabulary() if own is UNSET else own

    def price_of(self, kind: str) -> Price | None:
        """What a kind of sender costs, if the pack says so."""
        found = getattr(self.head.prices, kind, UNSET)
        return found if isinstance(found, Price) else None


def kinds_of(numbers: Numbers) -> dict[str, KindOfSender]:
    """What senders of each kind may do, as rules and registers ask for it."""
    found: dict[str, KindOfSender] = {}
    for name in numbers.__struct_fields__:
        kind = getattr(numbers, name)
        if isinstance(kind, NumberKind):
            tiers = {tier: _pace_of(written) for tier, written in kind.tiers.items()}
            found[name] = KindOfSender(kind.two_way, _pace_of(kind), tiers)
    return found


def _pace_of(written: float | TierOfKind | NumberKind) -> Pace:
    if isinstance(written, TierOfKind | NumberKind):
        per_s = 0.0 if written.per_s is UNSET else written.per_s
        return Pace(per_s, 0 if written.per_day is UNSET else written.per_day)
    return Pace(written)


# Finding and reading.


def countries_with_packs() -> list[str]:
    """The countries whose packs come with carrierbox, sorted."""
    return sorted(path.stem for path in PACKS.glob("??.yaml"))


@cache
def built_in_pack(country: str) -> Pack:
    """A pack that comes with carrierbox. Raises ConfigurationError if there is none."""
    path = PACKS / f"{country}.yaml"
    if not path.is_file():
        raise ConfigurationError(
            "", f"there is no pack of {country}: `carrierbox carriers list` tells of which"
        )
    return load_pack(path)


def load_pack(path: Path) -> Pack:
    """The pack of a file, checked. Raises PackError with a line for everything that is wrong."""
    return read_pack(read_text(path), str(path))


def read_pack(text: str, where: str) -> Pack:
    """The pack that a text is; `where` stands before each line of an error."""
    try:
        value, lines = parse_yaml_with_lines(text)
    except ConfigurationError as error:
        raise PackError("", f"{where}: {error.problem}") from None
    problems: list[RuleError] = []
    head, rules = _read(value, problems)
    if head is not None:
        _check(head, rules, problems)
    if problems or head is None:
        raise PackError("", "\n".join(_told(where, each, lines) for each in problems))
    return Pack(where, head, rules)


def _read(value: object, problems: list[RuleError]) -> tuple[PackHead | None, list[PackRule]]:
    rules: list[PackRule] = []
    if not isinstance(value, Mapping):
        problems.append(RuleError("", f"must be a mapping, not {kind_of(value)}"))
        return None, rules
    rest = {key: each for key, each in value.items() if key != "rules"}
    head: PackHead | None = None
    try:
        head = definition_as(PackHead, rest)
    except RuleError as error:
        problems.append(error)
    written = value.get("rules")
    if not isinstance(written, list) or not 0 < len(written) <= RULES_MAX:
        problems.append(RuleError("rules", f"must be a list of 1 to {RULES_MAX} rules"))
        return head, rules
    for index, each in enumerate(written):
        try:
            rules.append(definition_as(PackRule, each))
        except RuleError as error:
            problems.append(_inside(f"rules[{index}]", error))
    return head, rules


def _check(head: PackHead, rules: list[PackRule], problems: list[RuleError]) -> None:
    """Note what no schema can tell."""
    known = {source.id for source in head.sources}
    used: set[str] = set()
    for path, source in _sources_named(head, rules):
        used.add(source)
        if source not in known:
            problems.append(RuleError(path, f"{source} is no source of this pack: add it there"))
    _check_sources(head, used, problems)
    _check_vocabularies(head, problems)
    _check_carriers(head, problems)
    try:
        words = WordLists(words_of(head))
        supplies = Supplies(None, words, _calendar(head))
    except RuleError as error:
        problems.append(error)
        return
    except ValueError as error:
        problems.append(RuleError("words", str(error)))
        return
    names: set[str] = set()
    for index, rule in enumerate(rules):
        path = f"rules[{index}]"
        if rule.name in names:
            problems.append(RuleError(f"{path}.name", f"{rule.name} is given twice"))
        names.add(rule.name)
        if rule.why is UNSET:
            problems.append(RuleError(f"{path}.why", "missing: say why, for whoever is refused"))
        try:
            compile_rule(rule, supplies)
        except RuleError as error:
            problems.append(_inside(path, error))


def _check_sources(head: PackHead, used: set[str], problems: list[RuleError]) -> None:
    names: set[str] = set()
    for index, one in enumerate(head.sources):
        path = f"sources[{index}]"
        if one.id in names:
            problems.append(RuleError(f"{path}.id", f"{one.id} is given twice"))
        names.add(one.id)
        if one.id not in used:
            problems.append(RuleError(path, f"nothing rests on {one.id}: remove it"))
        if one.checked is not UNSET and one.url is UNSET:
            problems.append(RuleError(f"{path}.checked", "says when, not where: add url"))


def _check_vocabularies(head: PackHead, problems: list[RuleError]) -> None:
    for path, one in _vocabularies(head):
        has_source = one.source is not UNSET
        is_made_up = {one.filtered, one.errors} == {PLACEHOLDER}
        if is_made_up and has_source:
            problems.append(
                RuleError(f"{path}.source", "codes that are placeholders have none: remove it")
            )
        elif not is_made_up and not has_source:
            problems.append(
                RuleError(f"{path}.source", f"missing: name it, or say {PLACEHOLDER} for both")
            )


def _vocabularies(head: PackHead) -> list[tuple[str, Vocabulary]]:
    found: list[tuple[str, Vocabulary]] = []
    if head.vocabulary is not UNSET:
        found.append(("vocabulary", head.vocabulary))
    for index, each in enumerate(head.carriers):
        if each.vocabulary is not UNSET:
            found.append((f"carriers[{index}].vocabulary", each.vocabulary))
    return found


def _calendar(head: PackHead) -> Any:
    return holiday_calendar([] if head.holidays is UNSET else head.holidays)


def _check_carriers(head: PackHead, problems: list[RuleError]) -> None:
    plan = shared_number_plan().carriers_of(head.country)
    if not plan:
        problems.append(RuleError("country", f"no number belongs to {head.country}"))
    together = 0
    names: set[str] = set()
    for index, carrier in enumerate(head.carriers):
        path = f"carriers[{index}]"
        if carrier.name in names:
            problems.append(RuleError(f"{path}.name", f"{carrier.name} is given twice"))
        names.add(carrier.name)
        if carrier.share is not UNSET:
            together += carrier.share
        elif carrier.name not in plan:
            problems.append(
                RuleError(
                    f"{path}.name",
                    f"no number of {head.country} is {carrier.name}'s: give it a share of those "
                    f"without a carrier, or one of these names: {', '.join(plan[:20])}",
                )
            )
        for cause in carrier.errors:
            if cause not in CAUSE_NAMES.values():
                wanted = ", ".join(CAUSE_NAMES.values())
                problems.append(RuleError(f"{path}.errors.{cause}", f"must be one of {wanted}"))
    if together not in (0, SHARES_TOGETHER):
        problems.append(
            RuleError("carriers", f"shares make {together} together: they must make 100, or none")
        )


def _sources_named(head: PackHead, rules: list[PackRule]) -> list[tuple[str, str]]:
    found = [("prices.source", head.prices.source)]
    found.extend((f"carriers[{n}].source", each.source) for n, each in enumerate(head.carriers))
    for kind in head.numbers.__struct_fields__:
        number = getattr(head.numbers, kind)
        if number is not UNSET:
            found.append((f"numbers.{kind}.source", number.source))
    for path, one in _vocabularies(head):
        if one.source is not UNSET:
            found.append((f"{path}.source", one.source))
    found.extend((f"rules[{n}].source", each.source) for n, each in enumerate(rules))
    return found


def words_of(head: PackHead) -> dict[str, list[str]]:
    """The words of a pack by class, in the order in which classes are asked for.

    Raises RuleError for a language that has no words, and a class that is none.
    """
    found: dict[str, list[str]] = {}
    for index, language in enumerate(head.languages):
        path = WORDS / f"{language}.yaml"
        if not path.is_file():
            known = ", ".join(sorted(each.stem for each in WORDS.glob("??.yaml")))
            raise RuleError(f"languages[{index}]", f"has no word lists; {known} have")
        for content_class, words in _words_in(path).items():
            found.setdefault(content_class, []).extend(words)
    for content_class, words in head.words.items():
        if content_class not in CONTENT_CLASSES:
            raise RuleError(
                f"words.{content_class}", f"must be one of {', '.join(CONTENT_CLASSES)}"
            )
        found.setdefault(content_class, []).extend(words)
    return {each: found[each] for each in CLASS_ORDER if each in found}


@cache
def _words_in(path: Path) -> dict[str, list[str]]:
    return msgspec.convert(read_yaml(path), dict[str, list[str]])


def pack_schema() -> dict[str, Any]:
    """The JSON Schema of a pack's file."""
    schema = msgspec.json.schema(PackFile)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Carrier pack of carrierbox",
        **schema,
    }


# Telling what is wrong.


def _inside(path: str, error: RuleError) -> RuleError:
    return RuleError(f"{path}.{error.path}" if error.path else path, error.problem)


def _told(where: str, error: RuleError, lines: dict[str, int]) -> str:
    line = line_of(error.path, lines)
    place = f"{where}:{line}" if line else where
    return f"{place}: {error.path}: {error.problem}" if error.path else f"{place}: {error.problem}"


def line_of(path: str, lines: dict[str, int]) -> int:
    """The line of a path in a YAML text, or of what it would stand in; 0 if nothing is known."""
    while path:
        if path in lines:
            return lines[path]
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return lines.get("", 0)
