"""Receipts that nobody takes in their time, or that are refused too often."""

import pytest

from carrierbox.clock import LinkTime
from carrierbox.identifiers import Address, LinkId
from carrierbox.relay import RpMoData
from carrierbox.smpp.pdus import BindTransmitter, DeliverSm, SubmitSm
from carrierbox.smpp.values import ESME_RMSGQFUL
from carrierbox.smsc import journal
from carrierbox.smsc.accounts import Accounts, AccountSettings
from carrierbox.smsc.late_receipts import GIVEN_UP, LATE_MAX, LateReceipts
from carrierbox.smsc.messages import RECEIPT_DONE
from carrierbox.smsc.ports import NEVER, Loaded, LoadJournal, Row
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore
from carrierbox.trace import RECEIPT_GIVEN_UP

FRENCH = "33612345678"
BRITISH = "447700900123"
DAY = 86_400.0


def account(**settings: float) -> list[AccountSettings]:
    return [
        AccountSettings(
            "demo",
            "demo",
            address_range="38100",
            receipts_keep_s=settings.get("keep", DAY),
            receipts_tries=int(settings.get("tries", 0)),
        )
    ]


def submits(carrier: DirectCarrier, link: LinkId, count: int = 1, to: str = FRENCH) -> None:
    for number in range(count):
        submit = SubmitSm(
            source_addr="ACME",
            source_addr_ton=5,
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=to,
            short_message=b"%d" % number,
            registered_delivery=1,
        )
        carrier.submit(link, submit)


def transmitter(carrier: DirectCarrier) -> LinkId:
    return carrier.bind(
        bind=BindTransmitter(system_id="demo", password="demo", interface_version=0x34)
    )


def held_carrier(
    count: int = 1, store: FakeStore | None = None, **settings: float
) -> DirectCarrier:
    """A carrier that owes so many receipts, with nobody bound who could take them."""
    carrier = DirectCarrier(store=store, accounts=account(**settings))
    submits(carrier, transmitter(carrier), count)
    return carrier


def ids(carrier: DirectCarrier) -> list[bytes]:
    found = []
    for one in carrier.deliveries():
        assert isinstance(one.pdu, DeliverSm)
        found.append(one.pdu.short_message[3:13])
    return found


def given_up(carrier: DirectCarrier) -> list[tuple[int, str]]:
    _, events = carrier.box.trace.since(0, 10_000)
    return [(one.message_id, one.detail) for one in events if one.kind == RECEIPT_GIVEN_UP]


def statuses(store: FakeStore) -> list[int]:
    """The command_status of every RECEIPT_DONE in the journal."""
    store.load(LoadJournal())
    (loaded,) = store.completions()
    assert isinstance(loaded, Loaded)
    return [
        entry.command_status
        for batch in loaded.batches
        for entry in journal.read_entries(batch)
        if entry.kind == journal.RECEIPT_DONE
    ]


def page_out(carrier: DirectCarrier) -> None:
    carrier.box.centre.deliveries.owed_in_memory = 0
    carrier.box.centre.paging.begin()
    carrier.run()


# Without a carrier.


def limits(*settings: AccountSettings) -> LateReceipts:
    return LateReceipts(Accounts(list(settings)))


def test_an_account_without_a_limit_is_never_looked_at() -> None:
    """The default: a receipt is owed for ever."""
    late = limits(AccountSettings("demo", "demo"))
    late.arm("demo", 5.0)
    assert late.keep_s("demo") == late.keep_s("stranger") == NEVER
    assert (late.next_deadline(), late.pop_due(1e12), late.is_due("demo", 1e12)) == (
        None,
        None,
        False,
    )
    assert late.tries_max("demo") == late.tries_max("stranger") == 0


def test_the_oldest_decides_when_an_account_is_looked_at() -> None:
    """One deadline per account, however many receipts wait."""
    late = limits(
        AccountSettings("a", "", receipts_keep_s=10.0, receipts_tries=3),
        AccountSettings("b", "", receipts_keep_s=20.0),
        AccountSettings("c", ""),
    )
    for system_id, at in (("a", 7.0), ("a", 5.0), ("a", 6.0), ("b", 1.0), ("c", 0.0)):
        late.arm(system_id, at)
    assert (late.tries_max("a"), late.tries_max("b")) == (3, 0)
    assert late.next_deadline() == 15.0
    assert late.pop_due(14.999) is None
    assert late.is_due("a", 15.0)
    assert not late.is_due("b", 15.0)
    assert late.pop_due(30.0) == "a"
    assert not late.is_due("a", 15.0)
    assert late.pop_due(30.0) == "b"
    assert late.pop_due(30.0) is None
    late.arm("a", 7.0)
    assert late.next_deadline() == 17.0


def test_rows_are_asked_for_one_load_at_a_time_and_behind_the_last() -> None:
    """A sweep of millions of rows goes in steps."""
    late = limits(AccountSettings("a", "", receipts_keep_s=10.0))
    first = late.next_rows("a")
    assert first is not None
    assert (first.system_id, first.limit, first.at, first.message_id) == ("a", LATE_MAX, 0.0, 0)
    assert late.next_rows("a") is None
    late.passed("a", Row(9, 9, 2, "", 0, 0.0, NEVER, "a", "", 4.0, 2, "", b""))
    late.answered("a")
    second = late.next_rows("a")
    assert second is not None
    assert (second.at, second.message_id) == (4.0, 9)


# Within one.


def test_a_receipt_nobody_takes_in_time_is_given_up_to_the_second() -> None:
    """T29: a give-up rule; the journal, the trace and a count say so."""
    store = FakeStore()
    carrier = held_carrier(3, store)
    ended_at = max(one.final_at for one in carrier.box.centre.registry.oldest_first())
    carrier.advance(ended_at + DAY - 1.0 - carrier.clock.now())
    assert given_up(carrier) == []
    assert carrier.box.centre.deliveries.held() == 3
    carrier.advance(1.0)
    assert given_up(carrier) == [(number, "nobody took it in time") for number in (1, 2, 3)]
    assert carrier.box.centre.deliveries.held() == 0
    assert carrier.box.centre.handover.given_up == 3
    assert statuses(store) == [GIVEN_UP] * 3
    carrier.bind()
    carrier.advance(10 * DAY)
    assert carrier.deliveries() == []
    # It is done with after a restart, too.
    again = DirectCarrier(store=store, accounts=account(), start=carrier.clock.now())
    again.bind()
    assert again.deliveries() == []


def test_a_receipt_is_taken_to_the_last_second() -> None:
    """T29: whoever binds in time gets it; whoever binds with the deadline does not."""
    for wait_s, receipts in ((-1.0, 2), (0.0, 0)):
        carrier = held_carrier(2)
        first = carrier.box.centre.registry.oldest_first()[0].final_at
        carrier.advance(first + DAY + wait_s - carrier.clock.now())
        carrier.bind()
        assert len(carrier.deliveries()) == receipts


def test_without_a_limit_a_receipt_waits_for_ever() -> None:
    """The default is as it was: nothing that was promised is dropped."""
    carrier = held_carrier(2, keep=0.0)
    carrier.advance(300 * DAY)
    carrier.bind()
    assert len(carrier.deliveries()) == 2


def test_what_a_phone_sent_is_no_receipt_and_stays() -> None:
    """Nothing ends such a message but its receiver; receipts behind it go all the same."""
    carrier = DirectCarrier(accounts=account())
    link = transmitter(carrier)
    told: list[str] = []
    carrier.box.begin(LinkTime(carrier.link_now))
    carrier.box.centre.submit_from_phone(
        RpMoData(FRENCH, Address(0, 1, "38100"), 0, 0, b"", b"hello"), told.append
    )
    carrier.run()
    assert told == [""]
    submits(carrier, link, 2)
    carrier.advance(2 * DAY)
    assert carrier.box.centre.handover.given_up == 2
    carrier.bind()
    assert [one.pdu.short_message for one in carrier.deliveries()] == [b"hello"]  # type: ignore[attr-defined]


def test_many_late_receipts_are_given_up_over_several_turns() -> None:
    """Bounded work: no more than so many in a turn."""
    carrier = held_carrier(LATE_MAX + 50)
    store = carrier.store
    assert isinstance(store, FakeStore)
    before = store.submitted
    carrier.advance(2 * DAY)
    assert carrier.box.centre.handover.given_up == LATE_MAX + 50
    assert store.submitted - before >= 2


def test_a_pause_that_ends_lets_nothing_late_leave() -> None:
    """More is late than one turn looks at, and the account's back-off ends in that turn."""
    carrier = held_carrier(LATE_MAX + 50)
    link = carrier.bind()
    carrier.respond(carrier.deliveries()[0], ESME_RMSGQFUL)
    carrier.hang_up(link, *carrier.deliveries()[1:])
    sent = len(carrier.deliveries())
    carrier.bind()
    assert len(carrier.deliveries()) == sent
    carrier.link_now += 2.0
    carrier.advance(2 * DAY)
    assert len(carrier.deliveries()) == sent
    assert carrier.box.centre.handover.given_up == LATE_MAX + 50


def test_receipts_in_the_table_are_given_up_where_they_are() -> None:
    """T29: nobody binds, nothing is in memory, and still their time ends; over several loads."""
    store = FakeStore()
    carrier = held_carrier(LATE_MAX + 50, store)
    page_out(carrier)
    assert carrier.box.centre.deliveries.held() == 0
    carrier.advance(DAY / 2)
    submits(carrier, transmitter(carrier), 1, BRITISH)
    carrier.advance(DAY / 2 + 60)
    assert carrier.box.centre.handover.given_up == LATE_MAX + 50
    carrier.bind()
    assert ids(carrier) == [b"%010d" % (LATE_MAX + 51)]
    carrier.respond(carrier.deliveries()[0])
    carrier.advance(2 * DAY)
    assert carrier.box.centre.handover.given_up == LATE_MAX + 50


def test_after_a_restart_rows_are_as_old_as_they_are() -> None:
    """What the table owes is looked at when the carrier begins, and again in its time."""
    store = FakeStore()
    carrier = held_carrier(2, store)
    page_out(carrier)
    carrier.advance(DAY / 2)
    submits(carrier, transmitter(carrier), 1, BRITISH)
    page_out(carrier)
    again = DirectCarrier(store=store, accounts=account(), start=carrier.clock.now() + DAY / 2)
    again.run()
    assert [number for number, _ in given_up(again)] == [1, 2]
    again.advance(DAY)
    assert [number for number, _ in given_up(again)] == [1, 2, 3]
    again.bind()
    assert again.deliveries() == []


def test_a_row_that_is_late_when_it_is_read_is_not_sent() -> None:
    """The reader of an account's rows and the sweep give up each receipt once."""
    store = FakeStore()
    carrier = held_carrier(3, store)
    page_out(carrier)
    again = DirectCarrier(store=store, accounts=account(), start=carrier.clock.now() + 2 * DAY)
    again.bind()
    again.run()
    assert again.deliveries() == []
    assert [number for number, _ in given_up(again)] == [1, 2, 3]
    assert statuses(store).count(GIVEN_UP) == 3
    assert all(one.receipt == RECEIPT_DONE for one in again.box.centre.registry.oldest_first())


def test_a_store_that_cannot_answer_is_asked_again() -> None:
    """The sweep goes on a second later."""
    store = FakeStore()
    carrier = held_carrier(2, store)
    page_out(carrier)
    store.fail_loads(times=2)
    carrier.advance(DAY + 60)
    assert carrier.box.centre.handover.given_up == 2


def test_a_give_up_that_was_not_written_is_made_again() -> None:
    """The commit failed: the receipt is still owed, and given up once it can be written."""
    store = FakeStore()
    carrier = held_carrier(2, store)
    store.fail(times=1)
    carrier.advance(2 * DAY)
    assert carrier.box.centre.handover.given_up == 2
    assert statuses(store) == [GIVEN_UP] * 2
    carrier.bind()
    assert carrier.deliveries() == []


@pytest.mark.parametrize("tries", [1, 3])
def test_a_receipt_that_is_refused_too_often_is_given_up(tries: int) -> None:
    """T29: ESME_RMSGQFUL so many times; the account is left alone all the same."""
    carrier = DirectCarrier(accounts=account(keep=0.0, tries=tries))
    link = carrier.bind()
    submits(carrier, link)
    for _ in range(tries):
        carrier.respond(carrier.deliveries()[-1], ESME_RMSGQFUL)
        carrier.pass_link_time(100.0)
    assert ids(carrier) == [b"0000000001"] * tries
    assert given_up(carrier) == [(1, f"refused {tries} times")]


def test_the_last_refusal_is_a_reason_to_wait_like_any_other() -> None:
    """T29: what comes next is held for the back-off."""
    carrier = DirectCarrier(accounts=account(tries=1))
    link = carrier.bind()
    submits(carrier, link)
    carrier.respond(carrier.deliveries()[0], ESME_RMSGQFUL)
    submits(carrier, link)
    assert len(carrier.deliveries()) == 1
    carrier.pass_link_time(1.0)
    assert ids(carrier) == [b"0000000001", b"0000000002"]
