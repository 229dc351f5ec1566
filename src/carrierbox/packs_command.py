"""What `carrierbox carriers` prints: packs of carriers, one of them, and whether they are sound.

Also what a text costs, by the prices of the pack of the country it goes to.
"""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

import msgspec
from msgspec import UNSET

from carrierbox.config_pack_examples import example_problems
from carrierbox.config_packs import (
    BASES,
    PLACEHOLDER,
    NumberKind,
    Pack,
    PackCarrier,
    PackError,
    PackRule,
    Source,
    TierOfKind,
    built_in_pack,
    countries_with_packs,
    load_pack,
)
from carrierbox.errors import ConfigurationError
from carrierbox.identifiers import msisdn_or_none
from carrierbox.numbering import shared_number_plan
from carrierbox.sender_kinds import KIND_ALPHANUMERIC, SenderCheck
from carrierbox.simulator.policy.conditions import SENDER_KINDS
from carrierbox.terminal import aligned, counted

INDENT: Final = "  "
WHY_COLUMNS: Final = 96

PLACEHOLDER_TOLD: Final = "no source names the code that this carrier writes; it is made up"
PRICES_TOLD: Final = "orders of magnitude, no offers"
OUTCOMES_TOLD: Final = (
    "sources say what is refused or changed, seldom with which status, state or err"
)


def pack_named(name: str) -> Pack:
    """The pack of a country, or of a file. Raises ConfigurationError."""
    if name.endswith((".yaml", ".yml")):
        return load_pack(Path(name))
    return built_in_pack(name.upper())


# All of them.


def list_objects() -> list[dict[str, Any]]:
    """Every pack that comes with carrierbox, for JSON."""
    return [_summary(built_in_pack(country)) for country in countries_with_packs()]


def _summary(pack: Pack) -> dict[str, Any]:
    head = pack.head
    return {
        "country": head.country,
        "carriers": [each.name for each in head.carriers],
        "rules": len(pack.rules),
        **pack.counts(),
        "currency": head.currency,
        "date": head.date,
        "sources": len(head.sources),
        "sources_read": sum(each.checked is not UNSET for each in head.sources),
    }


def list_lines(packs: Sequence[dict[str, Any]]) -> list[str]:
    """The same for people: a line for each."""
    rows = [["country", "rules", *BASES, "checked", "carriers"]]
    for each in packs:
        numbers = [str(each[key]) for key in ("rules", *BASES)]
        carriers = ", ".join(each["carriers"])
        rows.append([each["country"], *numbers, each["date"], carriers])
    return aligned(rows, "")


# One of them.


def pack_object(pack: Pack) -> dict[str, Any]:
    """A pack as its file has it, for JSON, with how many rules rest on what."""
    found: dict[str, Any] = msgspec.to_builtins(pack.head)
    found["rules"] = [msgspec.to_builtins(rule) for rule in pack.rules]
    found["counts"] = pack.counts()
    return found


def pack_lines(pack: Pack) -> list[str]:
    """A pack for people: carriers, senders, prices, days, rules with why, sources."""
    head = pack.head
    holidays = [] if head.holidays is UNSET else head.holidays
    rows = [
        ["country", head.country],
        ["checked", head.date],
        ["rules", _told_counts(pack)],
        ["weekend", ", ".join(head.weekend) or "sat, sun"],
        ["holidays", ", ".join(_told_holiday(each) for each in holidays) or "none listed"],
        ["words", f"{pack.words.size} in {', '.join(head.languages) or 'no language'}"],
    ]
    lines = [*aligned(rows, ""), "", "carriers"]
    lines += aligned([_carrier_row(pack, each) for each in head.carriers], INDENT)
    lines += _codes_lines(pack)
    lines += ["", f"senders, and what they cost ({head.prices.basis}: {PRICES_TOLD})"]
    lines += aligned(_sender_rows(pack), INDENT)
    lines += ["", "rules, in the order in which they are asked", f"{INDENT}{OUTCOMES_TOLD}"]
    for rule in pack.rules:
        lines += _rule_lines(rule)
    lines += ["", "sources"]
    lines += aligned([_source_row(each) for each in head.sources], INDENT)
    return lines


def _told_counts(pack: Pack) -> str:
    return ", ".join(f"{number} {basis}" for basis, number in pack.counts().items())


def _told_holiday(written: object) -> str:
    if isinstance(written, str):
        return written
    told = msgspec.to_builtins(written)
    on = f"{told['month']:02}-{told['day']:02}" if "day" in told else f"month {told['month']}"
    return f"{told['name']} ({on})" if "name" in told else on


def _carrier_row(pack: Pack, carrier: PackCarrier) -> list[str]:
    share = "by prefix" if carrier.share is UNSET else f"{carrier.share} % of the others"
    receipts = {
        "handset": "receipts of the phone",
        "network": "receipts of the network",
        "none": "no receipts",
    }[carrier.receipts]
    basis = pack.vocabulary_of(carrier).filtered
    filtered = f"filtered: {carrier.filtered.state} err {carrier.filtered.err} ({basis})"
    return [carrier.name, share, f"{receipts} ({carrier.basis})", filtered]


def _codes_lines(pack: Pack) -> list[str]:
    """What carriers write into err for network errors, and what their codes rest on."""
    rows: list[list[str]] = []
    bases: set[str] = set()
    for each in pack.head.carriers:
        vocabulary = pack.vocabulary_of(each)
        bases.add(vocabulary.filtered)
        if each.errors:
            bases.add(vocabulary.errors)
            told = ", ".join(f"{cause} {err}" for cause, err in each.errors.items())
            source = "" if vocabulary.source is UNSET else f", {vocabulary.source}"
            rows.append([each.name, f"{told} ({vocabulary.errors}{source})"])
    lines = ["", "err of network errors, where a carrier has words of its own"] if rows else []
    lines += aligned(rows, INDENT)
    if PLACEHOLDER in bases:
        lines += [f"{INDENT}{PLACEHOLDER}: {PLACEHOLDER_TOLD}"]
    return lines


def _source_row(source: Source) -> list[str]:
    told = f"{source.publisher}: {source.title}"
    if source.url is UNSET:
        return [source.id, told]
    read = "" if source.checked is UNSET else f", read {source.checked}"
    return [source.id, f"{told}{read}: {source.url}"]


def _sender_rows(pack: Pack) -> list[list[str]]:
    rows: list[list[str]] = []
    for kind in SENDER_KINDS:
        number = getattr(pack.head.numbers, kind)
        if number is UNSET:
            continue
        told = "taken" if number.allowed else "refused or replaced"
        told += ", two-way" if number.two_way else ", one-way"
        told = f"{told} ({number.basis}, {number.source}){_rates_told(number)}"
        rows.append([kind.replace("_", " "), told, _costs(pack, kind)])
    return rows


def _rates_told(number: NumberKind) -> str:
    rates = [] if number.per_s is UNSET else [f"{number.per_s:g} a second"]
    rates += [] if number.per_day is UNSET else [f"{number.per_day} a day"]
    rates.extend(f"{name} {_tier_told(tier)}" for name, tier in number.tiers.items())
    return f", {', '.join(rates)} ({number.rate_basis})" if rates else ""


def _tier_told(tier: float | TierOfKind) -> str:
    if not isinstance(tier, TierOfKind):
        return f"{tier:g} a second"
    told = [] if tier.per_s is UNSET else [f"{tier.per_s:g} a second"]
    return " and ".join([*told, *([] if tier.per_day is UNSET else [f"{tier.per_day} a day"])])


def _costs(pack: Pack, kind: str) -> str:
    price = pack.price_of(kind)
    if price is None:
        return ""
    named = (("set-up", price.set_up), ("a month", price.monthly), ("a part", price.per_part))
    told = ", ".join(f"{amount:g} {what}" for what, amount in named if amount)
    return f"{pack.head.currency} {told} ({pack.head.prices.basis})"


def _rule_lines(rule: PackRule) -> list[str]:
    why = "" if rule.why is UNSET else rule.why
    told = [f"{INDENT}{rule.name} ({rule.basis}, {rule.source})"]
    told.extend(f"{INDENT * 2}{line}" for line in wrap(why, WHY_COLUMNS))
    return told


# Whether they are sound.


def check_packs(files: Sequence[str]) -> tuple[list[str], list[dict[str, Any]], list[str]]:
    """What a check of some files, or of all built-in packs, finds: lines for people, the same for
    JSON, and a line for every problem.
    """
    lines: list[str] = []
    found: list[dict[str, Any]] = []
    problems: list[str] = []
    names = list(files) or countries_with_packs()
    together = dict.fromkeys(BASES, 0)
    for name in names:
        try:
            pack = load_pack(Path(name)) if files else built_in_pack(name)
        except ConfigurationError as error:
            problems.extend(str(error).splitlines())
            continue
        wrong = [
            f"{pack.where}: rules[{index}].example: {problem}: change the rule or its example"
            for index, problem in example_problems(pack)
        ]
        problems.extend(wrong)
        for basis, number in pack.counts().items():
            together[basis] += number
        found.append({**_summary(pack), "file": pack.where, "problems": wrong})
        lines.append(_checked_line(pack))
    if len(found) > 1:
        told = ", ".join(f"{number} {basis}" for basis, number in together.items())
        lines.append(
            f"{counted(len(found), 'pack')}: {counted(sum(together.values()), 'rule')}: {told}"
        )
    return lines, found, problems


def _checked_line(pack: Pack) -> str:
    sources = pack.head.sources
    read = sum(each.checked is not UNSET for each in sources)
    return (
        f"{pack.head.country} of {pack.head.date}: {counted(len(pack.rules), 'rule')}: "
        f"{_told_counts(pack)}; {read} of {counted(len(sources), 'source')} with page and date"
    )


def problems_error(problems: Sequence[str]) -> PackError:
    """All problems as one error."""
    return PackError("", "\n".join(problems))


# What a text costs.


class Cost:
    """What a text costs its sender: `amount` for all its parts, in `currency`."""

    def __init__(self, country: str, kind: str, parts: int, pack: Pack, per_part: float) -> None:
        self.country = country
        self.kind = kind
        self.parts = parts
        self.currency = pack.head.currency
        self.per_part = per_part
        self.amount = round(parts * per_part, 6)
        self.basis = pack.head.prices.basis

    def told(self) -> str:
        """The same for people."""
        return (
            f"{self.currency} {self.amount:g} to {self.country}: {counted(self.parts, 'part')} "
            f"of {_with_article(self.kind)} at {self.per_part:g} ({self.basis})"
        )

    def to_object(self) -> dict[str, object]:
        """The same for JSON."""
        return {
            "country": self.country,
            "sender": self.kind,
            "parts": self.parts,
            "currency": self.currency,
            "per_part": self.per_part,
            "amount": self.amount,
            "basis": self.basis,
        }


def cost_of(to: str, sender: SenderCheck | None, parts: int) -> Cost:
    """What a text of so many parts costs. Raises ConfigurationError where nobody says."""
    msisdn = msisdn_or_none(to)
    route = None if msisdn is None else shared_number_plan().route(msisdn)
    if route is None:
        raise ConfigurationError("--to", f"{to[:40]} is no number: write it as +33612345678")
    if sender is None or not sender.is_valid:
        raise ConfigurationError("--to", "needs a sender, whose kind has a price: add --sender")
    pack = built_in_pack(route.country)
    price = pack.price_of(sender.kind.replace(" ", "_").replace("-", "_"))
    if price is None or not price.per_part:
        raise ConfigurationError(
            "--to", f"the pack of {route.country} has no price of {_with_article(sender.kind)}"
        )
    return Cost(route.country, sender.kind, parts, pack, price.per_part)


def _with_article(kind: str) -> str:
    return f"an {kind} sender" if kind == KIND_ALPHANUMERIC else f"a {kind}"
