"""GSM 7-bit text by national language tables."""

import pytest

from carrierbox.codecs import national_language as nl
from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.errors import CodecError


@pytest.mark.parametrize(
    ("text", "locking_shift", "single_shift", "septets"),
    [
        ("ığ", 1, 0, b"\x07\x0c"),
        ("ığ", 0, 1, b"\x1bi\x1bg"),
        ("ığ", 1, 1, b"\x07\x0c"),
        ("á€", 0, 2, b"\x1ba\x1be"),
        ("ç", 3, 3, b"\x09"),
        ("नम", 6, 6, b"\x2f\x42"),
        ("{}", 0, 3, b"\x1b\x28\x1b\x29"),
        ("[", 1, 0, b"\x1b\x3c"),
    ],
)
def test_text_becomes_septets_of_its_tables_and_returns(
    text: str, locking_shift: int, single_shift: int, septets: bytes
) -> None:
    """TS 23.038 §6.2.1.2: the two shifts are independent of each other."""
    assert nl.encode_national(text, locking_shift, single_shift) == septets
    assert nl.decode_national(septets, locking_shift, single_shift) == text
    assert nl.first_unencodable_national(text, locking_shift, single_shift) == -1


@pytest.mark.parametrize(("locking_shift", "single_shift"), [(0, 0), (2, 0), (14, 200), (255, 255)])
def test_a_language_without_a_table_is_the_default(locking_shift: int, single_shift: int) -> None:
    """TS 23.038 §6.2.1.2.4: reserved identifiers, and the locking shift of Spanish."""
    assert nl.encode_national("a€", locking_shift, single_shift) == encode_gsm7("a€")
    octets = bytes(range(256))
    assert nl.decode_national(octets, locking_shift, single_shift) == decode_gsm7(octets)


def test_a_character_that_no_table_has_is_found() -> None:
    """TS 23.038 §6.2.1.2: Turkish has no Hindi."""
    assert nl.encode_national("ığन", 1, 1) is None
    assert nl.first_unencodable_national("ığन", 1, 1) == 2
    assert nl.first_unencodable_national("ñन", 0, 0) == 1
    assert nl.has_all_characters(set("ığ€"), 1, 0)
    assert not nl.has_all_characters(set("ığन"), 1, 1)


@pytest.mark.parametrize(
    ("septets", "locking_shift", "single_shift", "text"),
    [
        (b"\x1b", 1, 1, ""),
        (b"\x1b\x1b\x65", 6, 6, " e"),
        (b"\x1b\x07", 1, 1, "ı"),
        (b"\x1b\x0d", 0, 1, "\r"),
        (b"\x1b\x0a", 0, 1, "\f"),
        (b"\x80\x07", 1, 0, "\ufffdı"),
        (b"\x1b\x80\x07", 1, 0, "\ufffdı"),
        (b"\x0c", 6, 0, "ऍ"),
        (b"\x0e", 4, 0, " "),
        (b"\x1b\x0e", 4, 4, "-"),
    ],
)
def test_what_the_tables_leave_empty_is_still_read(
    septets: bytes, locking_shift: int, single_shift: int, text: str
) -> None:
    """TS 23.038 §6.2.1.1 note 1, T34: lone and unknown escapes, reserved codes."""
    assert nl.decode_national(septets, locking_shift, single_shift) == text


@pytest.mark.parametrize(
    ("header", "shifts"),
    [
        ("", (0, 0)),
        ("03240101", (0, 1)),
        ("03250106", (6, 0)),
        ("06240103250103", (3, 3)),
        ("080003aa0201240101", (0, 1)),
        ("06240101240102", (0, 2)),
        ("03250102", (0, 0)),
        ("0324010e", (0, 0)),
        ("0424020101", (0, 0)),
        ("03240201", (0, 0)),
    ],
)
def test_a_header_names_the_languages(header: str, shifts: tuple[int, int]) -> None:
    """TS 23.040 §9.2.3.24.15, §9.2.3.24.16, T39: the last counts, what is odd does not."""
    assert nl.shifts_of(bytes.fromhex(header)) == shifts


def test_a_header_is_made_for_the_languages() -> None:
    """TS 23.040 §9.2.3.24.15: three octets for each and UDHL."""
    assert nl.shift_header(0, 0) == b""
    assert nl.shift_header(0, 2).hex() == "03240102"
    assert nl.shift_header(6, 6).hex() == "06240106250106"
    for locking_shift, single_shift in ((2, 0), (14, 0), (0, 14), (-1, 0)):
        with pytest.raises(CodecError):
            nl.shift_header(locking_shift, single_shift)


def test_a_part_is_read_by_its_own_header() -> None:
    """TS 23.040 §9.2.3.24.15: a header without a shift means the default tables again."""
    assert nl.decode_part(b"\x07", 0x00, bytes.fromhex("03250101")) == "ı"
    assert nl.decode_part(b"\x07", 0x00, b"") == "ì"
    assert nl.decode_part(b"\x01\x31", 0x08, bytes.fromhex("03250101")) == "ı"


def test_the_simplest_shifts_come_first() -> None:
    """TS 23.038 §6.2.1.2: a telephone needs to know less."""
    assert nl.shift_pairs([]) == [(0, 0)]
    assert nl.shift_pairs([2, 1, 1, 99]) == [(0, 0), (0, 2), (0, 1), (1, 0), (1, 1), (1, 2)]


def test_every_language_has_a_name() -> None:
    """TS 23.038 §6.2.1.2.4."""
    assert sorted(nl.LANGUAGE_NAMES) == list(range(14))


def test_shifts_are_put_behind_the_elements_of_a_header() -> None:
    """TS 23.040 §9.2.3.24.15, §9.2.3.24.16."""
    part = bytes.fromhex("050003010201")
    assert nl.with_shifts(part, 0, 0) == part
    assert nl.with_shifts(b"", 1, 1).hex() == "06240101250101"
    assert nl.with_shifts(part, 0, 3).hex() == "080003010201240103"
    assert nl.shifts_of(nl.with_shifts(part, 3, 13)) == (3, 13)
    with pytest.raises(CodecError):
        nl.with_shifts(bytes([253]) + bytes(253), 0, 3)


def test_a_short_message_is_read_by_the_languages_of_its_header() -> None:
    """SMPP 3.4 §5.2.19: as TP-DCS, where it is GSM 7-bit."""
    header = bytes.fromhex("03240103")
    assert nl.decode_short_message(b"\x1b\x09", 0, header) == "ç"
    assert nl.decode_short_message(b"\x00\xe7", 8, header) == "ç"
    assert nl.decode_short_message(b"\xe7", 3, b"") == "ç"


def test_languages_go_by_name_and_by_code() -> None:
    """TS 23.038 §6.2.1.2.4: both names of the table that two languages share."""
    assert nl.languages_named(["Turkish", " pt ", "none", "assamese", "bn"]) == (1, 3, 4)
    assert nl.languages_named(["all"]) == nl.ALL_LANGUAGES
    assert set(nl.LANGUAGE_WORDS.values()) == set(nl.LANGUAGE_CODES.values())
    with pytest.raises(CodecError, match=r"'fr' has no tables: one of turkish, .*, all or none"):
        nl.languages_named(["fr"])
