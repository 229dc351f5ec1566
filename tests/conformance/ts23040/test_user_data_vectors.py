"""Published user data headers, and user data packed behind one."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.codecs.septets import fill_bits_after, pack_septets, unpack_septets
from carrierbox.codecs.user_data_header import (
    Concatenation,
    InformationElement,
    find_concatenation,
    parse_user_data_header,
    split_user_data_header,
)

HERE = Path(__file__).parent
HEADERS = json.loads((HERE / "user_data_header_vectors.json").read_text("utf-8"))["vectors"]
PACKED = json.loads((HERE / "fill_bits_vectors.json").read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("vector", HEADERS, ids=lambda vector: vector["name"])
def test_a_header_has_the_elements_and_the_concatenation_it_is_known_for(
    vector: dict[str, Any],
) -> None:
    """TS 23.040 §9.2.3.24, T39."""
    header = bytes.fromhex(vector["header"])
    assert split_user_data_header(header + b"text") == (header, b"text")
    assert parse_user_data_header(header) == [
        InformationElement(iei, bytes.fromhex(data)) for iei, data in vector["elements"]
    ]
    expected = vector["concatenation"]
    assert find_concatenation(header) == (Concatenation(*expected) if expected else None)


@pytest.mark.parametrize("vector", PACKED, ids=lambda vector: vector["name"])
def test_text_behind_a_header_starts_at_a_septet_boundary(vector: dict[str, Any]) -> None:
    """TS 23.040 §9.2.3.24, T35."""
    user_data = bytes.fromhex(vector["user_data"])
    header, rest = split_user_data_header(user_data)
    assert header.hex() == vector["header"]
    fill_bits = fill_bits_after(len(header))
    count = vector["tp_udl"] - (len(header) * 8 + fill_bits) // 7
    septets = unpack_septets(rest, count, fill_bits)
    assert decode_gsm7(septets) == vector["text"]
    assert encode_gsm7(vector["text"]) == septets
    # What a network puts into the fill bits does not matter; one of the examples has a 1 there.
    cleared = bytes([rest[0] >> fill_bits << fill_bits]) + rest[1:]
    assert pack_septets(septets, fill_bits) == cleared
