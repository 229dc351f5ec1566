"""Published examples of GSM 7-bit, packed and unpacked, and of UCS-2."""

import json
from pathlib import Path

import pytest

from carrierbox.codecs.data_coding import (
    DATA_CODING_UCS2,
    decode_text,
    decode_user_data,
    encode_text,
)
from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.codecs.septets import pack_septets, unpack_septets

HERE = Path(__file__).parent
GSM7 = json.loads((HERE / "gsm7_vectors.json").read_text("utf-8"))["vectors"]
UCS2 = json.loads((HERE / "ucs2_vectors.json").read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("vector", GSM7, ids=lambda vector: vector["name"])
def test_gsm7_text_becomes_the_published_septets_and_octets_and_returns(
    vector: dict[str, str],
) -> None:
    """TS 23.038 §6.1.2.1, §6.2.1."""
    septets = bytes.fromhex(vector["septets"])
    packed = bytes.fromhex(vector["packed"])
    assert encode_gsm7(vector["text"]) == septets
    assert pack_septets(septets) == packed
    assert unpack_septets(packed, len(septets)) == septets
    assert decode_gsm7(septets) == vector["text"]


@pytest.mark.parametrize("vector", UCS2, ids=lambda vector: vector["name"])
def test_ucs2_text_becomes_the_published_octets_and_returns(vector: dict[str, str]) -> None:
    """TS 23.038 §6.2.3, T37."""
    octets = bytes.fromhex(vector["octets"])
    assert decode_text(octets, DATA_CODING_UCS2) == vector["text"]
    assert decode_user_data(octets, 0x08) == vector["text"]
    data_coding, encoded = encode_text(vector["text"] + "\N{SNOWMAN}")
    assert (data_coding, encoded) == (DATA_CODING_UCS2, octets + b"\x26\x03")
