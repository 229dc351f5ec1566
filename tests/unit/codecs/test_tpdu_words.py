"""Transfer PDUs as names and values."""

import pytest

from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_types import DIRECTION_MO, DIRECTION_MT
from carrierbox.codecs.tpdu_words import describe_tpdu


def test_every_field_of_a_deliver_is_told_in_its_order() -> None:
    """TS 23.040 §9.2.2.1."""
    octets = bytes.fromhex("440b914306000000f00000621011905190400c03240102206fd261d0e60d")
    assert describe_tpdu(decode_tpdu(octets, DIRECTION_MT)) == [
        ("type", "SMS-DELIVER"),
        ("tp_mms", 1),
        ("tp_lp", 0),
        ("tp_sri", 0),
        ("tp_udhi", 1),
        ("tp_rp", 0),
        ("tp_oa", "34600000000"),
        ("tp_oa_ton", 1),
        ("tp_oa_npi", 1),
        ("tp_pid", 0),
        ("tp_pid_name", "plain short message"),
        ("tp_dcs", 0),
        ("tp_dcs_name", "GSM 7-bit"),
        ("tp_scts", "2026-01-11T09:15:09+01:00"),
        ("tp_udl", 12),
        ("tp_ud", "03240102206fd261d0e60d"),
        ("user_data_header", "03240102"),
        ("information_element", "national language single shift: Spanish"),
        ("text", "día ó"),
    ]


@pytest.mark.parametrize(
    ("octets", "direction", "error", "told"),
    [
        ("1100039133f10000aa0161", DIRECTION_MO, False, {"tp_vp": 0xAA, "tp_vp_text": "4 days"}),
        ("1100039133f10000010161", DIRECTION_MO, False, {"tp_vp_text": "10 minutes"}),
        (
            "0900039133f1000042ff00000000000161",
            DIRECTION_MO,
            False,
            {"tp_vpf": 1, "tp_vp": "42ff0000000000", "tp_vp_text": "255 seconds, one attempt only"},
        ),
        ("0900039133f10000000000000000000161", DIRECTION_MO, False, {"tp_vp_text": "none given"}),
        (
            "1900039133f10000621011905190400161",
            DIRECTION_MO,
            False,
            {"tp_vp_text": "2026-01-11T09:15:09+01:00"},
        ),
        (
            "420b21020c039133f1040324010a",
            DIRECTION_MO,
            False,
            {"tp_ct_name": "delete the submitted short message", "user_data_header": "0324010a"},
        ),
        (
            "4100039133f1000403020501",
            DIRECTION_MO,
            False,
            {"problem": "information element reaches beyond its header (at position 1)"},
        ),
        ("00897f2c0102", DIRECTION_MO, False, {"tp_pi": 0x89, "unknown_parameters": "0102"}),
        (
            "00d300",
            DIRECTION_MO,
            True,
            {"carried_in": "RP-ERROR", "tp_fcs_name": "memory capacity exceeded"},
        ),
        (
            "010062101190519040",
            DIRECTION_MT,
            False,
            {"carried_in": "RP-ACK", "tp_scts": "2026-01-11T09:15:09+01:00"},
        ),
    ],
)
def test_numbers_are_explained(
    octets: str, direction: int, error: bool, told: dict[str, int | str]
) -> None:
    """TS 23.040 §9.2.3: validity periods, failure causes, commands, odd headers."""
    described = dict(describe_tpdu(decode_tpdu(bytes.fromhex(octets), direction, error)))
    assert {name: described.get(name) for name in told} == told
