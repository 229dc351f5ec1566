"""A TP-DCS taken apart."""

import pytest

from carrierbox.codecs.data_coding_scheme import describe_data_coding


@pytest.mark.parametrize(
    ("tp_dcs", "words"),
    [
        (0x00, "GSM 7-bit"),
        (0x04, "octets"),
        (0x08, "UCS-2"),
        (0x0C, "GSM 7-bit, reserved coding"),
        (0x10, "GSM 7-bit, class 0 (flash)"),
        (0x18, "UCS-2, class 0 (flash)"),
        (0x20, "octets, compressed"),
        (0x48, "UCS-2, deleted after reading"),
        (0x53, "GSM 7-bit, class 3 (for terminal equipment), deleted after reading"),
        (0x80, "GSM 7-bit, reserved coding"),
        (0xBF, "GSM 7-bit, reserved coding"),
        (0xC8, "GSM 7-bit, voicemail waiting, text discarded"),
        (0xC0, "GSM 7-bit, voicemail no longer waiting, text discarded"),
        (0xD9, "GSM 7-bit, fax waiting, text stored"),
        (0xEA, "UCS-2, e-mail waiting, text stored"),
        (0xE3, "UCS-2, other message no longer waiting, text stored"),
        (0xF2, "GSM 7-bit, class 2 (kept on the SIM)"),
        (0xF5, "octets, class 1 (kept by the phone)"),
    ],
)
def test_a_tp_dcs_is_told_in_words(tp_dcs: int, words: str) -> None:
    """TS 23.038 §4."""
    assert describe_data_coding(tp_dcs).words() == words


def test_the_parts_of_a_tp_dcs_can_be_asked_for() -> None:
    """TS 23.038 §4: class 0 is flash; without a class bit there is no class."""
    flash = describe_data_coding(0xF0)
    assert flash.is_flash()
    assert not describe_data_coding(0x00).is_flash()
    assert describe_data_coding(0x03).message_class is None
    waiting = describe_data_coding(0xD8).message_waiting
    assert repr(waiting) == "MessageWaiting(True, True, 0)"
    assert [tp_dcs for tp_dcs in range(256) if describe_data_coding(tp_dcs).compressed] == [
        tp_dcs for tp_dcs in range(0x80) if tp_dcs & 0x20
    ]
