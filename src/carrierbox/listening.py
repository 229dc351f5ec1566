"""The listeners and callees of a configuration: what must come before SMPP, and how the ready line
names the listeners.

`cryptography` is imported only to make the carrier's own certificate.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

from carrierbox.clock import NetworkClock
from carrierbox.config import Configuration, ListenerSection
from carrierbox.config_listeners import TlsSettings
from carrierbox.config_reading import DEFAULT_BOX
from carrierbox.config_store import default_store_path
from carrierbox.errors import ConfigurationError
from carrierbox.ip_networks import peer_name
from carrierbox.links.client import CallTls
from carrierbox.links.listener import Gate, Listener
from carrierbox.links.own_certificate import names_of_this_machine, own_certificate
from carrierbox.links.tls import TlsFiles, client_context, fingerprint, server_context


def make_gates(configuration: Configuration) -> list[Gate]:
    """What must come before SMPP on each listener. Certificates are told on stderr.

    Raises ConfigurationError for files that cannot be used.
    """
    return [
        _gate(one, f"listeners[{number}]", configuration)
        for number, one in enumerate(configuration.listeners)
    ]


def call_tls(configuration: Configuration) -> dict[str, CallTls]:
    """TLS of the ESMEs that are called, by the names of the calls: `box/system_id`.

    Raises ConfigurationError for files that cannot be used.
    """
    found: dict[str, CallTls] = {}
    for box, section in configuration.all_boxes().items():
        where = "" if box == DEFAULT_BOX else f"boxes.{box}."
        for number, account in enumerate(section.accounts):
            entry = account.outbind
            if entry is None or entry.tls is None:
                continue
            tls = entry.tls
            own = None
            if tls.certificate is not None:
                own = TlsFiles(tls.certificate, tls.key or tls.certificate)
            context = client_context(tls.ca, own, f"{where}accounts[{number}].outbind.tls")
            found[f"{box}/{account.system_id}"] = CallTls(context, tls.name or entry.to.host)
    return found


def ready_fields(listeners: list[Listener], gates: list[Gate]) -> list[str]:
    """`smpp=HOST:PORT` for each plain listener, `smpps=HOST:PORT` for each with TLS."""
    return [
        f"{'smpp' if gate.tls is None else 'smpps'}={peer_name(*listener.address)}"
        for listener, gate in zip(listeners, gates, strict=True)
    ]


def plain_address(listeners: list[Listener], gates: list[Gate]) -> tuple[str, int] | None:
    """Where a client that knows neither TLS nor proxies connects; None: nowhere."""
    for listener, gate in zip(listeners, gates, strict=True):
        if gate.is_open:
            return listener.address
    return None


def _gate(section: ListenerSection, field: str, configuration: Configuration) -> Gate:
    if section.tls is None:
        return Gate(None, section.proxy)
    files = _files(section.tls, f"{field}.tls", section.smpp.host, configuration.store.path)
    context = server_context(files, f"{field}.tls")
    print(
        f"tls {section.smpp}: certificate {files.certificate}, "
        f"SHA-256 {fingerprint(files.certificate)}",
        file=sys.stderr,
        flush=True,
    )
    return Gate(context, section.proxy)


def _files(tls: TlsSettings, field: str, host: str, store: Path | None) -> TlsFiles:
    """The files that were named, or those of the carrier's own certificate beside its journal."""
    if tls.certificate is not None:
        return TlsFiles(tls.certificate, tls.key or tls.certificate, tls.client_ca)
    folder = (store or default_store_path(os.environ)).parent
    names = [*names_of_this_machine(), *filter(None, [host])]
    files = own_certificate(folder, field, lambda: _make_certificate(names, field))
    return TlsFiles(files.certificate, files.key, tls.client_ca)


def _make_certificate(names: list[str], field: str) -> bytes:
    try:
        certificates = import_module("carrierbox.links.certificates")
    except ImportError:
        raise ConfigurationError(
            f"{field}.certificate",
            "auto needs a library that makes certificates: python -m pip install 'carrierbox[tls]'",
        ) from None
    pem: bytes = certificates.make_certificate(names, NetworkClock().now())
    return pem
