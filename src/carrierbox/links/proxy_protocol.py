"""The header that a proxy sends before the octets of its client: PROXY protocol, version 2.

Sans-I/O. Only the binary header of version 2 is read; the text of version 1 is refused. TLVs are
skipped, a checksum among them is not looked at.
"""

import ipaddress
from typing import Final

from carrierbox.errors import CarrierboxError
from carrierbox.ip_networks import peer_name

SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
VERSION_1: Final = b"PROXY "
HEAD_OCTETS: Final = 16
BLOCK_MAX_OCTETS: Final = 4096
"""Addresses and TLVs together; proxies stay below 536 so that a header fits one packet."""

_LOCAL: Final = 0x20
_PROXY: Final = 0x21
_UNSPEC: Final = 0x00
_TCP4: Final = 0x11
_TCP6: Final = 0x21
_TCP4_OCTETS: Final = 12
_TCP6_OCTETS: Final = 36


class ProxyHeaderError(CarrierboxError):
    """What came is no header that is taken here; the connection cannot go on."""


class ProxyHeader:
    """A header while it comes.

    Receive `missing_octets` at most at a time, so that nothing behind the header is taken, and feed
    them to `receive`. Once nothing is missing, `source` is the client the proxy speaks for; it is
    empty if the proxy speaks for itself or does not know (LOCAL, UNSPEC).
    """

    def __init__(self) -> None:
        self.source = ""
        self._octets = b""
        self._wanted_octets = HEAD_OCTETS

    @property
    def missing_octets(self) -> int:
        """How many octets are to come as far as is known; 0 once it is complete."""
        return self._wanted_octets - len(self._octets)

    def receive(self, octets: bytes) -> None:
        """Take octets, as few as they may be. Raises ProxyHeaderError."""
        if len(octets) > self.missing_octets:
            raise ValueError(f"{len(octets)} octets, {self.missing_octets} are missing")
        self._octets += octets
        known = self._octets[: len(SIGNATURE)]
        if known != SIGNATURE[: len(known)]:
            raise ProxyHeaderError(_problem_of(known))
        if self.missing_octets == 0:
            if self._wanted_octets == HEAD_OCTETS:
                self._wanted_octets += self._block_octets()
            if self.missing_octets == 0:
                self.source = self._read_source()

    def _block_octets(self) -> int:
        """What follows the head; everything that the head may not say is refused here."""
        head = self._octets
        version_and_command, family = head[12], head[13]
        block_octets = int.from_bytes(head[14:16], "big")
        if version_and_command not in (_LOCAL, _PROXY):
            raise ProxyHeaderError(
                f"version and command {version_and_command:#04x} are not of PROXY protocol 2"
            )
        if block_octets > BLOCK_MAX_OCTETS:
            raise ProxyHeaderError(
                f"a header of {block_octets} octets; at most {BLOCK_MAX_OCTETS} are taken"
            )
        if version_and_command == _PROXY:
            least = {_UNSPEC: 0, _TCP4: _TCP4_OCTETS, _TCP6: _TCP6_OCTETS}.get(family)
            if least is None:
                raise ProxyHeaderError(f"family {family:#04x} is neither TCP over IPv4 nor IPv6")
            if block_octets < least:
                raise ProxyHeaderError(f"{block_octets} octets of addresses, {least} are needed")
        return block_octets

    def _read_source(self) -> str:
        octets = self._octets
        if octets[12] == _LOCAL or octets[13] == _UNSPEC:
            return ""
        if octets[13] == _TCP4:
            return peer_name(
                str(ipaddress.IPv4Address(octets[16:20])), int.from_bytes(octets[24:26], "big")
            )
        return peer_name(
            str(ipaddress.IPv6Address(octets[16:32])), int.from_bytes(octets[48:50], "big")
        )


def _problem_of(octets: bytes) -> str:
    if octets.startswith(VERSION_1):
        return "a PROXY protocol header of version 1; only version 2 is taken: tell the proxy"
    return "no PROXY protocol header"
