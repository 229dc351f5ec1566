"""Which country, carrier and time zones a number belongs to.

The answers come from `data/numbering.tsv`, tables of prefixes generated from the phonenumbers
library (`make tables`), so that the library itself is never imported to route a message. A number
belongs to its longest prefix; a number that was ported to another carrier keeps its old one here,
as it does in the library.
"""

from pathlib import Path
from typing import Final

TABLE_PATH: Final = Path(__file__).parent / "data" / "numbering.tsv"

NO_COUNTRY: Final = "001"
"""The region of numbers that no country owns, such as +800 and +882 (UN M.49: the world)."""

PREFIX_DIGITS_MAX: Final = 9
FAMILY_DIGITS: Final = 3
CACHE_MAX: Final = 65_536


class NumberRoute:
    """Where a number belongs: `country` is two letters of ISO 3166-1, or `NO_COUNTRY`.

    `carrier` is the name of the network the number was allocated to, or `<country> carrier` where
    none is known. `prefix` is the longest prefix that decided.
    """

    def __init__(self, country: str, carrier: str, prefix: str) -> None:
        self.country = country
        self.carrier = carrier
        self.prefix = prefix

    def __repr__(self) -> str:
        return f"NumberRoute({self.country!r}, {self.carrier!r}, {self.prefix!r})"


class NumberPlan:
    """The numbering plans of the world, given as the text of the table.

    Raises ValueError for a line it cannot read.
    """

    def __init__(self, table: str) -> None:
        self._countries: dict[str, str] = {}
        self._carriers: dict[str, str] = {}
        self._zones: dict[str, str] = {}
        # How many digits decide, by the first digits of a number: most countries need few, so a
        # cache keyed by just those stays small however many different numbers there are.
        self._deciding: dict[str, int] = {}
        self._cache: dict[str, NumberRoute] = {}
        # Made when first asked for: few processes ask, and it takes longer than reading the table.
        self._carriers_by_country: dict[str, set[str]] = {}
        for line in table.splitlines():
            if not line.startswith("#"):
                self._read_line(line)

    def _read_line(self, line: str) -> None:
        fields = line.split("\t")
        if len(fields) != 3:
            raise ValueError(f"not a line of the numbering table: {line[:60]!r}")
        kind, value, joined = fields
        prefixes = joined.split(" ")
        if kind == "country":
            self._countries.update(dict.fromkeys(prefixes, value))
        elif kind == "carrier":
            self._carriers.update(dict.fromkeys(prefixes, value))
        elif kind == "zones":
            self._zones.update(dict.fromkeys(prefixes, value))
            return
        else:
            raise ValueError(f"unknown kind of line in the numbering table: {kind[:60]!r}")
        deciding = self._deciding
        for prefix in prefixes:
            family = prefix[:FAMILY_DIGITS]
            if deciding.get(family, FAMILY_DIGITS) < len(prefix):
                deciding[family] = len(prefix)

    def route(self, msisdn: str) -> NumberRoute | None:
        """The country and carrier of a number given as digits; None if no country has it."""
        key = msisdn[: self._deciding.get(msisdn[:FAMILY_DIGITS], FAMILY_DIGITS)]
        known = self._cache.get(key)
        if known is not None:
            return known
        return self._find(key)

    def _find(self, key: str) -> NumberRoute | None:
        of_country = _longest(self._countries, key)
        if not of_country:
            return None
        country = self._countries[of_country]
        of_carrier = _longest(self._carriers, key)
        carrier = self._carriers[of_carrier] if of_carrier else ""
        route = NumberRoute(
            country,
            carrier or unnamed_carrier(country),
            of_carrier if len(of_carrier) > len(of_country) else of_country,
        )
        if len(self._cache) >= CACHE_MAX:
            self._cache.clear()
        self._cache[key] = route
        return route

    def time_zones(self, msisdn: str) -> tuple[str, ...]:
        """The IANA time zones a number may lie in, empty if none is known."""
        prefix = _longest(self._zones, msisdn)
        return tuple(self._zones[prefix].split(",")) if prefix else ()

    def countries(self) -> list[str]:
        """Every country, sorted, `NO_COUNTRY` among them."""
        return sorted(set(self._countries.values()))

    def carriers_of(self, country: str) -> list[str]:
        """Every carrier a number of this country may have, sorted; empty for an unknown country.

        The last one is the carrier of the numbers that nothing more is known of.
        """
        if not self._carriers_by_country:
            self._list_carriers()
        carriers = self._carriers_by_country.get(country)
        if carriers is None:
            return []
        return [*sorted(carriers - {""}), unnamed_carrier(country)]

    def _list_carriers(self) -> None:
        """Find the carriers of all countries in one walk through the tables."""
        found = self._carriers_by_country
        for prefix, country in self._countries.items():
            carrier = self._carriers.get(_longest(self._carriers, prefix), "")
            found.setdefault(country, set()).add(carrier)
        for prefix, carrier in self._carriers.items():
            of_country = _longest(self._countries, prefix)
            if of_country:
                found[self._countries[of_country]].add(carrier)


def unnamed_carrier(country: str) -> str:
    """The name of the carrier of numbers whose carrier is not known."""
    return f"{country} carrier"


def load_number_plan() -> NumberPlan:
    """The plan that comes with the package; takes some milliseconds, so load it once."""
    return NumberPlan(TABLE_PATH.read_text(encoding="utf-8"))


def shared_number_plan() -> NumberPlan:
    """The same, loaded when it is first asked for, and one for the whole process."""
    if not _shared:
        _shared.append(load_number_plan())
    return _shared[0]


_shared: Final[list[NumberPlan]] = []


def _longest(table: dict[str, str], digits: str) -> str:
    """The longest prefix of these digits that the table has, or an empty string."""
    for length in range(min(len(digits), PREFIX_DIGITS_MAX), 0, -1):
        prefix = digits[:length]
        if prefix in table:
            return prefix
    return ""
