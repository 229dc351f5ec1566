"""Contexts of TLS made from files, good and bad."""

import hashlib
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from carrierbox.errors import ConfigurationError
from carrierbox.links.tls import (
    CertificateExpiredError,
    TlsFiles,
    callee_problem,
    client_context,
    fingerprint,
    handshake_problem,
    server_context,
)

Make = Callable[..., tuple[Path, Path]]


def problem_of(files: TlsFiles) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as raised:
        server_context(files, "listeners[0].tls")
    return raised.value


def test_files_make_a_server_of_tls_1_2_and_1_3(make_certificate_files: Make) -> None:
    """Nothing older; no new handshakes that a client asks for."""
    context = server_context(TlsFiles(*make_certificate_files("a")), "tls")
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.maximum_version == ssl.TLSVersion.MAXIMUM_SUPPORTED
    assert context.options & ssl.OP_NO_RENEGOTIATION
    assert context.verify_mode == ssl.CERT_NONE


def test_a_client_ca_makes_it_mutual(make_certificate_files: Make) -> None:
    """A client has to show a certificate."""
    authority, _ = make_certificate_files("authority")
    context = server_context(TlsFiles(*make_certificate_files("a"), authority), "tls")
    assert context.verify_mode == ssl.CERT_REQUIRED


def test_key_and_certificate_may_stand_in_one_file(make_certificate_files: Make) -> None:
    """As many programs keep them."""
    certificate, key = make_certificate_files("a")
    certificate.write_bytes(key.read_bytes() + certificate.read_bytes())
    server_context(TlsFiles(certificate, certificate), "tls")


@pytest.mark.parametrize("name", ["certificate", "key", "client_ca"])
def test_a_file_that_is_missing_is_named(make_certificate_files: Make, name: str) -> None:
    """With its field."""
    certificate, key = make_certificate_files("a")
    files = TlsFiles(certificate, key, certificate)
    setattr(files, name, certificate.with_name("absent"))
    problem = problem_of(files)
    assert problem.path == f"listeners[0].tls.{name}"
    assert (
        problem.problem
        == f"cannot read {certificate.with_name('absent')}: No such file or directory"
    )


@pytest.mark.parametrize("content", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nMIIB\n"])
@pytest.mark.parametrize("name", ["certificate", "key", "client_ca"])
def test_a_file_that_holds_something_else_is_named(
    make_certificate_files: Make, name: str, content: str
) -> None:
    """Each by what it should hold."""
    certificate, key = make_certificate_files("a")
    files = TlsFiles(certificate, key, certificate)
    other = certificate.with_name("other")
    other.write_text(content)
    setattr(files, name, other)
    problem = problem_of(files)
    assert problem.path == f"listeners[0].tls.{name}"
    what = "private key" if name == "key" else "certificate"
    assert problem.problem == f"{other} holds no {what} in PEM"


def test_the_key_of_another_certificate_is_refused(make_certificate_files: Make) -> None:
    """It is the key that is said to be wrong."""
    certificate, _ = make_certificate_files("a")
    _, key = make_certificate_files("b")
    problem = problem_of(TlsFiles(certificate, key))
    assert str(problem) == f"listeners[0].tls.key: {key} is not the key of {certificate}"


def test_an_encrypted_key_is_refused_without_asking_on_the_terminal(
    make_certificate_files: Make,
) -> None:
    """Nobody is there to type a passphrase."""
    problem = problem_of(TlsFiles(*make_certificate_files("a", password=b"secret")))
    assert problem.path == "listeners[0].tls.key"
    assert "is encrypted: give a key without a passphrase" in problem.problem


def test_a_certificate_that_has_expired_is_refused(make_certificate_files: Make) -> None:
    """No client would take it."""
    problem = problem_of(TlsFiles(*make_certificate_files("a", (-2, -1))))
    assert isinstance(problem, CertificateExpiredError)
    assert problem.path == "listeners[0].tls.certificate"
    assert "has expired" in problem.problem


def test_a_certificate_that_is_not_valid_yet_is_refused(make_certificate_files: Make) -> None:
    """The same, the other way round."""
    problem = problem_of(TlsFiles(*make_certificate_files("a", (1, 2))))
    assert not isinstance(problem, CertificateExpiredError)
    assert "not yet valid" in problem.problem


def test_the_fingerprint_is_of_the_first_certificate(make_certificate_files: Make) -> None:
    """As `openssl x509 -fingerprint -sha256` writes it, whatever else is in the file."""
    certificate, key = make_certificate_files("a")
    pem = certificate.read_text()
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest().hex(":").upper()
    other, _ = make_certificate_files("b")
    certificate.write_text(key.read_text() + pem + other.read_text())
    assert fingerprint(certificate) == digest


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionResetError(), "the client hung up"),
        (ConnectionAbortedError("SSL handshake is taking longer"), "SSL handshake is taking"),
        (ConnectionAbortedError(), "the client hung up"),
        (OSError(110, "Connection timed out"), "Connection timed out"),
        (ssl.SSLError(1, "strange"), "strange"),
    ],
)
def test_a_handshake_that_failed_is_told_in_words(error: OSError, words: str) -> None:
    """Whatever the loop raises; what OpenSSL says is tested over sockets."""
    assert words in handshake_problem(error)


def test_what_we_show_to_an_esme_is_loaded(make_certificate_files: Make) -> None:
    """Mutual TLS: our certificate and key; its own trust, and no names but its own."""
    certificate, key = make_certificate_files("a")
    context = client_context(certificate, TlsFiles(certificate, key), "outbind.tls")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    other, _ = make_certificate_files("b")
    with pytest.raises(ConfigurationError, match=r"outbind\.tls\.key: .* is not the key of"):
        client_context(None, TlsFiles(other, key), "outbind.tls")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed"), "connection refused"),
        (ConnectionResetError(104, "reset"), "it hung up"),
        (ConnectionAbortedError("SSL handshake is taking too long"), "it hung up"),
        (OSError("no address"), "no address"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong"), "WRONG_VERSION_NUMBER"),
    ],
)
def test_why_an_esme_could_not_be_reached_is_told_in_words(error: OSError, words: str) -> None:
    """One short reason for the log and the events."""
    assert words.lower().replace("_", " ") in callee_problem(error).replace("_", " ")
