"""How ids and receipts are written in a dialect."""

import pytest

from carrierbox.codecs.receipt_dialect import (
    ALL_TLVS,
    APPENDIX_B,
    ERR_OTHER,
    MESSAGE_ID_MAX,
    NO_ID,
    STANDARD,
    Dialect,
    IdFormat,
    format_receipt,
)
from carrierbox.codecs.receipt_text import format_receipt_text, parse_receipt_text

AT = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC


def receipt(dialect: Dialect, text: str = "Hello", message_id: int = 48879) -> str:
    """A receipt of a message that took 83 seconds and a half."""
    rendered = dialect.text_id.render(message_id)
    return format_receipt(dialect, rendered, 1, 1, AT, AT + 83.5, "DELIVRD", "000", text)


def test_the_standard_dialect_writes_the_text_of_appendix_b() -> None:
    """SMPP 3.4 Appendix B, T23: the same octets as without any dialect."""
    written = format_receipt_text("0000048879", 1, 1, AT, AT + 83.5, "DELIVRD", "000", "Hello")
    assert receipt(STANDARD) == written
    assert receipt(Dialect("same", layout=APPENDIX_B + " ")) == written + " "


@pytest.mark.parametrize(
    ("date", "submit_date", "done_date"),
    [
        ("YYMMDDhhmm", "2701150800", "2701150801"),
        ("YYMMDDhhmmss", "270115080000", "270115080123"),
        ("YYYYMMDDhhmm", "202701150800", "202701150801"),
        ("YYYYMMDDhhmmss", "20270115080000", "20270115080123"),
        ("YYMMDDhhmmsstnnp", "270115080000000+", "270115080123500+"),
        ("", "", ""),
    ],
)
def test_dates_have_the_form_of_the_dialect(date: str, submit_date: str, done_date: str) -> None:
    """T23, T25: ten, twelve, fourteen or sixteen characters, or none; always UTC."""
    fields = parse_receipt_text(receipt(Dialect("dated", date=date)))
    assert (fields["submit_date"], fields["done_date"]) == (submit_date, done_date)
    assert fields["stat"] == "DELIVRD"


def test_a_layout_has_its_own_labels_order_and_fields() -> None:
    """T23: fields missing, in another order, other labels between them."""
    assert (
        receipt(Dialect("own", layout="stat: {stat}, ID={id};")) == "stat: DELIVRD, ID=0000048879;"
    )
    assert receipt(Dialect("mute", layout="")) == ""
    assert receipt(Dialect("word", layout="{sub}/{dlvrd}")) == "001/001"


@pytest.mark.parametrize(("characters", "shown"), [(0, ""), (3, "Hel"), (20, "Hello")])
def test_the_text_is_as_long_as_the_dialect_shows(characters: int, shown: str) -> None:
    """T24."""
    for layout in (APPENDIX_B, "id:{id} text:{text}"):
        written = receipt(Dialect("short", layout=layout, text_characters=characters))
        assert written.endswith(f" text:{shown}")


def test_a_nul_never_leaves_in_any_layout() -> None:
    """T24: clients take a NUL for the end."""
    for layout in (APPENDIX_B, "text:{text}"):
        assert receipt(Dialect("own", layout=layout), "a\0b").endswith("text:a b")


def test_a_layout_names_its_fields() -> None:
    """The error tells what there is."""
    with pytest.raises(ValueError, match=r"no field \{state\}: use \{id\}, \{sub\}"):
        Dialect("wrong", layout="stat:{state}")


# Ids.


@pytest.mark.parametrize(
    ("notation", "characters_max", "message_id", "written"),
    [
        ("%010d", 0, 42, "0000000042"),
        ("%010d", 0, 12_345_678_901, "12345678901"),
        ("%d", 0, 42, "42"),
        ("%x", 0, 48879, "beef"),
        ("%X", 0, 48879, "BEEF"),
        ("%08X", 0, 48879, "0000BEEF"),
        ("%08X", 0, 0x1_2345_6789, "123456789"),
        ("%08X", 8, 0x1_2345_6789, "23456789"),
        ("%X", 8, 0x1_0000_0001, "1"),
        ("%016X", 8, 1, "00000001"),
        ("%d", 6, 12_000_034, "34"),
        ("%010d", 6, 12_000_034, "000034"),
        ("%x", 0, MESSAGE_ID_MAX, "7fffffffffffffff"),
    ],
)
def test_an_id_is_written_in_base_width_and_length(
    notation: str, characters_max: int, message_id: int, written: str
) -> None:
    """T26: decimal or hexadecimal, padded or not, either case, cut to its low part."""
    form = IdFormat(notation, characters_max)
    assert form.render(message_id) == written
    assert len(written) <= form.longest()
    low_part = message_id % form.modulus if form.modulus else message_id
    assert form.parse(written) == low_part
    assert form.parse(written.lower()) == low_part
    assert form.parse("00" + written) == low_part


@pytest.mark.parametrize("notation", ["%010d", "%d", "%x", "%08X"])
@pytest.mark.parametrize(
    "text", ["", "abg", "-5", "+5", " 5", "5 ", "1_000", "0x10", "1.0", "²", "٣", "1" * 65, "\0"]
)
def test_what_is_no_id_is_none(notation: str, text: str) -> None:
    """T26: garbage from a client means nothing and raises nothing."""
    assert IdFormat(notation).parse(text) == NO_ID


def test_an_id_that_is_too_big_is_none() -> None:
    """T26: beyond 63 bits, or beyond what a short id has room for."""
    assert IdFormat("%x").parse("8" + "0" * 15) == NO_ID
    assert IdFormat("%d").parse("9" * 19) == NO_ID
    assert IdFormat("%X", 8).parse("100000000") == NO_ID
    assert IdFormat("%d").parse("ff") == NO_ID


@pytest.mark.parametrize("notation", ["", "d", "%5d", "%s", "%o", "%10d", "%065d", "%0d", "%d%d"])
def test_only_these_notations_are_known(notation: str) -> None:
    """The error shows what may be written."""
    with pytest.raises(ValueError, match="%010d or %08X"):
        IdFormat(notation)


def test_a_dialect_may_write_one_id_in_several_ways() -> None:
    """T26: hexadecimal in the answer, decimal in the receipt; each way is looked for once."""
    mixed = Dialect("mixed", answer_id="%x", text_id="%010d", tlv_id="%x")
    assert [one.notation for one in mixed.id_formats] == ["%x", "%010d"]
    assert parse_receipt_text(receipt(mixed))["id"] == "0000048879"
    assert mixed.answer_id.render(48879) == mixed.tlv_id.render(48879) == "beef"


# SMPP 3.3.


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        (STANDARD, "BEEF"),
        (Dialect("hex", answer_id="%x", text_id="%x"), "beef"),
        (Dialect("padded", answer_id="%016X"), "0000BEEF"),
        (Dialect("six", answer_id="%06X", id_characters_max=6), "00BEEF"),
        (Dialect("mixed", text_id="%X"), "BEEF"),
    ],
)
def test_below_3_4_ids_are_short_and_hexadecimal(dialect: Dialect, written: str) -> None:
    """T13: at most eight digits, in the dialect's own hexadecimal if it has one; no TLVs."""
    old = dialect.below_3_4()
    assert (old.tlvs, dialect.tlvs) == (0, ALL_TLVS)
    assert [one.render(48879) for one in old.id_formats] == [written]
    assert len(old.answer_id.render(MESSAGE_ID_MAX)) <= 8
    assert parse_receipt_text(receipt(old))["id"] == written


@pytest.mark.parametrize("layout", ["", "stat:{stat} err:{err}"])
def test_below_3_4_a_receipt_still_tells_its_id(layout: str) -> None:
    """T13, T26: what stood in the TLV alone would be lost."""
    old = Dialect("bare", layout=layout, date="YYMMDDhhmmss").below_3_4()
    fields = parse_receipt_text(receipt(old))
    assert (fields["id"], fields["stat"]) == ("BEEF", "DELIVRD")
    assert fields["done_date"] == "270115080123"


def test_below_3_4_the_words_stay() -> None:
    """T13: only ids and TLVs are another matter."""
    dialect = Dialect("words", stat_words={5: "FAILED"}, err_words={ERR_OTHER: "X"}, err_width=4)
    old = dialect.below_3_4()
    assert (old.stat_words, old.err_words, old.err_width) == ({5: "FAILED"}, {-1: "X"}, 4)
    assert old.fixes_words
    assert not STANDARD.fixes_words
