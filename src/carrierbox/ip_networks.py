"""Where peers may come from: IP addresses and networks, as settings list them."""

import ipaddress
from collections.abc import Sequence
from typing import Final, TypeAlias

NETWORKS_MAX: Final = 1000

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class IpNetworks:
    """A list of IPv4 and IPv6 networks; a single address is a network of one.

    Raises ValueError, with what is wrong, for text that is no network.
    """

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks = tuple(_network(each) for each in networks)

    def holds(self, host: str) -> bool:
        """Whether an address is in one of the networks; never for text that is no address.

        An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`) counts as IPv4.
        """
        address = _address_or_none(host)
        return address is not None and any(address in each for each in self._networks)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IpNetworks):
            return NotImplemented
        return self._networks == other._networks

    def __hash__(self) -> int:
        return hash(self._networks)

    def __repr__(self) -> str:
        return f"IpNetworks({[str(each) for each in self._networks]!r})"


def host_of(peer: str) -> str:
    """The host of a peer's name, `192.0.2.1:4711` or `[2001:db8::1]:4711`."""
    return peer.rpartition(":")[0].removeprefix("[").removesuffix("]")


def peer_name(host: str, port: int) -> str:
    """How a peer is written: `192.0.2.1:4711` or `[2001:db8::1]:4711`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        whole = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            f"{text[:60]!r} is no IP address or network, such as 10.0.0.0/8 or 2001:db8::/32"
        ) from None
    raise ValueError(f"{text} has bits behind its prefix: write {whole}, or the address alone")


def _address_or_none(host: str) -> _Address | None:
    try:
        address: _Address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
