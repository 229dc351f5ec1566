"""Fuzz target: short messages in every data_coding, and what is odd about UCS-2."""

from driver import run

from carrierbox.codecs.data_coding import (
    alphabet_of_tp_dcs,
    decode_text,
    decode_user_data,
    to_user_data,
)
from carrierbox.codecs.data_coding_scheme import describe_data_coding
from carrierbox.codecs.ucs2 import describe_ucs2


def target(octets: bytes) -> None:
    """Any octets have a text in any coding, and something a telephone can be sent."""
    coding = octets[0] if octets else 0
    rest = octets[1:]
    decode_text(rest, coding)
    decode_user_data(rest, coding)
    tp_dcs, _ = to_user_data(rest, coding)
    assert alphabet_of_tp_dcs(tp_dcs) <= 2
    assert describe_data_coding(coding).words()
    describe_ucs2(rest)


if __name__ == "__main__":
    run(target, [b"\x08\x00H\x00i", b"\x08\xff\xfeH\x00", b"\x0a\x1b$B$O", b"\x0d\x1b$(D0!"])
