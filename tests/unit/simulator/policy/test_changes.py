"""What rules change in a message: when it goes, who it comes from, what it says."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.matching import Change
from carrierbox.numbering import load_number_plan
from carrierbox.relay import Submission, Verdict
from carrierbox.simulator.policy.changes import (
    AnotherSender,
    AnotherText,
    Held,
    HeldUntil,
    westernmost,
)
from carrierbox.simulator.policy.local_time import NumberZones

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC).timestamp()
ZONES = NumberZones(load_number_plan())


def changed(
    change: Change, text: str = "Hi", to: str = "33612345678", noted: Verdict | None = None
) -> Verdict:
    """A verdict with a change."""
    verdict = Verdict() if noted is None else noted
    submission = Submission(
        "shop",
        Address(5, 0, "ACME"),
        to,
        "FR",
        "Orange",
        8,
        b"",
        text.encode("utf-16-be"),
        at=NetworkTime(NOON),
    )
    change.apply(submission, verdict)
    return verdict


def test_a_hold_counts_from_the_submission_and_the_longest_counts() -> None:
    """Two rules that hold: the later time."""
    verdict = changed(Held(60.0))
    assert verdict.hold_until == NOON + 60.0
    assert changed(Held(30.0), noted=verdict).hold_until == NOON + 60.0


@pytest.mark.parametrize(
    ("to", "minute", "hours"),
    [
        ("33612345678", 13 * 60, 0.0),
        ("33612345678", 14 * 60, 1.0),
        ("33612345678", 8 * 60, 19.0),
        ("12125550123", 8 * 60, 1.0),
        ("000", 13 * 60, 1.0),
    ],
)
def test_a_time_of_day_is_that_of_the_phone(to: str, minute: int, hours: float) -> None:
    """Noon in UTC is 13:00 in Paris and 7:00 in New York; UTC where no zone is known."""
    assert changed(HeldUntil(minute, ZONES), to=to).hold_until == NOON + hours * 3600


def test_of_several_zones_the_westernmost_counts() -> None:
    """Where it is eight last; UTC where there is none."""
    zones = [ZoneInfo(name) for name in ("America/New_York", "America/Los_Angeles", "Asia/Tokyo")]
    assert westernmost([*zones], NOON) is zones[1]
    assert westernmost([], NOON) is UTC


def test_a_sender_is_drawn_by_the_number() -> None:
    """The same for the same number, also in another process."""
    pool = [Address(5, 0, name) for name in ("A", "B", "C", "D")]
    drawn = [changed(AnotherSender(pool), to=f"3361234567{n}").source for n in range(10)]
    again = [changed(AnotherSender(pool), to=f"3361234567{n}").source for n in range(10)]
    assert drawn == again
    assert len({each.value for each in drawn if each is not None}) > 1


@pytest.mark.parametrize(
    ("written", "sender", "shown"),
    [
        ("VM-{sender}", Address(5, 0, "ACMEIN"), Address(5, 0, "VM-ACMEIN")),
        ("VM-{sender}-T", Address(5, 0, "ACMEINDIA"), Address(5, 0, "VM-ACMEINDI")),
        ("{sender}", Address(1, 1, "447700900123"), Address(1, 1, "447700900123")),
        ("00{sender}", Address(1, 1, "447700900123"), Address(1, 1, "447700900123")),
        ("{sender}", Address(5, 0, "B!ll"), None),
    ],
)
def test_a_sender_is_made_of_the_one_before(
    written: str, sender: Address, shown: Address | None
) -> None:
    """R6: a header behind the letters of its operator; what would be no sender changes nothing."""
    verdict = Verdict(source=sender)
    template = AnotherSender([Address(5, 0, written)])
    assert changed(template, noted=verdict).source == (sender if shown is None else shown)
    made = changed(AnotherSender([Address(5, 0, "VM-{sender}")])).source
    assert made == Address(5, 0, "VM-ACME")


@pytest.mark.parametrize(
    ("before", "instead", "after"),
    [
        ("Go to https://a.example/x?y=1#z now", "", "Go to now"),
        ("Go to https://a.example", "", "Go to"),
        ("See bit.ly/x, or www.b.example.", "", "See, or."),
        ("See bit.ly/x, or www.b.example.", "[link]", "See [link], or [link]."),
        ("http://10.0.0.1/x twice http://10.0.0.1/x", "-", "- twice -"),
        ("Mail to me@a.example. Thanks.", "", "Mail to me@a.example. Thanks."),
        ("No link here.", "x", "No link here."),
        ("https://a.example:8080/ and\nhttps://b.example", "L", "L and\nL"),
    ],
)
def test_links_go_and_sentences_stay(before: str, instead: str, after: str) -> None:
    """What phones would show as something to tap."""
    verdict = changed(AnotherText(instead, -1, ""), before)
    assert (before if verdict.text is None else verdict.text) == after


def test_a_text_that_stays_as_it_was_is_not_kept_twice() -> None:
    """None: the phone shows what was submitted."""
    assert changed(AnotherText("", 100, "")).text is None


def test_one_change_goes_on_where_the_one_before_ended() -> None:
    """Rules that go on change what they find."""
    verdict = changed(AnotherText(None, -1, " and more"), "Hi")
    assert changed(AnotherText(None, 6, "!"), "Hi", noted=verdict).text == "Hi and!"
