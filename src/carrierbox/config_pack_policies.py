"""From packs to what runs: policies by country, dealt numbers, and the words of each carrier.

A pack is read when it is first needed: when the first message for its country comes, unless the
configuration names a file, which is read at once.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import UNSET

from carrierbox.config_packs import (
    HANDSET,
    NO_RECEIPTS,
    Pack,
    PackRule,
    built_in_pack,
    countries_with_packs,
    load_pack,
)
from carrierbox.config_rules import compile_rule
from carrierbox.matching import RuleBook
from carrierbox.relay import CAUSE_NAMES
from carrierbox.simulator.dealt_numbers import DealtNumbers
from carrierbox.simulator.policy.number_kinds import CountrySenders
from carrierbox.simulator.policy.packed import Habits, PackedPolicies, PackedPolicy
from carrierbox.simulator.policy.screening import Policy
from carrierbox.simulator.portability import Plan
from carrierbox.smpp.values import MESSAGE_STATE_NAMES

OPEN: Final = "open"
REALISTIC: Final = "realistic"

_STATES: Final = {name: state for state, name in MESSAGE_STATE_NAMES.items()}
_CAUSES: Final = {name: cause for cause, name in CAUSE_NAMES.items()}


class CarrierPacks:
    """The packs of one box: `default` is open or realistic; a country may have its own file.

    The rules in `left_out` are asked in no policy.
    """

    def __init__(
        self,
        default: str = OPEN,
        by_country: Mapping[str, str] | None = None,
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self._left_out = left_out
        self._default = default
        self._by_country: dict[str, str] = dict(by_country or {})
        self._read: dict[str, Pack | None] = {}
        self._senders: dict[str, CountrySenders | None] = {}
        self._err_words: dict[tuple[str, str], dict[int, str]] = {}
        self.is_open: bool = all(each == OPEN for each in [default, *self._by_country.values()])
        """Whether nobody asked for any pack."""

    def pack_of(self, country: str) -> Pack | None:
        """The pack of a country; None where carriers are open. Raises PackError for a bad file."""
        if country not in self._read:
            self._read[country] = self._find(country)
        return self._read[country]

    def _find(self, country: str) -> Pack | None:
        said = self._by_country.get(country, self._default)
        if said == OPEN:
            return None
        if said != REALISTIC:
            return load_pack(Path(said))
        return built_in_pack(country) if country in countries_with_packs() else None

    def senders_of(self, country: str) -> CountrySenders | None:
        """How the carriers of a country want senders; None where carriers are open."""
        if country not in self._senders:
            pack = self.pack_of(country)
            self._senders[country] = None if pack is None else pack.senders(self._left_out)
        return self._senders[country]

    def policies(self, registers: Any = None) -> PackedPolicies:
        """The policy of each country.

        `registers` are those of the box, for its rules; they learn how carriers want senders.
        """
        if registers is not None:
            registers.senders_of = self.senders_of

        def make(country: str) -> Policy | None:
            pack = self.pack_of(country)
            if pack is None:
                return None
            rules = [rule for rule in pack.rules if rule.name not in self._left_out]
            return pack_policy(pack, registers, rules)

        return PackedPolicies(make)

    def number_plan(self, plan: Plan) -> Plan:
        """A plan in which carriers share the numbers that nothing else tells whose they are."""
        return plan if self.is_open else DealtNumbers(plan, self._shares_of)

    def _shares_of(self, country: str) -> list[tuple[str, int]]:
        pack = self.pack_of(country)
        return [] if pack is None else shares_of(pack)

    def err_words(self, country: str, carrier: str) -> dict[int, str]:
        """What a carrier writes into the err field of receipts, by network error."""
        found = self._err_words.get((country, carrier))
        if found is None:
            found = {}
            pack = self.pack_of(country)
            for one in [] if pack is None else pack.head.carriers:
                if one.name == carrier:
                    found = {_CAUSES[cause]: err for cause, err in one.errors.items()}
            self._err_words[country, carrier] = found
        return found


def pack_policy(
    pack: Pack, registers: Any = None, rules: Iterable[PackRule] | None = None
) -> PackedPolicy:
    """The policy of a pack, or of some of its rules; what its rules count, it counts anew."""
    supplies = pack.supplies(registers)
    wanted = pack.rules if rules is None else rules
    book = RuleBook([compile_rule(each, supplies) for each in wanted])
    return PackedPolicy(book, habits_of(pack))


def habits_of(pack: Pack) -> dict[str, Habits]:
    """How each carrier of a pack tells of messages, by its name."""
    return {
        one.name: Habits(
            one.receipts != NO_RECEIPTS,
            one.receipts == HANDSET,
            _STATES[one.filtered.state],
            one.filtered.err,
        )
        for one in pack.head.carriers
    }


def shares_of(pack: Pack) -> list[tuple[str, int]]:
    """Which carriers share the numbers without one, in percent."""
    return [(one.name, one.share) for one in pack.head.carriers if one.share is not UNSET]
