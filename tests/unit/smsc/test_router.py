"""Where a message goes."""

import pytest

from carrierbox.identifiers import (
    NPI_ISDN,
    TON_INTERNATIONAL,
    TON_UNKNOWN,
    Address,
    international,
)
from carrierbox.numbering import NumberPlan, load_number_plan
from carrierbox.smsc.accounts import Accounts, AccountSettings
from carrierbox.smsc.router import Router


@pytest.fixture(scope="module")
def plan() -> NumberPlan:
    return load_number_plan()


def router(plan: NumberPlan, *settings: AccountSettings) -> Router:
    return Router(plan, Accounts(list(settings)))


def dialled(value: str) -> Address:
    return Address(TON_UNKNOWN, NPI_ISDN, value)


def receiver(routing: Router, destination: Address) -> str:
    account = routing.account_for(destination)
    return "" if account is None else account.system_id


def test_a_number_belongs_to_its_country(plan: NumberPlan) -> None:
    """T45: by the longest prefix; nobody owns what has none."""
    routing = router(plan)
    route = routing.route_to_phone("33612345678")
    assert route is not None
    assert (route.country, bool(route.carrier)) == ("FR", True)
    assert routing.route_to_phone("000") is None


@pytest.mark.parametrize(
    "written", ["33612345678", "+33612345678", "0033612345678", "+33 612345678"]
)
def test_a_whole_number_is_a_phone_however_it_is_dialled(plan: NumberPlan, written: str) -> None:
    """T45: prefix and punctuation do not decide."""
    assert router(plan).phone_of(dialled(written)) == "33612345678"


def test_a_short_code_is_no_phone(plan: NumberPlan) -> None:
    """T45: `33700` begins like France and is a service; an international number is a phone."""
    routing = router(plan)
    assert routing.phone_of(dialled("33700")) is None
    assert routing.phone_of(dialled("12345678")) is None
    assert routing.phone_of(dialled("Acme")) is None
    assert routing.phone_of(dialled("")) is None
    assert routing.phone_of(international("4512345678")) == "4512345678"
    assert routing.phone_of(Address(TON_INTERNATIONAL, NPI_ISDN, "29012345")) is not None


def test_an_account_that_takes_everything_gets_short_codes_and_no_phones_messages(
    plan: NumberPlan,
) -> None:
    """SMPP 3.4 §5.2.7: person to person passes it by."""
    routing = router(plan, AccountSettings("all", "x"))
    assert receiver(routing, dialled("33700")) == "all"
    assert receiver(routing, dialled("Acme")) == "all"
    assert receiver(routing, dialled("+33612345678")) == ""


def test_an_account_that_chose_a_number_gets_it(plan: NumberPlan) -> None:
    """SMPP 3.4 §5.2.7: a long number can be a service's, with and without its plus sign."""
    routing = router(
        plan, AccountSettings("all", "x"), AccountSettings("own", "x", address_range="33612345678")
    )
    assert receiver(routing, international("33612345678")) == "own"
    assert receiver(routing, dialled("+33612345678")) == "own"
    assert receiver(routing, dialled("+33612345679")) == ""


def test_without_accounts_nobody_receives(plan: NumberPlan) -> None:
    """The sender is told so."""
    assert receiver(router(plan), dialled("33700")) == ""


@pytest.mark.parametrize("written", ["0033612345678", "+33 6 12 34 56 78"])
def test_a_chosen_number_is_found_however_it_is_dialled(plan: NumberPlan, written: str) -> None:
    """T45: routing compares normalised digits, for services as for phones."""
    routing = router(plan, AccountSettings("own", "x", address_range="33612345678"))
    assert receiver(routing, dialled(written)) == "own"
