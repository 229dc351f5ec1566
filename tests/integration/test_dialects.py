"""smpplib meets carriers that write ids and receipts in their own way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from smpplib import consts, smpp

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]

PHONE: Final = "+33612345678"
OFF: Final = {"power": "off"}
DIALECTS: Final = """
listeners: [{smpp: "127.0.0.1:0"}]
http: {listen: "127.0.0.1:0"}
accounts:
  - {system_id: hex, password: x, dialect: hex_ids}
  - {system_id: mixed, password: x, dialect: mine, receipt_tlvs: [0x1403]}
  - {system_id: plain, password: x}
dialects:
  mine: {based_on: hex_receipts, layout: "id:{id} stat:{stat} err:{err}", stat: {DELIVERED: OK}}
"""


def state_of(client: SmppClient, message_id: str) -> int:
    """What query_sm answers: the message_state, or minus the status of the refusal."""
    client._client.query_message(
        message_id=message_id,
        source_addr_ton=consts.SMPP_TON_ALNUM,
        source_addr_npi=0,
        source_addr="ACME",
    )
    answer: Any = client._client.read_pdu()
    assert answer.command == "query_sm_resp"
    return -answer.status if answer.status else int(answer.message_state)


@pytest.fixture
def server(serve: Serve, tmp_path: Path) -> Server:
    """A carrier whose accounts differ, its journal in a file."""
    (tmp_path / "carrier.yaml").write_text(DIALECTS)
    return serve("--config", "carrier.yaml")


def test_smpplib_gets_hexadecimal_ids_and_asks_by_them(server: Server, connect: Connect) -> None:
    """T26: answer, receipt, TLV and query_sm agree; the API shows and takes the same."""
    client = connect(server, "trx", system_id="hex", password="x")
    seen = [client.submit(PHONE, b"Hi") for _ in range(11)]
    assert seen == [f"{number:x}" for number in range(1, 12)]
    receipts = client.receipts(11)
    assert list(receipts) == seen
    assert {each.receipted_message_id for each in client.delivered} == {
        f"{each}".encode() for each in seen
    }
    assert state_of(client, "b") == state_of(client, "B") == consts.SMPP_MESSAGE_STATE_DELIVERED
    assert state_of(client, "c") == -consts.SMPP_ESME_RINVMSGID
    assert server.http("GET", "messages/b")["system_id"] == "hex"
    assert server.http("GET", "messages?limit=1")["messages"][0]["message_id"] == "b"


def test_a_dialect_of_ones_own_survives_a_restart(
    server: Server, serve: Serve, connect: Connect
) -> None:
    """T23, T26, T43: the receipt that was owed comes with the words, the id and the TLV it had."""
    server.http("PUT", f"phones/{PHONE}/power", OFF)
    client = connect(server, "trx", system_id="mixed", password="x")
    # Ten others, so that decimal and hexadecimal differ.
    for _ in range(10):
        connect(server, "tx", system_id="plain", password="x").submit("+447700900123", b"Hi")
    answered = client.submit(PHONE, b"Hi")
    assert answered == "11"
    server.kill()
    client.close()

    server = serve("--config", "carrier.yaml")
    client = connect(server, "trx", system_id="mixed", password="x")
    server.http("PUT", f"phones/{PHONE}/power", {"power": "on"})
    (receipt,) = client.receive()
    assert receipt.short_message == b"id:B stat:OK err:000"
    assert receipt.receipted_message_id == b"B"
    for message_id in ("11", "B"):
        assert state_of(client, message_id) == consts.SMPP_MESSAGE_STATE_DELIVERED
    assert server.http("GET", "messages/11?system_id=mixed")["message_state"] == "DELIVERED"


def test_a_client_of_smpp_3_3_gets_short_ids_and_no_tlvs(server: Server, connect: Connect) -> None:
    """T13: eight hexadecimal digits at most in answer and receipt; it asks by them."""
    client = connect(server)
    bind = smpp.make_pdu("bind_transceiver", client=client._client, system_id="plain", password="x")
    bind.interface_version = 0x33  # smpplib itself only ever says 3.4
    client._client.send_pdu(bind)
    assert client._client.read_pdu().sc_interface_version is None
    seen = [client.submit(PHONE, b"Hi") for _ in range(10)]
    assert seen[-1] == "A"
    assert list(client.receipts(10)) == seen
    assert {each.receipted_message_id for each in client.delivered} == {None}
    assert state_of(client, "A") == consts.SMPP_MESSAGE_STATE_DELIVERED
