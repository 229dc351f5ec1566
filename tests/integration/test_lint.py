"""Clients watched: recorded by a serving carrier, judged from the file and live, read by tshark."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import RawClient, Server, SmppClient

    Connect = Callable[..., SmppClient]
    ConnectRaw = Callable[..., RawClient]
    Serve = Callable[..., Server]

pytestmark = pytest.mark.slow

needs_tshark = pytest.mark.skipif(
    shutil.which("tshark") is None, reason="needs tshark: apt-get install -y tshark"
)
PHONE = "+33612345678"


def lint(*arguments: str, octets: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """`carrierbox lint`, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "carrierbox", "lint", *arguments],
        capture_output=True,
        timeout=100,
        check=False,
        input=octets,
        env={**os.environ, "CARRIERBOX_URL": "http://127.0.0.1:1"},
    )


def rules_in(report: dict[str, Any], system_id: str) -> dict[str, int]:
    """How often an account broke which rule."""
    (account,) = (each for each in report["accounts"] if each["system_id"] == system_id)
    return {each["rule"]: each["count"] for each in account["findings"]}


def tshark(path: Path, port: int, *arguments: str) -> list[str]:
    """The lines tshark prints of a capture whose SMPP is on `port`, checksums verified."""
    options = ["-d", f"tcp.port=={port},smpp", "-o", "tcp.check_checksum:TRUE"]
    options += ["-o", "ip.check_checksum:TRUE", "-o", "smpp.reassemble_smpp_over_tcp:TRUE"]
    run = subprocess.run(
        ["tshark", "-n", "-r", str(path), *options, *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return run.stdout.splitlines()


def converse(server: Server, connect: Connect, connect_raw: ConnectRaw) -> None:
    """One client that does all right but for its numbers, one that hangs up, one of octets."""
    good = connect(server, "trx")
    for _ in range(3):
        good.submit(PHONE, b"Hello")
    good.receipts(3)
    good.submit(PHONE, b"Hello", destination_addr=PHONE)
    good.receipts(4)
    good.unbind()
    hasty = connect(server, "tx", system_id="hasty", password="x")
    hasty.submit(PHONE, "déjà vu".encode())
    hasty.close()
    raw = connect_raw(server)
    raw.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    raw.read_to_end()


ACCOUNTS = ("--account", "demo:demo", "--account", "hasty:x")


def test_what_a_carrier_recorded_is_judged(
    serve: Serve, connect: Connect, connect_raw: ConnectRaw, tmp_path: Path
) -> None:
    """From the file: closed properly on SIGTERM, passwords masked in the report."""
    path = tmp_path / "run.pcapng"
    server = serve("--store", ":memory:", "--capture", str(path), *ACCOUNTS)
    converse(server, connect, connect_raw)
    assert server.terminate() == 0
    run = lint("--json", str(path))
    assert (run.returncode, run.stderr) == (1, b"")
    report = json.loads(run.stdout)
    assert report["captures"][0]["problems"] == []
    assert rules_in(report, "demo") == {"address-punctuation": 1}
    assert rules_in(report, "hasty") == {"default-utf8": 1, "closed-without-unbind": 1}
    assert b"64656d6f0064656d6f" not in run.stdout
    one = lint("--account", "hasty", "-", octets=path.read_bytes())
    assert one.returncode == 1
    assert b"Account hasty" in one.stdout
    assert b"Account demo" not in one.stdout


def test_a_running_carrier_tells_what_it_saw(
    serve: Serve, connect: Connect, connect_raw: ConnectRaw
) -> None:
    """The same findings, live."""
    server = serve("--store", ":memory:", "--lint", *ACCOUNTS)
    converse(server, connect, connect_raw)
    run = lint("--url", server.url, "--json")
    assert run.returncode == 1
    report = json.loads(run.stdout)
    assert rules_in(report, "demo") == {"address-punctuation": 1}
    assert rules_in(report, "hasty")["default-utf8"] == 1
    assert report == server.http("GET", "lint")


def test_a_carrier_that_does_not_watch_says_so(serve: Serve) -> None:
    """Refused, with what to do."""
    server = serve("--store", ":memory:")
    run = lint("--url", server.url)
    assert run.returncode == 4
    assert b"start the carrier with --lint" in run.stderr


def test_exit_codes(tmp_path: Path, serve: Serve, connect: Connect) -> None:
    """0 nothing found, 2 a file that cannot be read or no file, 3 nobody at the URL."""
    path = tmp_path / "run.pcapng"
    server = serve("--store", ":memory:", "--capture", str(path))
    client = connect(server, "trx")
    client.submit(PHONE, b"Hello")
    client.receipts(1)
    client.unbind()
    server.terminate()
    fine = lint(str(path))
    assert (fine.returncode, fine.stderr) == (0, b"")
    assert b"nothing found" in fine.stdout
    for arguments in ([str(tmp_path / "absent")], [__file__], [], ["--url", "x", str(path)]):
        assert lint(*arguments).returncode == 2, arguments
    assert lint("--url", "http://127.0.0.1:1").returncode == 3


def test_a_capture_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    """Better than to find nothing afterwards."""
    options = ["--smpp", "127.0.0.1:0", "--http", "off", "--store", ":memory:"]
    options += ["--capture", str(tmp_path / "absent" / "run.pcapng")]
    run = subprocess.run(
        [sys.executable, "-m", "carrierbox", "serve", *options],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 2
    assert "--capture: cannot write" in run.stderr


@needs_tshark
@pytest.mark.interop
def test_tshark_dissects_what_a_carrier_recorded(
    serve: Serve, connect: Connect, connect_raw: ConnectRaw, tmp_path: Path
) -> None:
    """Every PDU by its name, nothing malformed, no bad checksum, no hole in a stream."""
    path = tmp_path / "run.pcapng"
    server = serve("--store", ":memory:", "--capture", str(path), *ACCOUNTS)
    port = server.port
    good = connect(server, "trx")
    good.submit(PHONE, b"Hello")
    good.receipts(1)
    good.unbind()
    server.terminate()
    names = tshark(path, port, "-Y", "smpp", "-T", "fields", "-e", "smpp.command_id")
    commands = [int(each, 16) for line in names for each in line.split(",")]
    assert sorted(commands) == sorted(
        [0x09, 0x80000009, 0x04, 0x80000004, 0x05, 0x80000005, 0x06, 0x80000006]
    )
    wrong = "_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0"
    assert tshark(path, port, "-Y", f"{wrong} || ip.checksum.status == 0") == []


@needs_tshark
@pytest.mark.interop
def test_files_that_tshark_and_editcap_write_are_judged_alike(
    serve: Serve, connect: Connect, connect_raw: ConnectRaw, tmp_path: Path
) -> None:
    """Classic pcap with micro- and nanoseconds, pcapng, a short snap length, the middle alone."""
    path = tmp_path / "run.pcapng"
    server = serve("--store", ":memory:", "--capture", str(path), *ACCOUNTS)
    converse(server, connect, connect_raw)
    server.terminate()
    wanted = json.loads(lint("--json", str(path)).stdout)["accounts"]
    for kind in ("pcap", "nsecpcap", "pcapng", "modpcap"):
        other = tmp_path / f"run.{kind}"
        subprocess.run(["editcap", "-F", kind, path, other], check=True, timeout=100)
        run = lint("--json", str(other))
        if kind == "modpcap":
            assert run.returncode == 2
            continue
        assert json.loads(run.stdout)["accounts"] == wanted, kind
    written = tmp_path / "written.pcapng"
    tshark(path, server.port, "-w", str(written))
    assert json.loads(lint("--json", str(written)).stdout)["accounts"] == wanted
    for name, arguments in (("short", ["-s", "90"]), ("middle", ["-r"])):
        part = tmp_path / name
        selection = ["8-40"] if name == "middle" else []
        subprocess.run(["editcap", *arguments, path, part, *selection], check=True, timeout=100)
        run = lint("--json", str(part))
        assert (run.returncode, run.stderr) == (1, b"")
        assert json.loads(run.stdout)["accounts"]


def test_who_reads_along_hears_the_pdus_of_sessions_that_were_there_before(
    serve: Serve, connect: Connect
) -> None:
    """From then on, without the password, and the carrier ends although somebody reads."""
    server = serve()
    client = connect(server, "trx")
    with httpx.stream("GET", f"{server.url}/api/v1/traffic", timeout=100) as answer:
        lines = answer.iter_lines()
        assert next(lines) == ""
        client.submit(PHONE, b"Hello")
        connect(server, "trx")
        heard: dict[str, Any] = {}
        while "80000009" not in heard:
            line = next(lines)
            if line:
                pdu = json.loads(line)
                heard[pdu["pdu_hex"][8:16]] = pdu
        assert server.terminate() == 0
    assert heard["00000004"]["sender"] == "esme"
    assert heard["80000004"]["sender"] == "smsc"
    assert {each["system_id"] for each in heard.values()} == {"demo"}
    assert b"demo\0****\0" in bytes.fromhex(heard["00000009"]["pdu_hex"])
