"""The carrier's own certificate (`certificate: auto`): made once, kept, and used again."""

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from carrierbox.errors import ConfigurationError
from carrierbox.links.tls import CertificateExpiredError, TlsFiles, server_context

PRIVATE_FILE: Final = "tls-private.pem"
"""Key and certificate in one file, so that two processes never mix theirs."""
PUBLIC_FILE: Final = "tls-certificate.pem"
"""The certificate alone, for clients to trust."""

_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"


def names_of_this_machine() -> list[str]:
    """What clients may call it when they connect."""
    return ["localhost", "127.0.0.1", "::1", socket.gethostname()]


def own_certificate(folder: Path, field: str, make: Callable[[], bytes]) -> TlsFiles:
    """The certificate that is kept in `folder`; `make` makes its PEM if there is none.

    One that has expired is made anew. The certificate of the result holds no key: clients may have
    the file. Raises ConfigurationError if it cannot be written, read or made.
    """
    private, public = folder / PRIVATE_FILE, folder / PUBLIC_FILE
    try:
        if _is_usable(private, field):
            pem = private.read_bytes()
        else:
            pem = make()
            folder.mkdir(parents=True, exist_ok=True)
            pem = _keep(private, pem)
        certificate = pem[pem.index(_BEGIN) :]
        if not public.exists() or public.read_bytes() != certificate:
            _replace(public, certificate, 0o644)
    except OSError as error:
        raise ConfigurationError(
            f"{field}.certificate",
            f"cannot keep a certificate in {folder}: {error.strerror or error}",
        ) from None
    return TlsFiles(public, private)


def _is_usable(private: Path, field: str) -> bool:
    """Whether there is one. One that has expired is removed; any other problem is the user's."""
    if not private.exists():
        return False
    try:
        server_context(TlsFiles(private, private), field)
    except CertificateExpiredError:
        private.unlink(missing_ok=True)
        return False
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{field}.certificate", f"{error.problem}; remove the file, and a new one is made"
        ) from None
    return True


def _keep(path: Path, octets: bytes) -> bytes:
    """Write a file that nobody else may read, unless another process was first; what it holds."""
    temporary = _written(path, octets, 0o600)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return path.read_bytes()
    except OSError:
        # A file system without links; two carriers at once are not likely there.
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return octets


def _replace(path: Path, octets: bytes, mode: int) -> None:
    _written(path, octets, mode).replace(path)


def _written(path: Path, octets: bytes, mode: int) -> Path:
    """A file beside `path` that holds the octets."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
    return temporary
