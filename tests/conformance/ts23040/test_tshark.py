"""Our transfer PDUs read by Wireshark's dissector (tshark), many in one capture."""

import json
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from carrierbox.codecs.gsm7 import encode_gsm7
from carrierbox.codecs.national_language import decode_part, shifts_of
from carrierbox.codecs.relayed_tpdu import sms_deliver, sms_submit
from carrierbox.codecs.segmentation import split_text
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.codecs.tpdu_types import (
    DIRECTION_MO,
    DIRECTION_MT,
    OptionalParameters,
    SmsDeliverReport,
)
from carrierbox.codecs.wap_push import service_push
from carrierbox.codecs.wap_service import WapService
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


def dissected(
    frames: list[tuple[bytes, int]], folder: Path, fields: tuple[str, ...] = FIELDS
) -> list[dict[str, str]]:
    """What tshark reads of each PDU, several values of a field joined; skips without tshark."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("not installed: apt-get install tshark")
    file = folder / "tpdus.pcap"
    file.write_bytes(capture(frames))
    command = [tshark, "-r", str(file), "-T", "json", "-e", "_ws.malformed"]
    for field in fields:
        command += ["-e", f"gsm_sms.{field}"]
    told = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    packets = [packet["_source"].get("layers", {}) for packet in json.loads(told)]
    return [{name: "".join(values) for name, values in packet.items()} for packet in packets]


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


LONG_TEXTS = (
    ("Both halves of a long text, at the station @ 7. " * 5, ()),
    ("€[]{}^~|\\\\ " * 25, ()),
    ("Доброе утро 🇫🇷👨‍👩‍👧 " * 9, ()),
    ("早上好，火车七点到。" * 20, ()),
    ("ğış İstanbul " * 14, (1,)),
    ("ção ã õ Δ " * 30, (3,)),
    ("नमस्ते दुनिया " * 20, (6,)),
)
HEADER_FIELDS = (
    "tp-udhi",
    "udh.mm.msg_id",
    "udh.mm.msg_parts",
    "udh.mm.msg_part",
    "dis_iei_lang.single_shift",
    "dis_iei_lang.locking_shift",
    "sms_text",
)


@pytest.mark.parametrize("wide", [False, True])
def test_tshark_reads_the_parts_of_long_texts(tmp_path: Path, wide: bool) -> None:
    """TS 23.040 §9.2.3.24: concatenation, fill bits, national shifts, whole characters (T34, T37).

    It reads septets by the default tables only, so texts are compared where those are used, and
    shows the whole text with the last part.
    """
    frames: list[tuple[bytes, int]] = []
    expected: list[dict[str, str]] = []
    for reference, (text, languages) in enumerate(LONG_TEXTS, 300 if wide else 0):
        tp_dcs, segments = split_text(text, reference, wide=wide, languages=languages)
        for number, segment in enumerate(segments, 1):
            header, user_data = segment.user_data_header, segment.user_data
            made = sms_deliver(Address(5, 0, "ACME"), 0, tp_dcs, header, user_data, AT)
            frames.append((encode_tpdu(made), DIRECTION_MT))
            told = {"tp-udhi": "1", "udh.mm.msg_part": str(number)}
            told["udh.mm.msg_id"] = str(reference)
            told["udh.mm.msg_parts"] = str(len(segments))
            locking_shift, single_shift = shifts_of(header)
            if single_shift:
                told["dis_iei_lang.single_shift"] = str(single_shift)
            if locking_shift:
                told["dis_iei_lang.locking_shift"] = str(locking_shift)
            if (locking_shift, single_shift) == (0, 0):
                told["sms_text"] = decode_part(user_data, tp_dcs, header)
                if number == len(segments):
                    told["sms_text"] = text
            expected.append({f"gsm_sms.{name}": value for name, value in told.items()})
    found = dissected(frames, tmp_path, HEADER_FIELDS)
    for packet, told in zip(found, expected, strict=True):
        if "gsm_sms.sms_text" not in told:
            packet.pop("gsm_sms.sms_text")
        assert packet == told


def test_tshark_reads_ports_classes_and_reports(tmp_path: Path) -> None:
    """TS 23.040 §9.2.2.1a, §9.2.3.24.4, TS 23.038 §4: a push to port 2948, flash, TP-FCS."""
    ports = bytes.fromhex("0605040b8423f0")
    service = service_push(WapService("service indication", "Hi", {"href": "http://x"}))
    push = sms_deliver(Address(1, 1, "33612345678"), 0, 0xF5, ports, service, AT)
    flash = sms_deliver(Address(5, 0, "ACME"), 0, 0x10, b"", b"now", AT)
    failure = SmsDeliverReport(OptionalParameters(), 0xD0)
    frames = [
        (encode_tpdu(push), DIRECTION_MT),
        (encode_tpdu(flash), DIRECTION_MT),
        (encode_tpdu(failure), DIRECTION_MO),
    ]
    fields = ("destination_port", "originator_port", "tp-dcs", "sms_text", "tp-fcs")
    found = dissected(frames, tmp_path, fields)
    assert found[0]["gsm_sms.destination_port"] == "2948"
    assert found[0]["gsm_sms.originator_port"] == "9200"
    assert found[0]["gsm_sms.tp-dcs"] == "245"
    assert found[1] == {"gsm_sms.tp-dcs": "16", "gsm_sms.sms_text": "now"}
    assert found[2]["gsm_sms.tp-fcs"] in ("208", "0xd0")


def to_septets(text: str) -> bytes:
    """Septets of a text known to have them."""
    septets = encode_gsm7(text)
    assert septets is not None
    return septets
