"""What the message centre needs from others."""

import pytest

from carrierbox.numbering import load_number_plan
from carrierbox.smsc.ports import (
    Committed,
    Failed,
    Loaded,
    LoadJournal,
    NumberPlan,
    NumberRoute,
    Store,
)
from carrierbox.smsc.stores.memory import MemoryStore
from carrierbox.testing.stores import FakeStore


def test_a_journal_is_read_from_its_start_and_in_bounded_pieces() -> None:
    """Design: nothing is loaded as a whole."""
    request = LoadJournal()
    assert request.position == 0
    assert 0 < request.batches_max <= 10_000


@pytest.mark.parametrize("make", [MemoryStore, FakeStore])
def test_each_thing_a_store_does_is_told_by_its_own_completion(make: type[FakeStore]) -> None:
    """Design, stores: Committed, Failed or Loaded, under the ticket it was asked with."""
    store: Store = make()
    committed, loaded = store.submit(b"x"), store.load(LoadJournal())
    found = store.completions()
    while len(found) < 2:
        store.wait()
        found += store.completions()
    assert [type(one) for one in found] == [Committed, Loaded]
    assert [one.ticket for one in found] == [committed, loaded]
    assert store.completions() == []
    store.close()


def test_a_failure_says_why() -> None:
    """Whoever asked is told the problem."""
    store = FakeStore()
    store.fail(after=0, problem="disk full")
    ticket = store.submit(b"x")
    (failed,) = store.completions()
    assert isinstance(failed, Failed)
    assert (failed.ticket, failed.problem) == (ticket, "disk full")


def test_the_number_plan_of_the_package_is_one() -> None:
    """The centre knows its own port only; mypy compares the shapes, this the answers."""
    plan: NumberPlan = load_number_plan()
    route: NumberRoute | None = plan.route("33612345678")
    assert route is not None
    assert (route.country, isinstance(route.carrier, str)) == ("FR", True)
    assert plan.route("000") is None
