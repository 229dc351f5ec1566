"""The record of one message and the one state machine it goes through (SMPP 3.4 §5.2.28).

A message begins ENROUTE and reaches exactly one final state. Every change of state goes through
`conclude` and `reopen`, which ask `may_end` and `is_final`; whatever would finish a message twice
is an error here, so that a timer and an alert that meet cannot both send, and no receipt is made
twice. `docs/life-of-a-message.md` tells who calls them when, and a test compares the two.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.receipt_dialect import STANDARD, Dialect
from carrierbox.codecs.segmentation import Segment
from carrierbox.errors import CarrierboxError
from carrierbox.identifiers import Address, LinkId
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import (
    DELETED,
    DELIVERED,
    ENROUTE,
    EXPIRED,
    REJECTED,
    UNDELIVERABLE,
)
from carrierbox.smsc.text_coding import PLAIN_CODING, TextCoding
from carrierbox.smsc.told import TAKEN_AFTER_S, Told

FINAL_STATES: Final = frozenset(
    {
        DELIVERED,
        EXPIRED,
        DELETED,
        UNDELIVERABLE,
        REJECTED,
    }
)

# Where a message came from.
FROM_ESME: Final = 0
FROM_PHONE: Final = 1
# Where it goes.
TO_PHONE: Final = 0
TO_ESME: Final = 1

# Its receipt.
RECEIPT_NONE: Final = 0
RECEIPT_HELD: Final = 1
RECEIPT_SENT: Final = 2
RECEIPT_DONE: Final = 3

REFERENCE_SEGMENT_BITS: Final = 8


class IllegalTransitionError(CarrierboxError):
    """A message that is final was to be finished again, or one that is not was to be reopened."""


class Awaited:
    """A request whose response waits for the outcome of its message (SMPP 3.4 §2.10.3).

    The response names the message as `dialect` writes ids.
    """

    def __init__(
        self,
        link_id: LinkId,
        command_id: int,
        sequence_number: int,
        dialect: Dialect = STANDARD,
        answers: int = 1,
    ) -> None:
        self.link_id = link_id
        self.command_id = command_id
        self.sequence_number = sequence_number
        self.dialect = dialect
        self.answers = answers
        """How often it is answered."""


class Message:
    """One accepted short message to one destination, from acceptance to its acknowledged receipt.

    `client_id` is the id its ESME knows it by: all destinations of one submit_multi share one.
    `coding`: what data_coding 0 means in it, and the national tables the centre chose.

    Times are network seconds; 0.0 means not yet. `segments` is made at the first attempt;
    `segments_acked` has a bit for each part that the phone acknowledged, `segments_out` for each
    part the network has not answered yet.

    `forced_cause` is the network error that its rule lets it fail with (0: none), in the first
    `failing_attempts` attempts (0: in every one). `receiver` is the account that one ESME's message
    to another goes to; `system_id` is the sender's. `told` is what else a rule made of it, None for
    most. `acknowledged` has a bit, 1 << kind, for each acknowledgement that its phone has sent.

    `next_at` is when the attempt after a failed one is due. `has_row`: the table of the store may
    have a row of it; `is_saved`: that row says what is true now, or will once it is committed
    (`is_saving`); `row_lacks_end`: of one that is final, that it says all else; `row_wake_at`: when
    the row has to be looked at; `is_paged_out`: it left memory, and what still names it names
    nothing. `parts_on_phone` has a bit for each part that the phone ever acknowledged, and
    `is_on_phone` is true once it has them all: neither is undone when a commit fails, for the phone
    shows what it shows. `awaited`: who waits for the outcome, in transaction mode. `is_settling`:
    its receipt is settled by a commit that is not made yet.

    `is_history`: its end is committed. `accepted_entry` and `concluded_entry` are what the journal
    got of it, b"" where nobody kept that or it says so no more: history keeps a message as these.
    """

    def __init__(
        self,
        message_id: int,
        system_id: str,
        origin: int,
        target: int,
        submit: SubmitSm,
        source: Address,
        msisdn: str,
        country: str,
        carrier: str,
        rule: str,
        concatenation_reference: int,
        accepted_at: NetworkTime,
        due_at: NetworkTime,
        expires_at: NetworkTime,
    ) -> None:
        self.message_id = message_id
        self.client_id = message_id
        self.system_id = system_id
        self.origin = origin
        self.target = target
        self.submit = submit
        self.source = source
        self.msisdn = msisdn
        self.country = country
        self.carrier = carrier
        self.rule = rule
        self.forced_cause: int = 0
        self.failing_attempts: int = 0
        self.concatenation_reference = concatenation_reference
        self.accepted_at = accepted_at
        self.due_at = due_at
        self.expires_at = expires_at
        self.state: int = ENROUTE
        self.attempts: int = 0
        self.coding: TextCoding = PLAIN_CODING
        self.segments: list[Segment] | None = None
        self.tp_dcs: int = 0
        self.segments_acked = self.segments_out = 0
        self.parts_on_phone: int = 0
        self.is_on_phone: bool = False
        self.is_queued: bool = False
        self.expiry_is_armed: bool = False
        self.next_at: NetworkTime = NetworkTime(0.0)
        self.has_row: bool = False
        self.is_saved = self.is_saving = self.row_lacks_end = False
        self.row_wake_at: float = 0.0
        self.is_settling: bool = False
        self.is_paged_out: bool = False
        self.cause: int = 0
        self.diagnostic: int = 0
        self.final_at: NetworkTime = NetworkTime(0.0)
        self.receipt: int = RECEIPT_NONE
        self.receiver: str = ""
        self.told: Told | None = None
        self.acknowledged: int = 0
        self.awaited: Awaited | None = None
        self.is_history: bool = False
        self.accepted_entry = self.concluded_entry = b""

    @property
    def is_final(self) -> bool:
        """Whether the message reached its final state."""
        return self.state != ENROUTE

    @property
    def receipt_is_open(self) -> bool:
        """Whether a receipt is owed that nobody acknowledged."""
        return self.receipt not in (RECEIPT_NONE, RECEIPT_DONE)

    @property
    def state_told(self) -> int:
        """What its sender is told of its end: its state, unless a rule says otherwise."""
        told = self.told
        if told is None:
            return self.state
        is_said = self.is_told_when_taken if told.when_taken else self.state != ENROUTE
        return (told.message_state or self.state) if is_said else self.state

    @property
    def is_told_when_taken(self) -> bool:
        """Whether its sender is told as soon as the network has taken it, which it did or will."""
        if self.told is None or not self.told.when_taken:
            return False
        return self.state == ENROUTE or self.final_at >= max(self.accepted_at, self.due_at)

    @property
    def told_at(self) -> float:
        """From when on its sender is told of its end; of one that is final, or told when taken."""
        told = self.told
        if told is None:
            return self.final_at
        if self.is_told_when_taken:
            at = max(self.accepted_at, self.due_at) + (told.after_s or TAKEN_AFTER_S)
            # A phone that has it within that second is quicker than its network.
            is_quick = self.state != ENROUTE and not told.after_s
            return min(at, self.final_at) if is_quick else at
        return self.final_at + told.after_s

    @property
    def goes_nowhere(self) -> bool:
        """Whether a rule keeps it from its phone, and its next attempt is none that shall fail."""
        if self.told is None or self.told.delivers:
            return False
        return not self.forced_cause or 0 < self.failing_attempts <= self.attempts

    def may_end(self, state: int) -> bool:
        """The guard of every end: once, in a final state, and DELIVERED if the phone has it all."""
        return (
            self.state == ENROUTE
            and state in FINAL_STATES
            and (not self.is_on_phone or state == DELIVERED)
        )

    @property
    def is_beyond_change(self) -> bool:
        """The guard of cancel_sm and replace_sm (SMPP 3.4 §4.9, §4.10): whether it is too late.

        It is for a message that is final, an ESME's, on its way, or on its phone, in part or as a
        whole. The last may be so although the message waits: the phone had it when the commit that
        would have said so failed.
        """
        return (
            self.state != ENROUTE
            or self.target == TO_ESME
            or self.segments_out != 0
            or self.segments_acked != 0
            or self.parts_on_phone != 0
        )

    def conclude(self, state: int, at: NetworkTime) -> None:
        """Move from ENROUTE to the final state `state`."""
        if not self.may_end(state):
            raise IllegalTransitionError(
                f"message {self.message_id} cannot go from state {self.state} to {state}"
            )
        self.state = state
        self.final_at = at
        self.row_lacks_end = self.has_row and self.is_saved
        self.is_saved = False

    def reopen(self, keeps_receipt: bool = False) -> None:
        """Undo `conclude`, because its commit failed.

        `keeps_receipt`: its end owed none, what its network said when it took it stays said.
        """
        if self.state == ENROUTE:
            raise IllegalTransitionError(f"message {self.message_id} is not final")
        self.state = ENROUTE
        self.final_at = NetworkTime(0.0)
        if not keeps_receipt:
            self.receipt = RECEIPT_NONE
        self.is_history = False
        self.concluded_entry = b""
        self.row_lacks_end = False
        self.is_saved = False


def reference_of(message_id: int, segment: int) -> int:
    """The reference under which a part crosses the relay; the same for every attempt."""
    return (message_id << REFERENCE_SEGMENT_BITS) | segment


def message_id_of(reference: int) -> int:
    """The message a relay reference belongs to."""
    return reference >> REFERENCE_SEGMENT_BITS


def segment_of(reference: int) -> int:
    """The index of the part within its message."""
    return reference & 0xFF
