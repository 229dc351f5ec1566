"""The messages in memory, and the ids they get."""

import pytest
from tests.unit.smsc.examples import AT, a_message

from carrierbox.clock import NetworkTime
from carrierbox.errors import StoreError
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, Tlv
from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc.messages import (
    RECEIPT_DONE,
    RECEIPT_HELD,
    RECEIPT_NONE,
    RECEIPT_SENT,
    Message,
)
from carrierbox.smsc.packed import id_of
from carrierbox.smsc.registry import Registry

ID_MAX = (1 << 63) - 1


def add_new(registry: Registry) -> Message:
    new = a_message(registry.next_id())
    registry.add(new)
    return new


def finish(registry: Registry, *messages: Message, receipt: int = RECEIPT_NONE) -> None:
    for one in messages:
        one.conclude(DELIVERED, AT)
        one.receipt = receipt
        registry.finished(one)


def test_ids_only_grow() -> None:
    """Design, message ids: also after a message was dropped as if it had never been."""
    registry = Registry()
    first = add_new(registry)
    registry.forget(first)
    assert registry.next_id() > first.message_id
    assert registry.newest_id > first.message_id


def test_ids_go_on_after_what_a_journal_held() -> None:
    """Design: the counter is never reset; an old message does not set it back."""
    registry = Registry()
    registry.add(a_message(500))
    registry.add(a_message(20))
    assert registry.next_id() == 501


@pytest.mark.parametrize("node", [0, 1, 5, 1023])
def test_a_node_gives_out_ids_of_its_own_range(node: int) -> None:
    """Design: ten bits of node, 53 of a counter, 63 together."""
    registry = Registry(node)
    ids = [registry.next_id() for _ in range(3)]
    assert ids == [(node << 53) + number for number in (1, 2, 3)]
    assert all(message_id >> 53 == node for message_id in ids)


@pytest.mark.parametrize("node", [-1, 1024, 1 << 53])
def test_there_are_1024_nodes(node: int) -> None:
    """Design: ten bits."""
    with pytest.raises(ValueError, match="1023"):
        Registry(node)


@pytest.mark.parametrize("node", [0, 1023])
def test_a_node_that_has_given_out_all_its_ids_says_so(node: int) -> None:
    """Design: 53 bits, the last of them included; never an id of the next node."""
    registry = Registry(node)
    last = ((node + 1) << 53) - 1
    registry.add(a_message(last - 1))
    assert registry.next_id() == last <= ID_MAX
    for _ in range(2):
        with pytest.raises(StoreError):
            registry.next_id()
    assert registry.newest_id == last


def test_a_message_of_another_node_does_not_move_the_counter() -> None:
    """Design, several machines: a dead node's journal is adopted by replaying it."""
    registry = Registry(1)
    first = registry.next_id()
    registry.add(a_message((7 << 53) + 9))
    registry.add(a_message(9))
    assert registry.next_id() == first + 1
    assert len(registry) == 2


def test_a_message_is_found_until_it_is_forgotten() -> None:
    """Forgetting twice, or what was never there, changes nothing."""
    registry = Registry()
    one = add_new(registry)
    assert registry.find(one.message_id) is one
    registry.forget(one)
    registry.forget(one)
    assert registry.find(one.message_id) is None
    assert len(registry) == 0


def test_messages_are_listed_in_both_orders() -> None:
    """The list may be walked while messages come and go."""
    registry = Registry()
    messages = [add_new(registry) for _ in range(3)]
    assert registry.oldest_first() == messages
    newest = registry.newest_first()
    registry.forget(messages[0])
    assert list(newest) == messages[::-1]


@pytest.mark.parametrize("keep", [0, 1, 2, 3, 10])
def test_history_holds_exactly_the_newest(keep: int) -> None:
    """Design: so many finished messages are kept, not one fewer and not one more."""
    registry = Registry(keep_messages=keep)
    messages = [add_new(registry) for _ in range(25)]
    ids = [one.message_id for one in messages]
    for number, one in enumerate(messages, 1):
        finish(registry, one)
        held = [held.message_id for held in registry.oldest_first() if held.is_final]
        assert held == ids[max(0, number - keep) : number]


def test_unfinished_messages_are_never_dropped() -> None:
    """History is bounded, what is on its way is not."""
    registry = Registry(keep_messages=2)
    waiting = [add_new(registry) for _ in range(50)]
    finish(registry, *[add_new(registry) for _ in range(50)])
    assert [one for one in registry.oldest_first() if not one.is_final] == waiting
    assert len(registry) == 52


@pytest.mark.parametrize("receipt", [RECEIPT_HELD, RECEIPT_SENT])
def test_a_message_whose_receipt_is_owed_is_never_dropped(receipt: int) -> None:
    """Design: a receipt is kept until it is acknowledged."""
    registry = Registry(keep_messages=3)
    owed = [add_new(registry) for _ in range(10)]
    finish(registry, *owed, receipt=receipt)
    finish(registry, *[add_new(registry) for _ in range(100)], receipt=RECEIPT_DONE)
    assert all(registry.find(one.message_id) is one for one in owed)


def test_history_shrinks_again_once_its_receipts_are_acknowledged() -> None:
    """A backlog of receipts does not stay in memory for good."""
    registry = Registry(keep_messages=3)
    owed = [add_new(registry) for _ in range(50)]
    finish(registry, *owed, receipt=RECEIPT_HELD)
    assert len(registry) == 50
    for one in owed:
        one.receipt = RECEIPT_DONE
    finish(registry, *[add_new(registry) for _ in range(100)])
    assert len(registry) == 3


def test_a_message_that_was_reopened_is_not_history() -> None:
    """A failed commit undoes a final state: the message stays, however much ends after it."""
    registry = Registry(keep_messages=2)
    reopened = add_new(registry)
    finish(registry, reopened, receipt=RECEIPT_HELD)
    reopened.reopen()
    finish(registry, *[add_new(registry) for _ in range(20)])
    assert registry.find(reopened.message_id) is reopened


def a_finished(message_id: int, at: float, text: bytes = b"Hi") -> Message:
    one = a_message(message_id)
    one.submit.tlvs = [Tlv(TAG_MESSAGE_PAYLOAD, text)]
    one.conclude(DELIVERED, NetworkTime(at))
    return one


def test_history_takes_so_many_octets_and_no_more() -> None:
    """One large message takes the place of several small ones."""
    registry = Registry(keep_octets=1900)
    for number in range(1, 8):
        small = a_finished(number, float(number))
        registry.add(small)
        registry.finished(small)
    assert len(registry) == 7
    large = a_finished(8, 8.0, b"x" * 1000)
    registry.add(large)
    registry.finished(large)
    assert [id_of(one) for one in registry.kept().newest_first(9)] == [8, 7, 6, 5, 4]


def test_history_gets_old() -> None:
    """What ended before goes, but not what still owes a receipt: it is looked at again later."""
    registry = Registry(keep_age_s=10.0)
    messages = [a_finished(number, float(number)) for number in (1, 2, 3)]
    messages[1].receipt = RECEIPT_HELD
    for one in messages:
        registry.add(one)
        registry.finished(one)
    assert registry.oldest_end == 1.0
    registry.begin_expiry()
    assert not registry.expire(12.5)
    assert [id_of(one) for one in registry.kept().newest_first(9)] == [3, 2]
    messages[1].receipt = RECEIPT_DONE
    registry.begin_expiry()
    assert not registry.expire(12.5)
    assert [id_of(one) for one in registry.kept().newest_first(9)] == [3]
    assert (registry.oldest_end, registry.oldest_id, registry.has_history) == (3.0, 3, True)


def test_a_message_of_history_is_packed_and_comes_back_as_it_was() -> None:
    """Whoever looks for one keeps it in hand, and what is done to it lasts, until all rest."""
    registry = Registry()
    one = add_new(registry)
    finish(registry, one)
    assert registry.unpacked() == []
    found = registry.find(one.message_id)
    assert found is not None
    assert found is registry.find(one.message_id)
    found.acknowledged = 2
    registry.rest()
    assert registry.unpacked() == []
    again = registry.find(one.message_id)
    assert again is not None
    assert again.acknowledged == 2


def test_a_message_is_packed_only_when_its_receipt_is_settled() -> None:
    """What is owed is held by those who owe it; a settled receipt may not be committed yet."""
    registry = Registry()
    one = add_new(registry)
    finish(registry, one, receipt=RECEIPT_DONE)
    other = add_new(registry)
    finish(registry, other, receipt=RECEIPT_SENT)
    registry.rest()
    assert registry.unpacked() == [one, other]
    registry.settled(one)
    assert registry.unpacked() == [other]
    other.receipt = RECEIPT_DONE
    registry.settled(other)
    assert registry.unpacked() == []


def test_an_end_that_is_not_committed_is_not_packed() -> None:
    """A failed commit reopens the message that everybody has in hand."""
    registry = Registry()
    one = add_new(registry)
    one.conclude(DELIVERED, AT)
    registry.settled(one)
    registry.rest_later(one)
    registry.rest()
    assert registry.find(one.message_id) is one


def test_what_is_written_to_the_table_is_packed_afterwards() -> None:
    """Whether its row says all of it is known only once that is committed."""
    registry = Registry()
    one = add_new(registry)
    one.is_saving = True
    finish(registry, one)
    registry.rest()
    assert registry.unpacked() == [one]
    one.is_saving = False
    registry.rest_later(one)
    registry.rest()
    assert registry.unpacked() == []


def test_a_message_that_left_memory_with_its_receipt_and_came_back_is_history_once() -> None:
    """Its first place in history is void: it goes when its second is the oldest."""
    registry = Registry(keep_messages=2)
    gone = add_new(registry)
    finish(registry, gone, receipt=RECEIPT_HELD)
    gone.is_paged_out = True
    registry.forget(gone)
    back = a_message(gone.message_id)
    registry.add(back)
    finish(registry, add_new(registry))
    finish(registry, back)
    finish(registry, add_new(registry))
    assert registry.find(back.message_id) is not None
    finish(registry, add_new(registry))
    finish(registry, add_new(registry))
    assert registry.find(back.message_id) is None


def test_the_destinations_of_a_submit_multi_are_found_when_packed() -> None:
    """SMPP 3.4 §4.5: one id for all of them, and none when all are forgotten."""
    registry = Registry(keep_messages=3)
    first = add_new(registry)
    second = a_message(registry.next_id())
    second.client_id = first.message_id
    registry.add(second)
    finish(registry, first, second)
    ids = [first.message_id, second.message_id]
    assert [one.message_id for one in registry.of_client(first.message_id)] == ids
    assert registry.ids_like(first.message_id, 0) == [first.message_id]
    registry.rest()
    finish(registry, *[add_new(registry) for _ in range(3)])
    assert registry.of_client(first.message_id) == []
    assert registry.ids_like(first.message_id, 0) == []


def test_the_table_is_told_of_what_the_journal_may_forget() -> None:
    """History beyond that has no row yet; what has one that says all of it needs no other."""
    registry = Registry()
    old, new = add_new(registry), add_new(registry)
    finish(registry, old, new)
    assert registry.to_page(new.message_id, old.message_id, 0) is None
    found = registry.to_page(old.message_id, old.message_id, 0)
    assert found is not None
    found.has_row = found.is_saved = True
    registry.rest()
    assert registry.to_page(old.message_id, old.message_id, 0) is None
    assert registry.to_page(99, 100, 0) is None


def test_what_a_commit_that_may_fail_settles_stays_in_history() -> None:
    """Else its receipt was forgotten with it, and a restart would not send it again."""
    registry = Registry(keep_messages=1)
    one = add_new(registry)
    finish(registry, one, receipt=RECEIPT_SENT)
    one.receipt = RECEIPT_DONE
    one.is_settling = True
    for _ in range(5):
        finish(registry, add_new(registry))
    assert registry.find(one.message_id) is one
    registry.settled(one)
    for _ in range(5):
        finish(registry, add_new(registry))
    assert registry.find(one.message_id) is None
