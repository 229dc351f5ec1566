"""What a phone has received: places, classes, types that replace, type 0."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.user_data_header import concatenation_header
from carrierbox.identifiers import Address
from carrierbox.relay import (
    EQUIPMENT_NOT_SM_EQUIPPED,
    EQUIPMENT_PROTOCOL_ERROR,
    MEMORY_CAPACITY_EXCEEDED,
    RpMtData,
)
from carrierbox.simulator.deletions import Deletions
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.handset_memory import TAKEN, HandsetMemory

NOON = NetworkTime(1_750_000_000.0)
ACME = Address(5, 0, "ACME")
FLASH, TO_PHONE, TO_SIM, DISCARD = 0x10, 0x11, 0x12, 0xC8


def rp(
    reference: int,
    text: bytes = b"Hi",
    *,
    tp_pid: int = 0,
    tp_dcs: int = 0,
    originating: Address = ACME,
    header: bytes = b"",
) -> RpMtData:
    return RpMtData(
        reference, "33612345678", originating, tp_pid, tp_dcs, header, text, NOON, False
    )


def piece(reference: int, number: int, total: int, tp_dcs: int = 0) -> RpMtData:
    header = concatenation_header(7, total, number, False)
    return rp(reference, b"part", tp_dcs=tp_dcs, header=header)


def phone(phone: int, sim: int, refuses: bool = True) -> Handset:
    handset = Handset("33612345678")
    handset.set_memory(HandsetMemory(phone, sim, refuses))
    return handset


def texts(handset: Handset) -> list[str]:
    return [text.text for text in handset.inbox]


def test_what_finds_no_place_is_refused_and_may_come_again() -> None:
    """TS 29.002 §17.7.6: memoryCapacityExceeded; the phone first, then the SIM."""
    handset = phone(1, 1)
    assert [handset.receive(rp(n, b"%d" % n), NOON) for n in range(3)] == [
        TAKEN,
        TAKEN,
        MEMORY_CAPACITY_EXCEEDED,
    ]
    assert not handset.has_room
    assert handset.receive(rp(0), NOON) == TAKEN
    assert handset.duplicates == 1
    assert handset.delete(1) == 1
    assert handset.has_room
    assert handset.receive(rp(2, b"2"), NOON) == TAKEN
    assert texts(handset) == ["1", "2"]


def test_a_text_for_the_sim_goes_nowhere_else() -> None:
    """TS 23.038 §4, class 2: a protocol error while the phone itself has room."""
    handset = phone(2, 1)
    assert handset.receive(rp(1, tp_dcs=TO_SIM), NOON) == TAKEN
    assert handset.receive(rp(2, tp_dcs=TO_SIM), NOON) == EQUIPMENT_PROTOCOL_ERROR
    assert handset.receive(rp(3, tp_dcs=TO_PHONE), NOON) == TAKEN
    assert handset.receive(rp(4), NOON) == TAKEN
    assert handset.receive(rp(5, tp_dcs=TO_SIM), NOON) == MEMORY_CAPACITY_EXCEEDED
    assert [text.in_sim for text in handset.inbox] == [True, False, False]


@pytest.mark.parametrize("tp_dcs", [0, FLASH, TO_SIM])
def test_a_phone_without_any_place_takes_no_short_messages(tp_dcs: int) -> None:
    """TS 29.002 §17.7.6: equipmentNotSM-Equipped."""
    assert phone(0, 0).receive(rp(1, tp_dcs=tp_dcs), NOON) == EQUIPMENT_NOT_SM_EQUIPPED


def test_parts_that_wait_for_others_take_places() -> None:
    """Each is one short message; complete, the text takes as many."""
    handset = phone(2, 1)
    assert handset.receive(piece(1, 1, 2), NOON) == TAKEN
    assert handset.receive(piece(2, 1, 3, TO_SIM), NOON) == TAKEN
    usage = handset.usage
    assert usage is not None
    assert (usage.phone, usage.sim, handset.has_room) == (1, 1, True)
    assert handset.receive(piece(1, 2, 2), NOON) == TAKEN
    assert handset.receive(piece(3, 2, 2), NOON) == TAKEN
    assert texts(handset) == ["partpart"]
    assert not handset.has_room
    assert handset.receive(rp(9), NOON) == MEMORY_CAPACITY_EXCEEDED


@pytest.mark.parametrize("tp_dcs", [0, TO_SIM])
def test_a_phone_that_forgets_makes_room_for_the_newest(tp_dcs: int) -> None:
    """The oldest text that stands in the way goes."""
    handset = phone(2, 1, refuses=False)
    for number in range(6):
        assert handset.receive(rp(number, b"%d" % number, tp_dcs=tp_dcs), NOON) == TAKEN
    assert texts(handset) == (["5"] if tp_dcs else ["3", "4", "5"])


def test_flash_is_shown_at_once_and_stored_nowhere() -> None:
    """TS 23.038 §4, class 0; the next one takes its place, also on a full phone."""
    handset = phone(1, 0)
    handset.receive(rp(1, b"kept"), NOON)
    for number in (2, 3):
        assert handset.receive(rp(number, b"%d" % number, tp_dcs=FLASH), NOON) == TAKEN
    assert handset.flash is not None
    assert (handset.flash.text, texts(handset), handset.shown) == ("3", ["kept"], 3)
    assert handset.newest is handset.flash
    assert handset.screen_lines()[-2:] == ["  3  ACME (flash)", "     3"]
    for _ in range(2):
        handset.forget_oldest()
    assert texts(handset) == ["kept"]
    assert handset.delete() == 2
    assert handset.flash is None


@pytest.mark.parametrize("tp_pid", range(0x41, 0x48))
def test_a_replace_type_takes_the_place_of_the_one_before(tp_pid: int) -> None:
    """TS 23.040 §9.2.3.9: same originator and same TP-PID; others stay. A full phone takes it."""
    handset = phone(3, 0)
    handset.receive(rp(1, b"other", tp_pid=0x41 + (tp_pid - 0x40) % 7), NOON)
    handset.receive(rp(2, b"bank", tp_pid=tp_pid, originating=Address(5, 0, "BANK")), NOON)
    handset.receive(rp(3, b"old", tp_pid=tp_pid), NOON)
    assert handset.receive(rp(4, b"new", tp_pid=tp_pid), NOON) == TAKEN
    assert texts(handset) == ["other", "bank", "new"]
    assert handset.inbox[2].protocol == f"replace short message type {tp_pid - 0x40}"
    assert handset.receive(rp(5, b"plain"), NOON) == MEMORY_CAPACITY_EXCEEDED


def test_type_0_is_acknowledged_and_shown_nowhere() -> None:
    """TS 23.040 §9.2.3.9; it is counted, for whoever tests with it."""
    handset = phone(1, 0)
    handset.receive(rp(1), NOON)
    for _ in range(2):
        assert handset.receive(rp(2, b"are you there", tp_pid=0x40), NOON) == TAKEN
    assert (texts(handset), handset.shown, handset.silent) == (["Hi"], 1, 1)


def test_a_return_call_message_says_so() -> None:
    """TS 23.040 §9.2.3.9, 0x5F."""
    handset = Handset("33612345678")
    handset.receive(rp(1, b"call me", tp_pid=0x5F), NOON)
    assert handset.inbox[0].protocol == "return call message"
    assert "(return call message)" in handset.screen_lines()[1]


def test_a_sign_whose_text_is_discarded_takes_no_place() -> None:
    """TS 23.038 §4: the sign is shown, the text is not kept where places count."""
    handset = phone(1, 0)
    handset.receive(rp(1), NOON)
    assert handset.receive(rp(2, b"2 calls", tp_dcs=DISCARD), NOON) == TAKEN
    assert (texts(handset), handset.indicators) == (["Hi"], {"voicemail": 1})


def test_what_was_deleted_does_not_come_back_with_a_restart() -> None:
    """Neither what the mark names nor what came before its time; nothing is refused then."""
    handset = phone(1, 0)
    handset.apply_deletions(Deletions(NOON - 10.0, frozenset([2])))
    for message_id, at in ((1, NOON - 20.0), (2, NOON), (3, NOON), (4, NOON)):
        handset.restore(rp(message_id << 8, b"%d" % message_id), NetworkTime(at))
    assert texts(handset) == ["3", "4"]
    handset.apply_deletions(Deletions(0.0, frozenset([3])))
    assert texts(handset) == ["4"]
    assert handset.shown == 4
