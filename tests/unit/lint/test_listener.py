"""Whoever is told what the two sides of SMPP sessions say."""

from collections.abc import Callable

import pytest

from carrierbox.lint.frames import Lost
from carrierbox.lint.linter import Linter
from carrierbox.lint.listener import Listener
from carrierbox.lint.traffic import Traffic
from carrierbox.smpp.states import ESME


def tell(listener: Listener) -> None:
    """A session from its beginning to its end."""
    listener.opened(1, 0.0, "127.0.0.1:5", "127.0.0.1:2775", is_whole=False)
    listener.frame(1, 1.0, ESME, bytes.fromhex("00000010000000150000000000000001"))
    listener.lost(1, 2.0, ESME, Lost(b"x", 1, False))
    listener.closed(1, 3.0, ESME)
    listener.forget(1)


def test_the_linter_and_the_record_hear_the_same() -> None:
    """Each in its way."""
    linter, traffic = Linter(), Traffic()
    tell(linter)
    tell(traffic)
    (report,) = linter.reports()
    assert report.sessions == 1
    assert traffic.unreadable == 1


def test_a_listener_must_listen() -> None:
    """To all of it."""
    listener = Listener()
    calls: list[Callable[[], None]] = [
        lambda: listener.opened(1, 0.0, "", ""),
        lambda: listener.frame(1, 0.0, ESME, b""),
        lambda: listener.lost(1, 0.0, ESME, Lost(b"x", 1, False)),
        lambda: listener.closed(1, 0.0, ESME),
        lambda: listener.forget(1),
    ]
    for call in calls:
        with pytest.raises(NotImplementedError):
            call()
