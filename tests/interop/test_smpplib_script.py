"""smpplib, used as its own documentation does it: a script with a client and two handlers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from smpplib import consts, gsm
from smpplib.client import Client

from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, Phone

SHORT_CODE = "38100"
LONG = "This text is longer than one short message can be. " * 7
UNICODE = "नमस्ते 🙂"
LIMIT_S = 20

pytestmark = [
    pytest.mark.interop,
    pytest.mark.carrierbox(accounts=[AccountSettings("demo", "demo", address_range=SHORT_CODE)]),
]


@pytest.fixture
def client(carrier: Carrier) -> Iterator[Any]:
    """A client of smpplib, connected and not bound."""
    made = Client(carrier.host, carrier.port, timeout=LIMIT_S, allow_unknown_opt_params=True)
    made.connect()
    yield made
    made.disconnect()


def submit(client: Any, to: str, text: str) -> int:
    """Send a text in as many parts as it needs; the number of parts."""
    parts, data_coding, esm_class = gsm.make_parts(text)
    for part in parts:
        client.send_message(
            source_addr_ton=consts.SMPP_TON_ALNUM,
            source_addr="ACME",
            dest_addr_ton=consts.SMPP_TON_INTL,
            dest_addr_npi=consts.SMPP_NPI_ISDN,
            destination_addr=to.removeprefix("+"),
            data_coding=data_coding,
            esm_class=esm_class,
            short_message=part,
            registered_delivery=True,
        )
    return len(parts)


def keeper(kept: list[Any]) -> Callable[..., None]:
    """A handler that keeps each PDU; smpplib hands it over by name."""

    def keep(pdu: Any) -> None:
        kept.append(pdu)

    return keep


def test_smpplib_sends_and_receives_what_a_script_needs(
    carrier: Carrier, phone: Phone, client: Any
) -> None:
    """Bind, three concatenated parts, an emoji, the receipts, a text from a phone, unbind."""
    submitted: list[Any] = []
    delivered: list[Any] = []
    client.set_message_sent_handler(keeper(submitted))
    client.set_message_received_handler(keeper(delivered))

    bound = client.bind_transceiver(system_id="demo", password="demo")
    assert (bound.status, bound.system_id) == (consts.SMPP_ESME_ROK, b"carrierbox")

    assert submit(client, phone.number, LONG) == 3
    assert submit(client, phone.number, UNICODE) == 1
    while len(submitted) < 4 or len(delivered) < 4:
        client.read_once(auto_send_enquire_link=False)
    assert [each.status for each in submitted] == [consts.SMPP_ESME_ROK] * 4
    assert phone.texts == [LONG, UNICODE]

    assert {each.esm_class for each in delivered} == {0x04}
    ids = {each.message_id.decode() for each in submitted}
    assert {each.receipted_message_id.decode() for each in delivered} == ids
    assert all(b"stat:DELIVRD" in each.short_message for each in delivered)
    delivered.clear()

    phone.send(SHORT_CODE, UNICODE)
    while not delivered:
        client.read_once(auto_send_enquire_link=False)
    assert delivered[0].source_addr.decode() == phone.number.removeprefix("+")
    assert delivered[0].destination_addr.decode() == SHORT_CODE
    assert delivered[0].data_coding == consts.SMPP_ENCODING_ISO10646
    assert delivered[0].short_message.decode("utf-16-be") == UNICODE

    assert client.unbind().status == consts.SMPP_ESME_ROK
    carrier.wait_for("unbound")
