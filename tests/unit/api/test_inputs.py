"""What callers write: numbers however they are written, names of boxes and states."""

import pytest

from carrierbox.api.inputs import chosen_box, dialled_address, message_state, phone_number
from carrierbox.api.problems import Problem
from carrierbox.box import Box
from carrierbox.identifiers import TON_INTERNATIONAL, TON_UNKNOWN, Address
from carrierbox.smpp.values import UNDELIVERABLE


def test_the_first_box_is_meant_if_none_is_named(box: Box) -> None:
    """A process holds one box by default."""
    assert chosen_box({"main": box}, None) is box
    assert chosen_box({"main": box}, "") is box
    assert chosen_box({"main": box}, "main") is box


@pytest.mark.parametrize("name", ["spare", "MAIN"])
def test_an_unknown_box_is_not_found(box: Box, name: str) -> None:
    """With the names there are."""
    with pytest.raises(Problem, match="main") as raised:
        chosen_box({"main": box}, name)
    assert raised.value.status_code == 404


def test_without_any_box_there_is_none_to_choose() -> None:
    """Boxes may be dropped while the process runs."""
    with pytest.raises(Problem, match="none"):
        chosen_box({}, None)


@pytest.mark.parametrize(
    "text", ["+33612345678", "33612345678", "0033612345678", "+33 6 12 34 56 78"]
)
def test_a_number_may_be_written_in_any_way(text: str) -> None:
    """A plus sign in a query arrives as a space, which is dropped too."""
    assert phone_number(text) == "33612345678"


@pytest.mark.parametrize("text", ["abc", "+", "1", "1234567890123456", "٣٣٦١٢"])
def test_what_is_no_number_is_named(text: str) -> None:
    """400, naming the parameter."""
    with pytest.raises(Problem, match=r"^msisdn: |400: msisdn") as raised:
        phone_number(text)
    assert raised.value.status_code == 400


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("+33612345678", Address(TON_INTERNATIONAL, 1, "33612345678")),
        ("0033612345678", Address(TON_INTERNATIONAL, 1, "33612345678")),
        ("33612345678", Address(TON_UNKNOWN, 1, "33612345678")),
        (" 38100 ", Address(TON_UNKNOWN, 1, "38100")),
        ("7", Address(TON_UNKNOWN, 1, "7")),
    ],
)
def test_a_phone_dials_numbers_and_short_codes(text: str, address: Address) -> None:
    """Only a number with its prefix is international."""
    assert dialled_address(text) == address


@pytest.mark.parametrize("text", ["ACME", "+", " ", "1" * 21, "٣٨١٠٠", "+381x"])
def test_what_cannot_be_dialled_is_named(text: str) -> None:
    """A phone cannot answer an alphanumeric sender."""
    with pytest.raises(Problem) as raised:
        dialled_address(text)
    assert raised.value.status_code == 400
    assert raised.value.detail.startswith("to: ")


def test_a_message_state_goes_by_its_name() -> None:
    """SMPP 3.4 §5.2.28; small letters do."""
    assert message_state("undeliverable") == UNDELIVERABLE
    with pytest.raises(Problem, match="use SCHEDULED, ENROUTE, DELIVERED"):
        message_state("LOST")
