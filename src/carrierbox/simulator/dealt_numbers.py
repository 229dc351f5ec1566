"""Numbers of countries whose prefixes do not tell the carrier, dealt to carriers by share.

In the United States and Canada a mobile number looks like any other. There a block of numbers with
the same first digits is some carrier's: always the same one, as many blocks as its share says.
"""

from collections.abc import Callable
from typing import Final
from zlib import crc32

from carrierbox.numbering import NumberRoute, unnamed_carrier
from carrierbox.simulator.portability import Plan

BLOCK_DIGITS: Final = 7
"""In North America 1, the area code and the exchange: blocks of 10,000 numbers."""
CACHE_MAX: Final = 65_536


class DealtNumbers:
    """A number plan in which carriers share the numbers that the plan gives to none.

    `shares_of` is asked once about each country: names and percentages that make 100 together, or
    nothing.
    """

    def __init__(self, plan: Plan, shares_of: Callable[[str], list[tuple[str, int]]]) -> None:
        self._plan = plan
        self._shares_of = shares_of
        self._shares: dict[str, list[tuple[str, int]]] = {}
        self._dealt: dict[str, NumberRoute] = {}

    def route(self, msisdn: str) -> NumberRoute | None:
        """The country and carrier of a number given as digits; None if no country has it."""
        route = self._plan.route(msisdn)
        if route is None or route.carrier != unnamed_carrier(route.country):
            return route
        block = msisdn[:BLOCK_DIGITS]
        dealt = self._dealt.get(block)
        if dealt is not None:
            return dealt
        return self._deal(route, block)

    def _deal(self, route: NumberRoute, block: str) -> NumberRoute:
        shares = self._shares.get(route.country)
        if shares is None:
            shares = self._shares_of(route.country)
            self._shares[route.country] = shares
        found = NumberRoute(route.country, carrier_dealt(block, shares) or route.carrier, block)
        if not shares:
            found = route
        if len(self._dealt) >= CACHE_MAX:
            self._dealt.clear()
        self._dealt[block] = found
        return found


def carrier_dealt(block: str, shares: list[tuple[str, int]]) -> str:
    """Whose a block of numbers is; "" without any shares."""
    drawn = crc32(block.encode("ascii", "replace")) % 100
    for name, share in shares:
        if drawn < share:
            return name
        drawn -= share
    return shares[-1][0] if shares else ""
