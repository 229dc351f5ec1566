"""The requests that wait for an answer. T16"""

from carrierbox.smpp.values import DELIVER_SM, DELIVER_SM_RESP, GENERIC_NACK, SUBMIT_SM_RESP
from carrierbox.smpp.window import Window


def test_a_response_takes_its_request_once() -> None:
    """T08, T16."""
    window = Window(2, 10.0)
    window.add(1, DELIVER_SM, "context", 0.0)
    assert (window.free, len(window), window.holds(1)) == (1, 1, True)
    assert window.take(1, SUBMIT_SM_RESP) is None
    assert window.take(2, DELIVER_SM_RESP) is None
    taken = window.take(1, DELIVER_SM_RESP)
    assert taken is not None
    assert taken.context == "context"
    assert window.take(1, DELIVER_SM_RESP) is None
    assert window.free == 2


def test_a_generic_nack_takes_any_request() -> None:
    """T07."""
    window = Window(1, 10.0)
    window.add(1, DELIVER_SM, None, 0.0)
    assert window.take(1, GENERIC_NACK) is not None


def test_requests_expire_in_the_order_they_were_sent() -> None:
    """T16."""
    window = Window(9, 10.0)
    assert window.next_deadline() is None
    for number in (5, 6, 2):
        window.add(number, DELIVER_SM, number, float(number == 2))
    assert window.next_deadline() == 10.0
    assert [one.sequence_number for one in window.expire(10.0)] == [5, 6]
    assert window.next_deadline() == 11.0
    assert window.close() == [2]
    assert window.free == 9
