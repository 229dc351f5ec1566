"""Events are plain values."""

from carrierbox.smpp.events import PduRejected, ResponseExpired, SessionClosed


def test_events_keep_what_they_are_given() -> None:
    """A rejected request has no context of ours."""
    assert PduRejected(b"x", 3, "unknown").context is None
    expired = ResponseExpired("context", 5, 7)
    assert (expired.context, expired.command_id, expired.sequence_number) == ("context", 5, 7)
    closed = SessionClosed("unbound", [1])
    assert (closed.reason, closed.contexts) == ("unbound", [1])
