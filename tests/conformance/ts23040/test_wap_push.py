"""Published WAP pushes: notifications of an MMS, service indications."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrierbox.codecs.wap_push import (
    decode_wap_push,
    describe_wap_push,
    is_wap_push,
    wap_push_content,
)
from carrierbox.errors import CodecError

VECTORS = json.loads(Path(__file__).with_name("wap_push_vectors.json").read_text("utf-8"))[
    "vectors"
]
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])


@each_vector
def test_a_push_says_what_it_is_known_for(vector: dict[str, Any]) -> None:
    """WAP-235-PushOTA §7.1, OMA-MMS-ENC §6.2, WAP-167-ServiceInd §8."""
    assert all(is_wap_push(bytes.fromhex(header)) for header in vector["headers"])
    assert dict(describe_wap_push(bytes.fromhex(vector["push"]))) == vector["fields"]


@each_vector
def test_a_push_is_encoded_octet_by_octet(vector: dict[str, Any]) -> None:
    """WAP-230-WSP §8.2.4."""
    octets = bytes.fromhex(vector["push"])
    assert decode_wap_push(octets).encode() == octets


@each_vector
def test_a_push_cut_anywhere_is_told_or_a_codec_error(vector: dict[str, Any]) -> None:
    """T38: a first part alone is one, too."""
    octets = bytes.fromhex(vector["push"])
    for end in range(len(octets)):
        assert describe_wap_push(octets[:end])
        try:
            wap_push_content(decode_wap_push(octets[:end]))
        except CodecError as error:
            if error.position > end:
                raise
