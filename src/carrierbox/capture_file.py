"""What the links carry, as a pcapng file: `carrierbox serve --capture`, `Carrier(capture=…)`."""

import ipaddress
import os
from pathlib import Path
from typing import Final

from carrierbox import __version__
from carrierbox.errors import ConfigurationError
from carrierbox.link_events import CLOSED, OPENED, RECEIVED, SENT, LinkEvent
from carrierbox.lint.packets import Endpoint
from carrierbox.lint.pcapng import Recorder, file_header

BUFFER_OCTETS: Final = 1024 * 1024
UNKNOWN_CARRIER: Final = Endpoint(b"\x7f\0\0\1", 2775)


class CaptureFile:
    """One capture; an old one of that name is written over.

    Only its owner may read it, because passwords are in it. Raises ConfigurationError if it cannot
    be written; `write` and `close` raise OSError.
    """

    def __init__(self, path: Path) -> None:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "wb", BUFFER_OCTETS)
            self._file.write(file_header(f"carrierbox {__version__}"))
            self._file.flush()
        except OSError as error:
            raise ConfigurationError(
                "--capture", f"cannot write {path}: {error.strerror or error}"
            ) from error
        self._recorders: dict[int, Recorder] = {}

    def write(self, events: list[LinkEvent]) -> None:
        """Add packets for what happened."""
        for event in events:
            self._file.write(self._blocks(event))
        self._file.flush()

    def close(self) -> None:
        """End the file."""
        self._file.close()

    def _blocks(self, event: LinkEvent) -> bytes:
        if event.kind == OPENED:
            carrier = endpoint_of(event.local) or UNKNOWN_CARRIER
            client = endpoint_of(event.peer) or Endpoint(b"\x7f\0\0\1", event.link_id & 0xFFFF)
            recorder = self._recorders[event.link_id] = Recorder(client, carrier)
            return recorder.opened(event.time)
        known = self._recorders.get(event.link_id)
        if known is None:
            return b""
        if event.kind == CLOSED:
            del self._recorders[event.link_id]
            return known.closed(event.time, event.is_by_peer)
        if event.kind not in (RECEIVED, SENT):
            return b""
        is_from_client = event.kind == RECEIVED
        if event.missing_octets:
            known.skip(is_from_client, event.missing_octets)
            return b""
        return known.octets(event.time, is_from_client, event.octets)


def endpoint_of(name: str) -> Endpoint | None:
    """The endpoint of `host:port`, None if it is none; an IPv6 address with or without brackets."""
    host, _, port = name.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
        return Endpoint(address.packed, int(port) & 0xFFFF)
    except ValueError:
        return None
