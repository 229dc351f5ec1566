"""Long texts cut into parts."""

import pytest

from carrierbox.codecs.data_coding import ALPHABET_GSM7, ALPHABET_OCTETS, ALPHABET_UCS2
from carrierbox.codecs.national_language import decode_national, decode_part, shifts_of
from carrierbox.codecs.segmentation import (
    Segment,
    best_encoding,
    code_text,
    fits_one_segment,
    part_count,
    segment_capacity,
    split_text,
    split_user_data,
)
from carrierbox.codecs.user_data_header import Concatenation, find_concatenation
from carrierbox.errors import CodecError

PORTS = bytes.fromhex("0605040b8423f0")


def lengths(segments: list[Segment]) -> list[int]:
    """The octets of user data of each part."""
    return [len(segment.user_data) for segment in segments]


@pytest.mark.parametrize(
    ("alphabet", "header_octets", "capacity"),
    [
        (ALPHABET_GSM7, 0, 160),
        (ALPHABET_GSM7, 4, 155),
        (ALPHABET_GSM7, 6, 153),
        (ALPHABET_GSM7, 7, 152),
        (ALPHABET_GSM7, 9, 149),
        (ALPHABET_GSM7, 12, 146),
        (ALPHABET_OCTETS, 0, 140),
        (ALPHABET_OCTETS, 6, 134),
        (ALPHABET_OCTETS, 7, 133),
        (ALPHABET_UCS2, 0, 140),
        (ALPHABET_UCS2, 6, 134),
        (ALPHABET_UCS2, 7, 132),
        (ALPHABET_GSM7, 140, 0),
        (ALPHABET_OCTETS, 256, 0),
        (ALPHABET_UCS2, 139, 0),
    ],
)
def test_a_part_holds_what_its_header_leaves(
    alphabet: int, header_octets: int, capacity: int
) -> None:
    """TS 23.040 §9.2.3.24.1, T36."""
    assert segment_capacity(alphabet, header_octets) == capacity


@pytest.mark.parametrize(
    ("octets", "alphabet", "header_octets", "fits"),
    [
        (160, ALPHABET_GSM7, 0, True),
        (161, ALPHABET_GSM7, 0, False),
        (140, ALPHABET_OCTETS, 0, True),
        (140, ALPHABET_UCS2, 0, True),
        (141, ALPHABET_UCS2, 0, False),
        (133, ALPHABET_UCS2, 7, True),
        (0, ALPHABET_GSM7, 140, True),
        (0, ALPHABET_GSM7, 141, False),
    ],
)
def test_one_part_is_enough_up_to_the_limit(
    octets: int, alphabet: int, header_octets: int, fits: bool
) -> None:
    """T36: unpacked septets may be more than 140 octets and still fit."""
    assert fits_one_segment(octets, alphabet, header_octets) is fits


@pytest.mark.parametrize(
    ("octets", "alphabet", "wide", "expected"),
    [
        (160, ALPHABET_GSM7, False, [160]),
        (161, ALPHABET_GSM7, False, [153, 8]),
        (161, ALPHABET_GSM7, True, [152, 9]),
        (306, ALPHABET_GSM7, False, [153, 153]),
        (307, ALPHABET_GSM7, False, [153, 153, 1]),
        (141, ALPHABET_OCTETS, False, [134, 7]),
        (141, ALPHABET_OCTETS, True, [133, 8]),
        (142, ALPHABET_UCS2, False, [134, 8]),
        (142, ALPHABET_UCS2, True, [132, 10]),
        (0, ALPHABET_GSM7, False, [0]),
    ],
)
def test_parts_are_as_long_as_they_can_be(
    octets: int, alphabet: int, wide: bool, expected: list[int]
) -> None:
    """TS 23.040 §9.2.3.24.1, T36."""
    segments = split_user_data(b"\x00" * octets, alphabet, 9, wide=wide)
    assert lengths(segments) == expected
    total = len(expected)
    found = [find_concatenation(segment.user_data_header) for segment in segments]
    if total == 1:
        assert segments[0].user_data_header == b""
    else:
        assert found == [Concatenation(9, total, n, wide) for n in range(1, total + 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 152 + "€" + "a" * 10, [152, 12]),
        ("a" * 151 + "€" + "a" * 10, [153, 10]),
        ("a" * 151 + "€€" + "a" * 10, [153, 12]),
        ("€" * 100, [152, 48]),
    ],
)
def test_an_escape_pair_is_not_parted(text: str, expected: list[int]) -> None:
    """TS 23.038 §6.2.1.1, T34: a character of the extension table counts twice."""
    data_coding, segments = split_text(text, 1)
    assert data_coding == 0
    assert lengths(segments) == expected


def test_a_row_of_escapes_is_cut_between_its_pairs() -> None:
    """T34: two escapes are one character."""
    even = split_user_data(b"a" * 151 + b"\x1b" * 4 + b"a" * 10, ALPHABET_GSM7, 1)
    odd = split_user_data(b"a" * 152 + b"\x1b" * 4 + b"a" * 10, ALPHABET_GSM7, 1)
    assert lengths(even) == [153, 12]
    assert lengths(odd) == [152, 14]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("я" * 66 + "😀" + "я" * 10, [132, 24]),
        ("я" * 65 + "😀" + "я" * 10, [134, 20]),
        ("я" * 66 + "\ud83d" + "я" * 10, [134, 20]),
    ],
)
def test_a_surrogate_pair_is_not_parted(text: str, expected: list[int]) -> None:
    """T37; half a pair has nothing to be parted from."""
    data_coding, segments = split_text(text, 1)
    assert data_coding == 8
    assert lengths(segments) == expected


def test_a_message_that_fits_keeps_its_header() -> None:
    """TS 23.040 §9.2.3.24: nothing is added."""
    segments = split_user_data(b"hi", ALPHABET_OCTETS, 1, header=PORTS)
    assert [(one.user_data_header, one.user_data) for one in segments] == [(PORTS, b"hi")]


def test_every_part_carries_the_elements_of_the_header() -> None:
    """TS 23.040 §9.2.3.24: ports and language shifts count for one part only."""
    segments = split_user_data(b"x" * 140, ALPHABET_OCTETS, 1, header=PORTS)
    assert lengths(segments) == [128, 12]
    assert all(segment.user_data_header.endswith(PORTS[1:]) for segment in segments)


def test_255_parts_are_the_most() -> None:
    """TS 23.040 §9.2.3.24.1."""
    assert len(split_user_data(b"x" * 134 * 255, ALPHABET_OCTETS, 1)) == 255
    with pytest.raises(CodecError):
        split_user_data(b"x" * (134 * 255 + 1), ALPHABET_OCTETS, 1)
    with pytest.raises(CodecError):
        split_text("€" * 76 * 255 + "a" * 255, 1)


@pytest.mark.parametrize(
    "header",
    [bytes.fromhex("050003010201"), bytes([132, 0x80, 130]) + bytes(130), b"\x05\x00"],
)
def test_a_header_that_cannot_be_repeated_is_an_error(header: bytes) -> None:
    """A part already, no room left for text, malformed."""
    with pytest.raises(CodecError):
        split_user_data(b"x" * 141, ALPHABET_OCTETS, 1, header=header)


def test_a_reference_beyond_its_bits_is_an_error() -> None:
    """TS 23.040 §9.2.3.24.1."""
    with pytest.raises(CodecError):
        split_user_data(b"x" * 141, ALPHABET_OCTETS, 256)


def test_a_segment_is_shown_by_its_content() -> None:
    """Traces and failed assertions show it."""
    assert repr(Segment(b"\x00", b"a")) == "Segment('00', b'a')"


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("hello", (1, 2, 3), (0, 0)),
        ("día", (2,), (0, 2)),
        ("ığ", (1,), (0, 1)),
        ("ığ" * 80, (1,), (1, 0)),
        ("ığ" * 37, (1,), (0, 1)),
        ("नमस्ते", (6,), (6, 0)),
        ("नमस्ते ।", (1, 6), (6, 6)),
        ("ã" * 140 + "Γ", (3,), (3, 3)),
    ],
)
def test_the_simplest_of_the_encodings_with_the_fewest_parts_is_chosen(
    text: str, languages: tuple[int, ...], expected: tuple[int, int]
) -> None:
    """TS 23.038 §6.2.1.2: default, single shift, locking shift, both."""
    chosen = best_encoding(text, languages)
    assert chosen is not None
    assert chosen[:2] == expected
    assert decode_national(chosen[2], chosen[0], chosen[1]) == text


def test_without_a_language_that_has_the_characters_there_is_no_encoding() -> None:
    """TS 23.038 §6.2.1.2: UCS-2 is left."""
    assert best_encoding("नमस्ते", (1, 2, 3)) is None
    assert best_encoding("ç", ()) is None
    assert split_text("नमस्ते", 1, languages=(1,))[0] == 8


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("ı" * 155, (1,), [155]),
        ("ı" * 156, (1,), [149, 7]),
        ("á" * 77, (2,), [154]),
        ("á" * 148, (2,), [148, 148]),
    ],
)
def test_each_part_names_its_languages_and_keeps_its_room(
    text: str, languages: tuple[int, ...], expected: list[int]
) -> None:
    """TS 23.040 §9.2.3.24.15, T34, T36: 155 septets alone, 149 in a part, pairs whole."""
    data_coding, segments = split_text(text, 1, languages=languages)
    assert data_coding == 0
    assert lengths(segments) == expected
    parts = [decode_part(one.user_data, 0, one.user_data_header) for one in segments]
    assert "".join(parts) == text
    assert all(shifts_of(one.user_data_header) != (0, 0) for one in segments)


def test_both_shifts_leave_146_septets() -> None:
    """T36: two elements, seven octets, with the concatenation twelve."""
    data_coding, segments = split_text("ã" * 155 + "Γ", 1, languages=(3,))
    assert (data_coding, lengths(segments)) == (0, [146, 11])
    assert {shifts_of(one.user_data_header) for one in segments} == {(3, 3)}


@pytest.mark.parametrize(
    ("octets", "alphabet", "wide", "header_octets", "parts"),
    [
        (160, ALPHABET_GSM7, False, 0, 1),
        (306, ALPHABET_GSM7, False, 0, 2),
        (306, ALPHABET_GSM7, True, 0, 3),
        (298, ALPHABET_GSM7, False, 4, 2),
        (0, ALPHABET_UCS2, False, 0, 1),
        (200, ALPHABET_OCTETS, False, 134, 0),
    ],
)
def test_parts_are_counted_without_making_them(
    octets: int, alphabet: int, wide: bool, header_octets: int, parts: int
) -> None:
    """T36."""
    counted = part_count(b"a" * octets, alphabet, wide=wide, header_octets=header_octets)
    assert counted == parts


@pytest.mark.parametrize(
    ("text", "languages", "header", "expected"),
    [
        ("hello", (1,), "", (0, "", b"hello")),
        # One part either way: UCS-2, which every phone reads.
        ("ığ", (1,), "", (8, "", b"\x01\x31\x01\x1f")),
        ("ı" * 100, (1,), "", (0, "03250101", b"\x07" * 100)),
        ("ı" * 71, (1,), "", (0, "03240101", b"\x1bi" * 71)),
        ("ı" * 71, (2,), "", (8, "", b"\x01\x31" * 71)),
        # Two parts either way.
        ("á" * 78, (2,), "", (8, "", b"\0\xe1" * 78)),
        # A part that was cut already has no room for another one: any table that fits is taken.
        ("ı" * 100, (1,), "050003010201", (0, "080003010201250101", b"\x07" * 100)),
        # What the header names already is kept to.
        ("ı", (), "03250101", (0, "03250101", b"\x07")),
        ("Ж", (1,), "03250101", (8, "03250101", b"\x04\x16")),
    ],
)
def test_national_tables_are_used_only_where_they_save_parts(
    text: str, languages: tuple[int, ...], header: str, expected: tuple[int, str, bytes]
) -> None:
    """TS 23.038 §6.2.1.2.4: not every phone knows them."""
    coded = code_text(text, languages, header=bytes.fromhex(header))
    assert (coded.data_coding, coded.header.hex(), coded.user_data) == expected


FAMILY = "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("я" * 60 + FAMILY + "я" * 20, "я" * 60),
        ("я" * 65 + "🇫🇷" + "я" * 10, "я" * 65),
        ("я" * 61 + "🇫🇷🇩🇪" + "я" * 10, "я" * 61 + "🇫🇷"),
        ("я" * 66 + "е\u0301" + "я" * 20, "я" * 66),
        ("я" * 66 + "\r\n" + "я" * 20, "я" * 66),
        ("я" * 66 + "\u1112\u1161\u11ab" + "я" * 20, "я" * 66),
        ("я" * 65 + "क्षि" + "я" * 20, "я" * 65),
        ("я" * 66 + "👍🏽" + "я" * 20, "я" * 66),
        # The plain case: nothing joins.
        ("я" * 71, "я" * 67),
        ("a" * 152 + "\r\n" + "a" * 20, "a" * 152),
    ],
)
def test_a_cut_falls_between_what_a_reader_takes_for_characters(text: str, first: str) -> None:
    """UAX #29: joined emoji, flags, accents, line ends, Hangul, Indic conjuncts, skin tones."""
    data_coding, segments = split_text(text, 1)
    parts = [decode_part(one.user_data, data_coding, b"") for one in segments]
    assert "".join(parts) == text
    assert (parts[0], len(parts)) == (first, 2)


def test_a_whole_character_is_given_up_before_a_part_is() -> None:
    """Parts are what is paid for: 134 units are two parts, wherever they have to be cut."""
    text = "я" * 62 + FAMILY + "я" * 61
    assert len(text.encode("utf-16-be")) == 2 * 134
    assert lengths(split_text(text, 1)[1]) == [134, 134]
    # One unit less is room enough to give way by one, not by a whole family.
    assert lengths(split_text(text[:-1], 1)[1]) == [134, 132]
    assert lengths(split_text("я" * 66 + "е\u0301" + "я" * 65, 1)[1]) == [132, 134]


def test_a_character_longer_than_a_part_is_cut_between_code_points() -> None:
    """T37: and never inside a surrogate pair."""
    text = "я" + "\u0301" * 80 + "👨" + "\u200d👩" * 60
    data_coding, segments = split_text(text, 1)
    parts = [decode_part(one.user_data, data_coding, b"") for one in segments]
    assert "".join(parts) == text
    assert not any("\ufffd" in part for part in parts)


def test_syllables_stay_whole_in_the_septets_of_a_national_table() -> None:
    """TS 23.038 §A.3.6, UAX #29: a vowel sign goes with its consonant."""
    text = "नमस्ते " * 40
    data_coding, segments = split_text(text, 1, languages=(6,))
    assert data_coding == 0
    parts = [decode_part(one.user_data, 0, one.user_data_header) for one in segments]
    assert "".join(parts) == text
    assert all(part[0] in "नमस " for part in parts)
    plain = [decode_part(one.user_data, 8, b"") for one in split_text(text, 1)[1]]
    assert all(part[0] in "नमस " for part in plain)


def test_octets_and_odd_user_data_are_cut_anywhere() -> None:
    """T37, T38: nobody knows what octets mean; the last half unit belongs to the last part."""
    assert lengths(split_user_data(b"\r\n" * 71, ALPHABET_OCTETS, 1)) == [134, 8]
    assert lengths(split_user_data(b"\x04\x35" * 70 + b"\x03", ALPHABET_UCS2, 1)) == [134, 7]
    odd = b"\x04\x35" * 67 + b"\x03\x01" + b"\x04\x35" * 5 + b"\x03"
    assert lengths(split_user_data(odd, ALPHABET_UCS2, 1)) == [132, 15]
    assert lengths(split_user_data(odd[:134] + b"\x03" * 8, ALPHABET_UCS2, 1)) == [132, 10]
    assert lengths(split_user_data(b"a" * 152 + b"\x1b\x1b\x1b" * 4, ALPHABET_GSM7, 1)) == [152, 12]
