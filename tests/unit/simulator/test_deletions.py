"""Which texts a user deleted."""

from carrierbox.simulator.deletions import Deletions


def test_a_mark_means_what_came_before_it_and_what_it_names() -> None:
    """A message is named by its id, whichever of its parts came last."""
    deletions = Deletions(100.0, frozenset([7]))
    assert deletions.mean(1 << 8, 99.0)
    assert not deletions.mean(1 << 8, 100.0)
    assert deletions.mean(7 << 8 | 3, 100.0)
