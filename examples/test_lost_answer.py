"""A test of an application that sends again what was not answered: is a text sent twice?

    pip install 'carrierbox[test]'
    pytest examples/test_lost_answer.py

`carrier` and `phone` are fixtures of carrierbox's pytest plugin; `carrier.faults` lets the link to
the carrier fail. The application under test is the class below.
"""

from collections.abc import Iterator

import pytest
from smpplib.client import Client

from carrierbox.testing.carrier import Carrier, Phone


class Sender:
    """The application: sends a text, and sends it again on a new connection if nobody answers."""

    def __init__(self, host: str, port: int, system_id: str, password: str) -> None:
        self.attempts = 0
        self._where = host, port
        self._credentials = {"system_id": system_id, "password": password}
        self._client = self._connected()

    def send(self, number: str, text: str, attempts_max: int = 3) -> str:
        """Send a text until it is answered; the id that the carrier gave it."""
        for _ in range(attempts_max):
            self.attempts += 1
            self._client.send_message(
                source_addr="ACME",
                source_addr_ton=5,
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=number.removeprefix("+"),
                short_message=text.encode(),
            )
            try:
                return str(self._client.read_pdu().message_id.decode())
            except OSError:
                self._client.disconnect()
                self._client = self._connected()
        raise TimeoutError("the carrier does not answer")

    def close(self) -> None:
        """Say goodbye."""
        self._client.unbind()
        self._client.disconnect()

    def _connected(self) -> Client:
        client = Client(*self._where, timeout=0.2, allow_unknown_opt_params=True)
        client.connect()
        client.bind_transceiver(**self._credentials)
        return client


@pytest.fixture
def sender(carrier: Carrier) -> Iterator[Sender]:
    application = Sender(carrier.host, carrier.port, carrier.system_id, carrier.password)
    yield application
    application.close()


def test_what_was_not_answered_is_sent_again(
    sender: Sender, phone: Phone, carrier: Carrier
) -> None:
    """And arrives twice: the carrier had it, only its answer was lost."""
    carrier.faults.add({"no_response": True}, {"operation": "submit_sm", "times": 1})
    sender.send(phone.number, "Your parcel is here")
    assert sender.attempts == 2
    assert phone.texts == ["Your parcel is here"] * 2


def test_what_never_reached_the_carrier_is_sent_once(
    sender: Sender, phone: Phone, carrier: Carrier
) -> None:
    carrier.faults.add({"half_open": True}, {"operation": "submit_sm", "times": 1})
    sender.send(phone.number, "Your parcel is here")
    assert sender.attempts == 2
    assert phone.texts == ["Your parcel is here"]
