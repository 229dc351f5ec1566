"""The demo's own parts: its child process, its client, its texts."""

import builtins
import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from carrierbox import demo
from carrierbox.demo import CarrierProcess, DemoClient, DemoError, demo_texts, run_demo
from carrierbox.demo_report import Part
from carrierbox.errors import ConfigurationError

smpplib_client = pytest.importorskip("smpplib.client")


def child(tmp_path: Path, program: str) -> CarrierProcess:
    """A process that plays the carrier."""
    return CarrierProcess(tmp_path, (sys.executable, "-c", program))


READY = "print('ready smpp=127.0.0.1:7 http=127.0.0.1:8 x=y', flush=True)\n"
STAY = "import signal; signal.sigwait([signal.SIGUSR1])\n"
NEEDS_SIGNALS = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@NEEDS_SIGNALS
def test_the_ready_line_tells_the_addresses(tmp_path: Path) -> None:
    """Whatever is printed before it is passed over."""
    carrier = child(tmp_path, "print('hello')\n" + READY + STAY)
    try:
        assert carrier.addresses() == {"smpp": "127.0.0.1:7", "http": "127.0.0.1:8", "x": "y"}
    finally:
        carrier.end()


def test_a_carrier_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    """At once, not when the time is up."""
    carrier = child(tmp_path, "import sys; sys.exit('port taken')")
    try:
        with pytest.raises(DemoError, match="the carrier did not start"):
            carrier.addresses()
        assert carrier.last_words() == ["port taken"]
    finally:
        carrier.end()


@NEEDS_SIGNALS
def test_the_child_is_ended_even_if_it_does_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM first, then SIGKILL."""
    monkeypatch.setattr(demo, "END_LIMIT_S", 0.05)
    program = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + READY + STAY
    carrier = child(tmp_path, program)
    carrier.addresses()
    carrier.end()
    assert carrier._process.returncode == -signal.SIGKILL
    carrier.end()


@NEEDS_SIGNALS
def test_the_child_does_not_see_settings_for_another_carrier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would change what is shown."""
    monkeypatch.setenv("CARRIERBOX_CLOCK__SCALE", "60")
    program = (
        "import os, sys\n"
        "seen = [name for name in os.environ if name.startswith('CARRIERBOX_')]\n"
        "print('ready seen=%d' % len(seen), 'options=' + ','.join(sys.argv[1:]), flush=True)\n"
    )
    carrier = child(tmp_path, program)
    try:
        said = carrier.addresses()
    finally:
        carrier.end()
    assert said["seen"] == "0"
    assert said["options"] == (
        "serve,--smpp,127.0.0.1:0,--http,127.0.0.1:0,--store,"
        f"{tmp_path / 'carrier.db'},--account,demo:demo"
    )


def test_the_texts_are_what_the_demo_promises() -> None:
    """GSM-7 with its extension table, UCS-2 with an emoji, three parts with a header each."""
    french, indian, american, sleeper = demo_texts()
    assert (french.to, french.data_coding, french.esm_class) == ("+33612345678", 0, 0)
    assert b"\x1b\x65" in french.parts[0].octets
    assert indian.data_coding == 8
    assert "🙂".encode("utf-16-be") in indian.parts[0].octets
    assert [part.octets[:3] for part in american.parts] == [b"\x05\x00\x03"] * 3
    assert american.esm_class == 0x40
    assert [part.octets[4:6] for part in american.parts] == [b"\x03\x01", b"\x03\x02", b"\x03\x03"]
    assert len(sleeper.parts) == 1
    assert [text.to[:3] for text in (french, indian, sleeper)] == ["+33", "+91", "+44"]


class FakeSmpplib:
    """smpplib's client without a socket."""

    def __init__(self, *args: object, **options: object) -> None:
        self.sent: list[dict[str, Any]] = []
        self.arrived: list[Any] = []
        self.handlers: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("set_"):
            return lambda handler: self.handlers.__setitem__(name, handler)
        return lambda **options: None

    def send_message(self, **fields: Any) -> Any:
        self.sent.append(fields)
        return SimpleNamespace(sequence=len(self.sent))

    def poll(self, **options: object) -> None:
        for name, pdu in self.arrived:
            self.handlers[name](pdu=pdu)
        self.arrived.clear()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSmpplib:
    made = FakeSmpplib()
    monkeypatch.setattr(smpplib_client, "Client", lambda *args, **options: made)
    return made


def test_the_client_asks_for_receipts_and_keeps_what_comes(fake: FakeSmpplib) -> None:
    """Answers belong to their submit by sequence_number; a receipt has two ids."""
    times = iter([1.0, 2.0, 3.0])
    client = DemoClient("127.0.0.1:7", lambda: next(times))
    part = Part(b"Hi")
    client.submit("+331", part, 8, 0x40)
    assert fake.sent[0]["registered_delivery"] == 1
    assert (fake.sent[0]["destination_addr"], fake.sent[0]["dest_addr_ton"]) == ("331", 1)
    assert (fake.sent[0]["data_coding"], fake.sent[0]["esm_class"]) == (8, 0x40)
    answer = SimpleNamespace(sequence=1, status=0, message_id=b"77\0")
    receipt = SimpleNamespace(
        short_message=b"id:77 sub:001 stat:DELIVRD err:000 text:Hi", receipted_message_id=b"77\0"
    )
    fake.arrived += [
        ("set_message_sent_handler", answer),
        ("set_message_received_handler", receipt),
    ]
    client.look()
    assert (part.submitted_at, part.answered_at, part.status, part.message_id) == (
        1.0,
        2.0,
        0,
        "77",
    )
    (found,) = client.receipts
    assert (found.at, found.message_id, found.stat) == (3.0, "77", "DELIVRD")
    assert found.receipted_message_id == "77"
    client.close()


def test_a_refusal_and_a_text_that_is_no_receipt_are_kept_as_they_are(fake: FakeSmpplib) -> None:
    """The report tells them."""
    client = DemoClient("127.0.0.1:7", lambda: 1.0)
    part = Part(b"Hi")
    client.submit("+331", part, 0, 0)
    refused = SimpleNamespace(sequence=1, status=0x58, message_id=None)
    stranger = SimpleNamespace(short_message=b"Hello", receipted_message_id=None)
    fake.arrived += [
        ("set_error_pdu_handler", refused),
        ("set_message_sent_handler", refused),
        ("set_message_sent_handler", SimpleNamespace(sequence=9, status=0, message_id=b"9")),
        ("set_message_received_handler", stranger),
    ]
    client.look()
    assert (part.status, part.message_id) == (0x58, "")
    assert (client.receipts[0].message_id, client.receipts[0].stat) == ("", "")


def test_a_client_without_its_package_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """smpplib comes with an extra."""
    real_import = builtins.__import__

    def without_smpplib(name: str, *args: Any, **options: Any) -> Any:
        if name.partition(".")[0] == "smpplib":
            raise ImportError(name)
        return real_import(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without_smpplib)
    with pytest.raises(ConfigurationError, match=r"pip install 'carrierbox\[test\]'"):
        run_demo()


class FakeCarrier:
    """A carrier that never gets ready."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        FakeCarrier.made = self
        self.ended = False

    made: "FakeCarrier"

    def addresses(self) -> dict[str, str]:
        raise DemoError("the carrier did not start")

    def last_words(self) -> list[str]:
        return ["port taken\x1b"]

    def end(self) -> None:
        self.ended = True


def test_a_demo_that_fails_ends_its_carrier_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1, with the carrier's last words."""
    monkeypatch.setattr(demo, "CarrierProcess", FakeCarrier)
    said: list[str] = []
    assert run_demo(said.append) == 1
    assert FakeCarrier.made.ended
    assert said == ["", "The demo failed: the carrier did not start", "  carrier: port taken\\x1b"]
    assert not FakeCarrier.made.folder.exists()


@NEEDS_SIGNALS
def test_sigterm_ends_the_carrier_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Ctrl-C does; afterwards SIGTERM means what it meant before."""

    class Terminated(FakeCarrier):
        def addresses(self) -> dict[str, str]:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.sigtimedwait([], 1)
            raise AssertionError("the signal did not end the demo")

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(demo, "CarrierProcess", Terminated)
    with pytest.raises(KeyboardInterrupt):
        run_demo(lambda line: None)
    assert FakeCarrier.made.ended
    assert signal.getsignal(signal.SIGTERM) is before
