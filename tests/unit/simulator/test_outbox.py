"""What was written on a phone, and what its status reports say."""

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.simulator.outbox import Outbox
from carrierbox.simulator.phone_texts import NO_REPORT, REPORT_AWAITED

NOON = NetworkTime(1_750_000_000.0)
SHOP, BOB = Address(0, 1, "38100"), Address(1, 1, "447700900123")
RECEIVED, BUSY, EXPIRED = 0x00, 0x21, 0x46


def outbox_with(*texts: tuple[Address, str, bool]) -> Outbox:
    outbox = Outbox()
    for destination, text, report in texts:
        outbox.write("33612345678", destination, text, 200, (), NOON, report)
    return outbox


def test_each_part_has_a_message_reference_of_its_own() -> None:
    """TS 23.040 §9.2.3.6: TP-MR goes up by one with each part, and round at 256."""
    outbox = outbox_with((SHOP, "one", True), (SHOP, "x" * 300, True), (SHOP, "three", True))
    assert [(text.tp_mr, text.parts) for text in outbox.texts] == [(0, 1), (1, 2), (3, 1)]
    outbox.message_reference = 255
    outbox.write("33612345678", SHOP, "x" * 300, 200, (), NOON, True)
    assert [outbox.texts[-1].has_part(each) for each in (254, 255, 0, 1)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_text_is_delivered_when_each_part_is() -> None:
    """TS 23.040 §9.2.3.15."""
    outbox = outbox_with((SHOP, "x" * 300, True))
    (text,) = outbox.texts
    assert (text.tp_st, text.reports_missing) == (REPORT_AWAITED, 2)
    outbox.note_report(0, SHOP, BUSY)
    assert (text.tp_st, text.reports_missing) == (BUSY, 2)
    outbox.note_report(0, SHOP, RECEIVED)
    assert (text.tp_st, text.reports_missing) == (RECEIVED, 1)
    outbox.note_report(1, SHOP, EXPIRED)
    assert (text.tp_st, text.reports_missing) == (EXPIRED, 0)


def test_a_report_finds_its_text_by_reference_and_destination() -> None:
    """TP-RA is the destination of the text; of two the newest is meant."""
    outbox = outbox_with((SHOP, "a", True), (BOB, "b", True))
    assert outbox.note_report(0, BOB, RECEIVED) is None
    assert outbox.note_report(1, BOB, RECEIVED) is outbox.texts[1]
    assert [text.tp_st for text in outbox.texts] == [REPORT_AWAITED, RECEIVED]


def test_a_report_that_nobody_asked_for_changes_nothing() -> None:
    """It is told whose it is all the same."""
    outbox = outbox_with((SHOP, "a", False))
    assert outbox.note_report(0, SHOP, RECEIVED) is outbox.texts[0]
    assert outbox.texts[0].tp_st == NO_REPORT
