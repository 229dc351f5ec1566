"""Numbers that belong to another carrier than their prefix says."""

from carrierbox.simulator.portability import PortedNumbers
from carrierbox.testing.direct import number_plan

PHONE = "33612345678"


def test_a_ported_number_is_its_new_carriers_and_may_go_back() -> None:
    """The country stays: MSISDN is not prefix owner."""
    plan = number_plan()
    numbers = PortedNumbers(plan)
    before = plan.route(PHONE)
    assert before is not None
    numbers.port(PHONE, "Free")
    route = numbers.route(PHONE)
    assert route is not None
    assert (route.country, route.carrier) == (before.country, "Free")
    other = numbers.route("33612345679")
    assert other is not None
    assert other.carrier == before.carrier
    numbers.port(PHONE, "")
    back = numbers.route(PHONE)
    assert back is not None
    assert back.carrier == before.carrier


def test_what_is_nobodys_number_cannot_be_ported() -> None:
    """There is no country to be in."""
    numbers = PortedNumbers(number_plan())
    numbers.port("0", "Free")
    assert numbers.route("0") is None
