"""Our transfer PDUs read by Wireshark's dissector (tshark), many in one capture."""

import json
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from carrierbox.codecs.gsm7 import encode_gsm7
from carrierbox.codecs.relayed_tpdu import sms_deliver, sms_submit
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.codecs.tpdu_types import DIRECTION_MO, DIRECTION_MT
from carrierbox.identifiers import Address

pytestmark = pytest.mark.interop

UPPER_PDU = 252
TAG_DISSECTOR = 12
TAG_DIRECTION = 35
FIELDS = ("tp-oa", "tp-da", "tp-mr", "tp-pid", "tp-dcs", "sms_text")
AT = 1_768_119_309.0
LETTERS = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !#¤%&()*+,-./0129:;<=>?¡AZÄÖÑÜ§¿azäöñüà^{}[~]€"


def capture(frames: list[tuple[bytes, int]]) -> bytes:
    """A capture file of PDUs with their direction, as exported by Wireshark itself."""
    octets = [struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, UPPER_PDU)]
    for pdu, direction in frames:
        frame = struct.pack(">HH8s", TAG_DISSECTOR, 8, b"gsm_sms\0")
        frame += struct.pack(">HHIHH", TAG_DIRECTION, 4, direction, 0, 0) + pdu
        octets.append(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
    return b"".join(octets)


def dissected(frames: list[tuple[bytes, int]], folder: Path) -> list[dict[str, str]]:
    """What tshark reads of each PDU; skips without tshark."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("not installed: apt-get install tshark")
    file = folder / "tpdus.pcap"
    file.write_bytes(capture(frames))
    command = [tshark, "-r", str(file), "-T", "json", "-e", "_ws.malformed"]
    for field in FIELDS:
        command += ["-e", f"gsm_sms.{field}"]
    told = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    packets = [packet["_source"].get("layers", {}) for packet in json.loads(told)]
    return [{name: values[0] for name, values in packet.items()} for packet in packets]


def test_tshark_reads_the_same_in_every_pdu(tmp_path: Path) -> None:
    """TS 23.040 §9.2.2: addresses, codings and texts of every length, both directions."""
    source = random.Random(11)
    frames: list[tuple[bytes, int]] = []
    expected: list[dict[str, str]] = []
    for length in range(1, 160):
        text = "".join(source.choices(LETTERS, k=length))
        tp_dcs, user_data = (0, to_septets(text)) if length % 3 else (8, text.encode("utf-16-be"))
        if len(user_data) > (140 if tp_dcs else 160):
            text = "a" * 70
            tp_dcs, user_data = 8, text.encode("utf-16-be")
        digits = "".join(source.choices("0123456789", k=source.randrange(3, 16)))
        if length % 2:
            name = Address(5, 0, "".join(source.choices("ABCxyz019", k=length % 11 + 1)))
            made = encode_tpdu(sms_deliver(name, 0, tp_dcs, b"", user_data, AT, False, 4))
            frames.append((made, DIRECTION_MT))
            expected.append({"gsm_sms.tp-oa": name.value})
        else:
            phone = Address(1, 1, digits)
            made = encode_tpdu(sms_submit(length, phone, 0, tp_dcs, b"", user_data, 3600.0))
            frames.append((made, DIRECTION_MO))
            expected.append({"gsm_sms.tp-da": digits, "gsm_sms.tp-mr": str(length)})
        expected[-1] |= {"gsm_sms.tp-pid": "0", "gsm_sms.tp-dcs": str(tp_dcs)}
        expected[-1]["gsm_sms.sms_text"] = text
    assert dissected(frames, tmp_path) == expected


def to_septets(text: str) -> bytes:
    """Septets of a text known to have them."""
    septets = encode_gsm7(text)
    assert septets is not None
    return septets
