"""Decoding, encoding and packing, side by side with other libraries, in one run on one input set.

Each library gets the same octets and the same texts; what cannot be compared is left out, what is
not installed is named with the command that installs it. Decoding counts as done when every field
was read.
"""

import argparse
import importlib
import json
import time
from collections.abc import Callable
from typing import Any

from carrierbox.build_mode import build_mode
from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.codecs.septets import pack_septets, unpack_septets
from carrierbox.smpp.pdus import BODY_FIELDS, SubmitSm
from carrierbox.smpp.values import SUBMIT_SM
from carrierbox.smpp.wire import decode_pdu, encode_pdu

TEXT_160 = ("The quick brown fox jumps over the lazy dog, 1234567890 times. " * 3)[:160]
FRAME = encode_pdu(
    SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        registered_delivery=1,
        short_message=b"Hello, how are you?!",
        sequence_number=7,
    )
)
FIELDS = [field.name for field in BODY_FIELDS[SUBMIT_SM] if field.name != "sm_length"]
PACKAGES = {
    "smpplib": "smpplib",
    "smpp.pdu3": "smpp.pdu.pdu_encoding",
    "aiosmpplib": "aiosmpplib",
    "gsm0338": "gsm0338",
    "smspdudecoder": "smspdudecoder.codecs",
}

Measured = dict[str, Callable[[], object]]


def ours() -> dict[str, Measured]:
    """What is measured, by operation, of carrierbox itself."""
    pdu = decode_pdu(FRAME)
    septets = encode_gsm7(TEXT_160) or b""
    packed = pack_septets(septets)

    def decode() -> object:
        read = decode_pdu(FRAME)
        return [getattr(read, name) for name in FIELDS]

    return {
        "decode submit_sm": {"carrierbox": decode},
        "encode submit_sm": {"carrierbox": lambda: encode_pdu(pdu)},
        "160 characters to septets": {"carrierbox": lambda: encode_gsm7(TEXT_160)},
        "septets to 160 characters": {"carrierbox": lambda: decode_gsm7(septets)},
        "160 characters packed": {"carrierbox": lambda: pack_septets(encode_gsm7(TEXT_160) or b"")},
        "160 characters unpacked": {"carrierbox": lambda: decode_gsm7(unpack_septets(packed, 160))},
    }


def add_smpplib(table: dict[str, Measured], smpplib: Any) -> None:
    """smpplib: PDUs by its own classes, septets by its gsm module."""
    smpp = importlib.import_module("smpplib.smpp")
    gsm = importlib.import_module("smpplib.gsm")
    client = importlib.import_module("smpplib.client").Client("127.0.0.1", 1)

    def decode() -> object:
        read = smpp.parse_pdu(FRAME, client=client)
        return [getattr(read, name) for name in FIELDS]

    made = smpp.make_pdu(
        "submit_sm",
        client=client,
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        registered_delivery=1,
        short_message=b"Hello, how are you?!",
    )
    made.sequence = 7
    table["decode submit_sm"]["smpplib"] = decode
    table["encode submit_sm"]["smpplib"] = made.generate
    table["160 characters to septets"]["smpplib"] = lambda: gsm.gsm_encode(TEXT_160)


def add_smpp_pdu3(table: dict[str, Measured], encoding: Any) -> None:
    """smpp.pdu3: one encoder for every PDU; its fields are in a dict."""
    io = importlib.import_module("io")
    encoder = encoding.PDUEncoder()
    parsed = encoder.decode(io.BytesIO(FRAME))

    def decode() -> object:
        read = encoder.decode(io.BytesIO(FRAME))
        return [read.params.get(name) for name in FIELDS]

    table["decode submit_sm"]["smpp.pdu3"] = decode
    table["encode submit_sm"]["smpp.pdu3"] = lambda: encoder.encode(parsed)


def add_aiosmpplib(table: dict[str, Measured], aiosmpplib: Any) -> None:
    """aiosmpplib: messages by their own classes, GSM by its codecs."""
    ton, npi = aiosmpplib.TON, aiosmpplib.NPI
    header = aiosmpplib.SubmitSm.parse_header(FRAME[:16])
    names = [name for name in FIELDS if hasattr(aiosmpplib.SubmitSm(short_message="x"), name)]

    def read() -> Any:
        return aiosmpplib.SubmitSm.from_pdu(FRAME, header, "gsm0338")

    def decode() -> object:
        message = read()
        return [getattr(message, name) for name in names], message.source, message.destination

    def encode() -> object:
        message = aiosmpplib.SubmitSm(
            7,
            short_message="Hello, how are you?!",
            source=aiosmpplib.PhoneNumber("ACME", ton(5), npi(0)),
            destination=aiosmpplib.PhoneNumber("33612345678", ton(1), npi(1)),
        )
        message.set_encoding_info("gsm0338", {})
        return message.pdu()

    unpacked, packed = aiosmpplib.GSM7BitCodec(), aiosmpplib.GSM7BitPackedCodec()
    septets, octets = unpacked.encode(TEXT_160)[0], packed.encode(TEXT_160)[0]
    table["decode submit_sm"]["aiosmpplib"] = decode
    table["encode submit_sm"]["aiosmpplib"] = encode
    table["160 characters to septets"]["aiosmpplib"] = lambda: unpacked.encode(TEXT_160)
    table["septets to 160 characters"]["aiosmpplib"] = lambda: unpacked.decode(septets)
    table["160 characters packed"]["aiosmpplib"] = lambda: packed.encode(TEXT_160)
    table["160 characters unpacked"]["aiosmpplib"] = lambda: packed.decode(octets)


def add_gsm0338(table: dict[str, Measured], gsm0338: Any) -> None:
    """gsm0338: septets only."""
    codec = gsm0338.Codec()
    septets = codec.encode(TEXT_160)[0]
    table["160 characters to septets"]["gsm0338"] = lambda: codec.encode(TEXT_160)
    table["septets to 160 characters"]["gsm0338"] = lambda: codec.decode(septets)


def add_smspdudecoder(table: dict[str, Measured], codecs: Any) -> None:
    """smspdudecoder: packed text as hexadecimal digits."""
    packed = codecs.GSM.encode(TEXT_160)
    table["160 characters packed"]["smspdudecoder"] = lambda: codecs.GSM.encode(TEXT_160)
    table["160 characters unpacked"]["smspdudecoder"] = lambda: codecs.GSM.decode(packed)


ADDERS = {
    "smpplib": add_smpplib,
    "smpp.pdu3": add_smpp_pdu3,
    "aiosmpplib": add_aiosmpplib,
    "gsm0338": add_gsm0338,
    "smspdudecoder": add_smspdudecoder,
}


def best_us(work: Callable[[], object], seconds: float) -> float:
    """The best of five rounds, in microseconds a call."""
    started = time.perf_counter()
    work()
    once = time.perf_counter() - started
    calls = max(1, int(seconds / 5 / max(once, 1e-7)))
    rounds = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(calls):
            work()
        rounds.append((time.perf_counter() - started) / calls)
    return min(rounds) * 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    table = ours()
    missing = []
    for package, module in PACKAGES.items():
        try:
            ADDERS[package](table, importlib.import_module(module))
        except ImportError:
            missing.append(package)
    measured = {
        operation: {who: best_us(work, options.seconds) for who, work in row.items()}
        for operation, row in table.items()
    }
    if options.json:
        print(json.dumps({"mode": build_mode(), "microseconds": measured, "missing": missing}))
        return
    print(f"carrierbox {build_mode()}; µs a call, best of five rounds; how many times ours in ()")
    for operation, row in measured.items():
        print(f"\n{operation}")
        for who, took in row.items():
            ratio = "" if who == "carrierbox" else f"  ({took / row['carrierbox']:.1f})"
            print(f"  {who:16}{took:10.2f}{ratio}")
    if missing:
        print(f"\nnot installed: pip install {' '.join(missing)} 'bitstring<5'")


if __name__ == "__main__":
    main()
