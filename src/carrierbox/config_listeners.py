"""Readers of the settings that say who may connect, and how: TLS, PROXY protocol, networks."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from carrierbox.config_values import (
    DURATION_PATTERN,
    Endpoint,
    Problems,
    accepts_null,
    kind_of,
    read_endpoint,
    read_text,
    reader_of_duration,
)
from carrierbox.ip_networks import NETWORKS_MAX, IpNetworks
from carrierbox.smsc.accounts import (
    PASSWORD_OCTETS_MAX,
    SYSTEM_ID_OCTETS_MAX,
    OutbindSettings,
)

AUTO: Final = "auto"
OUTBIND_SYSTEM_ID: Final = "carrierbox"
OUTBIND_AFTER_S: Final = 1.0

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


OUTBIND_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "null"},
        {
            "type": "object",
            "properties": {
                "to": {"type": "string", "examples": ["127.0.0.1:2780"]},
                "system_id": {"type": "string", "maxLength": SYSTEM_ID_OCTETS_MAX},
                "password": {"type": "string", "maxLength": PASSWORD_OCTETS_MAX},
                "after": {
                    "anyOf": [{"type": "string", "pattern": DURATION_PATTERN}, {"const": 0}],
                    "default": "1s",
                    "description": "how long something waits before the first call",
                },
                "tls": {
                    "type": "object",
                    "properties": {
                        "ca": {
                            "type": "string",
                            "description": "PEM; who signed its certificate, or that itself",
                        },
                        "name": {
                            "type": "string",
                            "description": "what its certificate is for; by default the host",
                        },
                        "certificate": {"type": "string", "description": "PEM; what we show"},
                        "key": {"type": "string", "description": "PEM; its key"},
                    },
                    "additionalProperties": False,
                },
            },
            "required": ["to"],
            "additionalProperties": False,
        },
    ],
}


class CallTlsFiles:
    """TLS towards an ESME: who signs its certificate (None: the public ones), the name it must be
    for (None: that of its host), and what we show it.
    """

    def __init__(
        self, ca: Path | None, name: str | None, certificate: Path | None, key: Path | None
    ) -> None:
        self.ca = ca
        self.name = name
        self.certificate = certificate
        self.key = key


class OutbindEntry:
    """How the ESME of an account is called; `tls` None: without."""

    def __init__(
        self,
        to: Endpoint,
        system_id: str,
        password: str,
        after_s: float,
        tls: CallTlsFiles | None,
    ) -> None:
        self.to = to
        self.system_id = system_id
        self.password = password
        self.after_s = after_s
        self.tls = tls

    def settings(self) -> OutbindSettings:
        """What the message centre takes."""
        return OutbindSettings(
            self.to.host, self.to.port, self.system_id, self.password, self.after_s
        )


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
    read = read_keys(
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
    read = read_keys(value, "{from: [10.0.0.0/8]}", "from", {"from": read_networks})
    networks: IpNetworks = read["from"]
    return networks


@accepts_null
def read_outbind(value: object) -> OutbindEntry | None:
    """`{to: HOST:PORT}` with `system_id`, `password`, `after` and `tls`; null: it is not called."""
    if value is None:
        return None
    read = read_keys(
        value,
        "{to: 127.0.0.1:2780}",
        "to",
        {
            "to": _read_callee,
            "system_id": _reader_of_name(SYSTEM_ID_OCTETS_MAX),
            "password": _reader_of_name(PASSWORD_OCTETS_MAX),
            "after": reader_of_duration(0.0),
            "tls": _read_call_tls,
        },
    )
    return OutbindEntry(
        read["to"],
        read.get("system_id", OUTBIND_SYSTEM_ID),
        read.get("password", ""),
        read.get("after", OUTBIND_AFTER_S),
        read.get("tls"),
    )


def _read_callee(value: object) -> Endpoint:
    endpoint = read_endpoint(value)
    if not isinstance(endpoint, Endpoint) or not endpoint.host or not endpoint.port:
        raise ValueError("must be HOST:PORT, where the ESME listens")
    return endpoint


def _reader_of_name(octets_max: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        text = read_text(value)
        if not text.isascii() or not text.isprintable() or len(text) > octets_max:
            raise ValueError(f"must be at most {octets_max} ASCII characters")
        return text

    return read


def _read_call_tls(value: object) -> CallTlsFiles:
    readers = {"ca": _read_path, "name": read_text, "certificate": _read_path, "key": _read_path}
    read = read_keys(value, "{ca: ca.pem}", "", readers)
    if "key" in read and "certificate" not in read:
        raise Problems([("key", "needs the certificate that it is the key of")])
    ca, certificate, key = (
        None if name not in read else Path(read[name]) for name in ("ca", "certificate", "key")
    )
    return CallTlsFiles(ca, read.get("name"), certificate, key)


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


def read_keys(
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
    if required and required not in value:
        problems.append((required, "missing"))
    if problems:
        raise Problems(problems)
    return read
