"""Other protocols on the port of SMPP."""

import pytest

from carrierbox.links.first_octets import other_protocol
from carrierbox.links.proxy_protocol import SIGNATURE


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "TLS"),
        (SIGNATURE + b"\x21\x11", "PROXY"),
        (b"PROXY TCP4 192.0.2.7", "PROXY"),
        (b"GET / HTTP/1.1\r\n", "HTTP"),
        (b"\x15\x03\x03\x00\x02\x02\x46", "wants TLS"),
        (b"HTTP/1.1 400 Bad Request\r\n", "no ESME"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no ESME"),
    ],
)
def test_what_is_not_smpp_is_called_by_its_name(octets: bytes, words: str) -> None:
    """The line in the log says what to change."""
    assert words in other_protocol(octets)
    assert int.from_bytes(octets[:4], "big") > 2**24


@pytest.mark.parametrize("octets", [b"", b"\x00", b"\x00\x00\x00\x2f\x00\x00\x00\x09", b"\x16"])
def test_what_may_be_smpp_is_left_alone(octets: bytes) -> None:
    """A session judges it."""
    assert other_protocol(octets) == ""
