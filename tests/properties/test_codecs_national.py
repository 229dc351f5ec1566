"""National languages and packed short messages: what is written returns, whatever it is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.codecs.data_coding import ALPHABET_GSM7, alphabet_of, decode_text
from carrierbox.codecs.gsm7_tables import DEFAULT_ALPHABET
from carrierbox.codecs.locking_shift_tables import LOCKING_SHIFT_TABLES
from carrierbox.codecs.national_language import (
    decode_national,
    decode_part,
    encode_national,
    first_unencodable_national,
    shift_header,
    shifts_of,
)
from carrierbox.codecs.packed_short_message import (
    pack_septets_for_smpp,
    unpack_septets_from_smpp,
)
from carrierbox.codecs.segmentation import (
    best_encoding,
    fits_one_segment,
    part_count,
    split_text,
)
from carrierbox.codecs.single_shift_tables import SINGLE_SHIFT_TABLES
from carrierbox.codecs.ucs2 import describe_ucs2

LANGUAGE = st.integers(0, 15)
LANGUAGES = st.lists(st.integers(1, 14), max_size=4)
CHARACTERS = sorted(
    {*DEFAULT_ALPHABET}.union(*LOCKING_SHIFT_TABLES.values(), *SINGLE_SHIFT_TABLES.values())
    - {"\x1b", "\0"}
)
TEXT = st.text(st.sampled_from(CHARACTERS), max_size=200)
# Some of one language, so that it often fits.
ONE_LANGUAGE = st.sampled_from(sorted(SINGLE_SHIFT_TABLES)).flatmap(
    lambda language: st.text(
        st.sampled_from(
            sorted(
                {*LOCKING_SHIFT_TABLES.get(language, "a"), *SINGLE_SHIFT_TABLES[language]}
                - {"\x1b", "\0"}
            )
        ),
        max_size=400,
    )
)
ANY_TEXT = st.one_of(TEXT, ONE_LANGUAGE, st.text(max_size=200))


@settings(deadline=None, max_examples=2 * settings().max_examples)
@given(st.one_of(TEXT, ONE_LANGUAGE), LANGUAGE, LANGUAGE)
def test_what_can_be_written_returns(text: str, locking_shift: int, single_shift: int) -> None:
    """TS 23.038 §6.2.1.2."""
    septets = encode_national(text, locking_shift, single_shift)
    missing = first_unencodable_national(text, locking_shift, single_shift)
    assert (septets is None) == (missing >= 0)
    if septets is not None:
        assert septets.isascii()
        assert decode_national(septets, locking_shift, single_shift) == text


@settings(deadline=None)
@given(st.binary(max_size=300), LANGUAGE, LANGUAGE)
def test_any_octets_have_a_text_in_any_language(
    octets: bytes, locking_shift: int, single_shift: int
) -> None:
    """T34, T38: one character an octet at most."""
    text = decode_national(octets, locking_shift, single_shift)
    assert len(text) <= len(octets)
    assert "\0" not in text
    assert "\x1b" not in text


@settings(deadline=None, max_examples=3 * settings().max_examples // 2)
@given(ANY_TEXT, LANGUAGES, st.booleans())
def test_a_text_returns_from_its_parts_and_never_needs_more_of_them(
    text: str, languages: list[int], wide: bool
) -> None:
    """TS 23.040 §9.2.3.24.15, T34, T36: each part is read by its own header."""
    data_coding, parts = split_text(text, 1, wide=wide, languages=languages)
    _, plain = split_text(text, 1, wide=wide)
    assert len(parts) <= len(plain)
    for part in parts:
        header = part.user_data_header
        assert fits_one_segment(len(part.user_data), alphabet_of(data_coding), len(header))
        if alphabet_of(data_coding) == ALPHABET_GSM7:
            assert set(shifts_of(header)) <= {0, *languages}
    if alphabet_of(data_coding) == ALPHABET_GSM7:
        read = "".join(decode_part(part.user_data, 0, part.user_data_header) for part in parts)
        assert read == text
    else:
        chosen = best_encoding(text, languages, wide=wide)
        if chosen is not None:
            header_octets = len(shift_header(chosen[0], chosen[1]))
            count = part_count(chosen[2], ALPHABET_GSM7, wide=wide, header_octets=header_octets)
            assert count >= len(plain)
        joined = b"".join(part.user_data for part in parts)
        if not joined.startswith((b"\xfe\xff", b"\xff\xfe")):
            assert decode_text(joined, data_coding) == text


@settings(deadline=None)
@given(st.lists(st.integers(0, 127), max_size=200).map(bytes), st.integers(0, 20))
def test_packed_septets_return_but_for_one_that_looks_like_filling(
    septets: bytes, header_octets: int
) -> None:
    """T35."""
    packed = pack_septets_for_smpp(septets, header_octets)
    read = unpack_septets_from_smpp(packed, header_octets)
    if read != septets:
        assert septets[-1:] in (b"\x00", b"\r")
        assert septets == read + b"\x00" or read == septets + b"\r"


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 20))
def test_any_octets_can_be_read_as_a_packed_message(octets: bytes, header_octets: int) -> None:
    """T38."""
    assert unpack_septets_from_smpp(octets, header_octets).isascii()
    assert len(describe_ucs2(octets)) <= 4
