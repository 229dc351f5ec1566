"""The self-signed certificate that the carrier makes."""

import datetime
import ipaddress

import pytest

from carrierbox.clock import NetworkTime

INSTALL = "cryptography is not installed: python -m pip install 'carrierbox[tls]'"
x509 = pytest.importorskip("cryptography.x509", reason=INSTALL)
certificates = pytest.importorskip("carrierbox.links.certificates", reason=INSTALL)

NOW = NetworkTime(1_750_000_000.0)


def test_it_names_the_hosts_and_lasts_ten_years() -> None:
    """Clients compare the name they connect to; one second behind is no reason to fail."""
    pem = certificates.make_certificate(
        ["localhost", "::1", "127.0.0.1", "localhost", "", "ü" * 3], NOW
    )
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    certificate = x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERT") :])
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("::1"),
        ipaddress.ip_address("127.0.0.1"),
    ]
    now = datetime.datetime.fromtimestamp(NOW, datetime.UTC)
    assert certificate.not_valid_before_utc == now - datetime.timedelta(days=1)
    assert certificate.not_valid_after_utc == now + datetime.timedelta(days=3650)
    certificate.verify_directly_issued_by(certificate)


def test_two_are_never_the_same() -> None:
    """A key of its own for each carrier."""
    first, second = (certificates.make_certificate(["localhost"], NOW) for _ in range(2))
    assert first != second
