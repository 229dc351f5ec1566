"""Messages that left memory while loads are under way."""

from carrierbox.smsc.gone_rows import GoneRows


def test_what_is_gone_is_known_until_all_is_answered_that_was_asked_before() -> None:
    """A load asked later sees the table as it is, one asked before may not."""
    gone = GoneRows()
    gone.add(7)
    gone.answered(oldest=3, newest=5)
    gone.add(8)
    assert gone.holds(7)
    assert gone.holds(8)
    gone.answered(oldest=5, newest=9)
    assert gone.holds(7)
    gone.answered(oldest=6, newest=9)
    assert not gone.holds(7)
    assert gone.holds(8)
    gone.answered(oldest=9, newest=12)
    assert gone.holds(8)
    gone.answered(oldest=10, newest=13)
    assert len(gone) == 0


def test_nothing_is_kept_where_nothing_is_under_way() -> None:
    """A store that answers at once."""
    gone = GoneRows()
    gone.add(7)
    gone.answered(oldest=3, newest=3)
    gone.add(8)
    gone.answered(oldest=0, newest=0)
    assert len(gone) == 0
