"""Messages as rows of the table, and back."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.errors import StoreError
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import DELIVERED, ESME_ROK, EXPIRED
from carrierbox.smsc import journal
from carrierbox.smsc.messages import (
    FROM_ESME,
    RECEIPT_DONE,
    RECEIPT_HELD,
    TO_PHONE,
    Message,
)
from carrierbox.smsc.packed import entries_of
from carrierbox.smsc.ports import FINISHED, NEVER, OWED, WAITING, Row
from carrierbox.smsc.rows import apply_entry, message_of, read_rows, row_of

AT = NetworkTime(1_800_000_000.0)


def a_message(message_id: int = 7, text: bytes = b"Hi @ home") -> Message:
    submit = SubmitSm(
        source_addr="ACME",
        destination_addr="33612345678",
        priority_flag=2,
        short_message=text,
        registered_delivery=1,
    )
    return Message(
        message_id,
        "demo",
        FROM_ESME,
        TO_PHONE,
        submit,
        Address(5, 0, "ACME"),
        "33612345678",
        "FR",
        "Orange",
        "open",
        message_id & 0xFF,
        AT,
        AT,
        NetworkTime(AT + 3600),
    )


def test_a_message_that_waits_comes_back_as_it_was() -> None:
    """Also its attempts, the time of the next one and the parts that the phone has."""
    message = a_message()
    message.attempts = 3
    message.cause = 6
    message.segments_acked = 0b101
    message.next_at = NetworkTime(AT + 60)
    row = row_of(message, WAITING, AT + 60)
    again = message_of(row)
    assert (row.place, row.priority, row.wake_at, row.at) == (WAITING, 2, AT + 60, AT)
    for name in ("message_id", "client_id", "system_id", "msisdn", "country", "carrier", "rule"):
        assert getattr(again, name) == getattr(message, name)
    assert (again.attempts, again.cause, again.segments_acked) == (3, 6, 0b101)
    assert (again.next_at, again.expires_at) == (AT + 60, AT + 3600)
    assert again.submit.short_message == b"Hi @ home"
    assert again.has_row
    assert again.is_saved


@pytest.mark.parametrize("forced_cause", [0, 27])
@pytest.mark.parametrize("attempts", [0, 3])
def test_what_the_journal_got_of_a_message_is_the_same_for_one_that_comes_back(
    forced_cause: int, attempts: int
) -> None:
    """History keeps it as these octets, a rule's verdict among them."""
    message = a_message()
    message.forced_cause, message.attempts = forced_cause, attempts
    again = message_of(row_of(message, WAITING, AT + 60))
    assert entries_of(again) == journal.accepted_entry(message)


def test_what_is_final_never_wakes_anybody() -> None:
    """An owed receipt waits for its account, history for nothing."""
    message = a_message()
    message.conclude(EXPIRED, NetworkTime(AT + 9))
    message.receipt = RECEIPT_HELD
    owed = row_of(message, OWED, AT + 60)
    assert (owed.wake_at, owed.at, owed.state) == (NEVER, AT + 9, EXPIRED)
    assert message_of(owed).receipt == RECEIPT_HELD
    message.receipt = RECEIPT_DONE
    assert message_of(row_of(message, FINISHED, NEVER)).receipt == RECEIPT_DONE


def test_the_text_of_a_row_is_what_a_search_must_find() -> None:
    """Without the header of a part, decoded as its data_coding says."""
    message = a_message(text="Ünïcode".encode("utf-16-be"))
    message.submit.data_coding = 8
    assert row_of(message, WAITING, AT).text == "Ünïcode"
    part = a_message(text=b"\x05\x00\x03\x01\x02\x01" + b"first half")
    part.submit.esm_class = 0x40
    assert row_of(part, WAITING, AT).text == "first half"


def test_an_end_in_a_row_outlives_older_entries_of_the_journal() -> None:
    """A row may be newer than what a restart replays on top of it."""
    message = a_message()
    message.conclude(DELIVERED, NetworkTime(AT + 5))
    message.receipt = RECEIPT_DONE
    row = row_of(message, FINISHED, NEVER)
    again = message_of(row)
    older = a_message()
    older.attempts = 1
    (attempted,) = journal.read_entries(journal.attempted_entry(older, NetworkTime(AT + 1)))
    apply_entry(again, attempted)
    assert (again.state, again.attempts, again.is_saved) == (DELIVERED, 0, True)


def test_an_entry_that_says_something_new_makes_a_row_old() -> None:
    """So that the next run writes it again."""
    message = a_message()
    message.conclude(DELIVERED, NetworkTime(AT + 5))
    message.receipt = RECEIPT_HELD
    again = message_of(row_of(message, OWED, NEVER))
    (done,) = journal.read_entries(journal.receipt_done_entry(7, ESME_ROK))
    apply_entry(again, done)
    assert (again.receipt, again.is_saved) == (RECEIPT_DONE, False)


@pytest.mark.parametrize(
    "record",
    [b"", b"\x01", journal.receipt_done_entry(7, 0)],
    ids=["empty", "torn", "without its acceptance"],
)
def test_a_record_that_makes_no_message_is_told_and_left_out(record: bytes) -> None:
    """Its checksum holds, but a newer version or a bug wrote it: nothing else suffers."""
    good = row_of(a_message(8), WAITING, AT)
    bad = Row(7, 7, WAITING, "336", 0, AT, AT, "demo", "", AT, 1, "", record)
    problems: list[str] = []
    found = read_rows([bad, good], problems)
    assert [one.message.message_id for one in found] == [8]
    assert len(problems) == 1
    assert "message 7" in problems[0]
    with pytest.raises(StoreError):
        message_of(bad)
