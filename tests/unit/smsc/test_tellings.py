"""What is told later than it happened, in the order of its times."""

from tests.unit.smsc.examples import a_message

from carrierbox.smsc.effects import DELIVERY_RECEIPT, Delivery
from carrierbox.smsc.tellings import Tellings


def test_what_is_due_comes_in_the_order_of_time() -> None:
    """And not before its time."""
    tellings = Tellings()
    assert (tellings.next_deadline(), tellings.pop_due(100.0)) == (None, None)
    receipt = Delivery(DELIVERY_RECEIPT, a_message(2))
    tellings.add(20.0, a_message(1), None)
    tellings.add(10.0, receipt.message, receipt)
    assert (tellings.next_deadline(), len(tellings)) == (10.0, 2)
    assert tellings.pop_due(9.9) is None
    first = tellings.pop_due(20.0)
    assert first is not None
    assert (first.message.message_id, first.receipt) == (2, receipt)
    second = tellings.pop_due(20.0)
    assert second is not None
    assert (second.message.message_id, second.receipt) == (1, None)
    assert (tellings.next_deadline(), len(tellings)) == (None, 0)


def test_what_was_withdrawn_is_not_told() -> None:
    """Twice does no harm; and it may be told after all."""
    tellings = Tellings()
    message = a_message(1)
    tellings.add(10.0, message, None)
    tellings.withdraw(message)
    tellings.withdraw(message)
    assert tellings.next_deadline() is None
    tellings.add(30.0, message, None)
    tellings.add(20.0, message, None)
    assert tellings.next_deadline() == 20.0
    assert tellings.pop_due(50.0) is not None
    assert tellings.pop_due(50.0) is None
