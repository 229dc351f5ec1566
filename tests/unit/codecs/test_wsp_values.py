"""The values of WAP protocols."""

import pytest

from carrierbox.codecs.wsp_values import (
    WspReader,
    encoded_string_octets,
    long_integer_octets,
    text_octets,
    uintvar_octets,
    with_length,
)
from carrierbox.errors import CodecError


def reader(octets: str) -> WspReader:
    """A reader of all the octets."""
    whole = bytes.fromhex(octets)
    return WspReader(whole, 0, len(whole))


@pytest.mark.parametrize(
    ("value", "octets"),
    [(0, "00"), (127, "7f"), (128, "8100"), (0x87A5, "828f25"), (2**32 - 1, "8fffffff7f")],
)
def test_integers_of_seven_bits_an_octet(value: int, octets: str) -> None:
    """WAP-230-WSP §8.1.2."""
    assert uintvar_octets(value).hex() == octets
    assert reader(octets).uintvar() == value


@pytest.mark.parametrize(("value", "octets"), [(0, "0100"), (255, "01ff"), (29696, "027400")])
def test_integers_with_a_length(value: int, octets: str) -> None:
    """WAP-230-WSP §8.4.2.1."""
    assert long_integer_octets(value).hex() == octets
    assert reader(octets).long_integer() == value
    assert reader(octets).integer() == value


def test_a_small_integer_takes_one_octet() -> None:
    """WAP-230-WSP §8.4.2.1."""
    assert reader("84").integer() == 4
    assert reader("84").integer_or_text() == "4"
    assert reader("6100").integer_or_text() == "a"


@pytest.mark.parametrize("text", ["", "+33612345678/TYPE=PLMN", "Grüße", "聽到", "é", "x" * 40])
def test_texts_with_and_without_a_character_set(text: str) -> None:
    """WAP-230-WSP §8.4.2.1, OMA-MMS-ENC §7.2.9: a quote comes before what is no ASCII."""
    assert WspReader(text_octets(text), 0, len(text_octets(text))).text() == text
    encoded = encoded_string_octets(text)
    assert WspReader(encoded, 0, len(encoded)).encoded_string() == text


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("05844772fc00", "Grü"),
        ("090203e8004800690000", "Hi"),
        ("03eaff00", "\ufffd"),
        ("04ce410000", "A\x00"),
    ],
)
def test_other_character_sets_are_read(octets: str, text: str) -> None:
    """OMA-MMS-ENC §7.2.9: unknown ones as UTF-8, with U+FFFD for what is none."""
    assert reader(octets).encoded_string() == text


@pytest.mark.parametrize(
    ("octets", "left"), [("8141", "41"), ("02ffff41", "41"), ("1f01ff41", "41"), ("61620041", "41")]
)
def test_an_unknown_value_is_passed_over(octets: str, left: str) -> None:
    """WAP-230-WSP §8.4.1.2: its first octet tells how long it is."""
    values = reader(octets)
    values.skip_value()
    assert values.octets[values.position :].hex() == left


def test_a_length_may_need_more_than_an_octet() -> None:
    """WAP-230-WSP §8.4.2.2."""
    assert with_length(bytes(30))[0] == 30
    assert with_length(bytes(31))[:2] == b"\x1f\x1f"
    part = reader(with_length(bytes(200)).hex()).part()
    assert part.end - part.position == 200


def test_octets_that_end_early_are_codec_errors() -> None:
    """T38."""
    for octets in ("", "80", "808080808080"):
        with pytest.raises(CodecError):
            reader(octets).uintvar()
    with pytest.raises(CodecError):
        reader("02ff").long_integer()
    with pytest.raises(CodecError):
        reader("1fff").long_integer()
    with pytest.raises(CodecError):
        reader("6162").text()
    with pytest.raises(CodecError):
        reader("20").value_length()
    with pytest.raises(CodecError):
        WspReader(b"ab", 1, 3)


def test_what_has_no_place_is_a_codec_error() -> None:
    """T38."""
    for value in (-1, 2**32):
        with pytest.raises(CodecError):
            uintvar_octets(value)
    for value in (-1, 1 << 240):
        with pytest.raises(CodecError):
            long_integer_octets(value)
    for text in ("a\x00b", "\ud800"):
        with pytest.raises(CodecError):
            text_octets(text)
