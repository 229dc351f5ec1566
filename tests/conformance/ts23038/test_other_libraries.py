"""The same texts through libraries that are not ours: smspdudecoder, smpplib, gsmcodecs."""

import random
from types import ModuleType

import pytest

from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.codecs.gsm7_tables import DEFAULT_ALPHABET, EXTENSION_TABLE
from carrierbox.codecs.locking_shift_tables import LOCKING_SHIFT_TABLES
from carrierbox.codecs.packed_short_message import pack_septets_for_smpp
from carrierbox.codecs.septets import pack_septets
from carrierbox.codecs.single_shift_tables import SINGLE_SHIFT_TABLES

pytestmark = pytest.mark.interop

CHARACTERS = DEFAULT_ALPHABET.replace("\x1b", "") + "".join(EXTENSION_TABLE.values())

# Language, table, code: what TS 23.038 V18 prints and this project reads as telephones do.
TRANSCRIPTION_DIFFERS = {
    *((language, "locking", 0x2C) for language in range(4, 14)),
    (7, "locking", 0x24),
    (12, "singleShift", 0x65),
}


def library(name: str, install: str) -> ModuleType:
    """Another library, or a skip that says how to get it."""
    module = pytest.importorskip(name, reason=f"not installed: pip install {install}")
    assert isinstance(module, ModuleType)
    return module


def texts(characters: str) -> list[str]:
    """Texts of every length from 0 to 170, from a seed."""
    source = random.Random(7)
    return ["".join(source.choices(characters, k=length)) for length in range(171)]


def test_smspdudecoder_packs_and_unpacks_the_same() -> None:
    """TS 23.038 §6.1.2.1, §6.1.2.3.1, T35: with zeros and with a carriage return in spare bits."""
    codec = library("smspdudecoder.codecs", "smspdudecoder 'bitstring<5'").GSM
    for text in texts(CHARACTERS)[1:]:
        septets = encode_gsm7(text)
        assert septets is not None
        assert pack_septets(septets).hex() == codec.encode(text).lower()
        packed = pack_septets_for_smpp(septets)
        assert packed.hex() == codec.encode(text, with_padding=len(septets) % 8 == 7).lower()
        if not text.endswith(("\r", "@")):
            assert codec.decode(packed.hex(), strip_padding=True) == text


def test_smpplib_encodes_the_same_unpacked() -> None:
    """T33: its table lacks `§` and the page break, and has an accent in their place."""
    gsm = library("smpplib.gsm", "smpplib")
    for text in texts(CHARACTERS.replace("§", "").replace("\f", "")):
        assert gsm.gsm_encode(text) == encode_gsm7(text)


@pytest.mark.parametrize(
    ("kind", "own"), [("locking", LOCKING_SHIFT_TABLES), ("singleShift", SINGLE_SHIFT_TABLES)]
)
def test_gsmcodecs_has_the_same_national_tables(kind: str, own: dict[int, str]) -> None:
    """TS 23.038 §A.2, §A.3: written from V18.0.0, it differs where the printed tables are wrong."""
    maps = library("gsmcodecs", "gsmcodecs").GSMCHARMAPS
    for language, table in own.items():
        other = maps[language][kind]["decode"]
        for code in range(128):
            if (language, kind, code) in TRANSCRIPTION_DIFFERS or code in (0x0D, 0x1B):
                continue
            theirs = chr(other[code]) if code in other else "\0"
            assert table[code] == theirs, (language, hex(code))


def test_smspdudecoder_reads_the_same_text() -> None:
    """TS 23.038 §6.2.1.1: it shows unknown escapes as spaces, so none is compared."""
    codec = library("smspdudecoder.codecs", "smspdudecoder 'bitstring<5'").GSM
    for text in texts(CHARACTERS):
        septets = encode_gsm7(text)
        assert septets is not None
        if len(septets) % 8 != 7 and text:
            assert codec.decode(pack_septets(septets).hex()) == decode_gsm7(septets)
