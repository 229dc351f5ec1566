"""Certificates for the tests of TLS; they need `cryptography`."""

import datetime
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

INSTALL = "cryptography is not installed: python -m pip install 'carrierbox[tls]'"


class Pki:
    """Makes keys and certificates in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(
        self,
        name: str,
        valid_days: tuple[int, int] = (-1, 1),
        password: bytes = b"",
    ) -> tuple[Path, Path]:
        """A self-signed certificate for localhost and 127.0.0.1; its file and that of its key."""
        x509 = import_module("cryptography.x509")
        hashes = import_module("cryptography.hazmat.primitives.hashes")
        serialization = import_module("cryptography.hazmat.primitives.serialization")
        ec = import_module("cryptography.hazmat.primitives.asymmetric.ec")
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        today = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today + datetime.timedelta(days=valid_days[0]))
            .not_valid_after(today + datetime.timedelta(days=valid_days[1]))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        paths = self.folder / f"{name}.pem", self.folder / f"{name}-key.pem"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(password)
                if password
                else serialization.NoEncryption(),
            )
        )
        return paths


@pytest.fixture
def make_certificate_files(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Make a certificate and its key; skip the test where nothing can make them."""
    pytest.importorskip("cryptography", reason=INSTALL)
    return Pki(tmp_path).make
