"""The examples of a pack: each rule has a message that it decides about, and only because of it.

`example_problems` sends every example through the rules of its pack, with its rule and without.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import encode_text
from carrierbox.config_pack_policies import pack_policy, shares_of
from carrierbox.config_packs import Example, Pack, PackRule
from carrierbox.config_values import reader_of_duration
from carrierbox.identifiers import Address, msisdn_or_none
from carrierbox.matching import Condition
from carrierbox.numbering import shared_number_plan
from carrierbox.relay import SAID_BY_SUBMISSION, Submission, Verdict
from carrierbox.sender_kinds import check_sender
from carrierbox.simulator.dealt_numbers import DealtNumbers
from carrierbox.simulator.policy.local_time import shared_number_zones
from carrierbox.simulator.policy.number_kinds import OwnPace
from carrierbox.simulator.policy.said import IsSaid

DAY: Final = "2026-06-10"
"""A Wednesday that is no holiday in any pack."""

_read_every: Final = reader_of_duration(0.0)


class ExampleRegisters:
    """What carriers have registered, in an example: one word for every sender and phone."""

    def __init__(self, example: Example) -> None:
        self._words = {"registration": example.registration, "consent": example.consent}
        self._pace = OwnPace("", example.tier)

    def condition(self, name: str, wanted: Iterable[str]) -> Condition:
        """See `config_match.Registers`."""
        return IsSaid(name, self._words[name], frozenset(wanted))

    def own_pace(self, submission: Submission) -> OwnPace:
        """See `config_match.Registers`."""
        return self._pace


def verdict_on_example(pack: Pack, rule: PackRule, rules: Iterable[PackRule]) -> Verdict:
    """The verdict of some rules on the example of one; of several messages, on the last.

    Raises ValueError for an example that cannot be.
    """
    example = rule.example
    policy = pack_policy(pack, ExampleRegisters(example), rules)
    verdict = Verdict()
    for submission in _submissions(pack, example):
        verdict = policy.screen(submission, submission.at)
    return verdict


def example_problems(pack: Pack) -> list[tuple[int, str]]:
    """Which rules, by their place, do not decide about their example, or are not needed for it."""
    found: list[tuple[int, str]] = []
    for index, rule in enumerate(pack.rules):
        try:
            decided = rules_of(verdict_on_example(pack, rule, pack.rules))
            others = [each for each in pack.rules if each is not rule]
            without = rules_of(verdict_on_example(pack, rule, others))
        except ValueError as error:
            found.append((index, str(error)))
            continue
        if rule.name not in decided:
            found.append((index, f"{' and '.join(decided)} decides about it, not {rule.name}"))
        elif rule.name in without:
            found.append((index, f"another rule is named {rule.name}, too"))
    return found


def rules_of(verdict: Verdict) -> list[str]:
    """The names of the rules that a verdict is of."""
    return verdict.rule.split(", ")


def _submissions(pack: Pack, example: Example) -> Iterable[Submission]:
    msisdn = msisdn_or_none(example.to)
    plan = DealtNumbers(shared_number_plan(), lambda country: shares_of(pack))
    route = None if msisdn is None else plan.route(msisdn)
    if msisdn is None or route is None or route.country != pack.head.country:
        raise ValueError(f"{example.to} is no number of {pack.head.country}")
    sender = _sender_of(example.sender)
    every_s = _read_every(example.every)
    assert isinstance(every_s, float)
    begin = _moment(example.at, msisdn)
    data_coding, octets = encode_text(example.text * example.repeated)
    for number in range(example.times):
        to = str(int(msisdn) + number) if example.spread else msisdn
        carrier = plan.route(to)
        source = _next_sender(sender, number if example.change_sender else 0)
        yield Submission(
            "demo",
            source,
            to,
            pack.head.country,
            "" if carrier is None else carrier.carrier,
            data_coding,
            b"",
            octets,
            at=NetworkTime(begin + number * every_s),
            content_class=example.content_class,
            class_said_by=SAID_BY_SUBMISSION if example.content_class else "",
        )


def _sender_of(written: str) -> Address:
    """A sender as an ESME gives it."""
    sender = check_sender(written)
    if sender.address is None:
        raise ValueError(f"{written} is no sender: {sender.rule}")
    return sender.address


def _next_sender(address: Address, number: int) -> Address:
    if not number:
        return address
    return Address(address.ton, address.npi, str(int(address.value) + number))


def _moment(at: str, msisdn: str) -> float:
    """A time where a number is, in seconds since 1970."""
    written = at if " " in at else f"{DAY} {at}"
    zones = shared_number_zones().zones_of(msisdn)
    try:
        local = datetime.strptime(written, "%Y-%m-%d %H:%M")
    except ValueError:
        raise ValueError(f"{at} is no time: write it as 21:30 or 2026-12-25 21:30") from None
    return local.replace(tzinfo=zones[0] if zones else UTC).timestamp()
