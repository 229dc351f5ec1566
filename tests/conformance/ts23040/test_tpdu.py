"""Published transfer PDUs: whole, cut at every octet, with a tail."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrierbox.codecs.relayed_tpdu import relayed_message, sms_deliver
from carrierbox.codecs.tp_time import VALIDITY_RELATIVE, relative_validity_s
from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.codecs.tpdu_types import (
    DIRECTION_MO,
    DIRECTION_MT,
    SmsDeliver,
    SmsStatusReport,
    SmsSubmit,
    Tpdu,
)
from carrierbox.codecs.tpdu_words import describe_tpdu
from carrierbox.errors import CodecError

VECTORS = json.loads(Path(__file__).with_name("tpdu_vectors.json").read_text("utf-8"))["vectors"]
DIRECTIONS = {"MT": DIRECTION_MT, "MO": DIRECTION_MO}

each_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])


def decoded(vector: dict[str, Any], octets: bytes) -> Tpdu:
    """The PDU in `octets`, carried as the vector says."""
    return decode_tpdu(octets, DIRECTIONS[vector["direction"]], vector["error"])


@each_vector
def test_a_pdu_has_the_fields_it_is_known_for(vector: dict[str, Any]) -> None:
    """TS 23.040 §9.2.2."""
    value = decoded(vector, bytes.fromhex(vector["tpdu"]))
    told = dict(describe_tpdu(value))
    fields = dict(vector["fields"])
    minutes = fields.pop("validity_minutes", None)
    elements = fields.pop("udh", [])
    assert {name: told.get(name) for name in fields} == fields
    if minutes is not None:
        assert isinstance(value, SmsSubmit)
        assert value.tp_vpf == VALIDITY_RELATIVE
        assert relative_validity_s(value.tp_vp[0]) == minutes * 60
    assert elements == []


@each_vector
def test_a_pdu_is_encoded_octet_by_octet(vector: dict[str, Any]) -> None:
    """TS 23.040 §9.2.2: one of them has a 1 among its fill bits."""
    octets = bytes.fromhex(vector["tpdu"])
    assert encode_tpdu(decoded(vector, octets)) == octets


@each_vector
def test_a_pdu_cut_anywhere_is_a_codec_error(vector: dict[str, Any]) -> None:
    """T38: with a position inside what is there."""
    octets = bytes.fromhex(vector["tpdu"])
    for end in range(len(octets)):
        with pytest.raises(CodecError) as caught:
            decoded(vector, octets[:end])
        assert 0 <= caught.value.position <= end


@each_vector
def test_a_pdu_with_a_tail_is_a_codec_error(vector: dict[str, Any]) -> None:
    """TS 23.040 §9.2.2; behind an SMS-STATUS-REPORT an octet is its TP-PI."""
    octets = bytes.fromhex(vector["tpdu"])
    if isinstance(decoded(vector, octets), SmsStatusReport):
        assert decoded(vector, octets + b"\x00")
        octets += b"\x00"
    with pytest.raises(CodecError) as caught:
        decoded(vector, octets + b"\xff")
    assert caught.value.position == len(octets)


@pytest.mark.parametrize(
    "vector",
    [each for each in VECTORS if each["fields"]["type"] == "SMS-DELIVER"],
    ids=lambda vector: vector["name"],
)
def test_a_deliver_is_the_same_after_crossing_the_relay(vector: dict[str, Any]) -> None:
    """TS 23.040 §9.3.1: unpacked and packed again, but for what a network put into fill bits."""
    value = decoded(vector, bytes.fromhex(vector["tpdu"]))
    assert isinstance(value, SmsDeliver)
    relayed = relayed_message(value)
    assert relayed.service_centre_time is not None
    again = sms_deliver(
        relayed.address,
        relayed.tp_pid,
        relayed.tp_dcs,
        relayed.user_data_header,
        relayed.user_data,
        relayed.service_centre_time,
        relayed.more_messages,
        value.tp_scts.quarter_hours,
    )
    flags = ("tp_lp", "tp_sri", "tp_rp", "tp_ud")
    before = [pair for pair in describe_tpdu(value) if pair[0] not in flags]
    after = [pair for pair in describe_tpdu(again) if pair[0] not in flags]
    # -00:00 and +00:00 are one time.
    plain = [(name, str(text).replace("-00:00", "+00:00")) for name, text in before]
    assert [(name, str(text)) for name, text in after] == plain
