"""Messages that left memory while loads are under way."""

from tests.unit.smsc.examples import FRENCH, a_message

from carrierbox.smsc.gone_rows import GoneRows

BRITISH = "447700900123"


def holds(gone: GoneRows, ticket: int, message_id: int) -> bool:
    gone.answering(ticket)
    return gone.holds(message_id)


def test_only_a_load_that_was_asked_before_may_be_older() -> None:
    """One asked later sees the table as it is."""
    gone = GoneRows()
    gone.asked(3)
    gone.asked(5)
    gone.add(a_message(7))
    gone.asked(6)
    assert holds(gone, 3, 7)
    assert holds(gone, 5, 7)
    assert not holds(gone, 6, 7)
    assert not holds(gone, 3, 8)
    gone.add(a_message(7))
    assert holds(gone, 6, 7)


def test_what_left_is_kept_until_all_is_answered_that_was_asked_before() -> None:
    """Then nothing can be older any more."""
    gone = GoneRows()
    gone.asked(3)
    gone.add(a_message(7))
    gone.asked(5)
    gone.add(a_message(7))
    gone.add(a_message(8))
    gone.answered(oldest=5)
    assert holds(gone, 5, 7)
    assert holds(gone, 5, 8)
    assert len(gone) == 2
    gone.asked(9)
    gone.answered(oldest=9)
    assert len(gone) == 0
    assert not holds(gone, 5, 7)


def test_the_messages_of_a_submit_multi_left_under_their_common_id() -> None:
    """Who asks for that id gets rows of all of them; none of the others left with one."""
    gone = GoneRows()
    gone.asked(3)
    gone.add(a_message(8, client_id=7))
    gone.answering(3)
    assert gone.holds_any(7)
    assert gone.holds_any(8)
    assert not gone.holds(7)
    assert not gone.holds_any(9)
    gone.asked(4)
    gone.answered(oldest=4)
    gone.answering(3)
    assert not gone.holds_any(7)


def test_what_left_is_known_by_its_phone() -> None:
    """For whoever asks what waits for one."""
    gone = GoneRows()
    gone.asked(3)
    gone.add(a_message(7))
    gone.asked(4)
    gone.add(a_message(8, msisdn=BRITISH))
    gone.answering(4)
    assert not gone.holds_of(FRENCH)
    assert gone.holds_of(BRITISH)
    gone.answering(3)
    assert gone.holds_of(FRENCH)
    gone.answered(oldest=4)
    assert not gone.holds_of(FRENCH)


def test_nothing_is_kept_where_nothing_is_under_way() -> None:
    """A store that answers at once, or one that nobody asks."""
    gone = GoneRows()
    gone.add(a_message(7))
    assert len(gone) == 0
    gone.asked(3)
    gone.add(a_message(7))
    assert len(gone) == 1
    gone.answered(oldest=0)
    assert len(gone) == 0
    gone.add(a_message(8))
    assert len(gone) == 0
