"""Fuzz target: transfer PDUs of both directions."""

from driver import run

from carrierbox.codecs.relayed_tpdu import relayed_message
from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.codecs.tpdu_types import SmsDeliver, SmsSubmit
from carrierbox.codecs.tpdu_words import describe_tpdu
from carrierbox.errors import CodecError


def target(octets: bytes) -> None:
    """Octets are a PDU that is shown and encoded again, or a CodecError."""
    how = octets[0] if octets else 0
    rest = octets[1:]
    try:
        value = decode_tpdu(rest, how & 1, bool(how & 2))
    except CodecError:
        return
    assert encode_tpdu(value) == rest
    assert describe_tpdu(value)
    if isinstance(value, SmsDeliver | SmsSubmit):
        try:
            relayed_message(value)
        except CodecError:
            return


SEEDS = [
    "00440b914306000000f00000621011905190400c03240102206fd261d0e60d",
    "00400781721881f8000031605261048480280500033501016b",
    "0119000b917228001011f100003170013193008017d474bb3ca787db70903dcc4e93d3f43c885e9ed301",
    "0006270b913426565711f7012081111345400120811174054043",
    "01020b212c0c0d91112233445566f7057365742041",
    "0300c806000ac8329bfd068542a110",
    "0201c80670505151101121000ac8329bfd068542a110",
]

if __name__ == "__main__":
    run(target, [bytes.fromhex(seed) for seed in SEEDS])
