"""What rules ask of a submission alone: its sender, its parts, its alphabet."""

from typing import Any

import pytest

from carrierbox.identifiers import Address
from carrierbox.numbering import shared_number_plan
from carrierbox.relay import Submission
from carrierbox.simulator.policy.conditions import (
    AlphabetIs,
    PartsAre,
    SenderCountryIs,
    SenderIs,
    sender_country,
    sender_kind,
)


def submission(ton: int = 5, source: str = "ACME", country: str = "US", **more: Any) -> Submission:
    given: dict[str, Any] = {"data_coding": 0, "user_data_header": b"", "user_data": b"Hi"}
    return Submission(
        "shop", Address(ton, 0, source), "14155550123", country, "US carrier", **given | more
    )


@pytest.mark.parametrize(
    ("ton", "source", "kind", "country"),
    [
        (5, "ACME", "alphanumeric", ""),
        (0, "Acme 1", "alphanumeric", ""),
        (5, "12345", "alphanumeric", ""),
        (0, "12345", "short_code", ""),
        (1, "567890", "short_code", ""),
        (1, "14155550000", "long_code", "US"),
        (0, "+14155550000", "long_code", "US"),
        (0, "14155550000", "long_code", "US"),
        (2, "4155550000", "long_code", "US"),
        (0, "4155550000", "long_code", "US"),
        (1, "33612345678", "long_code", "FR"),
        (0, "0033612345678", "long_code", "FR"),
        (1, "18005550000", "toll_free", "US"),
        (2, "8885550000", "toll_free", "US"),
        (1, "80012345678", "toll_free", "001"),
        (1, "99999999999", "long_code", ""),
    ],
)
def test_a_sender_has_a_kind_and_may_have_a_country(
    ton: int, source: str, kind: str, country: str
) -> None:
    """T45: the type of number says little, the digits more."""
    found = submission(ton, source)
    assert sender_kind(found) == kind
    assert SenderIs(frozenset({kind})).holds(found)
    assert not SenderIs(frozenset()).holds(found)
    assert sender_country(found, shared_number_plan()) == country
    is_known = SenderCountryIs(frozenset({"same", "foreign"}), shared_number_plan())
    assert is_known.holds(found) == bool(country)
    assert is_known.found(found) == (country or "unknown")


@pytest.mark.parametrize(
    ("wanted", "source", "holds"),
    [
        ("same", "14155550000", True),
        ("same", "33612345678", False),
        ("foreign", "33612345678", True),
        ("foreign", "14155550000", False),
        ("foreign", "80012345678", True),
        ("FR", "33612345678", True),
        ("GB", "33612345678", False),
    ],
)
def test_a_senders_country_is_compared_with_the_destinations(
    wanted: str, source: str, holds: bool
) -> None:
    """docs/rules.md."""
    condition = SenderCountryIs(frozenset({wanted}), shared_number_plan())
    assert condition.holds(submission(1, source)) == holds


@pytest.mark.parametrize(
    ("octets", "data_coding", "parts", "alphabet"),
    [
        (b"a" * 160, 0, 1, "gsm7"),
        (b"a" * 161, 0, 2, "gsm7"),
        (b"a" * 307, 0, 3, "gsm7"),
        (b"\0a" * 71, 8, 2, "ucs2"),
        (b"a" * 141, 4, 2, "binary"),
        ("é".encode("latin-1") * 100, 3, 1, "gsm7"),
        ("ê".encode("latin-1") * 100, 3, 2, "ucs2"),
    ],
)
def test_parts_and_alphabet_are_what_phones_get(
    octets: bytes, data_coding: int, parts: int, alphabet: str
) -> None:
    """TS 23.040 §9.2.3.24: Latin-1 is coded anew, and may need UCS-2."""
    found = submission(user_data=octets, data_coding=data_coding)
    assert (found.parts(), found.alphabet()) == (parts, alphabet)
    assert PartsAre(more_than=parts - 1).holds(found)
    assert not PartsAre(more_than=parts).holds(found)
    assert PartsAre(less_than=parts + 1).holds(found)
    assert not PartsAre(less_than=parts).holds(found)
    assert AlphabetIs(frozenset({alphabet})).holds(found)
    assert not AlphabetIs(frozenset()).holds(found)


def test_a_national_alphabet_saves_parts_where_the_account_may_use_it() -> None:
    """TS 23.038 §6.2.1.2.4: Turkish has an S with cedilla in its table."""
    plain = submission(user_data="Şş".encode("utf-16-be") * 40, data_coding=8)
    assert plain.alphabet() == "ucs2"
    spanish = submission(user_data="Âê".encode("latin-1") * 40, data_coding=3)
    portuguese = submission(user_data="Âê".encode("latin-1") * 40, data_coding=3, languages=(3,))
    assert (spanish.alphabet(), spanish.parts()) == ("ucs2", 2)
    assert (portuguese.alphabet(), portuguese.parts()) == ("gsm7", 1)


def test_conditions_say_what_they_want_and_what_they_found() -> None:
    """`carrierbox policy explain` prints it."""
    found = submission()
    condition = SenderIs(frozenset({"short_code", "toll_free"}))
    assert condition.subject() == "sender"
    assert condition.wanted() == "short_code or toll_free"
    assert condition.found(found) == "alphanumeric (ACME)"
    both = PartsAre(1, 10)
    assert (both.wanted(), both.found(found)) == ("more than 1 and less than 10", "1")
    assert AlphabetIs(frozenset({"ucs2"})).found(found) == "gsm7"
