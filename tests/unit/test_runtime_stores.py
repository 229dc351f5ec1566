"""When a store that fails, or takes its time, brings turns."""

from carrierbox.app import make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.runtime import Runtime
from carrierbox.smpp.session import SessionSettings
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.ports import Store
from carrierbox.smsc.queues import PhoneQueue
from carrierbox.testing.direct import number_plan
from carrierbox.testing.stores import FakeStore, SlowStore

FRENCH = "33612345678"


def serving(store: Store) -> tuple[Box, Runtime]:
    """One box without links."""
    box = make_box(
        "one", store, number_plan(), [AccountSettings("demo", "demo")], [], NetworkClock()
    )
    box.recover(LinkTime(0.0))
    runtime = Runtime(
        [box], SessionSettings(), lambda: None, lambda *_: None, lambda: LinkTime(5.0)
    )
    return box, runtime


def test_a_store_that_failed_brings_a_turn_by_itself() -> None:
    """Within a second, also without a link."""
    store = FakeStore()
    box, runtime = serving(store)
    assert runtime.next_delay_s() is None
    store.fail()
    runtime.request(box, lambda: box.centre.set_phone_power(FRENCH, False, lambda _: None))
    runtime.turn()
    assert runtime.next_delay_s() == 1.0


def test_a_commit_that_takes_its_time_brings_no_turns_meanwhile() -> None:
    """The store wakes the loop; turns for what is due would only gather behind the commit."""
    store = SlowStore(FakeStore(), seed=1, calls_max=50)
    box, runtime = serving(store)
    for _ in range(2):
        runtime.request(box, lambda: box.centre.set_phone_power(FRENCH, False, lambda _: None))
        runtime.turn()
    box.centre.attempts.deadlines.add(0.0, PhoneQueue(FRENCH))
    assert box.is_held_up
    assert runtime.next_delay_s() is None
    turns = 0
    while not box.is_settled:
        turns += 1
        runtime.turn()
    assert turns > 0
