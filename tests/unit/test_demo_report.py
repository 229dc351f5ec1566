"""What the demo makes of what it saw."""

from typing import Any

import pytest

from carrierbox.demo_report import Outcome, Part, Receipt, Text, path_of, report_lines

DAY = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""


def event(number: int, kind: str, at: str, detail: str = "", **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "kind": kind,
        "at": f"2026-01-01T00:00:{at}Z",
        "detail": detail,
        **more,
    }


def good_outcome() -> Outcome:
    """One text that waited for its phone and arrived."""
    part = Part(b"Hi")
    part.submitted_at, part.answered_at = DAY + 1.0001, DAY + 1.005
    part.status, part.message_id = 0, "1"
    text = Text("a text", "+331", "Hi", [part], 0, 0)
    text.seen_waiting, text.seen_waiting_at = "ENROUTE", DAY + 1.5
    outcome = Outcome([text], [Receipt(DAY + 2.003, "1", "DELIVRD", "1")], "ACME")
    outcome.messages["1"] = {
        "message_state": "DELIVERED",
        "events": [
            event(3, "accepted", "01.000"),
            event(4, "routed", "01.000", "SFR"),
            event(5, "attempt", "01.000", "1"),
            event(6, "failed", "01.001", "ABSENT_SUBSCRIBER"),
            event(9, "attempt", "02.001", "2"),
            event(10, "arrived", "02.001"),
            event(11, "receipt_sent", "02.003"),
            event(12, "receipt_acknowledged", "02.003"),
        ],
    }
    outcome.phone_events = [
        event(2, "phone", "00.500", "off", msisdn="+331"),
        event(7, "phone", "02.000", "on", msisdn="+331"),
        event(8, "alert", "02.000", msisdn="+331"),
        event(8, "alert", "02.000", msisdn="+339"),
    ]
    outcome.phones["+331"] = {
        "msisdn": "+331",
        "power": "on",
        "texts": [{"sender": "ACME", "text": "Hi", "parts": 1, "received_at": ""}],
    }
    return outcome


def problems_of(outcome: Outcome, missing: str = "") -> list[str]:
    outcome.check(missing)
    return outcome.problems


def test_what_arrived_as_it_was_sent_has_no_problem() -> None:
    """The last line says so."""
    outcome = good_outcome()
    outcome.took_s = 1.25
    assert problems_of(outcome) == []
    assert report_lines(outcome)[-1] == (
        "All 1 texts arrived as they were sent: 1 message, 1 receipt DELIVRD, in 1.2 s."
    )


def test_a_path_has_what_the_carrier_and_what_the_client_saw_in_order() -> None:
    """The phone's own events between the message's, the receipt before its acknowledgement."""
    outcome = good_outcome()
    steps = path_of(outcome, outcome.texts[0], outcome.texts[0].parts[0])
    assert [(step.who, step.what) for step in steps] == [
        ("client", "submit_sm"),
        ("centre", "accepted"),
        ("centre", "routed to carrier"),
        ("network", "attempt"),
        ("network", "failed"),
        ("client", "submit_sm_resp"),
        ("message", "waits"),
        ("phone", "switched"),
        ("network", "alert: phone is back"),
        ("network", "attempt"),
        ("phone", "arrived"),
        ("centre", "receipt sent"),
        ("client", "receipt"),
        ("centre", "receipt acknowledged"),
    ]
    lines = "\n".join(report_lines(outcome))
    assert "00:00:01.000       +0  client   submit_sm" in lines
    assert "00:00:02.003    +1003  client   receipt               DELIVRD" in lines


@pytest.mark.parametrize(("status", "said"), [(-1, "no answer"), (0x58, "ESME_RTHROTTLED")])
def test_a_refused_submit_is_a_problem(status: int, said: str) -> None:
    """Or one without an answer."""
    outcome = good_outcome()
    outcome.texts[0].parts[0].status = status
    assert f"text 1: submit_sm was not accepted: {said}" in problems_of(outcome)


@pytest.mark.parametrize(
    ("receipts", "said"),
    [
        ([], "text 1: 0 receipts for message 1 instead of 1"),
        (
            [Receipt(DAY, "1", "DELIVRD", "1"), Receipt(DAY, "1", "DELIVRD", "1")],
            "text 1: 2 receipts for message 1 instead of 1",
        ),
        ([Receipt(DAY, "1", "EXPIRED", "1")], "text 1: its receipt says EXPIRED"),
        ([Receipt(DAY, "1", "DELIVRD", "2")], "text 1: the two ids of its receipt differ"),
        (
            [Receipt(DAY, "1", "DELIVRD", ""), Receipt(DAY, "x", "DELIVRD", "x")],
            "a receipt for 'x' came, which was never sent",
        ),
    ],
)
def test_receipts_are_held_against_what_was_sent(receipts: list[Receipt], said: str) -> None:
    """One for each message, DELIVRD, with its own id."""
    outcome = good_outcome()
    outcome.receipts = receipts
    assert problems_of(outcome) == [said]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "text 1: 0 texts on the screen of +331 instead of 1"),
        ([{"sender": "ACME", "text": "Hi", "parts": 1}] * 2, "text 1: 2 texts on the screen"),
        ([{"sender": "ACME", "text": "Ho", "parts": 1}], "shows something else than was sent"),
        ([{"sender": "EVIL", "text": "Hi", "parts": 1}], "shows something else than was sent"),
        ([{"sender": "ACME", "text": "Hi", "parts": 2}], "counts 2 parts"),
    ],
)
def test_screens_are_held_against_what_was_sent(texts: list[dict[str, Any]], said: str) -> None:
    """Exactly once, from the right sender, in as many parts as were sent."""
    outcome = good_outcome()
    outcome.phones["+331"]["texts"] = texts
    (problem,) = problems_of(outcome)
    assert said in problem


def test_a_report_of_nothing_can_be_printed() -> None:
    """The carrier answered nothing in time: what is missing is told first."""
    outcome = Outcome([Text("a text", "+331", "Hi", [Part(b"Hi")], 0, 0)], [], "ACME")
    problems = problems_of(outcome, "the carrier did not answer every submit_sm")
    lines = report_lines(outcome)
    assert "Something is missing:" in lines
    assert lines[-len(problems) :] == [f"  {problem}" for problem in problems]
    assert "  1  a text: not accepted" in lines


def test_parts_of_one_text_have_a_path_each() -> None:
    """One message each, because the client cut it."""
    outcome = good_outcome()
    outcome.texts[0].parts.append(Part(b"there"))
    lines = report_lines(outcome)
    assert "  1  a text, part 1 of 2: message 1 DELIVERED" in lines
    assert "  1  a text, part 2 of 2: not accepted" in lines


def test_an_event_of_a_later_version_is_printed_as_it_is() -> None:
    """Kinds are added, never renamed."""
    outcome = good_outcome()
    outcome.messages["1"]["events"].append(event(13, "teleported", "02.004", "to +332"))
    assert any("carrier  teleported" in line for line in report_lines(outcome))
