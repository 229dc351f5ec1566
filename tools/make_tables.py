"""Makes `src/carrierbox/data/numbering.tsv` from the phonenumbers library (`make tables`).

The library carries the numbering plans of the world as regular expressions and is far too slow to
ask per message, so its answers are written down once as tables of prefixes:

* country: which region a number belongs to. A country code with one region is one entry. Where
  regions share a code (+1, +7, +44, …) the regular expressions of all of them are run side by side
  over every possible digit, and the shortest prefixes are kept that decide as the library would:
  the first region, in its order, whose plan has the number.
* carrier: the network a number was allocated to, by its English name or, where there is none, by a
  name in plain Latin letters. An empty name says that nothing is known of a longer prefix.
* zones: the IANA time zones of a prefix.

An entry whose next shorter entry says the same is left out. The file is sorted and holds no date,
so the same version of phonenumbers always gives the same octets.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata
from phonenumbers.carrierdata import CARRIER_DATA
from phonenumbers.phonemetadata import PhoneNumberDesc
from phonenumbers.tzdata import TIMEZONE_DATA

TABLE_PATH: Final = Path(__file__).parents[1] / "src" / "carrierbox" / "data" / "numbering.tsv"
DIGITS: Final = "0123456789"
NATIONAL_DIGITS_MAX: Final = 17
ALL_DIGITS: Final = frozenset(DIGITS)

# Lengths of national numbers that are looked at where not all of a plan's are. In North America the
# seven digits of a Canadian 310 number cannot be called from abroad and would hide ten-digit ones.
NATIONAL_LENGTHS: Final = {1: frozenset({10})}

StateSet = frozenset[int]


class Automaton:
    """A nondeterministic automaton over digits that holds the patterns of many plans at once.

    It reads the dialect of regular expressions that the plans are written in: digits, the class of
    all digits, classes, groups, alternatives, `?`, `{n}` and `{n,m}`.
    """

    def __init__(self) -> None:
        self.moves: list[tuple[frozenset[str], int] | None] = []
        self.jumps: list[list[int]] = []
        self._pattern = ""
        self._position = 0

    def add(self, pattern: str) -> tuple[int, int]:
        """Add one pattern; its first and its accepting state."""
        self._pattern, self._position = pattern, 0
        first = self._state()
        last = self._alternatives(first)
        if self._position != len(pattern):
            raise ValueError(f"cannot read {pattern!r} at {self._position}")
        return first, last

    def loop(self, state: int) -> None:
        """Make an accepting state accept whatever follows, too."""
        inner = self._state()
        self.moves[inner] = (ALL_DIGITS, inner)
        self.jumps[state].append(inner)
        self.jumps[inner].append(state)

    def closure(self, states: set[int]) -> StateSet:
        """All states that are reached without a digit."""
        pending = list(states)
        while pending:
            for target in self.jumps[pending.pop()]:
                if target not in states:
                    states.add(target)
                    pending.append(target)
        return frozenset(states)

    def step(self, states: StateSet, digit: str) -> StateSet:
        """All states that are reached with one digit."""
        targets: set[int] = set()
        for state in states:
            move = self.moves[state]
            if move is not None and digit in move[0]:
                targets.add(move[1])
        return self.closure(targets)

    def _state(self) -> int:
        self.moves.append(None)
        self.jumps.append([])
        return len(self.moves) - 1

    def _peek(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _alternatives(self, start: int) -> int:
        end = self._state()
        while True:
            state = start
            while self._peek() not in ("", "|", ")"):
                state = self._repeated(state)
            self.jumps[state].append(end)
            if self._peek() != "|":
                return end
            self._position += 1

    def _repeated(self, start: int) -> int:
        """One atom and what says how often it stands there."""
        atom_at = self._position
        state = self._atom(start)
        behind = self._position
        low, high = self._bounds()
        resume = self._position
        ends = [start] if low == 0 else []
        if low <= 1:
            ends.append(state)
        for count in range(2, high + 1):
            self._position = atom_at
            state = self._atom(state)
            if self._position != behind:
                raise ValueError(f"cannot repeat part of {self._pattern!r}")
            if count >= low:
                ends.append(state)
        self._position = resume
        end = self._state()
        for each in ends:
            self.jumps[each].append(end)
        return end

    def _bounds(self) -> tuple[int, int]:
        if self._peek() == "?":
            self._position += 1
            return 0, 1
        if self._peek() != "{":
            return 1, 1
        close = self._pattern.index("}", self._position)
        low, _, high = self._pattern[self._position + 1 : close].partition(",")
        self._position = close + 1
        return int(low), int(high or low)

    def _atom(self, start: int) -> int:
        character = self._peek()
        if character == "(":
            self._position += 3 if self._pattern.startswith("(?:", self._position) else 1
            inner = self._state()
            self.jumps[start].append(inner)
            end = self._alternatives(inner)
            self._position += 1
            return end
        start_of_move = self._state()
        self.jumps[start].append(start_of_move)
        end = self._state()
        self.moves[start_of_move] = (self._digits(character), end)
        return end

    def _digits(self, character: str) -> frozenset[str]:
        if character == "[":
            close = self._pattern.index("]", self._position)
            body = self._pattern[self._position + 1 : close]
            self._position = close + 1
            return _class_digits(body)
        if self._pattern.startswith("\\d", self._position):
            self._position += 2
            return ALL_DIGITS
        if character in ALL_DIGITS:
            self._position += 1
            return frozenset(character)
        raise ValueError(f"cannot read {self._pattern!r} at {self._position}")


def _class_digits(body: str) -> frozenset[str]:
    """The digits of a class, given what stands between its brackets: `02-46`."""
    digits: set[str] = set()
    position = 0
    while position < len(body):
        first = body[position]
        last = first
        if body[position + 1 : position + 2] == "-":
            last = body[position + 2]
            position += 2
        digits.update(DIGITS[int(first) : int(last) + 1])
        position += 1
    return frozenset(digits)


class Plan:
    """One region's patterns: when the library would say that a number is of this region."""

    def __init__(self, region: str, automaton: Automaton) -> None:
        self.region = region
        metadata = PhoneMetadata.metadata_for_region(region, None)
        if metadata is None or metadata.general_desc is None:
            raise ValueError(f"phonenumbers knows no plan of {region}")
        self.firsts: set[int] = set()
        self.general: tuple[int, frozenset[int]] = (-1, frozenset())
        self.kinds: list[tuple[int, frozenset[int]]] = []
        lengths = tuple(metadata.general_desc.possible_length)
        if metadata.leading_digits is not None:
            first, last = automaton.add(metadata.leading_digits)
            automaton.loop(last)
            self.firsts.add(first)
            self.general = (last, frozenset(lengths))
            self.kinds.append(self.general)
            return
        self.general = self._add(metadata.general_desc, lengths, automaton)
        for kind in (
            metadata.premium_rate,
            metadata.toll_free,
            metadata.shared_cost,
            metadata.voip,
            metadata.personal_number,
            metadata.pager,
            metadata.uan,
            metadata.voicemail,
            metadata.fixed_line,
            metadata.mobile,
        ):
            if kind is not None and kind.national_number_pattern:
                self.kinds.append(self._add(kind, lengths, automaton))

    def _add(
        self, kind: PhoneNumberDesc, lengths: tuple[int, ...], automaton: Automaton
    ) -> tuple[int, frozenset[int]]:
        first, last = automaton.add(kind.national_number_pattern or "")
        self.firsts.add(first)
        return last, frozenset(kind.possible_length or lengths)

    def has(self, states: StateSet, length: int) -> bool:
        """Whether a number that led to these states, of this many digits, is of this region."""
        last, lengths = self.general
        if last not in states or length not in lengths:
            return False
        return any(last in states and length in lengths for last, lengths in self.kinds)


class SharedCode:
    """A country code that several regions share, and the prefixes that tell them apart."""

    def __init__(self, country_code: int, regions: tuple[str, ...]) -> None:
        self.country_code = country_code
        self.lengths = NATIONAL_LENGTHS.get(country_code)
        self.automaton = Automaton()
        self.plans = [Plan(region, self.automaton) for region in regions]
        self._outcomes: dict[tuple[StateSet, int], frozenset[str]] = {}

    def prefixes(self) -> dict[str, str]:
        """Prefix, with the country code, to region."""
        prefix = str(self.country_code)
        main = self.plans[0].region
        table = {prefix: main}
        start = self.automaton.closure({first for plan in self.plans for first in plan.firsts})
        self._descend(prefix, start, 0, main, table)
        return table

    def _owner(self, states: StateSet, length: int) -> str:
        if self.lengths is not None and length not in self.lengths:
            return ""
        for plan in self.plans:
            if plan.has(states, length):
                return plan.region
        return ""

    def _outcome(self, states: StateSet, length: int) -> frozenset[str]:
        """Every region that some number which goes on from here belongs to."""
        if not states or length > NATIONAL_DIGITS_MAX:
            return frozenset()
        known = self._outcomes.get((states, length))
        if known is not None:
            return known
        found: set[str] = set()
        owner = self._owner(states, length)
        if owner:
            found.add(owner)
        for digit in DIGITS:
            found |= self._outcome(self.automaton.step(states, digit), length + 1)
        self._outcomes[(states, length)] = frozenset(found)
        return self._outcomes[(states, length)]

    def _descend(
        self, prefix: str, states: StateSet, length: int, inherited: str, table: dict[str, str]
    ) -> None:
        outcome = self._outcome(states, length)
        if not outcome:
            return
        owner = next(iter(outcome)) if len(outcome) == 1 else self._owner(states, length)
        if owner and owner != inherited:
            table[prefix] = inherited = owner
        if len(outcome) > 1:
            for digit in DIGITS:
                step = self.automaton.step(states, digit)
                self._descend(prefix + digit, step, length + 1, inherited, table)


def country_table() -> dict[str, str]:
    """Prefix to region: two letters of ISO 3166, or `001` where no country owns the code."""
    table: dict[str, str] = {}
    for country_code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        if len(regions) == 1:
            table[str(country_code)] = regions[0]
        else:
            table.update(SharedCode(country_code, regions).prefixes())
    return table


def carrier_table() -> dict[str, str]:
    """Prefix to the name of the carrier that the numbers were allocated to."""
    table: dict[str, str] = {}
    for prefix, names in CARRIER_DATA.items():
        latin = [names[language] for language in sorted(names) if names[language].isascii()]
        name = names.get("en") or (latin[0] if latin else "")
        table[prefix] = " ".join(name.split())
    return without_repetition(table)


def zone_table() -> dict[str, str]:
    """Prefix to the names of its time zones, joined by commas."""
    return without_repetition({prefix: ",".join(zones) for prefix, zones in TIMEZONE_DATA.items()})


def without_repetition(table: Mapping[str, str]) -> dict[str, str]:
    """The table without the entries whose next shorter entry, or its absence, says the same."""
    kept: dict[str, str] = {}
    for prefix in sorted(table, key=len):
        shorter = next((p for n in range(len(prefix) - 1, 0, -1) if (p := prefix[:n]) in kept), "")
        if kept.get(shorter, "") != table[prefix]:
            kept[prefix] = table[prefix]
    return kept


def table_text() -> str:
    """The whole file: one line per value, with all its prefixes."""
    lines = [
        f"# phonenumbers {phonenumbers.__version__}. Made by tools/make_tables.py: do not edit. "
        "Derived from libphonenumber (Apache License 2.0).",
    ]
    for kind, table in (
        ("country", country_table()),
        ("carrier", carrier_table()),
        ("zones", zone_table()),
    ):
        by_value: dict[str, list[str]] = {}
        for prefix in sorted(table):
            by_value.setdefault(table[prefix], []).append(prefix)
        lines += [f"{kind}\t{value}\t{' '.join(by_value[value])}" for value in sorted(by_value)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table; with --print, write it to standard output and leave the file alone."""
    parser = argparse.ArgumentParser(description="Generate the numbering tables.")
    parser.add_argument("--print", action="store_true", help="to standard output, not to the file")
    arguments = parser.parse_args()
    octets = table_text().encode()
    if arguments.print:
        sys.stdout.buffer.write(octets)
        return 0
    TABLE_PATH.write_bytes(octets)
    print(f"{TABLE_PATH.name}: {len(octets):,} octets from phonenumbers {phonenumbers.__version__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
