"""data_coding and TP-DCS to alphabets and text."""

import pytest

from carrierbox.codecs import data_coding as dc


@pytest.mark.parametrize(
    ("data_coding", "alphabet", "tp_dcs"),
    [
        (0x00, dc.ALPHABET_GSM7, 0x00),
        (0x01, dc.ALPHABET_ASCII, 0x00),
        (0x02, dc.ALPHABET_OCTETS, 0x04),
        (0x03, dc.ALPHABET_LATIN1, 0x00),
        (0x04, dc.ALPHABET_OCTETS, 0x04),
        (0x06, dc.ALPHABET_CYRILLIC, 0x00),
        (0x08, dc.ALPHABET_UCS2, 0x08),
        (0x09, dc.ALPHABET_OCTETS, 0x04),
        (0x0B, dc.ALPHABET_GSM7, 0x00),
        (0x10, dc.ALPHABET_GSM7, 0x10),
        (0x15, dc.ALPHABET_OCTETS, 0x15),
        (0x18, dc.ALPHABET_UCS2, 0x18),
        (0x1C, dc.ALPHABET_GSM7, 0x00),
        (0x48, dc.ALPHABET_GSM7, 0x00),
        (0xBF, dc.ALPHABET_GSM7, 0x00),
        (0xC8, dc.ALPHABET_GSM7, 0xC8),
        (0xD0, dc.ALPHABET_GSM7, 0xD0),
        (0xE0, dc.ALPHABET_UCS2, 0xE0),
        (0xF0, dc.ALPHABET_GSM7, 0xF0),
        (0xF5, dc.ALPHABET_OCTETS, 0xF5),
    ],
)
def test_a_data_coding_has_its_alphabet_and_tp_dcs(
    data_coding: int, alphabet: int, tp_dcs: int
) -> None:
    """SMPP 3.4 §5.2.19, TS 23.038 §4."""
    assert dc.alphabet_of(data_coding) == alphabet
    assert dc.tp_dcs_of(data_coding) == tp_dcs


@pytest.mark.parametrize(
    ("tp_dcs", "alphabet"),
    [
        (0x00, dc.ALPHABET_GSM7),
        (0x0C, dc.ALPHABET_GSM7),
        (0x19, dc.ALPHABET_UCS2),
        (0x20, dc.ALPHABET_OCTETS),
        (0x44, dc.ALPHABET_OCTETS),
        (0x48, dc.ALPHABET_UCS2),
        (0x80, dc.ALPHABET_GSM7),
        (0xE3, dc.ALPHABET_UCS2),
        (0xF4, dc.ALPHABET_OCTETS),
    ],
)
def test_a_tp_dcs_has_its_alphabet(tp_dcs: int, alphabet: int) -> None:
    """TS 23.038 §4: reserved codings are the default alphabet, compressed text is octets."""
    assert dc.alphabet_of_tp_dcs(tp_dcs) == alphabet


@pytest.mark.parametrize("data_coding", [0x00, 0x04, 0x08, 0x11, 0xF5])
def test_what_a_phone_understands_passes_without_a_copy(data_coding: int) -> None:
    """SMPP 3.4 §5.2.19: the octets are the user data."""
    octets = b"\x00\x41\xff"
    tp_dcs, user_data = dc.to_user_data(octets, data_coding)
    assert tp_dcs == dc.tp_dcs_of(data_coding)
    assert user_data is octets


@pytest.mark.parametrize(
    ("octets", "data_coding", "tp_dcs", "user_data"),
    [
        (b"a@b", 0x01, 0x00, b"a\x00b"),
        (b"a`b", 0x01, 0x08, b"\x00a\x00`\x00b"),
        (b"\xe9[", 0x03, 0x00, b"\x05\x1b\x3c"),
        (b"\xe7", 0x03, 0x08, b"\x00\xe7"),
        ("Да".encode("iso8859_5"), 0x06, 0x08, "Да".encode("utf-16-be")),
    ],
)
def test_other_alphabets_are_transcoded_for_the_phone(
    octets: bytes, data_coding: int, tp_dcs: int, user_data: bytes
) -> None:
    """SMPP 3.4 §5.2.19: GSM 7-bit where the text fits, UCS-2 where not."""
    assert dc.to_user_data(octets, data_coding) == (tp_dcs, user_data)


@pytest.mark.parametrize(
    ("data_coding", "text", "codec"),
    [
        (0x03, "Grüße", "latin-1"),
        (0x05, "はい", "shift_jis"),
        (0x06, "Привет", "iso8859_5"),
        (0x07, "שלום", "iso8859_8"),
        (0x0A, "はい", "iso2022_jp"),
        (0x0D, "はい", "iso2022_jp_1"),
        (0x0E, "안녕", "euc_kr"),
    ],
)
def test_the_alphabets_of_smpp_are_decoded(data_coding: int, text: str, codec: str) -> None:
    """SMPP 3.4 §5.2.19."""
    assert dc.decode_text(text.encode(codec), data_coding) == text


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"", ""),
        (b"\xd8\x3d\xde\x00", "😀"),
        (b"\x00A\x00", "A\ufffd"),
        (b"\xd8\x3d\x00A", "\ufffdA"),
        (b"\xde\x00\x00A", "\ufffdA"),
        (b"\x00A\xd8\x3d", "A\ufffd"),
        (b"\xfe\xff\x00A", "A"),
        (b"\xff\xfeA\x00", "A"),
        (b"A\x00", "\u4100"),
    ],
)
def test_ucs2_is_read_as_utf16_and_never_fails(octets: bytes, text: str) -> None:
    """T37, T38: pairs, halves of pairs, an odd octet, both byte order marks, little-endian."""
    assert dc.decode_text(octets, 0x08) == text
    assert dc.decode_user_data(octets, 0x08) == text


def test_user_data_is_decoded_by_its_tp_dcs() -> None:
    """TS 23.038 §4."""
    assert dc.decode_user_data(b"\x00\x1be", 0x00) == "@€"
    assert dc.decode_user_data(b"\x00\xe9", 0xF5) == "\x00é"
    assert dc.decode_text(b"\xe9a", 0x01) == "\ufffda"


def test_text_is_encoded_in_the_default_alphabet_if_it_fits() -> None:
    """SMPP 3.4 §5.2.19: 0 with unpacked septets, else 8 with UTF-16."""
    assert dc.encode_text("10€") == (0x00, b"10\x1be")
    assert dc.encode_text("да") == (0x08, b"\x04\x34\x04\x30")


def test_half_a_surrogate_pair_in_a_string_does_not_stop_the_encoder() -> None:
    """T38: text from a scenario or the API may hold one."""
    assert dc.encode_text("\ud83d") == (0x08, b"\xd8\x3d")


def test_every_tp_dcs_has_a_data_coding_of_its_alphabet() -> None:
    """TS 23.038 §4, SMPP 3.4 §5.2.19: the same number only where both mean the same by it."""
    for tp_dcs in range(256):
        data_coding = dc.data_coding_of(tp_dcs)
        assert dc.alphabet_of(data_coding) == dc.alphabet_of_tp_dcs(tp_dcs)
        assert dc.passes_to_phones(data_coding)
    assert [dc.data_coding_of(tp_dcs) for tp_dcs in (0x01, 0x24, 0x48, 0x18, 0xF5)] == [
        0x00,
        0x04,
        0x08,
        0x18,
        0xF5,
    ]
    assert not dc.passes_to_phones(3)
