"""Receipts that a carrier gives once its network has taken a message, whatever becomes of it."""

from typing import Any

import pytest
from tests.unit.smsc.verdicts_client import FRENCH, OTHER, Client

from carrierbox.clock import NetworkTime
from carrierbox.smpp import values
from carrierbox.smpp.pdus import CancelSm, ReplaceSm, SubmitSm
from carrierbox.smsc.messages import RECEIPT_DONE, RECEIPT_HELD, RECEIPT_NONE, RECEIPT_SENT
from carrierbox.smsc.ports import Completion
from carrierbox.smsc.told import TAKEN_AFTER_S
from carrierbox.testing.direct import START, DirectCarrier
from carrierbox.testing.stores import FakeStore

TEN_DAYS_S = 10 * 86_400.0


class NetworkClient(Client):
    """A client of carriers that tell only that their network took a message."""

    def __init__(self, **then: Any) -> None:
        super().__init__({"report": {"state": "DELIVERED"}, **then})
        for rule in self.carrier.box.rules.test_rules:
            rule.verdict.told_when_taken = True

    def acknowledge(self) -> None:
        """Acknowledge every deliver_sm that waits for it."""
        for one in self.carrier.deliveries()[-1:]:
            self.carrier.respond(one)


@pytest.fixture
def client() -> NetworkClient:
    """One whose phone is off."""
    made = NetworkClient()
    made.carrier.set_power(FRENCH, False)
    return made


def test_a_receipt_comes_though_the_phone_is_off(client: NetworkClient) -> None:
    """A second after the network took it, dated so; the end brings no other."""
    client.submit()
    assert client.receipts() == []
    assert client.query().message_state == values.ENROUTE
    client.carrier.advance(TAKEN_AFTER_S)
    (receipt,) = client.receipts()
    assert "dlvrd:001" in receipt
    assert "stat:DELIVRD err:000" in receipt
    told = client.query()
    assert (told.message_state, told.error_code) == (values.DELIVERED, 0)
    assert told.final_date
    assert (client.message.state, client.message.receipt) == (values.ENROUTE, RECEIPT_SENT)
    assert client.events("receipt_sent") == ["DELIVERED"]
    client.acknowledge()
    assert client.message.receipt == RECEIPT_DONE
    client.carrier.advance(TEN_DAYS_S)
    assert (client.message.state, client.message.receipt) == (values.EXPIRED, RECEIPT_DONE)
    assert len(client.receipts()) == 1
    assert client.query().message_state == values.DELIVERED


def test_a_phone_may_be_quicker_than_its_network() -> None:
    """One receipt, with the end, and none a second later."""
    client = NetworkClient()
    client.submit()
    assert len(client.receipts()) == 1
    client.carrier.advance(60.0)
    assert len(client.receipts()) == 1
    assert client.carrier.shown(FRENCH) == ["Hi"]


def test_a_network_takes_what_it_may_send() -> None:
    """What waits for its time is told of when it is due; `after` counts from then."""
    client = NetworkClient(report={"state": "DELIVERED", "after": "5s"}, hold="10m")
    client.carrier.set_power(FRENCH, False)
    client.submit()
    client.carrier.advance(604.0)
    assert client.receipts() == []
    client.carrier.advance(1.0)
    assert len(client.receipts()) == 1


def test_what_is_cancelled_before_its_network_took_it_is_told_as_it_is() -> None:
    """DELETED, at once, and nothing when it would have been due."""
    client = NetworkClient(hold="10m")
    client.submit()
    message_id = str(client.message.client_id)
    cancel = CancelSm("", message_id, source_addr_ton=5, source_addr="ACME")
    assert client.carrier.ask(client.link, cancel).command_status == values.ESME_ROK
    (receipt,) = client.receipts()
    assert "stat:DELETED" in receipt
    client.carrier.advance(3600.0)
    assert len(client.receipts()) == 1


@pytest.mark.parametrize(("asked", "comes"), [(0, 0), (1, 1), (2, 0)])
def test_who_asked_for_none_or_for_failures_gets_none(
    client: NetworkClient, asked: int, comes: int
) -> None:
    """registered_delivery; query_sm tells the same all the same."""
    client.submit(registered_delivery=asked)
    client.carrier.advance(TAKEN_AFTER_S)
    assert client.query().message_state == values.DELIVERED
    client.carrier.advance(TEN_DAYS_S)
    assert len(client.receipts()) == comes
    assert client.query().message_state == values.DELIVERED


def test_in_transaction_mode_the_outcome_is_the_answer() -> None:
    """It has no receipt before its response (SMPP 3.4 §2.10.2)."""
    client = NetworkClient()
    client.submit(esm_class=2)
    assert client.responses() == [values.ESME_ROK]


def test_the_receipt_of_a_message_that_waits_is_not_sent_twice(client: NetworkClient) -> None:
    """A restart between its acknowledgement and the end of the message."""
    client.submit()
    client.carrier.advance(TAKEN_AFTER_S)
    client.acknowledge()
    client.restart(60.0)
    assert client.message.receipt == RECEIPT_DONE
    client.carrier.advance(TEN_DAYS_S)
    assert (client.message.state, client.receipts()) == (values.EXPIRED, [])


def test_a_receipt_that_nobody_acknowledged_comes_again_after_a_restart(
    client: NetworkClient,
) -> None:
    """At least once, as any receipt."""
    client.submit()
    client.carrier.advance(TAKEN_AFTER_S)
    assert len(client.receipts()) == 1
    client.restart()
    client.carrier.advance(TAKEN_AFTER_S)
    assert len(client.receipts()) == 1
    client.acknowledge()
    client.carrier.advance(TEN_DAYS_S)
    assert len(client.receipts()) == 1


def test_a_receipt_outlives_the_end_of_its_message(client: NetworkClient) -> None:
    """Unbound until after it: held, and then the one receipt, through a restart, too."""
    client.carrier.hang_up(client.link)
    other = client.carrier.bind()
    message = SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        destination_addr=FRENCH,
        short_message=b"Hi",
        registered_delivery=1,
    )
    client.carrier.ask(other, message)
    client.carrier.hang_up(other)
    client.carrier.advance(TEN_DAYS_S)
    assert (client.message.state, client.message.receipt) == (values.EXPIRED, RECEIPT_HELD)
    client.restart(is_bound=False)
    assert client.message.receipt == RECEIPT_HELD
    client.link = client.carrier.bind()
    (receipt,) = client.receipts()
    assert "stat:DELIVRD" in receipt


def test_what_waits_in_the_table_keeps_that_it_was_told(client: NetworkClient) -> None:
    """Its row says so; the journal that said it first is cut."""
    client.submit()
    client.carrier.advance(TAKEN_AFTER_S)
    client.acknowledge()
    for _ in range(5):
        client.submit(to=OTHER, registered_delivery=0)
    client.carrier.box.centre.paging.begin()
    client.carrier.run()
    assert client.carrier.box.centre.registry.find(1) is None
    client.restart(60.0)
    client.carrier.set_power(FRENCH, True)
    client.carrier.advance(TEN_DAYS_S)
    assert [each for each in client.receipts() if f"id:{1:010}" in each] == []


def test_a_message_that_was_never_accepted_is_not_told(client: NetworkClient) -> None:
    """Its commit failed: ESME_RSYSERR, and nothing more."""
    client.store.fail()
    assert client.submit().command_status != values.ESME_ROK
    client.carrier.advance(TEN_DAYS_S)
    assert client.receipts() == []


def test_an_end_whose_commit_failed_leaves_the_receipt_as_it_was(client: NetworkClient) -> None:
    """What the network said stays said, once."""
    client.submit()
    client.carrier.advance(TAKEN_AFTER_S)
    client.acknowledge()
    client.store.fail(after=1)
    client.carrier.set_power(FRENCH, True)
    client.carrier.advance(3600.0)
    assert (client.message.state, client.message.receipt) == (values.DELIVERED, RECEIPT_DONE)
    assert len(client.receipts()) == 1


def test_before_it_is_told_nothing_is_known_of_it() -> None:
    """The message itself: no state to tell, no time of it, unless a rule says so."""
    client = Client()
    client.carrier.set_power(FRENCH, False)
    client.submit()
    message = client.message
    assert (message.is_told_when_taken, message.state_told) == (False, values.ENROUTE)
    assert message.told_at == NetworkTime(0.0)
    assert message.receipt == RECEIPT_NONE


def replacing(client: NetworkClient, **fields: Any) -> int:
    """The status of a replace_sm of the newest message."""
    replace = ReplaceSm(str(client.message.client_id), source_addr_ton=5, source_addr="ACME")
    replace.short_message = b"Another"
    for name, value in fields.items():
        setattr(replace, name, value)
    return client.carrier.ask(client.link, replace).command_status


def test_what_is_replaced_before_its_network_took_it_is_told_when_it_is_due_then() -> None:
    """Once, and not when the first text would have been due."""
    client = NetworkClient(hold="10m")
    client.carrier.set_power(FRENCH, False)
    client.submit()
    later = "000000003000000R"
    assert replacing(client, schedule_delivery_time=later, registered_delivery=1) == values.ESME_ROK
    client.carrier.advance(1000.0)
    assert client.receipts() == []
    client.carrier.advance(801.0)
    assert len(client.receipts()) == 1
    client.carrier.advance(TEN_DAYS_S)
    assert len(client.receipts()) == 1


def test_what_takes_the_place_of_a_text_says_whether_a_receipt_is_owed() -> None:
    """registered_delivery of the replacement (SMPP 3.4 §4.10), also where its commit fails."""
    client = NetworkClient(hold="10m")
    client.carrier.set_power(FRENCH, False)
    client.submit()
    client.store.fail()
    assert replacing(client, registered_delivery=0) == values.ESME_RSYSERR
    assert replacing(client, registered_delivery=0) == values.ESME_ROK
    client.carrier.advance(TEN_DAYS_S)
    assert client.receipts() == []


def test_a_replacement_that_was_not_written_leaves_the_receipt_owed() -> None:
    """As if nobody had asked for it."""
    client = NetworkClient(hold="10m")
    client.carrier.set_power(FRENCH, False)
    client.submit()
    client.store.fail()
    assert replacing(client, registered_delivery=0) == values.ESME_RSYSERR
    client.carrier.advance(TEN_DAYS_S)
    assert len(client.receipts()) == 1


def test_what_was_told_is_replaced_no_more(client: NetworkClient) -> None:
    """Its sender was told a final state: the same receipt may have to come again, unchanged."""
    client.submit()
    client.carrier.advance(TAKEN_AFTER_S)
    assert replacing(client) == values.ESME_RREPLACEFAIL
    assert client.query().message_state == values.DELIVERED


class HoldingStore(FakeStore):
    """A store that tells of nothing that it has done while it is held."""

    is_held = False

    def completions(self) -> list[Completion]:
        """See `Store.completions`."""
        return [] if self.is_held else super().completions()


class HeldClient(NetworkClient):
    """One whose store may take its time."""

    def _open(self, start: float = START) -> DirectCarrier:
        self.store = self.holding = HoldingStore()
        return super()._open(start)


def test_what_its_network_took_is_not_told_if_it_was_never_accepted() -> None:
    """Its commit takes longer than the network, and fails then."""
    client = HeldClient()
    client.carrier.set_power(FRENCH, False)
    client.holding.fail()
    client.holding.is_held = True
    submit = SubmitSm(destination_addr=FRENCH, short_message=b"Hi", registered_delivery=1)
    client.carrier.request(client.link, submit)
    client.carrier.run(3)
    client.carrier.clock.advance_to(NetworkTime(client.carrier.clock.now() + 2 * TAKEN_AFTER_S))
    client.carrier.run(3)
    client.holding.is_held = False
    client.carrier.run()
    client.carrier.pass_link_time(60.0)
    client.carrier.advance(TEN_DAYS_S)
    assert client.responses() == [values.ESME_RSYSERR]
    assert client.receipts() == []
