"""Readers of the settings that say who may connect, and how: TLS, PROXY protocol, networks."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from carrierbox.config_values import Problems, kind_of, read_text
from carrierbox.ip_networks import NETWORKS_MAX, IpNetworks

AUTO: Final = "auto"

_NETWORKS_WANTED: Final = "must be a list of networks such as [10.0.0.0/8]"

NETWORKS_SCHEMA: Final[dict[str, Any]] = {
    "type": "array",
    "items": {"type": "string", "examples": ["10.0.0.0/8", "::1"]},
    "minItems": 1,
    "maxItems": NETWORKS_MAX,
}
TLS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "certificate": {
            "type": "string",
            "description": "auto: one of its own, made once; or a PEM file, the chain after it",
        },
        "key": {"type": "string", "description": "PEM; by default it is in the certificate's file"},
        "client_ca": {
            "type": "string",
            "description": "PEM; a client must show a certificate that one of these has signed",
        },
    },
    "required": ["certificate"],
    "additionalProperties": False,
}
PROXY_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"from": NETWORKS_SCHEMA},
    "required": ["from"],
    "additionalProperties": False,
}


class TlsSettings:
    """TLS of a listener. `certificate` None: the carrier's own; `client_ca` None: no mutual TLS.

    The key of a certificate may stand in its file.
    """

    def __init__(self, certificate: Path | None, key: Path | None, client_ca: Path | None) -> None:
        self.certificate = certificate
        self.key = key
        self.client_ca = client_ca

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TlsSettings):
            return NotImplemented
        return self._files() == other._files()

    def __hash__(self) -> int:
        return hash(self._files())

    def __repr__(self) -> str:
        certificate, key, client_ca = self._files()
        return f"TlsSettings({certificate!r}, {key!r}, {client_ca!r})"

    def _files(self) -> tuple[Path | None, Path | None, Path | None]:
        return self.certificate, self.key, self.client_ca


def read_tls(value: object) -> TlsSettings:
    """`{certificate: auto}`, or files: `{certificate: PATH, key: PATH, client_ca: PATH}`."""
    read = _read_keys(
        value,
        "{certificate: auto}",
        "certificate",
        {"certificate": _read_path, "key": _read_path, "client_ca": _read_path},
    )
    certificate, key, client_ca = read["certificate"], read.get("key"), read.get("client_ca")
    if certificate == AUTO:
        if key is not None:
            raise Problems([("key", "must not be given: the certificate auto has its own")])
        certificate = None
    return TlsSettings(
        *(None if each is None else Path(each) for each in (certificate, key, client_ca))
    )


def read_proxy(value: object) -> IpNetworks:
    """`{from: [10.0.0.0/8]}`: the proxies that must say whom they speak for."""
    read = _read_keys(value, "{from: [10.0.0.0/8]}", "from", {"from": read_networks})
    networks: IpNetworks = read["from"]
    return networks


def read_networks(value: object) -> IpNetworks:
    """A list of IP addresses and networks, one at least."""
    if not isinstance(value, list):
        raise ValueError(f"{_NETWORKS_WANTED}, not {kind_of(value)}")
    if not 1 <= len(value) <= NETWORKS_MAX:
        raise ValueError(f"{_NETWORKS_WANTED} with 1 to {NETWORKS_MAX} entries")
    return IpNetworks([read_text(each) for each in value])


def _read_path(value: object) -> str:
    text = read_text(value)
    if not text or "\0" in text:
        raise ValueError("must be a file")
    return text


def _read_keys(
    value: object,
    example: str,
    required: str,
    readers: Mapping[str, Callable[[object], Any]],
) -> dict[str, Any]:
    """The entries of a mapping, all problems told at once."""
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a mapping such as {example}, not {kind_of(value)}")
    read: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for key, each in value.items():
        try:
            if key not in readers:
                raise ValueError(f"unknown key; known here: {', '.join(readers)}")
            read[key] = readers[key](each)
        except ValueError as error:
            problems.append((str(key), str(error)))
    if required not in value:
        problems.append((required, "missing"))
    if problems:
        raise Problems(problems)
    return read
