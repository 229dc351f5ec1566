"""Scenarios with an application that is not ours: smpplib, over a real port."""

import contextlib

import pytest

from carrierbox.testing.scenarios import run_scenario

smpplib_client = pytest.importorskip("smpplib.client")
smpplib_exceptions = pytest.importorskip("smpplib.exceptions")

STORY = """\
scenario: an-application-of-yours
why: The application has to answer the receipt of a phone that was away, and what a phone sends.
role: your_application
parameters: {phone: "+33612345678", code: "4821"}
setup:
  accounts: [{system_id: shop, password: secret}]
  phones: [{msisdn: "${phone}", power: off}]
steps:
  - wait: {bound: shop, within: 10s}
  - wait: {submit: {from: ACME, to: "${phone}", text: {contains: "${code}"}}, as: m1, within: 10s}
  - expect: {submit: m1, command_status: ESME_ROK}
  - expect: {application: m1, answers: receipt, count: 0}
  - advance: 3h
  - phone: {msisdn: "${phone}", power: on}
  - expect: {receipt: m1, stat: DELIVRD}
  - expect: {application: m1, answers: receipt, command_status: ESME_ROK}
  - expect: {phone: "${phone}", shows: {contains: "${code}"}, count: 1}
  - phone: {msisdn: "${phone}", send: {to: "12345", text: STOP}}
  - expect: {application: shop, answers: received, text: STOP, command_status: ESME_ROK}
  - settle: {}
"""


class Application:
    """An application that sends one code, and answers what it gets."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.received: list[bytes] = []

    def __call__(self, host: str, port: int) -> None:
        client = smpplib_client.Client(host, port, allow_unknown_opt_params=True)
        client.set_message_sent_handler(lambda pdu: None)
        client.set_message_received_handler(self.on_message)
        client.connect()
        client.bind_transceiver(system_id="shop", password="secret")
        client.send_message(
            source_addr_ton=5,
            source_addr="ACME",
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr="33612345678",
            short_message=f"Your code is {self.code}".encode(),
            registered_delivery=1,
        )
        with contextlib.suppress(smpplib_exceptions.ConnectionError):
            # Until the carrier unbinds.
            client.listen()
        client.disconnect()

    def on_message(self, pdu: object) -> int:
        self.received.append(getattr(pdu, "short_message", b""))
        return 0


def test_an_application_passes() -> None:
    """Its receipt came after three hours of network time, and it got the STOP."""
    application = Application("4821")
    report = run_scenario(STORY, application=application)
    assert report.passed, "\n".join(report.lines())
    assert report.network_s >= 3 * 3600
    assert [b"stat:DELIVRD" in application.received[0], application.received[1]] == [True, b"STOP"]


@pytest.mark.slow
def test_an_application_that_sends_something_else_fails() -> None:
    """The step that waits for it says so, and the diagram shows what it did send."""
    text = STORY.replace("as: m1, within: 10s", "as: m1, within: 500ms")
    report = run_scenario(text, application=Application("0000"))
    assert "0 of 1 submissions like this came within 500ms" in report.problem
    assert any("Your code is 0000" in line for line in report.diagram())
