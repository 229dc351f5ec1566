"""The kinds of sender and what each may do."""

import pytest

from carrierbox.identifiers import Address
from carrierbox.sender_kinds import (
    KIND_ALPHANUMERIC,
    KIND_LONG_CODE,
    KIND_NONE,
    KIND_SHORT_CODE,
    KIND_TOLL_FREE,
    check_sender,
    is_national_number,
    kind_of_address,
)


@pytest.mark.parametrize(
    ("sender", "kind", "address"),
    [
        ("Acme", KIND_ALPHANUMERIC, Address(5, 0, "Acme")),
        ("A", KIND_ALPHANUMERIC, Address(5, 0, "A")),
        ("Acme Shop 2", KIND_ALPHANUMERIC, Address(5, 0, "Acme Shop 2")),
        ("AD-ACME", KIND_ALPHANUMERIC, Address(5, 0, "AD-ACME")),
        ("VM-ACMEIN-T", KIND_ALPHANUMERIC, Address(5, 0, "VM-ACMEIN-T")),
        ("B&Q", KIND_ALPHANUMERIC, Address(5, 0, "B&Q")),
        ("Acme.fr", KIND_ALPHANUMERIC, Address(5, 0, "Acme.fr")),
        ("A_1+", KIND_ALPHANUMERIC, Address(5, 0, "A_1+")),
        ("36180", KIND_SHORT_CODE, Address(0, 1, "36180")),
        ("727272", KIND_SHORT_CODE, Address(0, 1, "727272")),
        ("+33 6 12 34 56 78", KIND_LONG_CODE, Address(1, 1, "33612345678")),
        ("0033612345678", KIND_LONG_CODE, Address(1, 1, "33612345678")),
        ("33612345678", KIND_LONG_CODE, Address(1, 1, "33612345678")),
        ("0612345678", KIND_LONG_CODE, Address(2, 1, "0612345678")),
        ("(212) 555-0123", KIND_LONG_CODE, Address(2, 1, "2125550123")),
        ("8885550123", KIND_TOLL_FREE, Address(2, 1, "8885550123")),
        ("+18335550123", KIND_TOLL_FREE, Address(1, 1, "18335550123")),
        ("+80012345678", KIND_TOLL_FREE, Address(1, 1, "80012345678")),
        ("0800123456", KIND_TOLL_FREE, Address(2, 1, "0800123456")),
    ],
)
def test_a_sender_has_a_kind_and_an_address(sender: str, kind: str, address: Address) -> None:
    """As people write it and as SMPP carries it (T45)."""
    found = check_sender(sender)
    assert (found.kind, found.address, found.is_valid) == (kind, address, True)
    assert found.rule.endswith(".")


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("", "at least one character"),
        ("   ", "at least one character"),
        ("Acme Shop 24", "this one 12"),
        ("A!b", "EXCLAMATION MARK"),
        ("+12025O199", "at position 0 stands '+'"),
        ("-.&_", "at least one letter"),
        ("AD-ACME SHOP", "this one 12"),
        ("Ünal", "at position 0"),
        ("A\x1b", r"'\x1b'"),
        ("12", "3 to 15 digits"),
        ("!!!", "at least one letter"),
        ("1" * 16, "3 to 15 digits"),
        ("+36180", "at least 7 digits"),
    ],
)
def test_a_wrong_sender_is_told_why(sender: str, words: str) -> None:
    """At most eleven characters fit, and a name without a letter would be a number (T45)."""
    found = check_sender(sender)
    assert (found.kind, found.address, found.is_valid) == (KIND_NONE, None, False)
    assert words in found.rule


def test_only_a_name_cannot_be_answered() -> None:
    """The one kind that is one-way."""
    rules = {each: check_sender(each).rule for each in ("Acme", "36180", "+33612345678")}
    assert [each for each, rule in rules.items() if "nobody can answer" in rule] == ["Acme"]


@pytest.mark.parametrize(
    ("ton", "value", "kind", "is_national"),
    [
        (5, "ACME", KIND_ALPHANUMERIC, True),
        (1, "ACME", KIND_ALPHANUMERIC, False),
        (0, "12345", KIND_SHORT_CODE, True),
        (1, "33612345678", KIND_LONG_CODE, False),
        (0, "+33612345678", KIND_LONG_CODE, False),
        (0, "0033612345678", KIND_LONG_CODE, False),
        (0, "0612345678", KIND_LONG_CODE, True),
        (2, "612345678", KIND_LONG_CODE, True),
        (2, "8005550100", KIND_TOLL_FREE, True),
        (1, "18005550100", KIND_TOLL_FREE, False),
    ],
)
def test_an_address_of_smpp_is_of_the_same_kinds(
    ton: int, value: str, kind: str, is_national: bool
) -> None:
    """T45: by its digits first, then by its type of number."""
    address = Address(ton, 1, value)
    assert kind_of_address(address) == kind
    if kind != KIND_ALPHANUMERIC:
        assert is_national_number(address) == is_national
