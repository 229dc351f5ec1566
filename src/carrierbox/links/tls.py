"""TLS of listeners and of calls: contexts made of files, with every problem told where it is."""

import hashlib
import os
import socket
import ssl
from pathlib import Path
from typing import Final

from carrierbox.errors import ConfigurationError

HANDSHAKE_STEPS_MAX: Final = 20

_EXPIRED: Final = 10
"""X509_V_ERR_CERT_HAS_EXPIRED, of OpenSSL."""

# What OpenSSL says when the octets that come are no TLS at all; it depends on its version and on
# where in a record the nonsense is found.
_NOT_TLS: Final = {
    "BAD_RECORD_TYPE",
    "HTTP_REQUEST",
    "HTTPS_PROXY_REQUEST",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
    "UNKNOWN_PROTOCOL",
    "WRONG_VERSION_NUMBER",
}


class CertificateExpiredError(ConfigurationError):
    """The certificate, or one above it in its file, has expired."""


class TlsFiles:
    """PEM files: the certificate with its chain, its key, and who signs the clients' ones."""

    def __init__(self, certificate: Path, key: Path, client_ca: Path | None = None) -> None:
        self.certificate = certificate
        self.key = key
        self.client_ca = client_ca


def server_context(files: TlsFiles, field: str) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 for a listener; mutual if there is a `client_ca`.

    `field` is the path of the settings. Raises ConfigurationError for a file that cannot be read, a
    key of another certificate, and a certificate that no client would take because of its dates.
    """
    for path, name in ((files.certificate, "certificate"), (files.key, "key")):
        _must_be_readable(path, f"{field}.{name}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A client that asks for a new handshake again and again keeps a processor busy.
    context.options |= ssl.OP_NO_RENEGOTIATION
    _load_certificate(context, files, field)
    _check_dates(context, files.certificate, field)
    if files.client_ca is not None:
        _load_client_ca(context, files.client_ca, f"{field}.client_ca")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(ca: Path | None, own: TlsFiles | None, field: str) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 towards an ESME whose certificate `ca` has signed (None: a public one).

    `own` is what we show, if it asks. Raises ConfigurationError as `server_context` does.
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    if ca is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # The very certificate of an ESME may be given, whoever signed it.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        _load_client_ca(context, ca, f"{field}.ca")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if own is not None:
        for path, name in ((own.certificate, "certificate"), (own.key, "key")):
            _must_be_readable(path, f"{field}.{name}")
        _load_certificate(context, own, field)
    return context


def callee_problem(error: OSError) -> str:
    """Why an ESME could not be reached, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        reason = _reason(error)
        return f"it does not speak TLS ({_words(reason)})" if reason in _NOT_TLS else _words(reason)
    if isinstance(error, socket.gaierror):
        return f"its name is not known: {error.strerror}"
    if isinstance(error, ConnectionAbortedError | ConnectionResetError):
        return "it hung up"
    return os.strerror(error.errno).lower() if error.errno else str(error)


def fingerprint(certificate: Path) -> str:
    """SHA-256 of the first certificate of a PEM file, as other programs write it."""
    text = certificate.read_text(encoding="ascii", errors="replace")
    begin = text.index("-----BEGIN CERTIFICATE-----")
    end = text.index(ssl.PEM_FOOTER, begin) + len(ssl.PEM_FOOTER)
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[begin:end])).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def handshake_problem(error: OSError) -> str:
    """Why a handshake with a client failed, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the client's certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        reason = _reason(error)
        if reason in _NOT_TLS:
            return f"the client does not speak TLS ({_words(reason)})"
        if reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
            return "the client shows no certificate"
        return _words(reason)
    if isinstance(error, ConnectionResetError):
        return "the client hung up"
    return error.strerror or str(error) or "the client hung up"


def _reason(error: ssl.SSLError) -> str:
    """OpenSSL's own word; an error that the loop made has none."""
    return str(getattr(error, "reason", None) or error)


def _words(reason: str) -> str:
    return reason.lower().replace("_", " ")


def _must_be_readable(path: Path, field: str) -> None:
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise ConfigurationError(field, f"cannot read {path}: {error.strerror or error}") from None


def _load_certificate(context: ssl.SSLContext, files: TlsFiles, field: str) -> None:
    is_encrypted = False

    def no_passphrase() -> str:
        # Without this, OpenSSL would ask for one on the terminal.
        nonlocal is_encrypted
        is_encrypted = True
        return ""

    try:
        _trust_in(files.certificate)
    except ssl.SSLError:
        raise ConfigurationError(
            f"{field}.certificate", f"{files.certificate} holds no certificate in PEM"
        ) from None
    try:
        context.load_cert_chain(files.certificate, files.key, no_passphrase)
    except ssl.SSLError as error:
        if is_encrypted:
            problem = f"{files.key} is encrypted: give a key without a passphrase"
        elif _reason(error) == "KEY_VALUES_MISMATCH":
            problem = f"{files.key} is not the key of {files.certificate}"
        elif "TOO_SMALL" in _reason(error):
            raise ConfigurationError(
                f"{field}.certificate", f"{files.certificate}: {_words(_reason(error))}"
            ) from None
        else:
            problem = f"{files.key} holds no private key in PEM"
        raise ConfigurationError(f"{field}.key", problem) from None


def _load_client_ca(context: ssl.SSLContext, client_ca: Path, field: str) -> None:
    _must_be_readable(client_ca, field)
    try:
        context.load_verify_locations(cafile=client_ca)
    except ssl.SSLError:
        raise ConfigurationError(field, f"{client_ca} holds no certificate in PEM") from None


def _trust_in(certificate: Path) -> ssl.SSLContext:
    """A client that trusts what is in a file and nothing else, roots or not."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.load_verify_locations(cafile=certificate)
    return client


def _check_dates(context: ssl.SSLContext, certificate: Path, field: str) -> None:
    """Let a client of ours look at the certificate: the `ssl` module cannot read its dates."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        _trust_in(certificate).wrap_bio(to_client, to_server),
        context.wrap_bio(to_server, to_client, server_side=True),
    ]
    try:
        for step in range(HANDSHAKE_STEPS_MAX):
            try:
                ends[step % 2].do_handshake()
            except ssl.SSLWantReadError:
                continue
    except ssl.SSLCertVerificationError as error:
        kind = CertificateExpiredError if error.verify_code == _EXPIRED else ConfigurationError
        raise kind(f"{field}.certificate", f"{certificate}: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise ConfigurationError(
            f"{field}.certificate", f"{certificate}: {_words(_reason(error))}"
        ) from None
