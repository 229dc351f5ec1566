"""From the settings of listeners to what stands before SMPP."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from carrierbox.config import Configuration, load_configuration
from carrierbox.errors import ConfigurationError
from carrierbox.ip_networks import IpNetworks
from carrierbox.links.listener import Gate, Listener, open_listener
from carrierbox.links.own_certificate import PRIVATE_FILE, PUBLIC_FILE
from carrierbox.links.tls import fingerprint
from carrierbox.listening import call_tls, make_gates, plain_address, ready_fields
from carrierbox.runtime import Runtime
from carrierbox.smpp.settings import SessionSettings

INSTALL = "cryptography is not installed: python -m pip install 'carrierbox[tls]'"
AUTO = {"smpp": "[::1]:2776", "tls": {"certificate": "auto"}}


def configuration(tmp_path: Path, *listeners: Mapping[str, object]) -> Configuration:
    store = {"url": f"sqlite:///{tmp_path}/carrier.db"}
    return load_configuration(None, {}, {"listeners": list(listeners), "store": store})


def test_a_listener_without_more_is_open(tmp_path: Path) -> None:
    """SMPP comes at once; nothing is written."""
    (gate,) = make_gates(configuration(tmp_path, {"smpp": ":2775"}))
    assert gate.is_open
    assert list(tmp_path.iterdir()) == []


def test_a_listener_behind_a_proxy_is_not_open(tmp_path: Path) -> None:
    """The header comes first."""
    (gate,) = make_gates(configuration(tmp_path, {"smpp": ":1", "proxy": {"from": ["::1"]}}))
    assert not gate.is_open
    assert gate.tls is None
    assert gate.proxies == IpNetworks(["::1"])


def test_the_own_certificate_is_kept_beside_the_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two listeners share it; its file and fingerprint are told on stderr at every start."""
    pytest.importorskip("cryptography", reason=INSTALL)
    settings = configuration(tmp_path, AUTO, {**AUTO, "smpp": ":2777"})
    for _ in range(2):
        assert [gate.tls is None for gate in make_gates(settings)] == [False, False]
    public = tmp_path / PUBLIC_FILE
    assert (tmp_path / PRIVATE_FILE).exists()
    told = f"certificate {public}, SHA-256 {fingerprint(public)}"
    assert (
        capsys.readouterr().err.splitlines()
        == [
            f"tls [::1]:2776: {told}",
            f"tls :2777: {told}",
        ]
        * 2
    )


def test_the_own_certificate_is_in_the_state_directory_without_a_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carrier in memory has the same certificate tomorrow."""
    pytest.importorskip("cryptography", reason=INSTALL)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    make_gates(load_configuration(None, {}, {"listeners": [AUTO], "store": {"url": ":memory:"}}))
    assert (tmp_path / "carrierbox" / PUBLIC_FILE).exists()


def test_without_the_library_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who asks for `auto` needs it."""
    monkeypatch.setitem(sys.modules, "carrierbox.links.certificates", None)
    with pytest.raises(ConfigurationError) as raised:
        make_gates(configuration(tmp_path, {"smpp": ":1"}, AUTO))
    assert raised.value.path == "listeners[1].tls.certificate"
    assert "python -m pip install 'carrierbox[tls]'" in raised.value.problem
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_missing_are_told_with_their_field(tmp_path: Path) -> None:
    """Before a port is opened or a journal touched."""
    tls = {"certificate": str(tmp_path / "absent.pem")}
    with pytest.raises(ConfigurationError) as raised:
        make_gates(configuration(tmp_path, {"smpp": ":1"}, {"smpp": ":2", "tls": tls}))
    assert str(raised.value).startswith("listeners[1].tls.certificate: cannot read ")


def test_the_ready_line_names_every_listener() -> None:
    """In their order; a client is told of the one that needs nothing before SMPP."""

    async def main() -> None:
        gates = [Gate(proxies=IpNetworks(["::1"])), Gate(), Gate()]
        runtime = Runtime([], SessionSettings(), lambda: None, lambda event, fields: None)
        listeners: list[Listener] = []
        for gate in gates:
            listeners.append(
                await open_listener(runtime, "127.0.0.1", 0, gate, lambda event, fields: None)
            )
        ports = [each.address[1] for each in listeners]
        assert ready_fields(listeners, gates) == [f"smpp=127.0.0.1:{port}" for port in ports]
        assert plain_address(listeners, gates) == ("127.0.0.1", ports[1])
        assert plain_address(listeners[:1], gates[:1]) is None
        for each in listeners:
            each.close()
        await asyncio.sleep(0)

    asyncio.run(main())


def called(tls: Mapping[str, object] | None, box: str = "") -> Configuration:
    """A configuration with an account that is called."""
    outbind = {"to": "esme.example:2780", **({} if tls is None else {"tls": tls})}
    accounts = [{"system_id": "shop", "password": "x", "outbind": outbind}]
    settings: dict[str, object] = {"store": {"url": ":memory:"}}
    inner = {"accounts": accounts, "store": {"url": ":memory:"}}
    settings |= {"boxes": {box: inner}} if box else {"accounts": accounts}
    return load_configuration(None, {}, settings)


def test_who_is_called_with_tls_has_a_context_by_the_name_of_the_call() -> None:
    """`box/system_id`; the certificate must be for the host unless another name is given."""
    assert call_tls(called(None)) == {}
    (found,) = call_tls(called({})).items()
    assert (found[0], found[1].name) == ("default/shop", "esme.example")
    assert found[1].context.check_hostname
    (found,) = call_tls(called({"name": "other"}, "spare")).items()
    assert (found[0], found[1].name) == ("spare/shop", "other")


@pytest.mark.parametrize("key", ["ca", "certificate"])
def test_a_file_of_a_call_that_is_missing_is_named(tmp_path: Path, key: str) -> None:
    """With the path of its field, before anything listens."""
    with pytest.raises(ConfigurationError) as raised:
        call_tls(called({key: str(tmp_path / "absent")}, "spare"))
    assert raised.value.path == f"boxes.spare.accounts[0].outbind.tls.{key}"
