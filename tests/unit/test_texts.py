"""How a text travels: alphabet, parts and octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.codecs.national_language import LANGUAGE_CODES
from carrierbox.codecs.tp_user_data import TpUserData
from carrierbox.errors import CodecError, ConfigurationError
from carrierbox.texts import (
    GSM7,
    TEXT_CHARACTERS_MAX,
    UCS2,
    fill_template,
    measure_template,
    measure_text,
)


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts", "left"),
    [
        ("", GSM7, 0, 1, 160),
        ("a" * 160, GSM7, 160, 1, 0),
        ("a" * 161, GSM7, 161, 2, 145),
        ("€" * 80, GSM7, 160, 1, 0),
        # An escape and its septet stay together: 76 pairs in a part of 153 (T39).
        ("€" * 81, GSM7, 162, 2, 143),
        ("Ж" * 70, UCS2, 70, 1, 0),
        ("Ж" * 71, UCS2, 71, 2, 63),
        ("👋" * 35, UCS2, 70, 1, 0),
        ("👋" * 36, UCS2, 72, 2, 61),
    ],
)
def test_a_text_has_an_alphabet_parts_and_room(
    text: str, alphabet: str, units: int, parts: int, left: int
) -> None:
    """160, 153, 70 and 67 (TS 23.040 §9.2.3.24.1); an emoji takes two units, € two septets."""
    found = measure_text(text)
    assert (found.alphabet, found.units, len(found.parts)) == (alphabet, units, parts)
    assert (found.characters, found.units_left) == (len(text), left)


def test_the_characters_that_force_ucs2_are_named_with_their_positions() -> None:
    """Each once, the first one in the reason: one © costs more than half the room."""
    found = measure_text("Soldes © 👋 ©")
    assert found.alphabet == UCS2
    assert [(each.character, each.position, each.name) for each in found.forced_by] == [
        ("©", 7, "COPYRIGHT SIGN"),
        ("👋", 9, "WAVING HAND SIGN"),
    ]
    assert "COPYRIGHT SIGN at position 7" in found.reason
    assert measure_text("\x00").forced_by[0].name == "U+0000"
    assert measure_text("Soldes").forced_by == []


def test_the_octets_of_every_part_are_given() -> None:
    """Header, unpacked and packed with a fill bit (TS 23.040 §9.2.3.24, T33)."""
    found = measure_text("a" * 160 + "@")
    first, last = found.parts
    assert (first.header.hex(), last.header.hex()) == ("050003000201", "050003000202")
    assert (first.text, first.user_data, first.tp_udl) == ("a" * 153, b"a" * 153, 160)
    assert (last.text, last.user_data, last.tp_udl) == ("a" * 7 + "@", b"aaaaaaa\x00", 15)
    assert len(first.tp_ud) == 140
    assert TpUserData(last.tp_udl, last.tp_ud, 0, True).text() == last.text
    assert found.octets == 140 + len(last.tp_ud)
    assert measure_text("hellohello").parts[0].tp_ud.hex() == "e8329bfd4697d9ec37"


def test_a_stop_mention_leaves_149_of_160() -> None:
    """With its space `STOP 36180` takes eleven; a text that has it is left alone."""
    assert len(measure_text("a" * 149, stop_mention="STOP 36180").parts) == 1
    found = measure_text("a" * 150, stop_mention="STOP 36180")
    assert len(found.parts) == 2
    assert found.text == "a" * 150 + " STOP 36180"
    assert measure_text("Hi\n", stop_mention="STOP 1").text == "Hi\nSTOP 1"
    assert measure_text("Hi, Stop 1", stop_mention="STOP 1").text == "Hi, Stop 1"
    assert measure_text("", stop_mention="STOP 1").text == "STOP 1"


def test_a_language_saves_parts_where_it_is_allowed() -> None:
    """Turkish has tables of its own (TS 23.038 Annex A, T36)."""
    text = "şu ağaç çok güzel " * 6
    assert len(measure_text(text).parts) == 2
    found = measure_text(text, languages=["TR"])
    assert (found.alphabet, len(found.parts)) == (GSM7, 1)
    assert found.single_shift or found.locking_shift == LANGUAGE_CODES["tr"]
    assert "".join(each.text for each in found.parts) == text
    assert found.forced_by[0].character == "ş"
    assert "Turkish" in found.reason
    assert measure_text("plain", languages=["tr"]).reason == measure_text("plain").reason


def test_tables_that_save_nothing_are_left_alone() -> None:
    """UCS-2 is what every phone reads; the reason says that there was a choice."""
    found = measure_text("ağaç", languages=["turkish"])
    assert (found.alphabet, found.parts_saved) == (UCS2, 0)
    assert found.forced_by[0].character == "ğ"
    assert "national table that would save no part" in found.reason


def test_what_the_tables_save_is_told() -> None:
    """`all` allows every language; 300 letters are five parts in UCS-2, two in Turkish."""
    found = measure_text("ğ" * 300, languages=["all"])
    assert (len(found.parts), found.parts_saved, found.locking_shift) == (3, 2, 1)
    assert measure_text("ğ" * 300, languages=["none"]).parts_saved == 0
    # More than can be sent at all without them.
    assert measure_text("ğ" * 149 * 255, languages=["tr"]).parts_saved > 255


def test_a_table_that_only_saves_parts_is_the_reason() -> None:
    """Turkish has € in its locking table, where it takes one septet."""
    found = measure_text("€" * 100, languages=["tr"])
    assert (len(found.parts), found.locking_shift, found.forced_by) == (1, 1, [])
    assert found.reason == "the Turkish locking shift table saves parts"


def test_a_character_no_language_has_is_the_one_that_is_named() -> None:
    """What Turkish does have forces nothing."""
    found = measure_text("şЖ", languages=["tr"])
    assert (found.alphabet, found.data_coding) == (UCS2, 8)
    assert [each.character for each in found.forced_by] == ["Ж"]


def test_the_sender_is_checked_where_one_is_given() -> None:
    """Without one nothing is said."""
    assert measure_text("Hi").sender is None
    sender = measure_text("Hi", sender="Acme").sender
    assert sender is not None
    assert sender.is_valid


def test_what_cannot_be_measured_is_an_error() -> None:
    """More than 255 parts, more than is looked at, a language without tables (T40)."""
    assert len(measure_text("a" * 255 * 153).parts) == 255
    with pytest.raises(CodecError):
        measure_text("a" * (255 * 153 + 1))
    with pytest.raises(CodecError, match="at most"):
        measure_text("a" * (TEXT_CHARACTERS_MAX + 1))
    with pytest.raises(ConfigurationError, match="'fr' has no tables"):
        measure_text("a", languages=["fr"])


@given(
    st.text(st.characters(), max_size=300),
    st.lists(st.sampled_from(sorted(LANGUAGE_CODES)), max_size=2),
)
def test_the_parts_together_are_the_text(text: str, languages: list[str]) -> None:
    """All of Unicode, byte order marks and half surrogate pairs too."""
    found = measure_text(text, languages=languages)
    assert "".join(each.text for each in found.parts) == text
    assert all(len(each.tp_ud) <= 140 for each in found.parts)
    assert (found.alphabet == GSM7) or found.forced_by


def test_a_template_has_a_range_of_part_counts() -> None:
    """Personal data changes alphabet and length: a campaign holds texts of both."""
    names = ["Zoe", "Ann", "Łukasz", "Ż" * 60]
    found = measure_template("Bonjour {name}, " + "a" * 90, {"name": names})
    assert found.counts == {1: 2, 2: 1, 3: 1}
    assert (found.smallest, found.typical, found.largest) == (1, 1, 3)
    assert found.combinations == 4
    assert found.smallest_text.text.startswith("Bonjour Zoe,")
    assert found.largest_text.forced_by[0].character == "Ż"


def test_all_combinations_are_tried() -> None:
    """Only both long values together make a second part."""
    template = "{a}{b}{a}"
    found = measure_template(template, {"a": ["x", "y" * 60], "b": ["z", "w" * 50]})
    assert found.counts == {1: 3, 2: 1}
    assert measure_template("none", {}).counts == {1: 1}
    assert measure_template("{a}", {"a": ["x" * 150]}, stop_mention="STOP 36180").largest == 2


def test_the_smaller_number_is_typical_among_equals() -> None:
    """So that the answer does not hang on the order of the samples."""
    assert measure_template("{a}", {"a": ["x" * 161, "x"]}).typical == 1


def test_values_are_not_templates_themselves() -> None:
    """And braces around anything but a name stay."""
    assert fill_template("{a} {b} {} {1} {a-b}", {"a": "{b}", "b": "2"}) == "{b} 2 {} {1} {a-b}"


@pytest.mark.parametrize(
    ("template", "samples", "words"),
    [
        ("{a}", {}, "{a} has no sample"),
        ("{a}", {"a": []}, "{a} has no sample"),
        ("a", {"a": ["x"]}, "there is no {a}"),
        ("{a}{b}", {"a": ["x"] * 101, "b": ["x"] * 100}, "10100 combinations"),
    ],
)
def test_samples_that_do_not_fit_the_template_are_errors(
    template: str, samples: dict[str, list[str]], words: str
) -> None:
    """A misspelt name would otherwise be measured as text."""
    with pytest.raises(ConfigurationError) as caught:
        measure_template(template, samples)
    assert words in str(caught.value)
