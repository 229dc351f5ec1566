"""The text of delivery receipts."""

import pytest

from carrierbox.codecs.receipt_text import (
    RECEIPT_WORDS,
    format_receipt_text,
    parse_receipt_text,
)

AT = 1767225600.0


def receipt(text: str = "Hello", submitted: int = 1, delivered: int = 1) -> str:
    """A receipt of the first minutes of 2026."""
    return format_receipt_text(
        "0123456789", submitted, delivered, AT, AT + 120, "DELIVRD", "000", text
    )


def test_a_receipt_has_the_form_of_appendix_b() -> None:
    """SMPP 3.4 Appendix B."""
    assert receipt() == (
        "id:0123456789 sub:001 dlvrd:001 submit date:2601010000 done date:2601010002"
        " stat:DELIVRD err:000 text:Hello"
    )


def test_counts_have_three_digits() -> None:
    """SMPP 3.4 Appendix B, T28."""
    assert " sub:254 dlvrd:000 " in receipt(submitted=254, delivered=0)
    assert " sub:999 " in receipt(submitted=999)


def test_the_text_is_the_first_twenty_characters() -> None:
    """T24: characters, not octets."""
    assert receipt("я" * 30).endswith(" text:" + "я" * 20)
    assert receipt("").endswith(" text:")


def test_the_usual_form_and_the_search_for_labels_agree() -> None:
    """SMPP 3.4 Appendix B: a second space takes the slower way to the same fields."""
    for written in (receipt(), receipt("id:2 text:3"), receipt(" a\n"), receipt("")):
        assert parse_receipt_text(written.replace("id:", "id: ", 1)) == parse_receipt_text(written)


def test_no_nul_is_written() -> None:
    """T24: clients take a NUL for the end."""
    assert receipt("a\0b").endswith(" text:a b")


def test_every_state_of_a_message_has_its_word() -> None:
    """SMPP 3.4 Appendix B, §5.2.28."""
    assert sorted(RECEIPT_WORDS) == list(range(1, 9))
    assert (RECEIPT_WORDS[2], RECEIPT_WORDS[5]) == ("DELIVRD", "UNDELIV")
    assert all(len(word) == 7 for word in RECEIPT_WORDS.values())


def test_what_is_written_is_read() -> None:
    """SMPP 3.4 Appendix B."""
    assert parse_receipt_text(receipt("stat:X err:9")) == {
        "id": "0123456789",
        "sub": "001",
        "dlvrd": "001",
        "submit_date": "2601010000",
        "done_date": "2601010002",
        "stat": "DELIVRD",
        "err": "000",
        "text": "stat:X err:9",
    }


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("", {}),
        ("no receipt at all", {}),
        ("valid:5", {}),
        ("\u017ftat:DELIVRD", {}),
        ("ID:1 Stat:FAILED Text:Hi", {"id": "1", "stat": "FAILED", "text": "Hi"}),
        ("stat:DELIVRD id:1", {"stat": "DELIVRD", "id": "1"}),
        ("id: 1  stat:  EXPIRED", {"id": "1", "stat": "EXPIRED"}),
        ("id:1 err: text:", {"id": "1", "err": "", "text": ""}),
        ("id:1 id:2", {"id": "1"}),
        ("id:1 foo:2 stat:UNDELIV", {"id": "1", "stat": "UNDELIV"}),
        ("id:1 submit_date:2601010000", {"id": "1", "submit_date": "2601010000"}),
        ("id:1 err:0A2 text:a\nb  ", {"id": "1", "err": "0A2", "text": "a\nb  "}),
    ],
)
def test_other_carriers_receipts_are_read(text: str, fields: dict[str, str]) -> None:
    """T23: case, order, spaces, missing fields, unknown ones."""
    assert parse_receipt_text(text) == fields
