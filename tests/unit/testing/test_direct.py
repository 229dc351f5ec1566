"""The carrier without sockets."""

import pytest

from carrierbox.smpp.pdus import SubmitSm
from carrierbox.testing.direct import START, DirectCarrier
from carrierbox.testing.stores import FakeStore, SlowStore

FRENCH = "33612345678"


def a_submit() -> SubmitSm:
    return SubmitSm(destination_addr=FRENCH, short_message=b"Hi", registered_delivery=1)


def test_time_stands_still_unless_it_is_advanced() -> None:
    """Tests are not in the hands of a wall clock."""
    carrier = DirectCarrier()
    assert carrier.clock.now() == START
    carrier.advance(90)
    assert carrier.clock.now() == START + 90


def test_a_request_is_answered_only_when_turns_run() -> None:
    """Several requests can be put into one turn."""
    carrier = DirectCarrier()
    link = carrier.bind()
    sent = len(carrier.sent)
    carrier.request(link, a_submit())
    carrier.request(link, a_submit())
    assert len(carrier.sent) == sent
    carrier.run()
    assert len(carrier.sent) == sent + 4


@pytest.mark.parametrize("seed", range(5))
def test_advance_waits_for_a_slow_store(seed: int) -> None:
    """A store that answers some turns later is not left behind."""
    carrier = DirectCarrier(store=SlowStore(FakeStore(), seed))
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit())
    carrier.advance(7200)
    carrier.set_power(FRENCH, True)
    carrier.advance(1)
    assert carrier.shown(FRENCH) == ["Hi"]


def test_nothing_is_sent_on_a_link_that_hung_up() -> None:
    """A link that is gone takes nothing; what it was owed is owed to others."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit())
    carrier.hang_up(link)
    carrier.set_power(FRENCH, True)
    assert carrier.deliveries() == []
    carrier.bind()
    assert len(carrier.deliveries()) == 1
