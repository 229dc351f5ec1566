"""The header of the PROXY protocol, version 2; layouts are those of HAProxy's text, section 2.2."""

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from carrierbox.links.proxy_protocol import (
    BLOCK_MAX_OCTETS,
    SIGNATURE,
    ProxyHeader,
    ProxyHeaderError,
)

ADDRESSES_4 = bytes([192, 0, 2, 7, 198, 51, 100, 1]) + struct.pack(">HH", 4711, 2775)
ADDRESSES_6 = (
    bytes.fromhex("20010db8000000000000000000000007")
    + bytes.fromhex("20010db8000000000000000000000001")
    + struct.pack(">HH", 4711, 2775)
)
TLV_AUTHORITY = b"\x02\x00\x0bexample.net"
TLV_NOOP = b"\x04\x00\x02\x00\x00"


def header(command: int, family: int, block: bytes) -> bytes:
    return SIGNATURE + bytes([command, family]) + struct.pack(">H", len(block)) + block


TCP4 = header(0x21, 0x11, ADDRESSES_4)
TCP6 = header(0x21, 0x21, ADDRESSES_6)


def read(octets: bytes, piece: int = 1 << 16) -> tuple[ProxyHeader, bytes]:
    """Feed a stream in pieces; the header, and what it has left of the stream."""
    parser = ProxyHeader()
    while parser.missing_octets and octets:
        count = min(parser.missing_octets, piece)
        parser.receive(octets[:count])
        octets = octets[count:]
    return parser, octets


@pytest.mark.parametrize("piece", [1, 5, 16, 1000])
@pytest.mark.parametrize(
    ("octets", "source"),
    [
        (TCP4, "192.0.2.7:4711"),
        (TCP6, "[2001:db8::7]:4711"),
        (header(0x21, 0x11, ADDRESSES_4 + TLV_AUTHORITY + TLV_NOOP), "192.0.2.7:4711"),
        (header(0x21, 0x21, ADDRESSES_6 + TLV_AUTHORITY), "[2001:db8::7]:4711"),
        (header(0x20, 0x00, b""), ""),
        (header(0x20, 0x11, ADDRESSES_4), ""),
        (header(0x20, 0x31, b"x" * 216), ""),
        (header(0x21, 0x00, b""), ""),
        (header(0x21, 0x00, TLV_NOOP), ""),
        (header(0x21, 0x11, ADDRESSES_4 + bytes(BLOCK_MAX_OCTETS - 12)), "192.0.2.7:4711"),
    ],
)
def test_a_header_tells_the_client_and_leaves_what_follows(
    octets: bytes, source: str, piece: int
) -> None:
    """TCP over IPv4 and IPv6, TLVs skipped; LOCAL and UNSPEC name nobody."""
    parser, rest = read(octets + b"SMPP", piece)
    assert parser.missing_octets == 0
    assert (parser.source, rest) == (source, b"SMPP")


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 2775\r\n", "version 1; only version 2"),
        (b"\x00\x00\x00\x10\x00\x00\x00\x15", "no PROXY protocol header"),
        (b"\x16\x03\x01\x02\x00", "no PROXY protocol header"),
        (SIGNATURE[:-1] + b"\r", "no PROXY protocol header"),
        (header(0x11, 0x11, ADDRESSES_4), "version and command 0x11"),
        (header(0x22, 0x11, ADDRESSES_4), "version and command 0x22"),
        (header(0x21, 0x12, ADDRESSES_4), "family 0x12 is neither TCP"),
        (header(0x21, 0x31, bytes(216)), "family 0x31 is neither TCP"),
        (header(0x21, 0x11, ADDRESSES_4[:-1]), "11 octets of addresses, 12 are needed"),
        (header(0x21, 0x21, ADDRESSES_4), "12 octets of addresses, 36 are needed"),
        (header(0x20, 0x00, bytes(BLOCK_MAX_OCTETS + 1)), "a header of 4097 octets"),
        (SIGNATURE + b"\x21\x11\xff\xff", "a header of 65535 octets"),
    ],
)
def test_what_is_no_such_header_is_refused(octets: bytes, problem: str) -> None:
    """Before what it announces has come."""
    with pytest.raises(ProxyHeaderError) as raised:
        read(octets)
    assert problem in str(raised.value)


def test_a_stream_of_something_else_is_refused_at_its_first_octet() -> None:
    """Nobody waits for the sixteenth."""
    parser = ProxyHeader()
    with pytest.raises(ProxyHeaderError):
        parser.receive(b"\x00")


def test_octets_behind_the_header_are_not_taken() -> None:
    """They are of the handshake or of the session."""
    with pytest.raises(ValueError, match="17 octets, 16 are missing"):
        ProxyHeader().receive(TCP4[:17])


@given(
    st.one_of(
        st.binary(max_size=64),
        st.binary(max_size=300).map(SIGNATURE.__add__),
        st.builds(header, st.sampled_from([0x20, 0x21]), st.integers(0, 255), st.binary()),
    ),
    st.integers(1, 40),
)
@example(TCP4, 1)
@example(TCP6, 7)
def test_any_octets_end_in_a_header_or_a_refusal(octets: bytes, piece: int) -> None:
    """Never anything else, and the same in any pieces."""

    def outcome(piece: int) -> tuple[str, str, bytes]:
        try:
            parser, rest = read(octets, piece)
        except ProxyHeaderError:
            return "refused", "", b""
        assert 0 <= parser.missing_octets <= 16 + BLOCK_MAX_OCTETS
        return ("open" if parser.missing_octets else "complete"), parser.source, rest

    kind, source, rest = outcome(piece)
    assert (kind, source, rest) == outcome(1)
    if kind == "open":
        assert rest == b""
    if source:
        assert octets[12] == 0x21
