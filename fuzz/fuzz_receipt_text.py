"""Fuzz target: receipt texts and SMPP times."""

from driver import run

from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.codecs.time_format import format_smpp_time, parse_smpp_time
from carrierbox.errors import CodecError


def target(octets: bytes) -> None:
    """Any text is a receipt or none; any text is a time or a CodecError."""
    text = octets.decode("latin-1")
    parse_receipt_text(text)
    try:
        at = parse_smpp_time(text, 1_768_119_309.0)
    except CodecError:
        return
    if at is not None:
        format_smpp_time(at)


SEEDS = [
    b"id:0123456789 sub:002 dlvrd:001 submit date:1005232039 done date:1005242339 "
    b"stat:DELIVRD err:012 text:This is",
    b"260111081509004+",
    b"000002000000000R",
]

if __name__ == "__main__":
    run(target, SEEDS)
