"""What `carrierbox phone` prints beside a screen."""

from typing import Any

from carrierbox.phone_words import (
    deleted_line,
    list_lines,
    memory_lines,
    responder_lines,
    sent_lines,
    thread_lines,
)


def test_phones_are_listed_a_line_each() -> None:
    """What waits, and how many more there are."""
    phone = {"msisdn": "+331", "carrier": "SFR", "country": "FR", "power": "on", "waiting": 2}
    other = {"msisdn": "+4477", "carrier": "", "country": "GB", "power": "off"}
    assert list_lines({"phones": [phone, other], "total": 12}) == [
        "+331   SFR  FR  on   2 messages waiting",
        "+4477       GB  off",
        "… and 10 more: --limit",
    ]
    assert list_lines({"phones": [], "total": 0}) == ["(no phones)"]


def test_conversations_show_direction_number_time_and_report() -> None:
    """Each under the other end; nothing steers the terminal."""
    received = {
        "direction": "received",
        "number": 3,
        "text": "Hi\x1b",
        "at": "2026-01-02T03:04:05Z",
    }
    sent = {**received, "direction": "sent", "number": 1, "text": "Yes", "report": "delivered"}
    threads = [{"other": "+331", "texts": [received, sent]}, {"other": "ACME", "texts": []}]
    assert thread_lines({"threads": threads}) == [
        "+331",
        "  < 3  03:04:05",
        "    Hi\\x1b",
        "  > 1  03:04:05  [delivered]",
        "    Yes",
        "",
        "ACME",
    ]
    assert thread_lines({"threads": []}) == ["(no texts)"]


def test_the_newest_sent_texts_are_told_in_a_line_each() -> None:
    """Shortened, with their report."""
    sent = [{"to": "36000", "text": "x" * 50, "report": "none"}] * 9
    sent.append({"to": "+331", "text": "Hi", "report": "awaited"})
    lines = sent_lines({"sent": sent})
    assert len(lines) == 5
    assert lines[-2:] == [
        f"sent to 36000: {'x' * 39}…",
        "sent to +331: Hi  [report awaited]",
    ]


def test_a_memory_is_told_with_its_dummies() -> None:
    """And what it does when it is full."""
    memory: dict[str, Any] = {
        **{"phone": 2, "sim": 1, "phone_used": 2, "sim_used": 1},
        **{"dummies": 2, "when_full": "refuse"},
    }
    assert memory_lines({"msisdn": "+331", "memory": memory}) == [
        "+331   memory: 2 of 2 on the phone, 1 of 1 on the SIM, 2 dummy texts among them; "
        "full: it refuses"
    ]
    assert memory_lines({"msisdn": "+331"}) == ["+331   it keeps its newest texts"]


def test_responders_are_told_in_the_order_in_which_they_are_asked() -> None:
    """The phone's own first."""
    own = {"answer": "ok", "when": {"text": {"contains": "CODE"}}, "after": "5s", "times": 2}
    assert responder_lines({"responders": [own], "of_all_phones": [{"answer": "no"}]}) == [
        "when text: {contains: CODE}  answer 'ok'  after 5s  2 times at most",
        "when any text                answer 'no'  after 0s                   all phones",
    ]
    assert responder_lines({}) == ["(it answers nothing by itself)"]


def test_what_was_deleted_is_counted() -> None:
    """One or several."""
    assert deleted_line("+331", {"deleted": 1}) == "1 text deleted from +331"
    assert deleted_line("+331", {"deleted": 3}) == "3 texts deleted from +331"
