"""The timers of SMPP 3.4 §7.2 as deadlines."""

from carrierbox.smpp.timers import SessionTimers, earlier


def test_a_period_of_zero_switches_a_timer_off() -> None:
    """No deadline at all."""
    timers = SessionTimers(5.0, 0, 0, 0, 10)
    assert timers.session_init_deadline() is None
    assert timers.enquire_link_deadline() is None
    assert timers.inactivity_deadline() is None
    assert timers.enquire_link_resp_deadline() is None


def test_deadlines_follow_what_happened() -> None:
    """Each from its own moment."""
    timers = SessionTimers(5.0, 30, 60, 100, 10)
    timers.heard = 20.0
    timers.active = 7.0
    assert timers.session_init_deadline() == 35.0
    assert timers.enquire_link_deadline() == 80.0
    assert timers.inactivity_deadline() == 107.0


def test_one_enquiry_at_a_time() -> None:
    """While it is unanswered only its own deadline counts."""
    timers = SessionTimers(0.0, 30, 60, 0, 10)
    timers.enquire(60.0)
    assert timers.enquire_link_deadline() is None
    assert timers.enquire_link_resp_deadline() == 70.0


def test_never_is_later_than_any_moment() -> None:
    """None is never."""
    assert earlier(None, None) is None
    assert earlier(1.0, None) == earlier(None, 1.0) == earlier(2.0, 1.0) == earlier(1.0, 2.0) == 1.0
