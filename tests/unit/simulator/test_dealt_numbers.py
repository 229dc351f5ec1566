"""Numbers that no prefix tells the carrier of belong to carriers by share, always the same way."""

from collections import Counter

from carrierbox.numbering import shared_number_plan
from carrierbox.simulator.dealt_numbers import CACHE_MAX, DealtNumbers, carrier_dealt

SHARES = [("Red", 50), ("Green", 30), ("Blue", 20)]


def plan(asked: list[str] | None = None) -> DealtNumbers:
    """The plan of the package, with carriers in the United States."""

    def shares_of(country: str) -> list[tuple[str, int]]:
        if asked is not None:
            asked.append(country)
        return SHARES if country == "US" else []

    return DealtNumbers(shared_number_plan(), shares_of)


def carrier_of(numbers: DealtNumbers, msisdn: str) -> str:
    """Whose a number is."""
    route = numbers.route(msisdn)
    assert route is not None
    return route.carrier


def test_a_block_is_one_carriers_and_stays_so() -> None:
    """Ten thousand numbers with one area code and exchange."""
    first, second = plan(), plan()
    found = {carrier_of(first, f"1212{block}0100") for block in range(200, 300)}
    assert found == {"Red", "Green", "Blue"}
    for block in range(200, 300):
        one = carrier_of(first, f"1212{block}0100")
        assert one == carrier_of(first, f"1212{block}9999")
        assert one == carrier_of(second, f"1212{block}0100")


def test_carriers_have_as_many_blocks_as_their_shares_say() -> None:
    """Of many blocks, within a few percent."""
    counts = Counter(carrier_dealt(f"1{block}", SHARES) for block in range(200_000, 230_000))
    for name, share in SHARES:
        assert abs(counts[name] / 300 - share) < 2


def test_what_the_plan_knows_is_left_alone() -> None:
    """A carrier by prefix, a country without shares, a number of nobody."""
    numbers = plan()
    assert carrier_of(numbers, "33612345678") == "SFR"
    assert carrier_of(numbers, "14165550100") == "CA carrier"
    assert numbers.route("999999999") is None


def test_each_country_is_asked_for_once() -> None:
    """Shares are read from a file."""
    asked: list[str] = []
    numbers = plan(asked)
    for block in range(200, 220):
        carrier_of(numbers, f"1212{block}0100")
    assert asked == ["US"]


def test_what_is_remembered_is_bounded() -> None:
    """More blocks than the cache has room for are dealt alike."""
    numbers = plan()
    before = carrier_of(numbers, "12122000100")
    for block in range(CACHE_MAX + 10):
        carrier_of(numbers, f"1212{block:06}0"[:11])
    assert carrier_of(numbers, "12122000100") == before


def test_without_shares_nobody_is_named() -> None:
    """And a rest that shares leave goes to the last carrier."""
    assert carrier_dealt("1212200", []) == ""
    assert {carrier_dealt(f"1212{n}", [("Red", 1)]) for n in range(200, 400)} == {"Red"}
