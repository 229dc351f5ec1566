"""What a phone shows beside a text."""

import pytest

from carrierbox.codecs.message_signs import describe_content, read_signs
from carrierbox.codecs.mms_notification import MmsNotification, encode_mms_notification
from carrierbox.codecs.wap_push import mms_push


@pytest.mark.parametrize(
    ("tp_dcs", "header", "words"),
    [
        (0x00, "", []),
        (0x10, "", ["class 0 (flash)"]),
        (0xF1, "", ["class 1 (kept by the phone)"]),
        (0xC8, "", ["voicemail waiting, text discarded"]),
        (0xD9, "", ["fax waiting, text stored"]),
        (0xC0, "", ["voicemail no longer waiting, text discarded"]),
        (0x00, "04010280030a"[:10], ["3 voicemail waiting, text stored"]),
        (0x00, "0401020700", ["video no longer waiting, text discarded"]),
        (0x00, "0401020b02", ["2 other message waiting, text discarded"]),
        # The header knows better how many.
        (0xC8, "0401020005", ["5 voicemail waiting, text discarded"]),
        (0x04, "0605040b8423f0", ["to port 2948 (WAP push)"]),
        (0x00, "0605041f401f40", ["to port 8000"]),
        (0x00, "09", []),
    ],
)
def test_class_signs_and_port_are_told(tp_dcs: int, header: str, words: list[str]) -> None:
    """TS 23.038 §4; TS 23.040 §9.2.3.24.2 to §9.2.3.24.4; T38: a malformed header says nothing."""
    assert read_signs(tp_dcs, bytes.fromhex(header)).words() == words


def test_the_notification_of_an_mms_is_read() -> None:
    """OMA-MMS-ENC §6.2; a text to another port is a text."""
    value = MmsNotification("T1", sender="+33612345678/TYPE=PLMN", url="http://mms/1")
    push = mms_push(encode_mms_notification(value))
    content = dict(describe_content(bytes.fromhex("0605040b8423f0"), push))
    assert (content["from"], content["url"]) == ("+33612345678", "http://mms/1")
    assert describe_content(bytes.fromhex("0605041f401f40"), push) == []
    assert describe_content(b"", push) == []
