"""The messages in memory, and the ids they get."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from carrierbox.errors import StoreError
from carrierbox.identifiers import COUNTER_BITS, NODE_MAX
from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc.messages import RECEIPT_DONE, RECEIPT_NONE, TO_PHONE, Message
from carrierbox.smsc.ports import NEVER, SHOWN, Row
from carrierbox.smsc.rows import row_of

CANDIDATES_MAX: Final = 64
KEEP_MESSAGES_DEFAULT: Final = 100_000
ENTRY_OCTETS: Final = 200
"""What a finished message takes in the journal beside its text and TLVs, about."""
SHOWN_MIN: Final = 10_000
EXPIRED_AT_ONCE: Final = 500


class Registry:
    """Messages by id: all that are unfinished and history, the newest finished ones.

    History is at most `keep_messages`, about `keep_octets` and `keep_age_s` network seconds old; 0
    is no bound of the latter two.
    """

    def __init__(
        self,
        node: int = 0,
        keep_messages: int = KEEP_MESSAGES_DEFAULT,
        keep_age_s: float = 0.0,
        keep_octets: int = 0,
    ) -> None:
        if not 0 <= node <= NODE_MAX:
            raise ValueError(f"node must be 0 to {NODE_MAX}, not {node}")
        self._first_id = node << COUNTER_BITS
        self._last_id = (node + 1) << COUNTER_BITS
        self._messages: dict[int, Message] = {}
        self._groups: dict[int, list[Message]] = {}
        self._finished: deque[Message] = deque()
        self.keep_messages = keep_messages
        self.keep_age_s = keep_age_s
        self.keep_octets = keep_octets
        self._octets: int = 0
        self._held: list[Message] = []
        """Too old for history, but they owe a receipt or their row is not written."""
        self.newest_id = self._first_id
        self.still_shows: Callable[[str, float], bool] = may_show
        """Whether a phone still shows what it got at that time; the network is asked."""
        self.has_paged_out = False
        """Whether a message that is not history ever left memory for the table."""
        self.shown: list[Row] = []
        """Beyond history, in the journal alone, and perhaps on a phone."""
        self._shown_max: int = SHOWN_MIN
        self.forgotten: list[Message] = []
        """What left history: whoever keeps the table of messages empties this list."""

    def next_id(self) -> int:
        """A new id. One that was given out never comes back, even if its commit fails."""
        if self.newest_id + 1 >= self._last_id:
            raise StoreError("this node has given out all its message ids")
        self.newest_id += 1
        return self.newest_id

    def add(self, message: Message) -> None:
        """Keep a message."""
        self._messages[message.message_id] = message
        if message.client_id != message.message_id:
            self._groups.setdefault(message.client_id, []).append(message)
        self.note_id(message.message_id)

    def note_id(self, message_id: int) -> None:
        """This id was given out; one of another node says nothing about this node's counter."""
        if self.newest_id < message_id < self._last_id:
            self.newest_id = message_id

    def forget(self, message: Message) -> None:
        """Drop a message as if it had never been."""
        self._messages.pop(message.message_id, None)
        if message.client_id != message.message_id:
            self._leave_group(message)

    def _leave_group(self, message: Message) -> None:
        group = self._groups.get(message.client_id)
        if group is not None and message in group:
            group.remove(message)
            if not group:
                del self._groups[message.client_id]

    def of_client(self, client_id: int) -> list[Message]:
        """The messages an ESME knows by this id: one, or the destinations of a submit_multi."""
        found = [*self._groups.get(client_id, ())]
        first = self._messages.get(client_id)
        if first is not None and first.client_id == client_id:
            found.insert(0, first)
        return found

    def ids_like(self, low_part: int, modulus: int) -> list[int]:
        """The ids of messages whose remainder by `modulus` is this, the newest first.

        Ids of submit_multi are among them. Without a modulus it is that very id.
        """
        if not modulus:
            return [low_part] if self._is_known(low_part) else []
        newest = self.newest_id
        candidate = newest - (newest - low_part) % modulus
        if (candidate - self._first_id) // modulus > len(self._messages):
            # Fewer messages than ids that may be meant: ask the messages.
            found = {
                one.client_id: True
                for one in self.newest_first()
                if one.client_id % modulus == low_part
            }
            return list(found)
        ids: list[int] = []
        while candidate > self._first_id:
            if self._is_known(candidate):
                ids.append(candidate)
            candidate -= modulus
        return ids

    def _is_known(self, message_id: int) -> bool:
        return message_id in self._messages or message_id in self._groups

    def ids_in_table(self, low_part: int, modulus: int) -> list[int]:
        """As `ids_like`, of ids of which the table may know more than memory does.

        The newest alone, if very many may be meant.
        """
        newest = self.newest_id
        if not modulus:
            candidates = [low_part] if self._first_id < low_part <= newest else []
        else:
            first = newest - (newest - low_part) % modulus
            last = max(self._first_id, first - CANDIDATES_MAX * modulus)
            candidates = list(range(first, last, -modulus))
        return [one for one in candidates if one in self._groups or one not in self._messages]

    def find(self, message_id: int) -> Message | None:
        """The message of an id."""
        return self._messages.get(message_id)

    def finished(self, message: Message) -> None:
        """Count a message whose end is committed as history.

        The oldest history goes, but never what still owes a receipt, nor what a row in the table
        says something else about.
        """
        finished = self._finished
        finished.append(message)
        octets = _octets_of(message)
        self._octets += octets
        # A large message may take the place of many small ones.
        for _ in range(2 + octets // ENTRY_OCTETS):
            if len(finished) <= self.keep_messages and (
                not self.keep_octets or self._octets <= self.keep_octets
            ):
                return
            oldest = self._pop_oldest()
            if not self._let_go(oldest):
                finished.append(oldest)
                self._octets += _octets_of(oldest)

    def begin_expiry(self) -> None:
        """Look again at what was too old before and could not go."""
        for message in reversed(self._held):
            self._finished.appendleft(message)
            self._octets += _octets_of(message)
        self._held.clear()

    def expire(self, now: float) -> bool:
        """Let some of the history go that is too old; whether there is more of it."""
        finished = self._finished
        before = now - self.keep_age_s
        for _ in range(EXPIRED_AT_ONCE):
            if not finished or finished[0].final_at > before:
                return False
            oldest = self._pop_oldest()
            if not self._let_go(oldest):
                self._held.append(oldest)
        return True

    @property
    def oldest_end(self) -> float | None:
        """When the oldest message of history ended, about; None if there is no history."""
        return self._finished[0].final_at if self._finished else None

    @property
    def oldest_id(self) -> int:
        """Its id; without history what the next message will have."""
        return self._finished[0].message_id if self._finished else self.newest_id + 1

    @property
    def has_history(self) -> bool:
        """Whether anything may become too old."""
        return bool(self._finished or self._held)

    def _pop_oldest(self) -> Message:
        oldest = self._finished.popleft()
        self._octets = self._octets - _octets_of(oldest) if self._finished else 0
        return oldest

    def _let_go(self, oldest: Message) -> bool:
        """Forget a message that is history no more; False if it cannot go yet."""
        if not oldest.is_final or oldest.is_paged_out:
            return True
        if oldest.receipt not in (RECEIPT_NONE, RECEIPT_DONE) or (
            oldest.has_row and (oldest.is_saving or not oldest.is_saved)
        ):
            return False
        self.forget(oldest)
        if oldest.has_row:
            self.forgotten.append(oldest)
        elif self.is_shown(oldest):
            self._keep_shown(oldest)
        return True

    def _keep_shown(self, message: Message) -> None:
        """The journal tells what a phone shows, until it is cut: as little as can be until then."""
        self.shown.append(row_of(message, SHOWN, NEVER))
        if len(self.shown) > self._shown_max:
            self.look_through_shown()

    def look_through_shown(self) -> None:
        """Drop what no phone shows any more."""
        self.shown = [row for row in self.shown if self.still_shows(row.msisdn, row.at)]
        self._shown_max = max(SHOWN_MIN, 2 * len(self.shown))

    def is_shown(self, message: Message) -> bool:
        """Whether a phone may still show a message that arrived."""
        return (
            message.state == DELIVERED
            and message.target == TO_PHONE
            and self.still_shows(message.msisdn, message.final_at)
        )

    @property
    def unfinished_count(self) -> int:
        """About how many messages in memory are not history."""
        return len(self._messages) - len(self._finished)

    @property
    def history_count(self) -> int:
        """How many messages in memory are history."""
        return len(self._finished)

    @property
    def excess_count(self) -> int:
        """How much history is kept only until the table has it as it is."""
        return max(0, len(self._finished) - self.keep_messages)

    def by_id(self) -> list[Message]:
        """Every message, the newest id first."""
        messages = self._messages
        return [messages[each] for each in sorted(messages, reverse=True)]

    def newest_first(self) -> Iterator[Message]:
        """Every message, the newest first."""
        return reversed(list(self._messages.values()))

    def oldest_first(self) -> list[Message]:
        """Every message, the oldest first."""
        return list(self._messages.values())

    def __len__(self) -> int:
        return len(self._messages)


def _octets_of(message: Message) -> int:
    """What a message takes in the journal, about."""
    submit = message.submit
    octets = ENTRY_OCTETS + len(submit.short_message)
    for each in submit.tlvs:
        octets += len(each.value) + 4
    return octets


def may_show(_msisdn: str, _at: float) -> bool:
    """The answer of a network that nobody can ask yet."""
    return True
