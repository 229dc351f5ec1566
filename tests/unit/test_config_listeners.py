"""Readers of TLS, proxies and networks."""

from pathlib import Path

import pytest

from carrierbox.config_listeners import (
    OutbindEntry,
    TlsSettings,
    read_networks,
    read_outbind,
    read_proxy,
    read_tls,
)
from carrierbox.config_values import Endpoint, Problems
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


def test_outbind_is_read_with_its_defaults() -> None:
    """Where the ESME listens is all that must be said."""
    entry = read_outbind({"to": "[::1]:2780"})
    assert isinstance(entry, OutbindEntry)
    assert (entry.to, entry.system_id, entry.password) == (Endpoint("::1", 2780), "carrierbox", "")
    assert (entry.after_s, entry.tls) == (1.0, None)
    settings = entry.settings()
    assert (settings.host, settings.port, settings.to) == ("::1", 2780, "[::1]:2780")
    assert read_outbind(None) is None


def test_outbind_is_read_with_all_it_may_have() -> None:
    """TLS with files and a name."""
    tls = {"ca": "ca.pem", "name": "esme", "certificate": "me.pem", "key": "key.pem"}
    said = {"to": "a:1", "system_id": "me", "password": "pw", "after": "250ms", "tls": tls}
    entry = read_outbind(said)
    assert isinstance(entry, OutbindEntry)
    assert entry.tls is not None
    assert (entry.system_id, entry.password, entry.after_s) == ("me", "pw", 0.25)
    read = (entry.tls.ca, entry.tls.name, entry.tls.certificate, entry.tls.key)
    assert read == (Path("ca.pem"), "esme", Path("me.pem"), Path("key.pem"))


@pytest.mark.parametrize(
    ("value", "field", "word"),
    [
        ({}, "to", "missing"),
        ({"to": ":2780"}, "to", "where the ESME listens"),
        ({"to": "a:0"}, "to", "where the ESME listens"),
        ({"to": "a:1", "system_id": "x" * 16}, "system_id", "at most 15"),
        ({"to": "a:1", "password": "x" * 9}, "password", "at most 8"),
        ({"to": "a:1", "after": "soon"}, "after", "90s"),
        ({"to": "a:1", "tls": "yes"}, "tls", "mapping"),
        ({"to": "a:1", "tls": {"key": "k"}}, "key", "certificate"),
        ({"to": "a:1", "often": 1}, "often", "unknown key"),
    ],
)
def test_a_wrong_outbind_names_the_field(value: object, field: str, word: str) -> None:
    """And what it must be."""
    with pytest.raises(ValueError) as raised:
        read_outbind(value)
    assert isinstance(raised.value, Problems)
    assert f"{field}: " in str(raised.value)
    assert word in str(raised.value)
