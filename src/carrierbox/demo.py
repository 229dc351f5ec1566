"""`carrierbox demo`: a carrier is started, a client that is not ours sends texts through it.

The carrier is a process of its own, on free ports of this machine and with a store of its own. The
client is smpplib, over a real socket. Everything printed was read from the wire or from the
carrier's API, and the demo succeeds only if every text arrived as it was sent.
"""

import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from carrierbox.api_client import CarrierApi, CarrierUnreachableError, RequestRefusedError
from carrierbox.clock import LinkTime, NetworkClock, link_now
from carrierbox.demo_report import Outcome, Part, Receipt, Text, report_lines
from carrierbox.errors import CarrierboxError, ConfigurationError
from carrierbox.terminal import aligned, counted, printable

START_LIMIT_S: Final = 30.0
DEMO_LIMIT_S: Final = 30.0
END_LIMIT_S: Final = 5.0
LOOK_EVERY_S: Final = 0.001
SURPLUS_S: Final = 0.2
SYSTEM_ID: Final = "demo"
PASSWORD: Final = "demo"
SENDER: Final = "ACME"
EXIT_FINE: Final = 0
EXIT_NOT_HELD: Final = 1

_RECEIPT: Final = re.compile(r"\bid:(\S+).*\bstat:(\S+)", re.DOTALL)

FRENCH: Final = "Café à 5 €. Votre code : 4821. Merci, et à demain !"
INDIAN: Final = "नमस्ते! आपका कोड 4821 है 🙂"
LONG: Final = (
    "Your order has left the warehouse. It travels by train to Boston tonight, by van to your "
    "neighbourhood tomorrow morning, and a courier will ring your bell between ten and twelve. "
    "If nobody is at home, it waits for you at the corner shop for a week. This text is too long "
    "for one short message, so the client cut it into three parts, and the phone has put them "
    "together again."
)
WAITING: Final = "This text waited until the phone was switched on."


def run_demo(say: Callable[[str], object] = print) -> int:
    """Run it; 0 only if everything arrived, 1 otherwise."""
    _need_smpplib()
    with _ended_by_sigterm(), tempfile.TemporaryDirectory(prefix="carrierbox-demo-") as folder:
        carrier = CarrierProcess(Path(folder))
        try:
            return Demo(carrier, say).run()
        except (DemoError, CarrierUnreachableError, RequestRefusedError) as error:
            say("")
            say(f"The demo failed: {error}")
            for line in carrier.last_words():
                say(f"  carrier: {printable(line)}")
            return EXIT_NOT_HELD
        finally:
            carrier.end()


class DemoError(CarrierboxError):
    """The demo cannot go on."""


class CarrierProcess:
    """A carrier started as a user would start it. `end` must be called, whatever happened."""

    def __init__(self, folder: Path, command: tuple[str, ...] | None = None) -> None:
        self._log = folder / "carrier.log"
        self._ready = threading.Event()
        self.ready_line = ""
        program = (sys.executable, "-m", "carrierbox") if command is None else command
        settings = ("--smpp", "127.0.0.1:0", "--http", "127.0.0.1:0")
        store = ("--store", str(folder / "carrier.db"), "--account", f"{SYSTEM_ID}:{PASSWORD}")
        # Settings meant for another carrier would change what is shown.
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("CARRIERBOX_")
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*program, "serve", *settings, *store],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def addresses(self, limit_s: float = START_LIMIT_S) -> dict[str, str]:
        """What the ready line says: `smpp` and `http` among others. Raises DemoError."""
        if not self._ready.wait(limit_s) or not self.ready_line:
            raise DemoError("the carrier did not start")
        words = self.ready_line.split()[1:]
        return {name: value for name, _, value in (word.partition("=") for word in words)}

    def last_words(self) -> list[str]:
        """The end of its log."""
        with contextlib.suppress(OSError):
            return self._log.read_text("utf-8", "replace").splitlines()[-10:]
        return []

    def end(self) -> None:
        """Ask it to end, and make it end if it does not; only ever the process started here."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(END_LIMIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join(END_LIMIT_S)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        """Wait for the ready line, and keep the pipe empty after it."""
        for octets in self._process.stdout or ():
            line = octets.decode("utf-8", "replace").strip()
            if not self.ready_line and line.startswith("ready "):
                self.ready_line = line
                self._ready.set()
        self._ready.set()


class DemoClient:
    """smpplib bound as a transceiver, with what it sent and what came back."""

    def __init__(self, address: str, now: Callable[[], float]) -> None:
        import smpplib.client

        host, _, port = address.rpartition(":")
        # What smpplib would log is told by the demo itself.
        logging.getLogger("carrierbox.demo").setLevel(logging.CRITICAL)
        self._now = now
        self._parts: dict[int, Part] = {}
        self.receipts: list[Receipt] = []
        self._client = smpplib.client.Client(
            host, int(port), logger_name="carrierbox.demo", allow_unknown_opt_params=True
        )
        self._client.set_message_sent_handler(self._on_answer)
        self._client.set_message_received_handler(self._on_deliver)
        self._client.set_error_pdu_handler(self._on_error)
        with _link_errors():
            self._client.connect()
            self._client.bind_transceiver(system_id=SYSTEM_ID, password=PASSWORD)

    def submit(self, to: str, part: Part, data_coding: int, esm_class: int) -> None:
        """Send one submit_sm that asks for a receipt; the answer comes with `look`."""
        part.submitted_at = self._now()
        with _link_errors():
            pdu = self._client.send_message(
                source_addr_ton=5,
                source_addr_npi=0,
                source_addr=SENDER,
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=to.removeprefix("+"),
                short_message=part.octets,
                data_coding=data_coding,
                esm_class=esm_class,
                registered_delivery=1,
            )
        self._parts[pdu.sequence] = part

    def look(self) -> None:
        """Take what has come; returns at once."""
        with _link_errors():
            self._client.poll(auto_send_enquire_link=False)

    def close(self) -> None:
        """Unbind and disconnect."""
        with contextlib.suppress(Exception):
            self._client.unbind()
        self._client.disconnect()

    def _on_answer(self, pdu: Any) -> None:
        part = self._parts.pop(pdu.sequence, None)
        if part is not None:
            part.answered_at = self._now()
            part.status = int(pdu.status)
            part.message_id = _ascii(pdu.message_id) if not pdu.status else ""

    def _on_error(self, pdu: Any) -> None:
        """smpplib calls this and then the handler of the answer: nothing to add."""

    def _on_deliver(self, pdu: Any) -> None:
        found = _RECEIPT.search(_ascii(pdu.short_message))
        self.receipts.append(
            Receipt(
                self._now(),
                found[1] if found else "",
                found[2] if found else "",
                _ascii(pdu.receipted_message_id),
            )
        )


class Demo:
    """The steps of the demonstration."""

    def __init__(self, carrier: CarrierProcess, say: Callable[[str], object]) -> None:
        self._say = say
        self._clock = NetworkClock()
        self._started = link_now()
        addresses = carrier.addresses()
        self._say("A mobile carrier in a box")
        self._say("")
        self._rows(["carrier", f"smpp {addresses.get('smpp')}", f"http {addresses.get('http')}"])
        self._api = CarrierApi(f"http://{addresses.get('http')}", START_LIMIT_S)
        self._client = DemoClient(addresses.get("smpp", ""), self._clock.now)
        self._texts = demo_texts()
        self._deadline = LinkTime(link_now() + DEMO_LIMIT_S)

    def run(self) -> int:
        """All steps, then the report; the exit code."""
        try:
            self._introduce()
            sleeper = self._texts[-1]
            self._api.put("phones", sleeper.to, "power", body={"power": "off"})
            self._submit()
            missing = self._let_it_wait(sleeper) or self._collect()
            outcome = self._outcome(sleeper, missing)
        finally:
            self._client.close()
        for line in report_lines(outcome):
            self._say(line)
        return EXIT_NOT_HELD if outcome.problems else EXIT_FINE

    def _introduce(self) -> None:
        version = self._api.get("version")
        self._rows(["", f"carrierbox {version.get('version')}, {version.get('build')}"])
        self._rows(["client", f"smpplib, bound as transceiver {SYSTEM_ID}"])

    def _submit(self) -> None:
        self._say("")
        self._say("Texts")
        rows = []
        for number, text in enumerate(self._texts, 1):
            for part in text.parts:
                self._client.submit(text.to, part, text.data_coding, text.esm_class)
            rows.append([str(number), text.title, text.to, counted(len(text.parts), "part")])
        for line in aligned(rows, indent="  "):
            self._say(line)
        self._say("")

    def _let_it_wait(self, sleeper: Text) -> str:
        """See that the text for the phone that is off waits, then switch it on.

        What is missing, if anything.
        """
        parts = [part for text in self._texts for part in text.parts]
        if not self._wait(lambda: all(part.answered_at for part in parts)):
            return "the carrier did not answer every submit_sm"
        first = sleeper.parts[0]
        if not first.message_id:
            return "the text for the phone that is off was refused"

        def has_failed() -> bool:
            events = self._api.get("messages", first.message_id)["events"]
            return any(event["kind"] == "failed" for event in events)

        if not self._wait(has_failed):
            return "the text for the phone that is off was never tried"
        message = self._api.get("messages", first.message_id)
        phone = self._api.get("phones", sleeper.to)
        sleeper.seen_waiting_at = self._clock.now()
        texts = counted(len(phone["texts"]), "text")
        sleeper.seen_waiting = (
            f"{message['message_state']} after {counted(message['attempts'], 'attempt')}, "
            f"phone {phone['power']}, {texts} on its screen"
        )
        if phone["power"] != "off" or phone["texts"] or phone["waiting"] != 1:
            return f"the text for the phone that is off does not wait: {sleeper.seen_waiting}"
        self._say(f"{sleeper.to} is off, its text waits: {sleeper.seen_waiting}")
        self._api.put("phones", sleeper.to, "power", body={"power": "on"})
        self._say(f"{sleeper.to} is switched on")
        return ""

    def _collect(self) -> str:
        """Wait for one receipt for each part, then a moment for one too many."""
        wanted = {part.message_id for text in self._texts for part in text.parts}

        def is_complete() -> bool:
            if not wanted <= {receipt.message_id for receipt in self._client.receipts}:
                return False
            return all(
                self._api.get("messages", each)["receipt"] == "acknowledged"
                for each in wanted
                if each
            )

        if not self._wait(is_complete):
            return "not every receipt came in time"
        self._wait(lambda: False, LinkTime(link_now() + SURPLUS_S))
        return ""

    def _outcome(self, sleeper: Text, missing: str) -> Outcome:
        """Everything the API tells of the messages and the phones at the end."""
        outcome = Outcome(self._texts, self._client.receipts, SENDER)
        for text in self._texts:
            outcome.phones[text.to] = self._api.get("phones", text.to)
            for part in text.parts:
                if part.message_id:
                    found = self._api.get("messages", part.message_id)
                    outcome.messages[part.message_id] = found
        numbers = [
            event["number"] for each in outcome.messages.values() for event in each["events"]
        ]
        if numbers:
            events = self._api.events(min(numbers) - 1, max(numbers))
            outcome.phone_events = [event for event in events if event["message_id"] is None]
        outcome.check(missing)
        outcome.took_s = link_now() - self._started
        return outcome

    def _wait(self, holds: Callable[[], bool], until: LinkTime | None = None) -> bool:
        deadline = self._deadline if until is None else until
        pause = threading.Event()
        while True:
            self._client.look()
            if holds():
                return True
            if link_now() >= deadline:
                return False
            pause.wait(LOOK_EVERY_S)

    def _rows(self, *rows: list[str]) -> None:
        for row in rows:
            self._say(f"  {row[0]:<9}{'   '.join(row[1:])}")


def demo_texts() -> list[Text]:
    """The four texts as smpplib encodes and cuts them; the last one is for a phone that is off."""
    import smpplib.gsm

    planned = [
        ("GSM-7, to France", "+33612345678", FRENCH),
        ("UCS-2 with an emoji, to India", "+919876543210", INDIAN),
        ("long, cut by the client, to the US", "+12025550143", LONG),
        ("to a phone in Britain that is off", "+447700900123", WAITING),
    ]
    texts = []
    for title, to, text in planned:
        parts, data_coding, esm_class = smpplib.gsm.make_parts(text)
        made = [Part(octets) for octets in parts]
        texts.append(Text(title, to, text, made, data_coding, esm_class))
    return texts


@contextlib.contextmanager
def _link_errors() -> Iterator[None]:
    """What ends the client's link ends the demo."""
    import smpplib.exceptions

    try:
        yield
    except (smpplib.exceptions.ConnectionError, smpplib.exceptions.PDUError, OSError) as error:
        raise DemoError(f"the client lost its link: {error!r}") from None


def _need_smpplib() -> None:
    try:
        import smpplib  # noqa: F401
    except ImportError:
        raise ConfigurationError(
            "", "the demo's client is not installed: python -m pip install 'carrierbox[test]'"
        ) from None


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the demo like Ctrl-C does, so that its carrier never outlives it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _ascii(value: object) -> str:
    """A field as smpplib gives it: octets, with or without their NUL, or None."""
    return value.decode("latin-1").rstrip("\0") if isinstance(value, bytes) else ""
