"""The words stat and err."""

import pytest

from carrierbox.codecs.receipt_dialect import ERR_OTHER, STANDARD, Dialect
from carrierbox.codecs.receipt_text import RECEIPT_WORDS
from carrierbox.smpp.values import DELIVERED, EXPIRED, UNDELIVERABLE
from carrierbox.smsc.receipt_words import carrier_words, receipt_words

VENDOR = Dialect(
    "vendor", stat_words={UNDELIVERABLE: "FAILED"}, err_words={0: "NONE", 27: "ABSN"}, err_width=4
)


@pytest.mark.parametrize("state", sorted(RECEIPT_WORDS))
def test_what_no_dialect_fixes_is_the_carriers(state: int) -> None:
    """T27: seven letters of Appendix B and the MAP error in three digits."""
    assert receipt_words(STANDARD, state, 6) == carrier_words(state, 6)
    assert carrier_words(state, 6) == (RECEIPT_WORDS[state], "006")


def test_a_dialect_fixes_single_words() -> None:
    """T23, T27: the others stay the carrier's; a word goes before a width."""
    assert receipt_words(VENDOR, DELIVERED, 0) == ("DELIVRD", "NONE")
    assert receipt_words(VENDOR, UNDELIVERABLE, 27) == ("FAILED", "ABSN")
    assert receipt_words(VENDOR, EXPIRED, 1) == ("EXPIRED", "0001")


def test_one_word_may_stand_for_every_other_error() -> None:
    """T27: err is the vendor's own affair."""
    letters = Dialect("letters", err_words={0: "0", ERR_OTHER: "ERR"})
    assert [receipt_words(letters, EXPIRED, error)[1] for error in (0, 1, 300)] == [
        "0",
        "ERR",
        "ERR",
    ]


@pytest.mark.parametrize(("width", "written"), [(1, "27"), (2, "27"), (3, "027"), (6, "000027")])
def test_err_has_the_digits_that_the_dialect_wants(width: int, written: str) -> None:
    """T23: two to four characters are met; a longer number is never cut."""
    assert receipt_words(Dialect("wide", err_width=width), EXPIRED, 27)[1] == written
