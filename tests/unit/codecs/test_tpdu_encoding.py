"""Transfer PDUs to octets."""

import pytest

from carrierbox.codecs.tp_address import TpAddress, tp_address
from carrierbox.codecs.tp_time import VALIDITY_ABSOLUTE, VALIDITY_RELATIVE, TimeStamp, time_stamp
from carrierbox.codecs.tp_user_data import TpUserData, tp_user_data
from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.codecs.tpdu_types import (
    DIRECTION_MO,
    DIRECTION_MT,
    OptionalParameters,
    SmsCommand,
    SmsDeliver,
    SmsDeliverReport,
    SmsStatusReport,
    SmsSubmit,
    SmsSubmitReport,
    Tpdu,
)
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address

PHONE = tp_address(Address(1, 1, "33612345678"))
STAMP = time_stamp(1_768_119_309.0, 4)
HELLO = tp_user_data(b"", b"hello", 0)
PART = tp_user_data(bytes.fromhex("050003010201"), b"hello", 0)
WIDE = tp_user_data(b"", b"\x00H", 8)
REPORTED = OptionalParameters(0x40, 8, WIDE)
EXTENDED = OptionalParameters(None, None, HELLO, b"\x90\x01", b"\x07")


@pytest.mark.parametrize(
    ("value", "direction", "octets"),
    [
        (
            SmsDeliver(PHONE, 0, 0, STAMP, HELLO),
            DIRECTION_MT,
            "040b913316325476f800006210119051904005e8329bfd06",
        ),
        (
            SmsDeliver(PHONE, 0x40, 8, STAMP, WIDE, True, True, True, True, 0x10),
            DIRECTION_MT,
            "b80b913316325476f8400862101190519040020048",
        ),
        (
            SmsSubmit(7, PHONE, 0, 0, HELLO),
            DIRECTION_MO,
            "01070b913316325476f8000005e8329bfd06",
        ),
        (
            SmsSubmit(7, PHONE, 0, 0, PART, VALIDITY_RELATIVE, b"\xaa", True, True, True),
            DIRECTION_MO,
            "f5070b913316325476f80000aa0c050003010201d06536fb0d",
        ),
        (
            SmsSubmit(7, PHONE, 0, 0, HELLO, VALIDITY_ABSOLUTE, STAMP.octets),
            DIRECTION_MO,
            "19070b913316325476f800006210119051904005e8329bfd06",
        ),
        (
            SmsStatusReport(7, PHONE, STAMP, STAMP, 0x46),
            DIRECTION_MT,
            "06070b913316325476f8621011905190406210119051904046",
        ),
        (
            SmsStatusReport(7, PHONE, STAMP, STAMP, 0, REPORTED, True, True, True, False, 0x90),
            DIRECTION_MT,
            "ba070b913316325476f862101190519040621011905190400007" + "4008020048",
        ),
        (
            SmsCommand(7, 0, 2, 6, PHONE, b"\x01", True),
            DIRECTION_MO,
            "22070002060b913316325476f80101",
        ),
        (SmsDeliverReport(OptionalParameters()), DIRECTION_MO, "0000"),
        (SmsDeliverReport(EXTENDED, 0xD3), DIRECTION_MO, "00d3940105e8329bfd0607"),
        (SmsSubmitReport(STAMP, OptionalParameters()), DIRECTION_MT, "010062101190519040"),
        (
            SmsSubmitReport(STAMP, REPORTED, 0xC1),
            DIRECTION_MT,
            "01c107621011905190404008020048",
        ),
    ],
)
def test_a_value_becomes_its_octets_and_returns(value: Tpdu, direction: int, octets: str) -> None:
    """TS 23.040 §9.2.2."""
    encoded = encode_tpdu(value)
    assert encoded.hex() == octets
    error = getattr(value, "tp_fcs", None) is not None
    again = decode_tpdu(encoded, direction, error)
    assert type(again) is type(value)
    assert encode_tpdu(again) == encoded


@pytest.mark.parametrize(
    "value",
    [
        SmsDeliver(PHONE, 256, 0, STAMP, HELLO),
        SmsDeliver(PHONE, 0, 8, STAMP, HELLO),
        SmsDeliver(PHONE, 0, 0, TimeStamp(b""), HELLO),
        SmsDeliver(TpAddress(3, 0x91, b""), 0, 0, STAMP, HELLO),
        SmsDeliver(PHONE, 0, 0, STAMP, TpUserData(9, b"", 0, False)),
        SmsSubmit(-1, PHONE, 0, 0, HELLO),
        SmsSubmit(0, PHONE, 0, 0, HELLO, VALIDITY_RELATIVE, b""),
        SmsSubmit(0, PHONE, 0, 0, HELLO, 4, b""),
        SmsCommand(0, 0, 0, 0, PHONE, bytes(158)),
        SmsStatusReport(0, PHONE, STAMP, STAMP, 0, OptionalParameters(0, 0, PART)),
        SmsStatusReport(
            0, PHONE, STAMP, STAMP, 0, OptionalParameters(0, 4, tp_user_data(b"", bytes(132), 4))
        ),
        SmsDeliverReport(OptionalParameters(reserved=b"")),
        SmsDeliverReport(OptionalParameters(reserved=b"\x80")),
        SmsDeliverReport(OptionalParameters(reserved=b"\x00\x00")),
        SmsDeliverReport(OptionalParameters(unknown=b"\x00")),
        SmsDeliverReport(OptionalParameters(), 256),
    ],
)
def test_what_does_not_belong_together_is_not_encoded(value: Tpdu) -> None:
    """TS 23.040 §9.2.2: TP-DCS and the packing, lengths, extension bits."""
    with pytest.raises(CodecError):
        encode_tpdu(value)
