"""How many rows of phones' queues are asked for, and when."""

from carrierbox.smsc.effects import Load
from carrierbox.smsc.paged import Paged
from carrierbox.smsc.ports import LoadQueue
from carrierbox.smsc.queue_reads import (
    QUEUE_ROWS,
    QUEUE_ROWS_FIRST,
    ROWS_MAX,
    ROWS_PER_TURN,
    QueueReads,
)
from carrierbox.smsc.queues import PhoneQueue
from carrierbox.smsc.turns import CurrentTurn


class Phones:
    """Queues of phones for each of which so many rows are in the table."""

    def __init__(self, count: int, rows: int, are_back: bool = True) -> None:
        self.turn = CurrentTurn()
        self.paged = Paged()
        self.reads = QueueReads(self.turn, self.paged)
        for number in range(count):
            queue = PhoneQueue(str(33600000000 + number))
            queue.is_back = are_back
            self.paged.waiting.add(queue.msisdn, rows)
            self.reads.add(queue)
            self.reads.add(queue)

    def asked(self) -> list[Load]:
        """What is asked for in one turn."""
        self.turn.effects.clear()
        self.reads.ask()
        return [each for each in self.turn.effects if isinstance(each, Load)]

    def came(self, loads: list[Load]) -> None:
        for load in loads:
            assert isinstance(load.subject, PhoneQueue)
            assert load.subject.is_loading
            self.reads.came(load.subject)
            assert not load.subject.is_loading


def limits(loads: list[Load]) -> set[int]:
    return {load.request.limit for load in loads if isinstance(load.request, LoadQueue)}


def test_some_are_asked_for_in_each_turn_until_all_were_once() -> None:
    """In their order; what came makes room for others."""
    phones = Phones(100, 6)
    found: list[Load] = []
    while asked := phones.asked():
        assert 1 < len(asked) <= ROWS_PER_TURN // 6
        phones.came(asked)
        found += asked
    assert [load.subject.msisdn for load in found if isinstance(load.subject, PhoneQueue)] == [
        str(33600000000 + number) for number in range(100)
    ]
    assert limits(found) == {QUEUE_ROWS}
    assert not phones.reads.is_busy


def test_no_more_is_asked_for_while_much_is_on_its_way() -> None:
    """A store that has to read a disk answers later, and all of it may come at once."""
    phones = Phones(100, 1000)
    on_their_way: list[Load] = []
    while asked := phones.asked():
        on_their_way += asked
    assert ROWS_MAX <= QUEUE_ROWS * len(on_their_way) + 8 * len(on_their_way) < 2 * ROWS_MAX
    assert len(phones.reads) == 100 - len(on_their_way)
    assert not phones.reads.is_busy
    phones.came(on_their_way[:1])
    assert phones.reads.is_busy
    assert len(phones.asked()) == 1


def test_for_a_retry_little_is_asked_for() -> None:
    """It may fail again."""
    assert limits(Phones(5, 1000, are_back=False).asked()) == {QUEUE_ROWS_FIRST}
