"""Countries, carriers and time zones by prefix, compared with the library they were made from."""

import subprocess
import sys
from pathlib import Path
from random import Random

import phonenumbers
import pytest
from phonenumbers import (
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    carrier,
    example_number_for_non_geo_entity,
    example_number_for_type,
    format_number,
    is_valid_number,
    region_code_for_number,
    timezone,
)

from carrierbox import numbering
from carrierbox.numbering import CACHE_MAX, NO_COUNTRY, TABLE_PATH, NumberPlan, load_number_plan

REPOSITORY = Path(__file__).parents[2]
MADE_FROM = TABLE_PATH.read_text(encoding="utf-8").split(". ", 1)[0].removeprefix("# phonenumbers ")

# Other versions of the library know other numbers; the development tools pin the one of the table.
pytestmark = pytest.mark.skipif(
    phonenumbers.__version__ != MADE_FROM,
    reason=f"the tables are of phonenumbers {MADE_FROM}, {phonenumbers.__version__} is installed",
)

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@pytest.fixture(scope="module")
def plan() -> NumberPlan:
    """The plan that comes with the package."""
    return load_number_plan()


def digits_of(number: PhoneNumber | None) -> str:
    """The MSISDN of a number that must be there."""
    assert number is not None
    return str(format_number(number, PhoneNumberFormat.E164)).removeprefix("+")


def assert_as_the_library(plan: NumberPlan, number: PhoneNumber) -> None:
    """Country, carrier and time zones are the library's."""
    route = plan.route(digits_of(number))
    assert route is not None
    assert route.country == region_code_for_number(number)
    named = carrier.name_for_valid_number(number, "en")
    if named:
        assert route.carrier == " ".join(named.split())
    assert digits_of(number).startswith(route.prefix)
    zones = timezone.time_zones_for_geographical_number(number)
    assert plan.time_zones(digits_of(number)) == tuple(z for z in zones if z != "Etc/Unknown")


@pytest.mark.parametrize("region", REGIONS)
def test_the_example_numbers_of_every_region_are_as_the_library_says(
    plan: NumberPlan, region: str
) -> None:
    """Mobile and fixed, every region phonenumbers has."""
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    numbers = [example_number_for_type(region, kind) for kind in kinds]
    assert any(numbers)
    for number in numbers:
        if number is not None:
            assert_as_the_library(plan, number)


def test_a_region_without_a_carrier_of_its_own_gets_a_plain_one(plan: NumberPlan) -> None:
    """The library knows nearly no carriers in the United States."""
    route = plan.route("12125550123")
    assert route is not None
    assert (route.country, route.carrier, route.prefix) == ("US", "US carrier", "1")


def test_random_valid_numbers_of_every_region_are_as_the_library_says(plan: NumberPlan) -> None:
    """Examples with their last digits drawn anew, from a fixed seed."""
    random = Random(23040)
    compared = 0
    for region in REGIONS:
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            example = example_number_for_type(region, kind)
            digits = digits_of(example) if example is not None else ""
            for drawn in range(2, min(8, len(digits) - len("123"))):
                tail = "".join(random.choices("0123456789", k=drawn))
                number = phonenumbers.parse("+" + digits[:-drawn] + tail)
                if is_valid_number(number):
                    assert_as_the_library(plan, number)
                    compared += 1
    assert compared > 1500


@pytest.mark.parametrize("country_code", [1, 7, 44, 262, 358, 599])
def test_shared_country_codes_are_told_apart_like_the_library_does(
    plan: NumberPlan, country_code: int
) -> None:
    """Random national numbers under one code, valid ones compared; several regions must be met."""
    random = Random(country_code)
    lengths = {1: 10, 7: 10, 44: 10, 262: 9, 358: 9, 599: 7}
    met: set[str] = set()
    for _ in range(4000):
        national = "".join(random.choices("0123456789", k=lengths[country_code]))
        number = PhoneNumber(country_code=country_code, national_number=int(national))
        if len(str(int(national))) == len(national) and is_valid_number(number):
            assert_as_the_library(plan, number)
            met.add(str(region_code_for_number(number)))
    assert len(met) > 1


@pytest.mark.parametrize(
    ("msisdn", "country"),
    [
        ("14165550123", "CA"),
        ("12125550123", "US"),
        ("18765550123", "JM"),
        ("18095550123", "DO"),
        ("79161234567", "RU"),
        ("77011234567", "KZ"),
        ("447700900123", "GB"),
        ("441481123456", "GG"),
        ("447781123456", "GG"),
        ("447797123456", "JE"),
        ("447624123456", "IM"),
        ("393401234567", "IT"),
        ("390669812345", "VA"),
        ("4740612345", "NO"),
        ("4779123456", "SJ"),
        ("33612345678", "FR"),
        ("919812345678", "IN"),
        ("80012345678", NO_COUNTRY),
        ("882161234567", NO_COUNTRY),
    ],
)
def test_well_known_numbers_are_in_their_countries(
    plan: NumberPlan, msisdn: str, country: str
) -> None:
    """Facts of the ITU's and the regulators' lists, not only what the library says."""
    route = plan.route(msisdn)
    assert route is not None
    assert route.country == country


@pytest.mark.parametrize("code", sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS))
def test_numbers_that_no_country_owns_are_of_the_world(plan: NumberPlan, code: int) -> None:
    """International freephone, satellite and shared networks."""
    route = plan.route(digits_of(example_number_for_non_geo_entity(code)))
    assert route is not None
    assert route.country == NO_COUNTRY


@pytest.mark.parametrize(
    "digits", ["", "0", "0612345678", "210123456", "999123456789", "3", "+336"]
)
def test_digits_of_no_country_have_no_route(plan: NumberPlan, digits: str) -> None:
    """National forms, codes nobody has, and what is no number at all."""
    assert plan.route(digits) is None
    assert plan.time_zones(digits) == ()


def test_a_number_of_a_shared_code_that_nobody_has_falls_to_the_main_country(
    plan: NumberPlan,
) -> None:
    """Unassigned area codes are used in tests; they belong somewhere."""
    route = plan.route("19995550123")
    assert route is not None
    assert route.country == "US"


def test_the_cache_gives_the_same_answer_as_the_tables(plan: NumberPlan) -> None:
    """The second question for the same prefix is answered by the same object."""
    first = plan.route("33612345678")
    assert plan.route("33612349999") is first
    fresh = load_number_plan().route("33612349999")
    assert first is not None
    assert fresh is not None
    assert repr(fresh) == repr(first)


def test_more_prefixes_than_the_cache_holds_are_still_answered() -> None:
    """The cache starts anew when it is full; what it forgot is found again."""
    table = "country\tFR\t33\ncarrier\tDeep\t339999999\n"
    plan = NumberPlan(table)
    for number in range(CACHE_MAX + 10):
        route = plan.route(f"33{number:07d}")
        assert route is not None
        assert route.carrier == "FR carrier"
    deep = plan.route("33999999912")
    assert deep is not None
    assert (deep.carrier, deep.prefix) == ("Deep", "339999999")


def test_carriers_of_a_country_hold_every_carrier_its_numbers_get(plan: NumberPlan) -> None:
    """Sorted, each once; the unnamed one stands last."""
    carriers = plan.carriers_of("FR")
    assert carriers[-1] == "FR carrier"
    assert carriers[:-1] == sorted(set(carriers[:-1]))
    assert {"SFR", "Orange France", "Free Mobile"} <= set(carriers)
    assert "" not in carriers


@pytest.mark.parametrize("region", REGIONS)
def test_the_carrier_of_an_example_number_is_listed_in_its_country(
    plan: NumberPlan, region: str
) -> None:
    """What `route` answers can be found by `carriers_of`."""
    number = example_number_for_type(region, PhoneNumberType.MOBILE)
    if number is None:
        number = example_number_for_type(region, PhoneNumberType.FIXED_LINE)
    route = plan.route(digits_of(number))
    assert route is not None
    assert route.carrier in plan.carriers_of(route.country)


def test_a_country_without_known_carriers_has_one(plan: NumberPlan) -> None:
    """A message to it is still routed to somebody."""
    assert plan.carriers_of("CA") == ["CA carrier"]
    assert plan.carriers_of("XX") == []


def test_every_region_of_the_library_is_a_country(plan: NumberPlan) -> None:
    """All but Western Sahara, whose numbers the library itself finds in Morocco's plan first."""
    countries = plan.countries()
    assert countries == sorted(countries)
    assert set(REGIONS) - set(countries) == {"EH"}
    assert NO_COUNTRY in countries


@pytest.mark.parametrize(
    "line", ["country\tFR", "FR", "country\tFR\t33\t34", "planet\tMars\t33", ""]
)
def test_a_line_that_is_none_of_the_table_is_refused(line: str) -> None:
    """A damaged file is an error at start, not a wrong route later."""
    with pytest.raises(ValueError, match="numbering table"):
        NumberPlan(f"country\tDE\t49\n{line}\n")


def test_routing_does_not_import_the_library() -> None:
    """phonenumbers takes longer to import than the port takes to open."""
    program = (
        "import sys; from carrierbox.numbering import load_number_plan; "
        "load_number_plan().route('33612345678'); print('phonenumbers' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_generating_the_table_anew_gives_the_file_of_the_package() -> None:
    """`make tables` was run, and gives the same octets every time."""
    done = subprocess.run(
        [sys.executable, REPOSITORY / "tools" / "make_tables.py", "--print"],
        capture_output=True,
        check=True,
    )
    assert done.stdout == Path(numbering.TABLE_PATH).read_bytes()


def test_a_process_reads_the_plan_once_for_all_that_share_it() -> None:
    """It takes some milliseconds and megabytes."""
    assert numbering.shared_number_plan() is numbering.shared_number_plan()
