"""Transfer PDUs from octets; tests/conformance reads published ones."""

import pytest

from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_types import (
    DIRECTION_MO,
    DIRECTION_MT,
    SmsCommand,
    SmsDeliver,
    SmsDeliverReport,
    SmsStatusReport,
    SmsSubmit,
    SmsSubmitReport,
)
from carrierbox.errors import CodecError

DELIVER = "040b913316325476f8001062101190519040054676788e06"
STATUS = "06270b913426565711f7012081111345400120811174054043"


@pytest.mark.parametrize(
    ("octets", "direction", "error", "kind"),
    [
        (DELIVER, DIRECTION_MT, False, SmsDeliver),
        ("07" + DELIVER[2:], DIRECTION_MT, False, SmsDeliver),
        ("0001", DIRECTION_MO, False, None),
        ("000100", DIRECTION_MO, False, SmsDeliverReport),
        ("00d300", DIRECTION_MO, True, SmsDeliverReport),
        ("0100039133f100000161", DIRECTION_MO, False, SmsSubmit),
        (STATUS, DIRECTION_MT, False, SmsStatusReport),
        ("010062101190519040", DIRECTION_MT, False, SmsSubmitReport),
        ("01c00062101190519040", DIRECTION_MT, True, SmsSubmitReport),
        ("020b21020c039133f100", DIRECTION_MO, False, SmsCommand),
        ("03", DIRECTION_MO, False, None),
        ("", DIRECTION_MO, False, None),
    ],
)
def test_the_direction_and_tp_mti_say_which_pdu_it_is(
    octets: str, direction: int, error: bool, kind: type | None
) -> None:
    """TS 23.040 §9.2.3.1: reserved is SMS-DELIVER towards a telephone, an error from one."""
    if kind is None:
        with pytest.raises(CodecError):
            decode_tpdu(bytes.fromhex(octets), direction, error)
    else:
        assert type(decode_tpdu(bytes.fromhex(octets), direction, error)) is kind


@pytest.mark.parametrize(
    ("octets", "direction", "position"),
    [
        (DELIVER + "00", DIRECTION_MT, 24),
        (DELIVER[:-2], DIRECTION_MT, 18),
        ("44" + DELIVER[2:34] + "041401ff00", DIRECTION_MT, 18),
        (STATUS[:-2], DIRECTION_MT, 24),
        (STATUS + "0000", DIRECTION_MT, 26),
        ("0100621011905190", DIRECTION_MT, 2),
        ("010162101190519040", DIRECTION_MT, 9),
        ("01046210119051904002e8", DIRECTION_MT, 9),
        ("0080", DIRECTION_MO, 2),
        ("020b21020c039133f10241", DIRECTION_MO, 9),
        ("420b21020c039133f1020500", DIRECTION_MO, 10),
        ("1900039133f1000031700131", DIRECTION_MO, 8),
    ],
)
def test_octets_that_do_not_fit_are_an_error_with_its_position(
    octets: str, direction: int, position: int
) -> None:
    """TS 23.040 §9.2.2, T39: a tail, a length beyond the end, a missing field."""
    with pytest.raises(CodecError) as caught:
        decode_tpdu(bytes.fromhex(octets), direction)
    assert caught.value.position == position


def test_there_are_two_directions() -> None:
    """A third is a mistake of the caller, not of a peer."""
    with pytest.raises(ValueError, match="DIRECTION_MT"):
        decode_tpdu(b"\x00", 2)


def test_the_sense_of_more_messages_is_turned() -> None:
    """TS 23.040 §9.2.3.2: 1 says that there are no more."""
    last = decode_tpdu(bytes.fromhex(DELIVER), DIRECTION_MT)
    other = decode_tpdu(bytes.fromhex("00" + DELIVER[2:]), DIRECTION_MT)
    assert isinstance(last, SmsDeliver)
    assert isinstance(other, SmsDeliver)
    assert (last.more_messages, other.more_messages) == (False, True)


def test_what_reserved_bits_of_tp_pi_announce_is_kept() -> None:
    """TS 23.040 §9.2.3.27: extended, with parameters of a later release behind."""
    report = decode_tpdu(bytes.fromhex("00897f2c0102"), DIRECTION_MO)
    assert isinstance(report, SmsDeliverReport)
    assert report.optional.tp_pid == 0x2C
    assert report.optional.reserved == b"\x88\x7f"
    assert report.optional.unknown == b"\x01\x02"
