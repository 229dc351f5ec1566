"""Turns, commits and failures of a box."""

from carrierbox.box import PROBE_S
from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.smpp.pdus import SubmitSm, SubmitSmResp
from carrierbox.smpp.values import ESME_ROK, ESME_RSYSERR
from carrierbox.smsc.attempts import DEADLINES_PER_TURN
from carrierbox.smsc.effects import LOAD_OWED, Load
from carrierbox.smsc.ports import Failed, LoadById, LoadedRows, LoadOwed, Search
from carrierbox.testing.direct import START, DirectCarrier
from carrierbox.testing.stores import FakeStore, SlowStore

FRENCH = "33612345678"


def a_submit(text: bytes) -> SubmitSm:
    return SubmitSm(destination_addr=FRENCH, source_addr="1", short_message=text)


def answers(carrier: DirectCarrier) -> list[int]:
    return [one.pdu.command_status for one in carrier.sent if isinstance(one.pdu, SubmitSmResp)]


class HeldStore(FakeStore):
    """Writes and tells nothing until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.is_held = False

    def completions(self):  # type: ignore[no-untyped-def]
        return [] if self.is_held else super().completions()


def held_carrier() -> tuple[DirectCarrier, HeldStore]:
    store = HeldStore()
    carrier = DirectCarrier(store=store)
    return carrier, store


def test_nothing_leaves_before_its_commit() -> None:
    """Design §2: no ESME_ROK, no part to a phone, no trace before the commit."""
    carrier, store = held_carrier()
    link = carrier.bind()
    traced = carrier.box.trace.newest
    store.is_held = True
    carrier.request(link, a_submit(b"Hi"))
    carrier.run(turns_max=5)
    assert answers(carrier) == []
    assert carrier.shown(FRENCH) == []
    assert carrier.box.trace.newest == traced
    assert not carrier.box.is_settled
    store.is_held = False
    carrier.run()
    assert answers(carrier) == [ESME_ROK]
    assert carrier.shown(FRENCH) == ["Hi"]


def test_turns_gather_behind_the_commit_in_flight_and_go_in_one_batch() -> None:
    """Design §3: one commit in flight."""
    carrier, store = held_carrier()
    link = carrier.bind()
    store.is_held = True
    for number in range(4):
        carrier.request(link, a_submit(b"%d" % number))
        carrier.run(turns_max=1)
    assert store.submitted == 1
    store.is_held = False
    carrier.run()
    # The first message alone, the three behind it together, then what the phone acknowledged.
    assert store.submitted <= 6
    assert answers(carrier) == [ESME_ROK] * 4
    assert carrier.shown(FRENCH) == ["0", "1", "2", "3"]


def test_a_failed_commit_fails_every_turn_gathered_behind_it() -> None:
    """Design §2: they were decided on what did not happen."""
    carrier, store = held_carrier()
    link = carrier.bind()
    store.fail()
    store.is_held = True
    for number in range(3):
        carrier.request(link, a_submit(b"%d" % number))
        carrier.run(turns_max=1)
    store.is_held = False
    carrier.run()
    assert answers(carrier) == [ESME_RSYSERR] * 3
    assert carrier.box.store_failures == 1
    assert carrier.box.last_store_problem == "disk full"
    carrier.advance(3600)
    assert carrier.shown(FRENCH) == []
    carrier.submit(link, a_submit(b"Hi"))
    assert carrier.box.last_store_problem == ""


def test_a_bind_behind_a_failed_commit_is_still_answered() -> None:
    """A bind promises nothing that the journal holds."""
    carrier, store = held_carrier()
    link = carrier.bind()
    store.fail()
    store.is_held = True
    carrier.request(link, a_submit(b"Hi"))
    carrier.run(turns_max=1)
    carrier.bind()
    store.is_held = False
    carrier.run()
    assert [one.pdu.command_status for one in carrier.sent] == [ESME_ROK, ESME_RSYSERR, ESME_ROK]


def test_advance_runs_each_deadline_at_its_own_time() -> None:
    """Design §2: deadlines in order of time, committing as it goes."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"Hi"))
    box = carrier.box
    box.advance_to(NetworkTime(START + 400), LinkTime(0.0), carrier)
    times = [event.at - START for event in box.trace.of_message(1) if event.kind == 7]
    assert times == [0.0, 60.0, 360.0]
    assert box.clock.now() == START + 400


def test_a_recovery_waits_for_a_store_that_takes_its_time() -> None:
    """Only recovery, before serving, waits."""
    journal = FakeStore()
    first = DirectCarrier(store=journal)
    first.submit(first.bind(), a_submit(b"Hi"))
    second = DirectCarrier(store=SlowStore(journal, seed=5))
    assert second.recovered.finished == 1
    assert second.shown(FRENCH) == ["Hi"]


def test_a_question_to_the_store_is_answered_in_a_later_turn() -> None:
    """Nothing is settled until then, and nobody is busy waiting for it."""
    carrier, store = held_carrier()
    store.is_held = True
    told: list[LoadedRows | Failed] = []
    carrier.box.ask_store(Search(9), told.append)
    carrier.run(turns_max=3)
    assert told == []
    assert not carrier.box.is_settled
    assert not carrier.box.is_busy
    store.is_held = False
    carrier.run()
    assert [type(one) for one in told] == [LoadedRows]
    assert carrier.box.is_settled


def test_turns_do_not_pile_up_behind_a_commit() -> None:
    """All that they decided would be done in one turn, once it is made: a quarter of a second."""
    carrier, store = held_carrier()
    link = carrier.bind()
    phones = [str(33600000000 + number) for number in range(5 * DEADLINES_PER_TURN)]
    due_at = format_smpp_time(NetworkTime(START + 60.0))
    for msisdn in phones:
        submit = a_submit(b"Hi")
        submit.destination_addr, submit.schedule_delivery_time = msisdn, due_at
        carrier.request(link, submit)
    carrier.run()
    store.is_held = True
    carrier.clock.advance_to(NetworkTime(START + 60.0))
    turns = 0
    while turns == 0 or carrier.box.is_busy:
        carrier.box.begin(LinkTime(carrier.link_now))
        carrier.box.finish(carrier)
        turns += 1
    # The phones were rung in the first, and answered in the second.
    assert turns == 3
    assert carrier.box.is_held_up
    assert not carrier.box.is_settled
    store.is_held = False
    carrier.run()
    assert not carrier.box.is_held_up
    assert all(carrier.shown(msisdn) == ["Hi"] for msisdn in phones)


def test_a_question_that_fails_is_told() -> None:
    """Whoever asked says what it means."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    store.fail_loads(problem="the disk failed")
    told: list[LoadedRows | Failed] = []
    carrier.box.ask_store(LoadById([1]), told.append)
    carrier.run()
    assert [one.problem for one in told if isinstance(one, Failed)] == ["the disk failed"]


def test_a_store_that_failed_is_tried_again_without_traffic() -> None:
    """Whoever believes readyz sends nothing that would find out that it works again."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    store.fail(times=3)
    carrier.submit(link, a_submit(b"Hi"))
    assert carrier.box.next_probe() == carrier.link_now + PROBE_S
    for failures in (1, 2, 3):
        assert carrier.box.store_failures == failures
        assert carrier.box.last_store_problem == "disk full"
        carrier.run()
        assert store.submitted == failures
        carrier.pass_link_time(PROBE_S)
    assert carrier.box.last_store_problem == ""
    assert carrier.box.next_probe() is None
    carrier.pass_link_time(3600.0)
    assert store.submitted == 4
    again = DirectCarrier(store=store)
    assert again.recovered.waiting == 0


def test_nothing_is_tried_while_a_commit_is_under_way() -> None:
    """It is the answer."""
    carrier, store = held_carrier()
    link = carrier.bind()
    store.fail()
    carrier.submit(link, a_submit(b"one"))
    store.is_held = True
    carrier.request(link, a_submit(b"two"))
    carrier.run(turns_max=1)
    assert carrier.box.next_probe() is None
    carrier.link_now += 2 * PROBE_S
    carrier.run(turns_max=3)
    assert store.submitted == 2
    store.is_held = False
    carrier.run()
    assert carrier.box.last_store_problem == ""


def test_rows_that_cannot_be_read_are_a_problem_until_they_can_be() -> None:
    """A commit that works says nothing of a page that is damaged: no flicker in log and readyz."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    load = Load(LoadOwed("demo", 10), LOAD_OWED, "demo")
    store.fail_loads(times=2)
    carrier.box._perform(load, carrier)
    carrier.run()
    assert carrier.box.last_store_problem == "disk failed"
    carrier.submit(link, a_submit(b"Hi"))
    assert carrier.box.last_store_problem == "disk failed"
    carrier.pass_link_time(PROBE_S)
    assert carrier.box.last_store_problem == "disk failed"
    carrier.pass_link_time(PROBE_S)
    assert carrier.box.last_store_problem == ""
    assert store.loads >= 3
