"""Names of links, messages, phones and addresses."""

import pytest

from carrierbox.identifiers import (
    COUNTER_BITS,
    MSISDN_DIGITS_MAX,
    NODE_MAX,
    NPI_ISDN,
    TON_ALPHANUMERIC,
    TON_INTERNATIONAL,
    Address,
    dialled_address,
    international,
    msisdn_or_none,
)


@pytest.mark.parametrize(
    "written",
    [
        "33612345678",
        "+33612345678",
        "0033612345678",
        "+33 6 12 34 56 78",
        "+33-6-12-34-56-78",
        "+33.6.12.34.56.78",
        "+33 (6) 12/345678",
        "+33\u00a0612\u00a0345678",
        " 33612345678 ",
    ],
)
def test_a_number_is_read_as_people_write_it(written: str) -> None:
    """Punctuation and the international prefix fall away; the digits stay."""
    assert msisdn_or_none(written) == "33612345678"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+",
        "00",
        "7",
        "ACME",
        "33612x45678",
        "++33612345678",
        "33+612345678",
        "٣٣٦١٢٣٤٥٦٧٨",
        "²³",
        "33612345678\n",
    ],
)
def test_what_is_no_number_is_refused(written: str) -> None:
    """Letters, a sign in the middle, digits of other scripts, and far too little."""
    assert msisdn_or_none(written) is None


def test_fifteen_digits_are_a_number_and_sixteen_are_not() -> None:
    """E.164 §6.1."""
    assert msisdn_or_none("9" * MSISDN_DIGITS_MAX) == "9" * 15
    assert msisdn_or_none("9" * (MSISDN_DIGITS_MAX + 1)) is None


def test_the_international_address_of_a_number_is_ton_1_npi_1() -> None:
    """SMPP 3.4 §5.2.5 and §5.2.6."""
    address = international("33612345678")
    assert (address.ton, address.npi, address.value) == (1, 1, "33612345678")


def test_addresses_are_equal_when_type_plan_and_value_are() -> None:
    """An address may be a key: equal ones have the same hash."""
    first = Address(TON_INTERNATIONAL, NPI_ISDN, "33612345678")
    assert first == international("33612345678")
    assert len({first, international("33612345678")}) == 1


@pytest.mark.parametrize(
    "other",
    [
        Address(TON_ALPHANUMERIC, NPI_ISDN, "33612345678"),
        Address(TON_INTERNATIONAL, 0, "33612345678"),
        Address(TON_INTERNATIONAL, NPI_ISDN, "33612345679"),
        "33612345678",
    ],
)
def test_an_address_differs_by_each_of_its_parts(other: object) -> None:
    """The same digits of another type of number are another address."""
    assert international("33612345678") != other


def test_an_address_shows_its_parts() -> None:
    """For failing tests and traces."""
    assert repr(Address(5, 0, "ACME")) == "Address(5, 0, 'ACME')"


def test_node_and_counter_fill_63_bits() -> None:
    """A message id stays positive in a signed 64-bit column of a store."""
    assert NODE_MAX.bit_length() + COUNTER_BITS == 63


@pytest.mark.parametrize(
    ("dialled", "address"),
    [
        ("+33 6 12 34 56 78", Address(1, 1, "33612345678")),
        ("0033612345678", Address(1, 1, "33612345678")),
        ("36180", Address(0, 1, "36180")),
        ("7", Address(0, 1, "7")),
    ],
)
def test_what_a_user_dials_is_an_address(dialled: str, address: Address) -> None:
    """T45: international with + or 00; without, the network's numbering decides."""
    assert dialled_address(dialled) == address


@pytest.mark.parametrize("dialled", ["", "ACME", "+", "1" * 21, "3x6"])
def test_what_cannot_be_dialled_is_none(dialled: str) -> None:
    """A phone's keyboard has digits."""
    assert dialled_address(dialled) is None
