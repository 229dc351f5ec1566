"""What a rule is about, as it is written: all that `when` and `unless` may ask, compiled."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Final, Literal, Protocol, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field

from carrierbox import matching
from carrierbox.config_conditions import (
    VALUES_MAX,
    Conditions,
    Operation,
    RuleError,
    TextCondition,
    TextWritten,
    conditions_of,
    random_of,
    text_condition,
)
from carrierbox.config_holidays import DayName, HolidaysWritten, holiday_calendar
from carrierbox.config_values import DURATION_PATTERN, reader_of_duration
from carrierbox.matching import Condition
from carrierbox.numbering import shared_number_plan
from carrierbox.relay import BINARY, CONTENT_CLASSES, GSM7, UCS2, Submission
from carrierbox.simulator.policy.conditions import (
    FOREIGN,
    SAME,
    SENDER_KINDS,
    AlphabetIs,
    NothingKept,
    PartsAre,
    SenderCountryIs,
    SenderIs,
)
from carrierbox.simulator.policy.content import NO_WORDS, ClassIs, WordLists
from carrierbox.simulator.policy.links_in_text import ANY, NONE, SHORTENER, HasLink, LeadsTo
from carrierbox.simulator.policy.local_time import (
    DAY_NAMES,
    HolidayCalendar,
    Hours,
    LocalTime,
    shared_number_zones,
    zone_named,
)
from carrierbox.simulator.policy.number_kinds import (
    DAY_S,
    NO_KINDS,
    ExceedsPace,
    NumberKind,
    OwnPace,
    Paces,
)
from carrierbox.simulator.policy.windows import (
    DESTINATIONS,
    ENTRIES_MAX,
    MESSAGES,
    PARTS,
    DayWindow,
    DistinctWindow,
    ExceedsRate,
    FirstSeen,
    SlidingWindow,
    Window,
)

OVER_MAX: Final = 1_000_000_000
DISTINCT_MAX: Final = ENTRIES_MAX // 10
WITHIN_MIN_S: Final = 0.001
PARTS_MAX: Final = 255
HOURS_MAX: Final = 10
DAY: Final = "day"
TIER: Final = "tier"
ALL: Final = "all"

_read_duration: Final = reader_of_duration(WITHIN_MIN_S)
_TIME_OF_DAY: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}|001", re.ASCII)

_Operations: TypeAlias = Annotated[list[Operation], Meta(min_length=1, max_length=4)]
_SenderKind: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [*SENDER_KINDS]})]
_Class: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [*CONTENT_CLASSES]})]
_Alphabet: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [GSM7, UCS2, BINARY]})]
_Country: TypeAlias = Annotated[str, Meta(max_length=10, examples=[SAME, FOREIGN, "US"])]
_Word: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40)]
_Words: TypeAlias = _Word | Annotated[list[_Word], Meta(min_length=1, max_length=20)]
_Duration: TypeAlias = Annotated[
    str, Meta(max_length=40, pattern=DURATION_PATTERN, examples=["1s", "10m", "30d"])
]
_Key: TypeAlias = Literal["account", "source_addr", "destination", "country", "carrier", "text"]
_Keys: TypeAlias = _Key | Annotated[list[_Key], Meta(min_length=1, max_length=6)]
_Over: TypeAlias = Annotated[int, Meta(ge=0, le=OVER_MAX)]
_Zone: TypeAlias = Annotated[str, Meta(max_length=60, examples=["America/Los_Angeles"])]
_Time: TypeAlias = Annotated[str, Meta(max_length=5, examples=["21:00", "08:00"])]
_Days: TypeAlias = Annotated[list[DayName], Meta(min_length=1, max_length=7)]
_Parts: TypeAlias = Annotated[int, Meta(ge=0, le=PARTS_MAX)]


class RateCondition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What comes above `over` within the last `per` of time, for each of what `by` names.

    `per: day` is since midnight of `zone` (UTC). What exceeds is not counted by itself unless
    `counts_excess` is true. `over: tier` is what the very sender may send: as it is registered, or
    its tier says, else `otherwise`, else its kind.
    """

    over: _Over | Literal["tier"]
    per: Annotated[
        str,
        Meta(max_length=40, pattern=f"{DURATION_PATTERN}|^day$", examples=["1s", "24h", DAY]),
    ]
    by: _Keys | UnsetType = UNSET
    count: Literal["messages", "parts", "destinations"] = "messages"
    zone: _Zone | UnsetType = UNSET
    counts_excess: bool = False
    otherwise: Annotated[int, Meta(ge=1, le=OVER_MAX)] | UnsetType = UNSET


class DuplicateCondition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """The same came more often than `more_than` times `within` so long, this time included."""

    within: _Duration
    of: _Keys | UnsetType = UNSET
    more_than: Annotated[int, Meta(ge=1, le=1000)] = 1


class FirstSeenCondition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """No such came `within` so long before."""

    within: _Duration
    of: _Keys | UnsetType = UNSET


class LocalTimeCondition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """It is such a time where the message goes to: `from` to `to`, on the days of `on` if these are
    given; or one of `days`, or a holiday, at any hour.

    Where a number may lie in several zones: in `any` of them or in `all`.
    """

    start: _Time | UnsetType = field(default=UNSET, name="from")
    end: _Time | UnsetType = field(default=UNSET, name="to")
    on: _Days | UnsetType = UNSET
    days: _Days | UnsetType = UNSET
    holidays: bool | HolidaysWritten = False
    zones: Literal["any", "all"] | UnsetType = UNSET


class PartsCondition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """How many parts phones get."""

    more_than: _Parts | UnsetType = UNSET
    less_than: _Parts | UnsetType = UNSET


class Match(Conditions, frozen=True):
    """Which messages a rule is about: all conditions must hold; without any, every message.

    A text is meant exactly, a list is one of its texts. `share` is that many percent of the
    messages that all other conditions mean, drawn with `seed`.
    """

    operation: Operation | _Operations | UnsetType = UNSET
    sender: (
        _SenderKind | Annotated[list[_SenderKind], Meta(min_length=1, max_length=4)] | UnsetType
    ) = UNSET
    sender_country: (
        _Country | Annotated[list[_Country], Meta(min_length=1, max_length=VALUES_MAX)] | UnsetType
    ) = UNSET
    content_class: (
        _Class | Annotated[list[_Class], Meta(min_length=1, max_length=20)] | UnsetType
    ) = UNSET
    link: Literal["any", "none", "shortener"] | UnsetType = UNSET
    link_domain: TextWritten | UnsetType = UNSET
    parts: PartsCondition | UnsetType = UNSET
    alphabet: (
        _Alphabet | Annotated[list[_Alphabet], Meta(min_length=1, max_length=3)] | UnsetType
    ) = UNSET
    registration: _Words | UnsetType = UNSET
    consent: _Words | UnsetType = UNSET
    local_time: (
        LocalTimeCondition
        | Annotated[list[LocalTimeCondition], Meta(min_length=1, max_length=HOURS_MAX)]
        | UnsetType
    ) = UNSET
    first_seen: FirstSeenCondition | UnsetType = UNSET
    duplicate: DuplicateCondition | UnsetType = UNSET
    rate: RateCondition | UnsetType = UNSET


class Registers(Protocol):
    """What keeps registrations of senders and the consent of phones; gives conditions on them."""

    def condition(self, name: str, wanted: Iterable[str]) -> Condition:
        """The condition `registration` or `consent`. Raises ValueError for what it cannot be."""
        ...

    def own_pace(self, submission: Submission) -> OwnPace:
        """How fast the sender of a submission may send, as it is registered."""
        ...


class Supplies:
    """What a rule may need that does not stand in it.

    `words` are those of content classes, `holidays` the calendar that `holidays: true` means,
    `kinds` what senders of each kind may do; without `registers` nobody is registered and nobody
    has consented.
    """

    def __init__(
        self,
        registers: Registers | None = None,
        words: WordLists = NO_WORDS,
        holidays: HolidayCalendar | None = None,
        kinds: dict[str, NumberKind] = NO_KINDS,
    ) -> None:
        self.registers = registers
        self.words = words
        self.holidays = holidays
        self.kinds = kinds


NO_SUPPLIES: Final = Supplies()


def match_of(
    name: str, when: Match, unless: Match | UnsetType = UNSET, supplies: Supplies = NO_SUPPLIES
) -> matching.Match:
    """What `matching` runs for a rule of this name, the cheapest first. Raises RuleError."""
    compiled = _Compiling("when", name, when, supplies, in_all=False)
    if unless is UNSET:
        return matching.Match(compiled.plain(), None, compiled.last())
    except_for = _Compiling("unless", f"{name} unless", unless, supplies, in_all=True)
    conditions = [*except_for.plain(), *except_for.last()]
    if not conditions:
        raise RuleError("unless", "must have a condition: without any the rule would mean nothing")
    return matching.Match(compiled.plain(), conditions, compiled.last())


class _Compiling:
    """One list of conditions on its way."""

    def __init__(
        self, path: str, name: str, when: Match, supplies: Supplies, *, in_all: bool
    ) -> None:
        self._path = path
        self._name = name
        self._when = when
        self._supplies = supplies
        self._in_all = in_all

    def plain(self) -> list[Condition]:
        """What keeps no state."""
        when = self._when
        found: list[Condition] = []
        if when.operation is not UNSET:
            path = f"{self._path}.operation"
            found.append(text_condition(path, matching.OPERATION, when.operation))
        cheap = conditions_of(when, self._path)
        of_text = [cheap.pop()] if when.text is not UNSET else []
        found += cheap
        found += self._of_sender()
        found += self._of_form()
        found += self._kept()
        if when.local_time is not UNSET:
            found.append(self._local_time())
        return found + of_text + self._of_content()

    def last(self) -> list[Condition]:
        """What counts or draws."""
        when = self._when
        found: list[Condition] = []
        if when.first_seen is not UNSET:
            first = when.first_seen
            path = f"{self._path}.first_seen.within"
            of = _keys(first.of, ("source_addr", "destination"))
            found.append(FirstSeen(_seconds(first.within, path), of, f"within {first.within}"))
        if when.duplicate is not UNSET:
            found.append(self._duplicate(when.duplicate))
        if when.rate is not UNSET:
            found.append(self._rate(when.rate))
        random = random_of(self._name, when, self._path)
        if random is not None and when.share is not UNSET:
            found.append(matching.IsDrawn(when.share, random))
        return found

    def _of_sender(self) -> list[Condition]:
        when = self._when
        found: list[Condition] = []
        if when.sender is not UNSET:
            found.append(SenderIs(self._one_of("sender", when.sender, SENDER_KINDS)))
        if when.sender_country is not UNSET:
            wanted = _listed(when.sender_country)
            for each in wanted:
                if each not in (SAME, FOREIGN) and not _COUNTRY.fullmatch(each):
                    raise RuleError(
                        f"{self._path}.sender_country",
                        f"must be same, foreign, or two capital letters such as FR, not {each!r}",
                    )
            found.append(SenderCountryIs(frozenset(wanted), shared_number_plan()))
        return found

    def _of_form(self) -> list[Condition]:
        when = self._when
        found: list[Condition] = []
        if when.parts is not UNSET:
            bounds = when.parts
            more = -1 if bounds.more_than is UNSET else bounds.more_than
            less = -1 if bounds.less_than is UNSET else bounds.less_than
            if more < 0 and less < 0:
                raise RuleError(f"{self._path}.parts", "must have more_than or less_than")
            found.append(PartsAre(more, less))
        if when.alphabet is not UNSET:
            wanted = self._one_of("alphabet", when.alphabet, (GSM7, UCS2, BINARY))
            found.append(AlphabetIs(wanted))
        return found

    def _kept(self) -> list[Condition]:
        found: list[Condition] = []
        registers = self._supplies.registers
        for name, written in (
            ("registration", self._when.registration),
            ("consent", self._when.consent),
        ):
            if written is UNSET:
                continue
            if registers is None:
                found.append(NothingKept(name, frozenset(_listed(written))))
                continue
            try:
                found.append(registers.condition(name, _listed(written)))
            except RuleError:
                raise
            except ValueError as error:
                raise RuleError(f"{self._path}.{name}", str(error)) from None
        return found

    def _of_content(self) -> list[Condition]:
        when = self._when
        found: list[Condition] = []
        if when.link is not UNSET:
            found.append(HasLink({"any": ANY, "none": NONE, "shortener": SHORTENER}[when.link]))
        if when.link_domain is not UNSET:
            found.append(self._link_domain(when.link_domain))
        if when.content_class is not UNSET:
            wanted = self._one_of("content_class", when.content_class, CONTENT_CLASSES)
            found.append(ClassIs(wanted, self._supplies.words))
        return found

    def _link_domain(self, written: TextWritten) -> Condition:
        if not isinstance(written, TextCondition):
            return LeadsTo(frozenset(each.lower() for each in _listed(written)))
        test = text_condition(f"{self._path}.link_domain", matching.TEXT, written)
        assert isinstance(test, matching.OfText)
        return LeadsTo(frozenset(), test)

    def _local_time(self) -> Condition:
        written = self._when.local_time
        assert written is not UNSET
        path = f"{self._path}.local_time"
        hours = written if isinstance(written, list) else [written]
        said = {each.zones for each in hours if each.zones is not UNSET}
        if len(said) > 1:
            raise RuleError(path, "zones must be the same in all of them")
        in_all = (ALL in said) if said else self._in_all
        try:
            zone_named("Europe/Paris")
        except ValueError as error:
            raise RuleError(path, str(error)) from None
        compiled = [
            self._hours(each, f"{path}[{position}]" if isinstance(written, list) else path)
            for position, each in enumerate(hours)
        ]
        return LocalTime(compiled, shared_number_zones(), in_all)

    def _hours(self, written: LocalTimeCondition, path: str) -> Hours:
        if (written.start is UNSET) != (written.end is UNSET):
            raise RuleError(path, "must have both from and to, or neither")
        holidays = self._holidays(written, path)
        if written.start is UNSET and written.days is UNSET and holidays is None:
            raise RuleError(path, "must have from and to, days, or holidays")
        if written.on is not UNSET and written.start is UNSET:
            raise RuleError(f"{path}.on", "goes with from and to")
        start = end = -1
        if written.start is not UNSET and written.end is not UNSET:
            start = _minute(written.start, f"{path}.from")
            end = _minute(written.end, f"{path}.to")
            if start == end:
                raise RuleError(path, "from and to must not be the same: for all day, use days")
        on = None if written.on is UNSET else _weekdays(written.on)
        days = None if written.days is UNSET else _weekdays(written.days)
        return Hours(start, end, on, days, holidays)

    def _holidays(self, written: LocalTimeCondition, path: str) -> HolidayCalendar | None:
        if isinstance(written.holidays, list):
            return holiday_calendar(written.holidays, f"{path}.holidays")
        if written.holidays and self._supplies.holidays is None:
            raise RuleError(
                f"{path}.holidays",
                "no pack of rules gives holidays here: list them, as in [12-25, easter+1]",
            )
        return self._supplies.holidays if written.holidays else None

    def _duplicate(self, written: DuplicateCondition) -> Condition:
        within_s = _seconds(written.within, f"{self._path}.duplicate.within")
        return ExceedsRate(
            "duplicate",
            SlidingWindow(within_s, written.more_than),
            written.more_than,
            _keys(written.of, ("source_addr", "destination", "text")),
            counts_excess=True,
            period=f"within {written.within}",
        )

    def _rate(self, written: RateCondition) -> Condition:
        path = f"{self._path}.rate"
        count = {"messages": MESSAGES, "parts": PARTS, "destinations": DESTINATIONS}[written.count]
        period = "a day" if written.per == DAY else f"in {written.per}"
        over = written.over
        if isinstance(over, str):
            return self._pace(written, count, period, path)
        if count == DESTINATIONS and over > DISTINCT_MAX:
            raise RuleError(f"{path}.over", f"must be at most {DISTINCT_MAX} destinations")
        if written.otherwise is not UNSET:
            raise RuleError(f"{path}.otherwise", f"goes with over: {TIER} only")
        window = self._window(written, count, over, path)
        by = _keys(written.by, ())
        return ExceedsRate("rate", window, over, by, count, written.counts_excess, period)

    def _pace(self, written: RateCondition, count: str, period: str, path: str) -> Condition:
        """What comes above what the very sender may send."""
        if count == DESTINATIONS:
            raise RuleError(f"{path}.count", f"goes not with over: {TIER}, which is of messages")
        per_s = DAY_S if written.per == DAY else _seconds(written.per, f"{path}.per")
        registers = self._supplies.registers
        paces = Paces(
            per_s,
            self._supplies.kinds,
            None if registers is None else registers.own_pace,
            0 if written.otherwise is UNSET else written.otherwise,
        )
        window = self._window(written, count, 0, path)
        by = _keys(written.by, ("source_addr",))
        return ExceedsPace(window, paces, by, count, written.counts_excess, period)

    def _window(self, written: RateCondition, count: str, over: int, path: str) -> Window:
        # One more than may pass, so that what exceeds is still seen to.
        keep_max = over + 1
        if written.per == DAY:
            try:
                zone = zone_named("UTC" if written.zone is UNSET else written.zone)
            except ValueError as error:
                raise RuleError(f"{path}.zone", str(error)) from None
            return DayWindow(zone, count == DESTINATIONS, keep_max)
        if written.zone is not UNSET:
            raise RuleError(f"{path}.zone", "goes with per: day only")
        per_s = _seconds(written.per, f"{path}.per")
        if count == DESTINATIONS:
            return DistinctWindow(per_s, keep_max)
        return SlidingWindow(per_s, keep_max)

    def _one_of(
        self, name: str, written: str | list[str], known: tuple[str, ...]
    ) -> frozenset[str]:
        wanted = _listed(written)
        for each in wanted:
            if each not in known:
                raise RuleError(
                    f"{self._path}.{name}", f"must be one of {', '.join(known)}, not {each[:40]!r}"
                )
        return frozenset(wanted)


def _listed(written: str | Sequence[str]) -> list[str]:
    return [written] if isinstance(written, str) else [*written]


def _keys(written: str | Sequence[str] | UnsetType, default: tuple[str, ...]) -> tuple[str, ...]:
    if written is UNSET:
        return default
    return tuple(dict.fromkeys(_listed(written)))


def _seconds(written: str, path: str) -> float:
    try:
        return _read_duration(written)
    except ValueError as error:
        raise RuleError(path, str(error)) from None


def _minute(written: str, path: str) -> int:
    if not _TIME_OF_DAY.fullmatch(written):
        raise RuleError(path, f"must be a time of day such as 21:00, not {written[:20]!r}")
    hour, _, minute = written.partition(":")
    return int(hour) * 60 + int(minute)


def _weekdays(written: list[DayName]) -> frozenset[int]:
    return frozenset(DAY_NAMES.index(each) for each in written)
