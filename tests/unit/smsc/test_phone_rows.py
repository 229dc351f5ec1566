"""Waiting messages go out of memory and come back in time, in order, once."""

from typing import Any

import pytest
from tests.unit.smsc.examples import FRENCH, a_submit

from carrierbox.clock import LinkTime
from carrierbox.smpp.pdus import (
    CancelSm,
    DeliverSm,
    Pdu,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    SubmitSmResp,
)
from carrierbox.smpp.values import (
    ENROUTE,
    ESME_RINVMSGID,
    ESME_ROK,
    ESME_RQUERYFAIL,
    ESME_RSYSERR,
    EXPIRED,
)
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.paging import SLICE
from carrierbox.smsc.ports import LoadedRows, LoadQueue
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore
from carrierbox.trace import ATTEMPT

BRITISH = "447700900123"


class Bound(DirectCarrier):
    """A carrier and the one client bound to it."""

    def __init__(self, latency_s: float = 0.0) -> None:
        super().__init__(store=FakeStore(), latency_s=latency_s)
        self.link = self.bind()

    def send_text(self, text: str, **fields: Any) -> None:
        """Let the client submit a text to the phone."""
        self.submit(self.link, a_submit(text, **fields))


def paged_carrier(texts: int = 3) -> Bound:
    """A carrier with texts for a phone that is off, none of them in memory."""
    carrier = Bound()
    carrier.set_power(FRENCH, False)
    for number in range(texts):
        carrier.send_text(f"text {number}")
    page_out(carrier)
    return carrier


def page_out(carrier: DirectCarrier) -> None:
    carrier.box.centre.paging.begin()
    carrier.run()


def in_memory(carrier: DirectCarrier) -> int:
    return sum(not one.is_final for one in carrier.box.centre.registry.oldest_first())


def ask(carrier: Bound, pdu: Pdu) -> Pdu:
    return carrier.ask(carrier.link, pdu)


def test_what_waits_for_long_leaves_memory_and_arrives_in_order() -> None:
    """The phone's return brings all of it, also what came after the run."""
    carrier = paged_carrier(40)
    assert in_memory(carrier) == 0
    carrier.send_text("last")
    assert in_memory(carrier) == 1
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == [f"text {number}" for number in range(40)] + ["last"]
    assert carrier.box.centre.attempts.paged.waiting.total == 0


def test_a_more_urgent_message_goes_before_those_in_the_table() -> None:
    """SMPP 3.4 §5.2.14: the order of the queue does not end where memory does."""
    carrier = paged_carrier(3)
    carrier.send_text("urgent", priority_flag=3)
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["urgent", "text 0", "text 1", "text 2"]


def test_a_retry_comes_at_its_time_though_nothing_of_it_is_in_memory() -> None:
    """The row that is first in its queue wakes it."""
    carrier = paged_carrier(2)
    carrier.advance(61)
    found = carrier.box.centre.registry.find(1)
    assert found is not None
    assert found.attempts == 2


def test_a_message_expires_to_the_second_in_the_table() -> None:
    """And its receipt says so; the ones behind it go on waiting."""
    carrier = DirectCarrier(store=FakeStore())
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit("short", validity_period="000000010000000R"))
    carrier.submit(link, a_submit("long"))
    page_out(carrier)
    assert in_memory(carrier) == 0
    carrier.advance(3599)
    assert carrier.deliveries() == []
    carrier.advance(1.5)
    (receipt,) = carrier.deliveries()
    assert isinstance(receipt.pdu, DeliverSm)
    assert b"stat:EXPIRED" in receipt.pdu.short_message
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["long"]


def test_a_scheduled_message_is_delivered_at_its_time_from_the_table() -> None:
    """SMPP 3.4 §5.2.15."""
    carrier = DirectCarrier(store=FakeStore())
    carrier.submit(carrier.bind(), a_submit("later", schedule_delivery_time="000000020000000R"))
    page_out(carrier)
    assert in_memory(carrier) == 0
    carrier.advance(7199)
    assert carrier.shown(FRENCH) == []
    carrier.advance(2)
    assert carrier.shown(FRENCH) == ["later"]


def test_query_sm_finds_a_message_in_the_table() -> None:
    """With its owner's address only (T46); an id that was never given stays unknown."""
    carrier = paged_carrier(2)
    found = ask(carrier, QuerySm(message_id="0000000002", source_addr="ACME"))
    assert isinstance(found, QuerySmResp)
    assert (found.command_status, found.message_state) == (ESME_ROK, ENROUTE)
    wrong = ask(carrier, QuerySm(message_id="0000000001", source_addr="other"))
    assert wrong.command_status == ESME_RQUERYFAIL
    never = ask(carrier, QuerySm(message_id="0000000099", source_addr="ACME"))
    assert never.command_status == ESME_RINVMSGID


def test_cancel_sm_ends_a_message_in_the_table() -> None:
    """By its id; the first one had the retry, the others go on without it."""
    carrier = paged_carrier(3)
    done = ask(carrier, CancelSm(message_id="0000000001", source_addr="ACME"))
    assert done.command_status == ESME_ROK
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["text 1", "text 2"]


def test_cancel_sm_by_addresses_ends_all_of_them_however_many() -> None:
    """SMPP 3.4 §4.9.1, over several pages of rows."""
    carrier = paged_carrier(600)
    pdu = CancelSm(source_addr="ACME", destination_addr=FRENCH, dest_addr_ton=1, dest_addr_npi=1)
    assert ask(carrier, pdu).command_status == ESME_ROK
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == []


def test_replace_sm_and_replace_if_present_find_a_message_in_the_table() -> None:
    """Its place in the queue stays."""
    carrier = paged_carrier(2)
    new = ReplaceSm(message_id="0000000001", source_addr="ACME", short_message=b"new")
    assert ask(carrier, new).command_status == ESME_ROK
    page_out(carrier)
    again = a_submit("newest", replace_if_present_flag=1)
    answer = ask(carrier, again)
    assert isinstance(answer, SubmitSmResp)
    assert answer.message_id == "0000000001"
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["newest", "text 1"]


def test_a_limit_of_waiting_messages_counts_those_in_the_table() -> None:
    """`queue_max` is about the phone, not about memory."""
    accounts = [AccountSettings("demo", "demo", queue_max=3)]
    carrier = DirectCarrier(store=FakeStore(), accounts=accounts)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for _ in range(3):
        carrier.submit(link, a_submit("Hi"))
    page_out(carrier)
    assert in_memory(carrier) == 0
    refused = carrier.submit(link, a_submit("one too many"))
    assert refused is not None
    assert refused.command_status == 0x14


def test_a_store_that_cannot_be_read_is_asked_again() -> None:
    """A request about a message is answered ESME_RSYSERR; what waits is not lost."""
    carrier = paged_carrier(2)
    store = carrier.store
    assert isinstance(store, FakeStore)
    store.fail_loads(times=2)
    answer = ask(carrier, QuerySm(message_id="0000000001", source_addr="ACME"))
    assert answer.command_status == ESME_RSYSERR
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == []
    carrier.advance(2)
    assert carrier.shown(FRENCH) == ["text 0", "text 1"]


def test_a_retry_comes_though_the_urgent_one_before_it_was_cancelled_in_the_table() -> None:
    """The row of the first of a queue wakes it, tried or not; its end must not take that along."""
    carrier = Bound()
    carrier.set_power(FRENCH, False)
    carrier.send_text("tried")
    carrier.send_text("urgent", priority_flag=3)
    page_out(carrier)
    assert in_memory(carrier) == 0
    assert ask(carrier, CancelSm(message_id="2", source_addr="ACME")).command_status == ESME_ROK
    page_out(carrier)
    carrier.advance(120)
    _, events = carrier.box.trace.since(0, 1000)
    assert sum(one.kind == ATTEMPT and one.message_id == 1 for one in events) > 1


@pytest.mark.parametrize("priority", [0, 3])
def test_a_retry_comes_though_its_message_was_looked_for_in_the_table_and_went_back(
    priority: int,
) -> None:
    """Behind rows no queue knows when its next attempt is due: only one row of it does."""
    carrier = paged_carrier(2)
    carrier.send_text("before or behind it", priority_flag=priority)
    carrier.send_text("another sender's", source_addr="OTHER", replace_if_present_flag=1)
    assert ask(carrier, QuerySm("1", source_addr="ACME")).command_status == ESME_ROK
    assert in_memory(carrier) > 1
    page_out(carrier)
    assert in_memory(carrier) == 0
    number, _ = carrier.box.trace.since(0, 1000)
    carrier.advance(61)
    _, events = carrier.box.trace.since(number, 1000)
    assert any(one.kind == ATTEMPT for one in events)


def test_a_retry_comes_though_the_first_of_the_queue_was_replaced_by_a_scheduled_one() -> None:
    """Its row woke the queue: now it wakes that one message, and much later."""
    carrier = paged_carrier(2)
    later = ReplaceSm("1", source_addr="ACME", schedule_delivery_time="000001000000000R")
    later.short_message = b"later"
    assert ask(carrier, later).command_status == ESME_ROK
    page_out(carrier)
    carrier.advance(120)
    _, events = carrier.box.trace.since(0, 1000)
    assert any(one.kind == ATTEMPT and one.message_id == 2 for one in events)


def test_what_comes_while_rows_before_it_are_read_expires_to_the_second() -> None:
    """Whatever becomes of those, it is looked at when its own time is over."""
    carrier = paged_carrier(2)
    carrier.box.begin(LinkTime(carrier.link_now))
    carrier.box.centre.attempts.wake(FRENCH)
    carrier.request(carrier.link, a_submit("short", validity_period="000000000003000R"))
    carrier.run()
    carrier.advance(4)
    found = carrier.box.centre.registry.find(3)
    assert found is not None
    assert found.state == EXPIRED


def wakes(carrier: Bound) -> list[float]:
    """In how many seconds the rows of the phone are looked at, in the order of its queue."""
    carrier.store.load(LoadQueue(FRENCH, 100))
    (answer,) = carrier.store.completions()
    assert isinstance(answer, LoadedRows)
    return [row.wake_at - carrier.clock.now() for row in answer.rows]


def in_three_slices() -> Bound:
    """Three texts to a phone, with more between them than is written in one turn."""
    carrier = Bound()
    carrier.set_power(FRENCH, False)
    carrier.set_power(BRITISH, False)
    for number in range(3):
        carrier.send_text(f"text {number}")
        for _ in range(SLICE):
            carrier.send_text("between", destination_addr=BRITISH)
    return carrier


def test_one_row_of_a_phone_is_looked_at_for_its_retry() -> None:
    """Those that are written after the one that waits for it would be due with it for nothing."""
    carrier = in_three_slices()
    page_out(carrier)
    assert in_memory(carrier) == 0
    retry, *ends = wakes(carrier)
    assert retry < 61
    assert len(ends) == 2
    assert min(ends) > 3600


def test_another_row_wakes_the_queue_once_that_one_is_cancelled() -> None:
    """Its row is written anew, and not for the retry."""
    carrier = in_three_slices()
    registry = carrier.box.centre.registry
    carrier.box.centre.paging.begin()
    while registry.knows(1):
        carrier.run(turns_max=1)
    assert registry.knows(1 + SLICE + 1)
    assert ask(carrier, CancelSm(message_id="1", source_addr="ACME")).command_status == ESME_ROK
    page_out(carrier)
    assert in_memory(carrier) == 0
    retry, end = sorted(wakes(carrier))
    assert retry < 61
    assert end > 3600


def test_what_is_on_its_way_is_looked_at_first_thing_after_a_restart() -> None:
    """Nobody knows then how far it got."""
    carrier = Bound(latency_s=100.0)
    carrier.send_text("on its way")
    carrier.send_text("behind it")
    page_out(carrier)
    assert in_memory(carrier) == 2
    way, end = wakes(carrier)
    assert way <= 0
    assert end > 3600


class Slow(DirectCarrier):
    """A carrier whose network takes a hundred seconds for each answer, and its client.

    A text waits in memory behind one that is retried, both of them read from the table.
    """

    def __init__(self, validity_period: str) -> None:
        super().__init__(store=FakeStore(), latency_s=100.0)
        self.link = self.bind()
        self.set_power(FRENCH, False)
        self.submit(self.link, a_submit("first"))
        self.submit(self.link, a_submit("short", validity_period=validity_period))
        self.advance(100)
        page_out(self)
        assert in_memory(self) == 0
        self.advance(60)
        short = self.box.centre.registry.find(2)
        assert short is not None
        self.short = short


def test_what_came_back_behind_others_expires_to_the_second() -> None:
    """Its row is looked at then, which saves another deadline for each text that comes back."""
    carrier = Slow("000000000400000R")
    assert not carrier.short.expiry_is_armed
    carrier.advance(79)
    assert carrier.short.state == ENROUTE
    carrier.advance(1.5)
    assert carrier.short.state == EXPIRED


def test_what_came_back_expires_to_the_second_though_its_row_is_looked_at_before() -> None:
    """It was next when its row was written; then an urgent text came before it, and another row
    was due.
    """
    carrier = Slow("000000001000000R")
    carrier.advance(140)
    due_between = {"destination_addr": BRITISH, "schedule_delivery_time": "000000000440000R"}
    carrier.submit(carrier.link, a_submit("other", **due_between))
    carrier.ask(carrier.link, CancelSm(message_id="1", source_addr_ton=5, source_addr="ACME"))
    carrier.advance(257)
    page_out(carrier)
    assert in_memory(carrier) == 1
    carrier.submit(carrier.link, a_submit("urgent", priority_flag=3))
    carrier.advance(42)
    assert carrier.short.state == ENROUTE
    carrier.advance(1.5)
    assert carrier.short.state == EXPIRED
