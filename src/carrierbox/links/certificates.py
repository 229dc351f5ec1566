"""Makes a self-signed certificate. Needs the package `cryptography` (the extra `tls`)."""

import datetime
import ipaddress
from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from carrierbox.clock import NetworkTime

VALID_DAYS: Final = 3650
SKEW_DAYS: Final = 1
"""It is valid since yesterday: a client's clock may be behind."""
COMMON_NAME: Final = "carrierbox"


def make_certificate(names: Sequence[str], now: NetworkTime) -> bytes:
    """A new key on P-256 and a certificate for hosts and IP addresses: PEM, the key first.

    Names that no certificate can carry are left out.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    today = datetime.datetime.fromtimestamp(now, datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME)])
    alternatives = [each for each in map(_general_name, dict.fromkeys(names)) if each is not None]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=SKEW_DAYS))
        .not_valid_after(today + datetime.timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def _general_name(name: str) -> x509.GeneralName | None:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name) if 0 < len(name) <= 253 else None
    except ValueError:
        return None
