"""A test of an application that sends login codes: does the code reach the phone, is it reported?

    pip install 'carrierbox[test]'
    pytest examples/test_login_code.py

`carrier` and `phone` are fixtures of carrierbox's pytest plugin. The application under test is the
class below; yours talks to `carrier.host` and `carrier.port` just the same.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from smpplib import consts, gsm
from smpplib.client import Client

from carrierbox.testing.carrier import Carrier, Phone


class LoginCodes:
    """The application: sends a code, and notes what the carrier says became of it."""

    def __init__(self, host: str, port: int, system_id: str, password: str) -> None:
        self.accepted: list[str] = []
        self.receipts: list[str] = []
        self._client = Client(host, port, allow_unknown_opt_params=True)
        self._client.set_message_sent_handler(self._note_accepted)
        self._client.set_message_received_handler(self._note_receipt)
        self._client.connect()
        self._client.bind_transceiver(system_id=system_id, password=password)

    def send(self, number: str, code: str) -> None:
        """Send a code, in parts if it must be, and wait until the carrier has accepted it."""
        parts, coding, esm_class = gsm.make_parts(f"Your code is {code} 🔑")
        for part in parts:
            self._client.send_message(
                source_addr_ton=consts.SMPP_TON_ALNUM,
                source_addr="ACME",
                dest_addr_ton=consts.SMPP_TON_INTL,
                dest_addr_npi=consts.SMPP_NPI_ISDN,
                destination_addr=number.removeprefix("+"),
                data_coding=coding,
                esm_class=esm_class,
                short_message=part,
                registered_delivery=1,
            )
        while len(self.accepted) < len(parts):
            self._client.read_once()

    def wait_for_receipt(self) -> str:
        """The text of the next receipt."""
        while not self.receipts:
            self._client.read_once()
        return self.receipts.pop(0)

    def close(self) -> None:
        """Say goodbye."""
        self._client.unbind()
        self._client.disconnect()

    def _note_accepted(self, pdu: Any) -> None:
        self.accepted.append(pdu.message_id.decode())

    def _note_receipt(self, pdu: Any) -> None:
        self.receipts.append(pdu.short_message.decode())


@pytest.fixture
def login_codes(carrier: Carrier) -> Iterator[LoginCodes]:
    application = LoginCodes(carrier.host, carrier.port, carrier.system_id, carrier.password)
    yield application
    application.close()


def test_a_code_reaches_the_phone(login_codes: LoginCodes, phone: Phone) -> None:
    login_codes.send(phone.number, "4821")
    assert phone.texts == ["Your code is 4821 🔑"]
    assert phone.screen[0].sender == "ACME"


def test_a_delivered_code_is_reported(login_codes: LoginCodes, phone: Phone) -> None:
    login_codes.send(phone.number, "4821")
    assert f"id:{login_codes.accepted[0]}" in (receipt := login_codes.wait_for_receipt())
    assert "stat:DELIVRD" in receipt


def test_nobody_is_asked_twice(login_codes: LoginCodes, phone: Phone, carrier: Carrier) -> None:
    login_codes.send(phone.number, "4821")
    login_codes.wait_for_receipt()
    (message,) = carrier.messages(to=phone.number)
    assert message.receipt == "acknowledged"
