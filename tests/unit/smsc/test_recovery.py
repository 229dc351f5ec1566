"""Restart: what the journal brings back."""

import pytest
from tests.unit.smsc.examples import FRENCH, a_submit

from carrierbox.app import PhoneSettings
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import BindReceiver, DeliverSm
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.journal import read_entries
from carrierbox.smsc.recovery import Recovery
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore


def receipts(carrier: DirectCarrier) -> list[bytes]:
    found = []
    for one in carrier.deliveries():
        assert isinstance(one.pdu, DeliverSm)
        found.append(one.pdu.short_message)
    return found


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


def test_what_waits_goes_on_after_a_restart(store: FakeStore) -> None:
    """Design §2: accepted means kept; the phone's return still raises the alert."""
    before = DirectCarrier(store=store)
    before.set_power(FRENCH, False)
    before.submit(before.bind(), a_submit("Hi"))
    after = DirectCarrier(store=store, start=before.clock.now() + 10)
    assert after.recovered.waiting == 1
    assert not after.phone(FRENCH).power
    after.bind()
    after.run()
    assert receipts(after) == []
    after.set_power(FRENCH, True)
    assert after.shown(FRENCH) == ["Hi"]
    assert b"id:0000000001" in receipts(after)[0]


def test_a_retry_keeps_its_time_over_a_restart(store: FakeStore) -> None:
    """The schedule goes on where it was, it does not begin anew."""
    before = DirectCarrier(store=store)
    before.set_power(FRENCH, False)
    before.submit(before.bind(), a_submit("Hi"))
    before.advance(61)
    after = DirectCarrier(store=store, start=before.clock.now())
    message = after.box.centre.registry.find(1)
    assert message is not None
    assert message.attempts == 2
    after.advance(298)
    assert message.attempts == 2
    after.advance(2)
    assert message.attempts == 3


def test_receipts_that_were_not_acknowledged_are_sent_again_the_same(store: FakeStore) -> None:
    """Design §2: octet-identical but for the sequence_number."""
    before = DirectCarrier(store=store)
    before.submit(before.bind(), a_submit("Hi"))
    after = DirectCarrier(store=store, start=before.clock.now() + 7200)
    assert after.recovered.receipts_held == 1
    after.bind(bind=BindReceiver(system_id="demo", password="demo"))
    assert receipts(after) == receipts(before)
    after.respond(after.deliveries()[0])
    last = DirectCarrier(store=store)
    assert last.recovered.receipts_held == 0
    last.bind()
    assert receipts(last) == []


def test_phones_keep_their_inbox_and_know_what_they_have_seen(store: FakeStore) -> None:
    """Design §2: what a phone showed survives, in its order; a resend is dropped."""
    before = DirectCarrier(store=store)
    link = before.bind()
    before.submit(link, a_submit("one"))
    before.submit(link, a_submit("zwei €uro"))
    before.submit(link, a_submit("three " + "x" * 200))
    store.fail(after=1)
    before.submit(link, a_submit("four"))
    after = DirectCarrier(store=store)
    assert after.shown(FRENCH) == ["one", "zwei €uro", "three " + "x" * 200]
    after.run()
    assert after.shown(FRENCH)[3:] == ["four"]


def test_ids_go_on_counting_even_after_a_failed_commit(store: FakeStore) -> None:
    """Design §4: the counter only grows."""
    before = DirectCarrier(store=store)
    link = before.bind()
    for _ in range(3):
        before.submit(link, a_submit("Hi"))
    after = DirectCarrier(store=store)
    assert after.box.centre.registry.next_id() == 4


def test_a_message_from_a_phone_reaches_its_esme_after_a_restart(store: FakeStore) -> None:
    """Mobile-originated messages are kept like all others."""
    accounts = [AccountSettings("demo", "demo", address_range="36180")]
    before = DirectCarrier(store=store, accounts=accounts)
    elements = before.box.network.mobile_originated(FRENCH, Address(0, 1, "36180"), "STOP")
    told: list[str] = []
    for element in elements:
        before.box.centre.submit_from_phone(element, told.append)
    before.run()
    assert told == [""]
    after = DirectCarrier(store=store, accounts=accounts)
    after.bind()
    assert receipts(after) == [b"STOP"]
    after.respond(after.deliveries()[0])
    assert DirectCarrier(store=store, accounts=accounts).recovered.receipts_held == 0


def test_a_user_switch_goes_before_the_configuration(store: FakeStore) -> None:
    """What a user set survives a restart; what nobody set is as configured."""
    phones = [PhoneSettings(FRENCH, power=True), PhoneSettings("447700900123", power=False)]
    before = DirectCarrier(store=store, phones=phones)
    before.set_power(FRENCH, False)
    after = DirectCarrier(store=store, phones=phones)
    assert not after.phone(FRENCH).power
    assert not after.phone("447700900123").power


def test_a_message_of_an_attempt_that_died_with_the_process_is_tried_again(
    store: FakeStore,
) -> None:
    """Design §2: at least once towards phones; the first attempt is not in the journal."""
    before = DirectCarrier(store=store)
    before.request(before.bind(), a_submit("Hi"))
    before.run(turns_max=1)
    assert len(store.batches) == 1
    after = DirectCarrier(store=store)
    after.run()
    assert after.shown(FRENCH) == ["Hi"]


def test_the_journal_is_kept_short_while_serving_and_a_restart_finds_the_same(
    store: FakeStore,
) -> None:
    """What history forgot leaves the journal; what a phone shows and what waits stays."""
    before = DirectCarrier(store=store, keep_messages=5)
    before.box.centre.paging.journal_octets_max = 20_000
    link = before.bind()
    before.set_power("447700900123", False)
    before.submit(link, a_submit("waits", destination_addr="447700900123"))
    for number in range(1500):
        before.submit(link, a_submit(f"text {number}"))
        before.respond(before.deliveries()[-1])
    assert before.box.centre.paging.runs > 0
    assert sum(map(len, store.batches)) < 500_000
    middle = DirectCarrier(store=store, keep_messages=5)
    after = DirectCarrier(store=store, keep_messages=5)
    for carrier in (middle, after):
        assert carrier.recovered.waiting == 1
        assert carrier.recovered.finished == 5
        assert carrier.box.centre.registry.newest_id == 1501
        assert carrier.shown(FRENCH) == [f"text {number}" for number in range(1300, 1500)]
    after.set_power("447700900123", True)
    assert after.shown("447700900123") == ["waits"]


def test_a_run_leaves_a_table_that_says_what_the_journal_said(store: FakeStore) -> None:
    """With the journal cut off behind its watermark the same centre is made again."""
    before = DirectCarrier(store=store, keep_messages=1)
    link = before.bind()
    before.set_power("447700900123", False)
    before.submit(link, a_submit("done"))
    before.submit(link, a_submit("waits", destination_addr="447700900123"))
    before.submit(link, a_submit("owed"))
    before.respond(before.deliveries()[0])
    before.box.centre.paging.begin()
    before.run()
    assert before.box.centre.paging.runs == 1
    after = DirectCarrier(store=store, keep_messages=1)
    assert (after.recovered.waiting, after.recovered.damaged) == (1, 0)
    assert after.shown(FRENCH) == ["done", "owed"]
    after.bind()
    assert [text[:13] for text in receipts(after)] == [b"id:0000000003"]
    after.set_power("447700900123", True)
    assert after.shown("447700900123") == ["waits"]


def test_entries_about_a_lost_acceptance_are_counted_not_fatal(store: FakeStore) -> None:
    """A damaged journal brings back all that is left of it."""
    before = DirectCarrier(store=store)
    link = before.bind()
    before.submit(link, a_submit("lost"))
    before.submit(link, a_submit("kept"))
    del store.batches[0]
    recovery = Recovery(DirectCarrier().box.centre)
    for batch in store.batches:
        recovery.replay(read_entries(batch))
    assert recovery.unknown == 1
    after = DirectCarrier(store=store)
    assert after.shown(FRENCH) == ["kept"]


def test_time_does_not_go_back_over_a_restart(store: FakeStore) -> None:
    """A clock that ran faster than real time goes on where the journal ends."""
    before = DirectCarrier(store=store)
    link = before.bind()
    before.advance(50_000)
    before.submit(link, a_submit("Hi"))
    after = DirectCarrier(store=store)
    assert after.clock.now() == before.clock.now()


def test_a_scheduled_message_counts_as_waiting(store: FakeStore) -> None:
    """The start line tells what is still to come."""
    before = DirectCarrier(store=store)
    before.submit(before.bind(), a_submit("Hi", schedule_delivery_time="000001000000000R"))
    after = DirectCarrier(store=store)
    assert (after.recovered.waiting, after.recovered.finished) == (1, 0)
