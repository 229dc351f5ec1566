"""The way to a phone: queues, retries, alerts, expiry, parts."""

from itertools import pairwise

import pytest
from tests.unit.smsc.examples import FRENCH, a_submit

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.codecs.segmentation import split_text
from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.relay import ABSENT_SUBSCRIBER, RpAlertSc
from carrierbox.smpp.pdus import DeliverSm
from carrierbox.smpp.values import ESME_RSYSERR
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.attempts import DEADLINES_PER_TURN, QUEUES_MAX
from carrierbox.smsc.schedule import (
    DEFAULT_SCHEDULE,
    PRESETS,
    RetrySchedules,
    growing_delays,
)
from carrierbox.smsc.settings import CentreSettings
from carrierbox.testing.direct import START, DirectCarrier
from carrierbox.testing.stores import FakeStore
from carrierbox.trace import ATTEMPT, CONCLUDED

BRITISH = "447700900123"
HOUR = 3600


def stats(carrier: DirectCarrier) -> list[str]:
    """The final state each receipt tells."""
    found = []
    for one in carrier.deliveries():
        assert isinstance(one.pdu, DeliverSm)
        found.append(one.pdu.short_message.decode().partition("stat:")[2][:7])
    return found


def attempts(carrier: DirectCarrier) -> int:
    """How often the centre has tried, over all messages."""
    _, events = carrier.box.trace.since(0, 100_000)
    return sum(event.kind == ATTEMPT for event in events)


@pytest.fixture
def carrier() -> DirectCarrier:
    return DirectCarrier()


def test_a_phone_that_is_off_gets_its_texts_in_order_when_it_comes_back(
    carrier: DirectCarrier,
) -> None:
    """Design §2: the alert wakes the queue of that phone, in order."""
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for number in range(5):
        carrier.submit(link, a_submit(b"text %d" % number))
    carrier.advance(3 * HOUR)
    assert carrier.shown(FRENCH) == []
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == [f"text {number}" for number in range(5)]
    assert stats(carrier) == ["DELIVRD"] * 5


def test_an_absent_phone_is_tried_again_by_the_schedule_of_that_cause(
    carrier: DirectCarrier,
) -> None:
    """Retry by cause: after 1, 5 and 15 minutes for an absent subscriber."""
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"Hi"))
    counted = [attempts(carrier)]
    for seconds in (59, 1, 299, 1, 899, 1):
        carrier.advance(seconds)
        counted.append(attempts(carrier))
    assert counted == [1, 1, 2, 2, 3, 3, 4]


def test_a_message_nobody_could_deliver_expires_with_its_last_cause(
    carrier: DirectCarrier,
) -> None:
    """SMPP 3.4 §5.2.16 and appendix B: validity wins over the schedule; dlvrd is 000 (T28)."""
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"Hi", validity_period="000000020000000R"))
    carrier.advance(2 * HOUR - 1)
    assert stats(carrier) == []
    carrier.advance(1)
    assert stats(carrier) == ["EXPIRED"]
    receipt = carrier.deliveries()[0].pdu
    assert isinstance(receipt, DeliverSm)
    assert b"dlvrd:000" in receipt.short_message
    assert b"err:006" in receipt.short_message
    carrier.set_power(FRENCH, True)
    carrier.advance(100 * HOUR)
    assert carrier.shown(FRENCH) == []
    assert stats(carrier) == ["EXPIRED"]


def test_a_queue_of_different_validities_loses_only_what_expired(carrier: DirectCarrier) -> None:
    """Order is kept around a message that expires in the middle."""
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"first"))
    carrier.submit(link, a_submit(b"short", validity_period="000000003000000R"))
    carrier.submit(link, a_submit(b"last"))
    carrier.advance(HOUR)
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["first", "last"]
    assert sorted(stats(carrier)) == ["DELIVRD", "DELIVRD", "EXPIRED"]


def test_a_datagram_is_tried_once(carrier: DirectCarrier) -> None:
    """SMPP 3.4 §2.10.2: datagram mode has no store and forward."""
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"Hi", esm_class=1))
    assert stats(carrier) == ["UNDELIV"]


@pytest.mark.parametrize("esm_class", [0, 3])
def test_store_and_forward_is_the_mode_unless_another_is_asked_for(
    carrier: DirectCarrier, esm_class: int
) -> None:
    """SMPP 3.4 §2.10.1, §5.2.12: the default mode and mode 3 are tried again."""
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"Hi", esm_class=esm_class))
    assert stats(carrier) == []
    carrier.set_power(FRENCH, True)
    assert stats(carrier) == ["DELIVRD"]


def test_a_scheduled_message_waits_for_its_time(carrier: DirectCarrier) -> None:
    """SMPP 3.4 §5.2.15: not before schedule_delivery_time."""
    link = carrier.bind()
    carrier.submit(link, a_submit(b"Hi", schedule_delivery_time="000000010000000R"))
    carrier.advance(HOUR - 1)
    assert carrier.shown(FRENCH) == []
    carrier.advance(1)
    assert carrier.shown(FRENCH) == ["Hi"]


def test_a_long_text_is_cut_by_the_centre_and_gets_one_receipt(carrier: DirectCarrier) -> None:
    """Design §2, unit of state: one submit is one message with one receipt."""
    link = carrier.bind()
    carrier.submit(link, a_submit(b"x" * 200))
    assert carrier.shown(FRENCH) == ["x" * 200]
    assert carrier.phone(FRENCH).inbox[0].parts == 2
    assert stats(carrier) == ["DELIVRD"]


def test_parts_cut_by_the_client_are_messages_with_receipts_of_their_own(
    carrier: DirectCarrier,
) -> None:
    """T30: one id and one receipt per part; the phone joins them."""
    link = carrier.bind()
    text = "The quick brown fox jumps over the lazy dog. " * 8
    _, segments = split_text(text, reference=7)
    assert len(segments) == 3
    for segment in segments:
        octets = segment.user_data_header + segment.user_data
        carrier.submit(link, a_submit(octets, esm_class=0x40))
    assert carrier.shown(FRENCH) == [text]
    assert stats(carrier) == ["DELIVRD"] * 3


def test_one_phone_that_is_off_does_not_hold_up_another(carrier: DirectCarrier) -> None:
    """Queues are per phone."""
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"waits"))
    carrier.submit(link, a_submit(b"goes", destination_addr="447700900123"))
    assert carrier.shown("447700900123") == ["goes"]


def test_what_waits_is_counted_by_message_and_by_phone(carrier: DirectCarrier) -> None:
    """The start line and the API tell how many wait."""
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for _ in range(3):
        carrier.submit(link, a_submit(b"Hi"))
    assert carrier.box.centre.attempts.waiting_count() == 3
    assert carrier.box.centre.attempts.waiting_phones() == [FRENCH]


def test_deadlines_do_not_pile_up_behind_messages_that_are_gone(carrier: DirectCarrier) -> None:
    """Every buffer is bounded: expiries of delivered messages leave the heap."""
    link = carrier.bind()
    for _ in range(12_000):
        carrier.request(link, a_submit(b"Hi", registered_delivery=0))
        if carrier.box.centre.attempts.waiting_count() > 50:
            carrier.run()
    carrier.run()
    assert carrier.box.centre.attempts.deadline_count() <= 10_001


def test_a_scheduled_message_whose_times_passed_unseen_is_forgotten(
    carrier: DirectCarrier,
) -> None:
    """A machine that slept past both: the message expires and leaves nothing behind."""
    link = carrier.bind()
    submit = a_submit(
        b"Hi",
        schedule_delivery_time="000000010000000R",
        validity_period="000000020000000R",
    )
    carrier.submit(link, submit)
    carrier.clock.advance_to(NetworkTime(carrier.clock.now() + 3 * HOUR))
    carrier.run()
    assert stats(carrier) == ["EXPIRED"]
    assert carrier.box.centre.attempts.pending(FRENCH) == []


def times_of_attempts(carrier: DirectCarrier, msisdn: str) -> list[float]:
    _, events = carrier.box.trace.since(0, 100_000)
    return [event.at for event in events if event.kind == ATTEMPT and event.msisdn == msisdn]


def test_each_country_tries_again_by_its_own_schedule() -> None:
    """Retry by cause, as data per carrier: first, multiplier, ceiling."""
    french = DEFAULT_SCHEDULE.changed({ABSENT_SUBSCRIBER: growing_delays(60.0, 3.0, 600.0)})
    settings = CentreSettings(retry=RetrySchedules(PRESETS["impatient"], {"FR": french}))
    carrier = DirectCarrier(settings=settings)
    link = carrier.bind()
    for msisdn in (FRENCH, BRITISH):
        carrier.set_power(msisdn, False)
        carrier.submit(link, a_submit(b"x", destination_addr=msisdn))
    carrier.advance(HOUR)
    waits = {
        msisdn: [round(after - before) for before, after in pairwise(times)]
        for msisdn in (FRENCH, BRITISH)
        if (times := times_of_attempts(carrier, msisdn))
    }
    # Until the network says that nobody answers, an attempt takes some seconds itself.
    assert [wait // 60 for wait in waits[FRENCH][:5]] == [1, 3, 9, 10, 10]
    assert [wait // 15 for wait in waits[BRITISH][:4]] == [1, 2, 4, 8]


def test_many_phones_that_come_back_in_one_moment_are_served_over_several_turns() -> None:
    """An alert is paced: bounded work in each turn, all of it at the same network time."""
    carrier = DirectCarrier()
    link = carrier.bind()
    phones = [str(33600000000 + number) for number in range(2 * QUEUES_MAX + 50)]
    for msisdn in phones:
        carrier.set_power(msisdn, False)
        for number in range(2):
            carrier.submit(link, a_submit(b"%d" % number, destination_addr=msisdn))
    carrier.advance(2 * HOUR)
    before = attempts(carrier)
    carrier.box.begin(LinkTime(carrier.link_now))
    for msisdn in phones:
        carrier.box.centre.on_relay(RpAlertSc(msisdn))
    begun = []
    for _ in range(4):
        carrier.box.begin(LinkTime(carrier.link_now))
        carrier.box.finish(carrier)
        begun.append(attempts(carrier) - before)
    assert begun == [QUEUES_MAX, 2 * QUEUES_MAX, len(phones), len(phones)]
    assert set(times_of_attempts(carrier, phones[-1])[-1:]) == {carrier.clock.now()}
    for msisdn in phones:
        carrier.set_power(msisdn, True)
    carrier.advance(HOUR)
    assert all(carrier.shown(msisdn) == ["0", "1"] for msisdn in phones)


def test_many_retries_of_one_moment_are_made_over_several_turns() -> None:
    """The same for deadlines, and the clock waits until all of a moment are done."""
    carrier = DirectCarrier()
    link = carrier.bind()
    due_at = format_smpp_time(NetworkTime(START + HOUR))
    phones = [str(33600000000 + number) for number in range(DEADLINES_PER_TURN + 50)]
    for msisdn in phones:
        carrier.submit(link, a_submit(b"x", destination_addr=msisdn, schedule_delivery_time=due_at))
    carrier.advance(HOUR - 1)
    assert attempts(carrier) == 0
    carrier.clock.advance_to(NetworkTime(START + HOUR))
    carrier.box.begin(LinkTime(carrier.link_now))
    carrier.box.finish(carrier)
    assert attempts(carrier) == DEADLINES_PER_TURN
    assert carrier.box.is_busy
    carrier.run()
    assert {times_of_attempts(carrier, msisdn)[0] for msisdn in phones} == {START + HOUR}


def test_a_text_that_comes_while_its_phone_waits_for_its_turn_does_not_overtake() -> None:
    """Per-phone order is kept, whatever woke the queue."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for number in range(3):
        carrier.submit(link, a_submit(b"%d" % number))
    carrier.advance(HOUR)
    carrier.box.network.set_power(FRENCH, True, carrier.clock.now())
    deadline = carrier.box.network.next_deadline()
    assert deadline is not None
    carrier.clock.advance_to(NetworkTime(deadline))
    carrier.box.begin(LinkTime(carrier.link_now))
    for element in carrier.box.network.on_time(carrier.clock.now()):
        carrier.box.centre.on_relay(element)
    carrier.submit(link, a_submit(b"3"))
    carrier.advance(60)
    assert carrier.shown(FRENCH) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, 2 * HOUR),
        ({"validity_period": "000000010000000R"}, HOUR),
        ({"validity_period": "000009000000000R"}, 5 * HOUR),
        ({"schedule_delivery_time": "000000010000000R"}, 3 * HOUR),
        (
            {
                "schedule_delivery_time": "000000010000000R",
                "validity_period": "000000010001000R",
            },
            HOUR + 1,
        ),
        (
            {
                "schedule_delivery_time": "000000010000000R",
                "validity_period": "000009000000000R",
            },
            6 * HOUR,
        ),
    ],
)
def test_a_message_expires_to_the_second_by_the_rules_of_its_account(
    fields: dict[str, str], seconds: float
) -> None:
    """SMPP 3.4 §5.2.15, §5.2.16, T42: default, maximum, and both from when it is due."""
    accounts = [
        AccountSettings("demo", "demo", validity_default_s=2.0 * HOUR, validity_max_s=5.0 * HOUR)
    ]
    carrier = DirectCarrier(accounts=accounts)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"x", **fields))
    carrier.advance(seconds - 1)
    assert stats(carrier) == []
    carrier.advance(1)
    assert stats(carrier) == ["EXPIRED"]
    _, events = carrier.box.trace.since(0)
    assert [one.at for one in events if one.kind == CONCLUDED] == [START + seconds]


def test_a_scheduled_message_is_first_tried_at_its_second() -> None:
    """SMPP 3.4 §5.2.15: not before, and not later than the clock is there."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.submit(link, a_submit(b"x", schedule_delivery_time="000000000137000R"))
    carrier.advance(96)
    assert attempts(carrier) == 0
    carrier.advance(1)
    assert times_of_attempts(carrier, FRENCH) == [START + 97]


# A phone that has the text, and a commit that does not say so.


def fail_until_validity_ends(carrier: DirectCarrier, store: FakeStore, seconds: float) -> None:
    """Let every commit fail for so long, and then none."""
    end = carrier.clock.now() + seconds
    while carrier.clock.now() < end:
        store.fail(times=1000)
        carrier.advance(1.0)
    store._failing.clear()
    carrier.advance(60.0)
    carrier.pass_link_time(100.0)


@pytest.mark.parametrize("text", [b"short", b"long " * 50], ids=["one part", "several parts"])
def test_what_the_phone_shows_is_delivered_though_its_validity_ended_meanwhile(text: bytes) -> None:
    """Life of a message: the commit of DELIVERED fails until the validity ends."""
    store = FakeStore()
    carrier = DirectCarrier(store)
    link = carrier.bind()
    validity = format_smpp_time(carrier.clock.now() + 60)
    store.fail(after=1, times=1000)
    carrier.submit(link, a_submit(text, validity_period=validity))
    fail_until_validity_ends(carrier, store, 90.0)
    assert carrier.shown(FRENCH) == [text.decode()]
    assert stats(carrier) == ["DELIVRD"]


def test_what_the_phone_shows_is_delivered_though_it_is_off_meanwhile() -> None:
    """Life of a message: the attempt after the failed commit finds no phone, and is the last."""
    store = FakeStore()
    carrier = DirectCarrier(store)
    link = carrier.bind()
    store.fail(after=1)
    carrier.submit(link, a_submit(b"shown", esm_class=1))
    assert carrier.shown(FRENCH) == ["shown"]
    assert carrier.set_power(FRENCH, False) == ""
    carrier.advance(10.0)
    carrier.pass_link_time(100.0)
    assert stats(carrier) == ["DELIVRD"]


def test_a_replacement_of_another_priority_takes_the_place_of_that_priority() -> None:
    """SMPP 3.4 §5.2.14, §5.2.18: a submit_sm that replaces brings a priority_flag of its own."""
    store = FakeStore()
    carrier = DirectCarrier(store)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for number in range(4):
        carrier.submit(link, a_submit(b"text %d" % number, source_addr=f"S{number}"))
    for number, priority in ((2, 3), (0, 1)):
        submit = a_submit(
            b"new %d" % number,
            source_addr=f"S{number}",
            priority_flag=priority,
            replace_if_present_flag=1,
        )
        answer = carrier.submit(link, submit)
        assert answer is not None
        assert answer.command_status == 0
    store.fail()
    lost = a_submit(b"lost", source_addr="S3", priority_flag=3, replace_if_present_flag=1)
    answer = carrier.submit(link, lost)
    assert answer is not None
    assert answer.command_status == ESME_RSYSERR
    carrier.advance(1.0)
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["new 2", "new 0", "text 1", "text 3"]
