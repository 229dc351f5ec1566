"""Readers of TLS, proxies and networks."""

from pathlib import Path

import pytest

from carrierbox.config_listeners import TlsSettings, read_networks, read_proxy, read_tls
from carrierbox.ip_networks import IpNetworks


def test_tls_is_the_own_certificate_or_files() -> None:
    """The key may stand in the file of the certificate."""
    assert read_tls({"certificate": "auto"}) == TlsSettings(None, None, None)
    assert read_tls({"certificate": "auto", "client_ca": "ca.pem"}) == TlsSettings(
        None, None, Path("ca.pem")
    )
    assert read_tls({"certificate": "a.pem"}) == TlsSettings(Path("a.pem"), None, None)
    files = read_tls({"certificate": "a.pem", "key": "/k.pem", "client_ca": "ca.pem"})
    assert files == TlsSettings(Path("a.pem"), Path("/k.pem"), Path("ca.pem"))
    assert len({files, read_tls({"certificate": "a.pem"})}) == 2
    assert "a.pem" in repr(files)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (True, "must be a mapping such as {certificate: auto}, not true"),
        ({}, "certificate: missing"),
        ({"certificate": 1}, "certificate: must be text"),
        ({"certificate": ""}, "certificate: must be a file"),
        ({"certificate": "a\0b"}, "certificate: must be a file"),
        ({"certificate": "auto", "key": "k"}, "key: must not be given"),
        ({"certificate": "a", "cert": "b"}, "cert: unknown key; known here: certificate, key"),
    ],
)
def test_tls_that_means_nothing_is_refused(value: object, problem: str) -> None:
    """With the key that is wrong."""
    with pytest.raises(ValueError) as raised:
        read_tls(value)
    assert problem in str(raised.value)


def test_a_proxy_is_known_by_its_network() -> None:
    """One network at least: a header from anybody would let everybody choose an address."""
    assert read_proxy({"from": ["10.0.0.0/8", "::1"]}) == IpNetworks(["10.0.0.0/8", "::1"])


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("10.0.0.0/8", "must be a mapping such as {from: [10.0.0.0/8]}, not text"),
        ({}, "from: missing"),
        ({"from": []}, "from: must be a list of networks such as [10.0.0.0/8] with 1 to 1000"),
        ({"from": "10.0.0.0/8"}, "from: must be a list of networks such as [10.0.0.0/8], not text"),
        ({"from": ["10.0.0.1/8"]}, "from: 10.0.0.1/8 has bits behind its prefix"),
        ({"from": [1.5]}, "from: must be text, not a number"),
        ({"form": ["::1"]}, "form: unknown key"),
    ],
)
def test_a_proxy_that_means_nothing_is_refused(value: object, problem: str) -> None:
    """With the key that is wrong."""
    with pytest.raises(ValueError) as raised:
        read_proxy(value)
    assert problem in str(raised.value)


def test_networks_are_bounded() -> None:
    """Every bind is compared with each of them."""
    assert read_networks(["::1"] * 1000).holds("::1")
    with pytest.raises(ValueError, match="1 to 1000 entries"):
        read_networks(["::1"] * 1001)
