"""Which carrier a number belongs to, ported numbers included."""

from typing import Protocol

from carrierbox.numbering import NumberRoute


class Plan(Protocol):
    """Which country and carrier a number was allocated to."""

    def route(self, msisdn: str) -> NumberRoute | None:
        """The longest prefix that fits, or None where no country owns it."""
        ...


class PortedNumbers:
    """The number plan with what was ported: an MSISDN whose prefix is another carrier's."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ported: dict[str, NumberRoute] = {}

    def route(self, msisdn: str) -> NumberRoute | None:
        """The country and carrier of a number given as digits; None if no country has it."""
        if self._ported:
            ported = self._ported.get(msisdn)
            if ported is not None:
                return ported
        return self._plan.route(msisdn)

    def port(self, msisdn: str, carrier: str) -> None:
        """From now on the number is this carrier's; "" gives it back to whom its prefix tells."""
        route = self._plan.route(msisdn)
        if not carrier or route is None:
            self._ported.pop(msisdn, None)
        else:
            self._ported[msisdn] = NumberRoute(route.country, carrier, msisdn)
