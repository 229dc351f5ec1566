"""Whatever is encoded returns, and no octets make a decoder fail."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from carrierbox.codecs.data_coding import (
    alphabet_of_tp_dcs,
    decode_text,
    decode_user_data,
    encode_text,
    to_user_data,
)
from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7, first_unencodable
from carrierbox.codecs.gsm7_tables import DEFAULT_ALPHABET, EXTENSION_TABLE
from carrierbox.codecs.septets import pack_septets, unpack_septets

CHARACTERS = DEFAULT_ALPHABET.replace("\x1b", "") + "".join(EXTENSION_TABLE.values())
GSM7_TEXT = st.text(st.sampled_from(CHARACTERS), max_size=200)
ANY_TEXT = st.text(st.one_of(st.sampled_from(CHARACTERS), st.characters()), max_size=80)
OCTETS = st.binary(max_size=300)
ESCAPED = st.lists(st.sampled_from([0x1B, 0x65, 0x3C, 0x41, 0x0A, 0x10, 0x80, 0xE5, 0x9B]))


def decoded_one_by_one(octets: bytes) -> str:
    """The plain reading of TS 23.038 §6.2.1.1."""
    characters: list[str] = []
    position = 0
    while position < len(octets):
        code = octets[position]
        position += 1
        if code == 0x1B:
            if position == len(octets):
                break
            code = octets[position]
            position += 1
            if code == 0x1B or code in EXTENSION_TABLE:
                characters.append(EXTENSION_TABLE.get(code, " "))
                continue
        characters.append(DEFAULT_ALPHABET[code] if code < 0x80 else "\ufffd")
    return "".join(characters)


@settings(deadline=None)
@given(GSM7_TEXT)
def test_gsm7_text_returns(text: str) -> None:
    """TS 23.038 §6.2.1."""
    septets = encode_gsm7(text)
    assert septets is not None
    assert decode_gsm7(septets) == text
    packed = pack_septets(septets)
    assert unpack_septets(packed, len(septets)) == septets


@settings(deadline=None)
@given(ANY_TEXT)
def test_text_is_encoded_exactly_if_no_character_lacks_a_place(text: str) -> None:
    """TS 23.038 §6.2.1."""
    assert (encode_gsm7(text) is None) == (first_unencodable(text) >= 0)


@settings(deadline=None)
@given(st.one_of(OCTETS, ESCAPED.map(bytes)))
def test_any_octets_decode_as_reading_one_by_one_would(octets: bytes) -> None:
    """T34, T38: the table translations are the plain reading, only faster."""
    assert decode_gsm7(octets) == decoded_one_by_one(octets)


@settings(deadline=None)
@given(st.text(max_size=80).filter(lambda text: not text.startswith("\ufeff")))
@example("\ufffe")
def test_any_text_returns_by_its_data_coding(text: str) -> None:
    """SMPP 3.4 §5.2.19, T37."""
    data_coding, octets = encode_text(text)
    if not octets.startswith(b"\xff\xfe"):
        assert decode_text(octets, data_coding) == text


@settings(deadline=None, max_examples=3 * settings().max_examples)
@given(st.binary(max_size=160), st.integers(0, 255))
def test_any_octets_with_any_coding_have_a_text(octets: bytes, coding: int) -> None:
    """T38: and what the phone gets of them is one of its three alphabets."""
    text = decode_text(octets, coding)
    decode_user_data(octets, coding)
    tp_dcs, user_data = to_user_data(octets, coding)
    assert alphabet_of_tp_dcs(tp_dcs) <= 2
    if not user_data.startswith((b"\xff\xfe", b"\xfe\xff")):
        assert decode_user_data(user_data, tp_dcs) == text


@settings(deadline=None)
@given(st.lists(st.integers(0, 127), max_size=700).map(bytes), st.integers(0, 7))
def test_any_septets_return_from_their_packing(septets: bytes, fill_bits: int) -> None:
    """TS 23.038 §6.1.2.1, T35."""
    packed = pack_septets(septets, fill_bits)
    assert len(packed) == (len(septets) * 7 + fill_bits + 7) // 8
    assert unpack_septets(packed, len(septets), fill_bits) == septets


@settings(deadline=None)
@given(OCTETS, st.integers(-5, 400), st.integers(0, 7))
def test_any_octets_unpack_to_septets(octets: bytes, count: int, fill_bits: int) -> None:
    """TS 23.040 §9.2.3.16: a TP-UDL that does not match."""
    septets = unpack_septets(octets, count, fill_bits)
    assert len(septets) <= max(count, 0)
    assert septets.isascii()
