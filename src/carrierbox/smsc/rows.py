"""Messages as rows of the store's table, and rows as messages again.

A row's record is the journal entries that would make the message anew, so that there is one form
of a message on disk, and one reader for it.
"""

from carrierbox.clock import NetworkTime
from carrierbox.codecs.default_coding import decode_text_by_default
from carrierbox.errors import StoreError
from carrierbox.smpp.values import ESME_ROK
from carrierbox.smsc import journal
from carrierbox.smsc.messages import RECEIPT_DONE, RECEIPT_HELD, RECEIPT_NONE, Message
from carrierbox.smsc.parts import text_of
from carrierbox.smsc.ports import NEVER, OWED, SCHEDULED, WAITING, Row
from carrierbox.smsc.text_coding import PLAIN_CODING


def row_of(message: Message, place: int, wake_at: float) -> Row:
    """The row of a message as it is now."""
    submit = message.submit
    record = message.accepted_entry or journal.accepted_entry(message)
    if message.attempts:
        record += journal.attempted_entry(message, message.next_at)
    if message.told is not None and message.told.copies_done:
        record += journal.copy_entry(message.message_id, message.told.copies_done)
    if message.is_final:
        record += journal.concluded_entry(message, message.receipt != RECEIPT_NONE)
    if message.receipt == RECEIPT_DONE:
        record += journal.receipt_done_entry(message.message_id, ESME_ROK)
    if message.acknowledged:
        record += journal.acknowledged_entry(message)
    system_id = message.system_id
    if place == OWED and not message.is_final and message.receiver:
        # Who is owed it.
        system_id = message.receiver
    return Row(
        message.message_id,
        message.client_id,
        place,
        message.msisdn,
        submit.priority_flag,
        message.due_at,
        wake_at if place in (WAITING, SCHEDULED) else NEVER,
        system_id,
        submit.source_addr,
        message.final_at if message.is_final else message.accepted_at,
        message.state,
        searched_text(message),
        record,
    )


class Found:
    """A row and the message that it stands for, as memory does not have it."""

    def __init__(self, row: Row, message: Message) -> None:
        self.row = row
        self.message = message


def read_rows(rows: list[Row], problems: list[str]) -> list[Found]:
    """Each row with its message; why one has none is added to `problems`."""
    found: list[Found] = []
    for row in rows:
        try:
            found.append(Found(row, message_of(row)))
        except StoreError as error:
            problems.append(f"message {row.message_id}: {error}")
    return found


def message_of(row: Row) -> Message:
    """The message of a row. StoreError if its record is not what a record must be."""
    message: Message | None = None
    for entry in journal.read_entries(row.record):
        if message is None:
            message = entry.message
            if message is None:
                raise StoreError(f"the row of message {row.message_id} does not begin with it")
            # What follows it takes that back where it says more of the message.
            message.accepted_entry = journal.first_of(row.record)
        else:
            apply_entry(message, entry)
    if message is None:
        raise StoreError(f"the row of message {row.message_id} is empty")
    message.has_row = True
    message.is_saved = True
    message.row_wake_at = row.wake_at
    return message


def apply_entry(message: Message, entry: journal.Entry) -> None:
    """Change a message as an entry says, unless it says so already.

    What was paged out while the journal went on is newer than the entries before: an end that is
    there already stays, and what came before an end does not undo it.
    """
    if entry.kind == journal.ACKNOWLEDGED:
        message.acknowledged |= entry.state
        return
    if entry.kind == journal.COPY:
        if message.told is not None:
            message.told.copies_done = max(message.told.copies_done, entry.attempts)
            message.is_saved = False
        return
    if entry.kind == journal.RECEIPT_DONE:
        if message.receipt != RECEIPT_DONE:
            message.receipt = RECEIPT_DONE
            message.is_saved = False
        return
    if message.is_final or _is_older(message, entry):
        return
    message.is_saved = False
    message.accepted_entry = b""
    message.concluded_entry = b""
    if entry.kind == journal.ATTEMPTED:
        message.segments_acked = entry.segments_acked
        message.attempts = entry.attempts
        message.cause = entry.cause
        message.diagnostic = entry.diagnostic
        message.next_at = entry.at
    elif entry.kind == journal.CONCLUDED:
        message.cause = entry.cause
        message.diagnostic = entry.diagnostic
        message.conclude(entry.state, entry.at)
        if entry.receipt_owed:
            message.receipt = RECEIPT_HELD
    elif entry.kind == journal.VERDICT:
        message.forced_cause = entry.cause
        message.failing_attempts = entry.attempts
    elif entry.kind == journal.RECEIVER:
        message.receiver = entry.system_id
    elif entry.kind == journal.CODING:
        message.coding = entry.coding
        message.segments = None
    elif entry.kind == journal.TOLD and entry.told is not None:
        if message.told is not None:
            entry.told.copies_done = message.told.copies_done
        message.told = entry.told
        message.segments = None
    elif entry.kind == journal.REPLACED and entry.submit is not None:
        message.submit = entry.submit
        message.coding = PLAIN_CODING
        message.accepted_at = NetworkTime(entry.at)
        message.due_at = entry.due_at
        message.expires_at = entry.expires_at
        message.segments = None


def _is_older(message: Message, entry: journal.Entry) -> bool:
    """Whether a message has been tried, or replaced, since an entry was written."""
    if entry.kind == journal.ATTEMPTED:
        return entry.attempts <= message.attempts
    return entry.kind in (journal.REPLACED, journal.TOLD) and entry.at < message.accepted_at


def searched_text(message: Message) -> str:
    """The text, for search: of a part what the part holds."""
    submit = message.submit
    if submit.esm_class or submit.tlvs:
        return text_of(message)
    coding = message.coding.default_coding
    return decode_text_by_default(submit.short_message, submit.data_coding, coding)
