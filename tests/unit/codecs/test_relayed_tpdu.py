"""Between transfer PDUs and what crosses the relay."""

import pytest

from carrierbox.codecs.relayed_tpdu import relayed_message, sms_deliver, sms_submit
from carrierbox.codecs.tp_time import TimeStamp
from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.codecs.tpdu_types import DIRECTION_MO, DIRECTION_MT, SmsDeliver, SmsSubmit
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address

AT = 1_768_119_309.0
SENDER = Address(5, 0, "Acme")
PHONE = Address(1, 1, "33612345678")
PART = bytes.fromhex("050003010201")


def test_a_part_on_its_way_to_a_phone_is_an_sms_deliver_and_returns() -> None:
    """TS 23.040 §9.2.2.1, §9.3.1."""
    made = sms_deliver(SENDER, 0, 0, PART, b"hello", AT, True, 4)
    octets = encode_tpdu(made)
    assert octets.hex() == "4007d0c171bb0c0000621011905190400c050003010201d06536fb0d"
    decoded = decode_tpdu(octets, DIRECTION_MT)
    assert isinstance(decoded, SmsDeliver)
    relayed = relayed_message(decoded)
    assert relayed.address == SENDER
    assert (relayed.tp_pid, relayed.tp_dcs) == (0, 0)
    assert (relayed.user_data_header, relayed.user_data) == (PART, b"hello")
    assert (relayed.service_centre_time, relayed.more_messages) == (AT, True)


def test_a_part_from_a_phone_is_an_sms_submit_and_returns() -> None:
    """TS 23.040 §9.2.2.2: the validity is rounded up."""
    octets = encode_tpdu(sms_submit(9, PHONE, 0, 8, b"", b"\x00H", 301.0, True))
    assert octets.hex() == "31090b913316325476f8000801020048"
    decoded = decode_tpdu(octets, DIRECTION_MO)
    assert isinstance(decoded, SmsSubmit)
    relayed = relayed_message(decoded)
    assert relayed.address == PHONE
    assert (relayed.user_data, relayed.service_centre_time) == (b"\x00H", None)
    assert encode_tpdu(sms_submit(9, PHONE, 0, 8, b"", b"\x00H"))[0] == 0x01


def test_what_has_no_place_is_a_codec_error() -> None:
    """A sender of twelve letters, a text too long, a time that is none."""
    with pytest.raises(CodecError):
        sms_deliver(Address(5, 0, "TwelveLetter"), 0, 0, b"", b"", AT)
    with pytest.raises(CodecError):
        sms_deliver(SENDER, 0, 0, PART, b"a" * 154, AT)
    broken = sms_deliver(SENDER, 0, 0, b"", b"", AT)
    broken.tp_scts = TimeStamp(bytes(7))
    with pytest.raises(CodecError):
        relayed_message(broken)
