"""The library's scenarios that wait for an application, with one on smpplib over a real port.

Each holds with an application that does right, fails without what it hangs on, and fails
with an application that does wrong.
"""

import contextlib
import gc
import socket
import threading
from typing import Any

import pytest

from carrierbox.scenarios.library import builtin_names, scenario_named
from carrierbox.scenarios.live import run_live
from carrierbox.scenarios.report import Report
from carrierbox.scenarios.scenario import YOUR_APPLICATION

smpp = pytest.importorskip("smpplib.smpp")
exceptions = pytest.importorskip("smpplib.exceptions")
Client: Any = pytest.importorskip("smpplib.client").Client

ESME_RX_P_APPN = 0x65
THREAD_LIMIT_S = 20.0
SHORT: dict[str, Any] = {"wait": "5s", "answer": "300ms"}
"""What is waited for something that does not come."""


class Courteous(Client):  # type: ignore[misc]
    """A client that answers unbind, which smpplib's own leaves to its user."""

    was_shown_out = False

    def read_pdu(self) -> Any:
        """The next PDU."""
        pdu = super().read_pdu()
        if pdu.command == "unbind":
            self.was_shown_out = True
            self.send_pdu(smpp.make_pdu("unbind_resp", client=self, sequence=pdu.sequence))
        return pdu


class Application:
    """Sends one text, answers its receipts, and binds again when it was shown out."""

    def __init__(self, *, binds: int = 2, answer: int = 0) -> None:
        self.binds = binds
        self.answer = answer
        self.receipts: list[bytes] = []

    def __call__(self, host: str, port: int) -> None:
        for number in range(self.binds):
            client = Courteous(host, port, allow_unknown_opt_params=True)
            client.set_message_sent_handler(lambda pdu: None)
            client.set_message_received_handler(self.on_receipt)
            # The carrier may be gone by now: the scenario is over.
            with contextlib.suppress(exceptions.ConnectionError):
                client.connect()
                client.bind_transceiver(system_id="shop", password="secret")
                if number == 0:
                    self.send(client)
                while not client.was_shown_out:
                    client.read_once()
            client.disconnect()

    def send(self, client: Any) -> None:
        client.send_message(
            source_addr_ton=5,
            source_addr="ACME",
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr="33612345678",
            short_message=b"Your parcel is here",
            registered_delivery=1,
        )

    def on_receipt(self, pdu: Any) -> int:
        self.receipts.append(pdu.short_message)
        return self.answer


def run(name: str, application: Application, *, without: bool = False, **given: object) -> Report:
    """Run a scenario of the library with an application beside it."""
    threads: list[threading.Thread] = []

    def start(host: str, port: int) -> None:
        threads.append(threading.Thread(target=application, args=(host, port), daemon=True))
        threads[0].start()

    report = run_live(scenario_named(name, given, None, without), listening=start)
    threads[0].join(THREAD_LIMIT_S)
    assert not threads[0].is_alive()
    return report


NAMES = ["answer-receipts-in-time", "reconnect-after-server-unbind"]


def test_every_scenario_that_waits_for_an_application_is_run_here() -> None:
    """A new one must not be forgotten."""
    theirs = [name for name in builtin_names() if scenario_named(name).role == YOUR_APPLICATION]
    assert theirs == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_application_that_does_right_passes(name: str) -> None:
    """It answers every receipt, and comes back."""
    application = Application()
    report = run(name, application)
    assert report.passed, "\n".join(report.lines())
    assert application.receipts
    assert all(b"stat:DELIVRD" in receipt for receipt in application.receipts)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_none_holds_without_what_it_hangs_on(name: str) -> None:
    """The same application, with a carrier that makes no trouble."""
    report = run(name, Application(), without=True, **SHORT)
    assert not report.passed


@pytest.mark.slow
def test_an_application_that_refuses_a_receipt_hears_of_it_no_more() -> None:
    """ESME_RX_P_APPN ends it: two of the three are never sent (SMPP 3.4 §5.1.3)."""
    application = Application(answer=ESME_RX_P_APPN)
    report = run("answer-receipts-in-time", application, **SHORT)
    assert "0 answers like this" in report.problem
    assert len(application.receipts) == 1


def test_an_application_that_stays_away_is_found_out() -> None:
    """It was shown out and does not bind again."""
    report = run("reconnect-after-server-unbind", Application(binds=1), wait="500ms")
    assert "shop was not bound within 500ms" in report.problem


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_who_connects_as_it_ends_is_cut_off() -> None:
    """A connection that was accepted and not made yet when the run ended was left to itself."""
    threads: list[threading.Thread] = []

    def knock(host: str, port: int) -> None:
        with contextlib.ExitStack() as connections, contextlib.suppress(OSError):
            while True:
                connections.enter_context(socket.create_connection((host, port)))

    def start(host: str, port: int) -> None:
        threads.append(threading.Thread(target=knock, args=(host, port), daemon=True))
        threads[0].start()

    scenario = scenario_named("reconnect-after-server-unbind", {"wait": "20ms"}, None, False)
    run_live(scenario, listening=start)
    threads[0].join(THREAD_LIMIT_S)
    assert not threads[0].is_alive()
    gc.collect()
