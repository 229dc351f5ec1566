"""The messages in memory, and the ids they get."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from carrierbox.errors import StoreError
from carrierbox.identifiers import COUNTER_BITS, NODE_MAX
from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc.gone_rows import GoneRows
from carrierbox.smsc.id_blocks import IdBlocks
from carrierbox.smsc.messages import FROM_PHONE, RECEIPT_DONE, RECEIPT_NONE, TO_PHONE, Message
from carrierbox.smsc.packed import (
    Kept,
    arrived_on_phone,
    client_id_of,
    ended_at,
    has_row,
    is_packable,
    is_saved,
    msisdn_of,
    opened,
    pack,
    pack_shown,
    size_of,
    unpack,
)
from carrierbox.smsc.shown_records import ShownRecords

CANDIDATES_MAX: Final = 64
KEEP_MESSAGES_DEFAULT: Final = 100_000
ENTRIES_OCTETS_MIN: Final = 100
"""A finished message takes no less in the journal, about."""
EXPIRED_AT_ONCE: Final = 500
_NOT_BY_THE_JOURNAL: Final = 1 << 62
"""A number of no commit, beyond every watermark."""


class Registry:
    """Messages by id: all that are unfinished and history, the newest finished ones.

    History is packed (`packed`) as soon as nothing happens to a message by itself any more. Whoever
    looks for one gets a message, which stays as it is until `rest`: called when nothing is decided
    and not committed, and so nobody has it in hand who may still change it.

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
        self._messages: IdBlocks[Kept] = IdBlocks()
        self._groups: dict[int, list[int]] = {}
        self._finished: deque[int] = deque()
        self._unpacked: list[int] = []
        """Of history, and perhaps to be packed again. Ids: what left memory is not to be held."""
        self._paged_out: dict[int, int] = {}
        """How often ids are in `_finished` whose messages left memory and owe a receipt."""
        self.keep_messages = keep_messages
        self.keep_age_s = keep_age_s
        self.keep_octets = keep_octets
        self._octets: int = 0
        self._held: list[int] = []
        """Too old for history, but they owe a receipt or their row is not written."""
        self.newest_id = self._first_id
        self.still_shows: Callable[[str, float], bool] = may_show
        """Whether a phone still shows what it got at that time; the network is asked."""
        self.has_paged_out = False
        """Whether a message that is not history ever left memory for the table."""
        self.shown = ShownRecords()
        """Beyond history, in the journal alone, and perhaps on a phone."""
        self.unwritten: IdBlocks[int] = IdBlocks()
        """Of history whose rows lack nothing but the end, and of what is `leaving`: the number of
        the commit that says so in the journal.
        """
        self.leaving: list[int] = []
        """Too old for history, but in memory until the table is told, by whoever empties this."""
        self.rows_in_the_way: int = 0
        """Rows that were read for nothing, as they still say that their messages wait."""
        self.committed_number: int = 0
        """That of the newest commit."""
        self.gone_rows = GoneRows()
        """What is in memory no more, but was when rows were asked for that may still come."""
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
        self._messages.put(message.message_id, message)
        if message.client_id != message.message_id:
            self._groups.setdefault(message.client_id, []).append(message.message_id)
        self.note_id(message.message_id)

    def note_id(self, message_id: int) -> None:
        """This id was given out; one of another node says nothing about this node's counter."""
        if self.newest_id < message_id < self._last_id:
            self.newest_id = message_id

    def forget(self, message: Message) -> None:
        """Drop a message as if it had never been."""
        message_id = message.message_id
        if self._messages.pop(message_id) is None:
            return
        if self.unwritten:
            self.unwritten.pop(message_id)
        if message.client_id != message_id:
            self._leave_group(message_id, message.client_id)
        if message.is_history and message.is_paged_out:
            self._octets -= size_of(message)
            self._paged_out[message_id] = self._paged_out.get(message_id, 0) + 1

    def _leave_group(self, message_id: int, client_id: int) -> None:
        group = self._groups.get(client_id)
        if group is not None and message_id in group:
            group.remove(message_id)
            if not group:
                del self._groups[client_id]

    def of_client(self, client_id: int) -> list[Message]:
        """The messages an ESME knows by this id: one, or the destinations of a submit_multi."""
        found: list[Message] = []
        first = self.find(client_id)
        if first is not None and first.client_id == client_id:
            found.append(first)
        for message_id in self._groups.get(client_id, ()):
            message = self.find(message_id)
            if message is not None:
                found.append(message)
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
            known = {one for one in self.ids() if one % modulus == low_part}
            known.update(one for one in self._groups if one % modulus == low_part)
            return sorted(known, reverse=True)
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
        kept = self._messages.get(message_id)
        if kept is None or isinstance(kept, Message):
            return kept
        message = unpack(kept)
        self._messages.put(message_id, message)
        self._unpacked.append(message_id)
        return message

    def in_hand(self, message_id: int) -> Message | None:
        """The message of an id, if something may still happen to it by itself."""
        kept = self._messages.get(message_id)
        return kept if isinstance(kept, Message) else None

    def knows(self, message_id: int) -> bool:
        """Whether memory knows better than a row that came now what became of a message."""
        return message_id in self._messages or self.gone_rows.holds(message_id)

    def to_page(self, message_id: int, covers_id: int, watermark: int) -> Message | None:
        """The message of an id, unless the table needs not be told of it.

        That is so of history that it has, of history beyond `covers_id` that it has not, and where
        the journal beyond `watermark` says all that its row does not.
        """
        kept = self._messages.get(message_id)
        if (self.unwritten.get(message_id) or 0) > watermark and not (
            isinstance(kept, Message) and kept.receipt_is_open
        ):
            return None
        if isinstance(kept, bytes) and (
            is_saved(kept) if has_row(kept) else message_id > covers_id
        ):
            return None
        return self.find(message_id)

    def found_row(self, message_id: int) -> bool:
        """Whether a row that says that its message waits was read for nothing: memory knows it."""
        if message_id not in self._messages:
            return self.gone_rows.holds(message_id)
        if self.unwritten.pop(message_id):
            # Whoever looks next need not read it again.
            self.rows_in_the_way += 1
        return True

    def finished(self, message: Message) -> Kept:
        """Count a message whose end is committed as history; how it is kept, at first.

        The oldest history goes, but never what still owes a receipt, nor what a row in the table
        says something else about.
        """
        finished = self._finished
        message_id = message.message_id
        finished.append(message_id)
        message.is_history = True
        if message.row_lacks_end:
            self.unwritten.put(message_id, self.committed_number)
        octets = size_of(message)
        self._octets += octets
        # That a receipt is settled may not be committed yet.
        if message.receipt == RECEIPT_NONE or message.origin == FROM_PHONE:
            self.settled(message)
        kept = self._messages.get(message_id) or message
        # A large message may take the place of many small ones.
        for _ in range(2 + octets // ENTRIES_OCTETS_MIN):
            if len(finished) <= self.keep_messages and (
                not self.keep_octets or self._octets <= self.keep_octets
            ):
                break
            oldest = self._pop_oldest()
            if not self._let_go(oldest):
                finished.append(oldest)
                self._octets += self._size_of(oldest)
        return kept

    def settled(self, message: Message) -> None:
        """Pack a message of history if nothing happens to it any more, and that is committed."""
        message.is_settling = False
        if is_packable(message):
            message_id = message.message_id
            if self._messages.get(message_id) is message:
                self._messages.put(message_id, pack(message))
        elif message.is_history:
            self.rest_later(message)

    def rest_later(self, message: Message) -> None:
        """Pack a message when nobody has it in hand."""
        self._unpacked.append(message.message_id)

    def rest(self) -> None:
        """Pack what was unpacked: nothing is decided and not committed."""
        if self._unpacked:
            messages = self._messages
            for message_id in self._unpacked:
                kept = messages.get(message_id)
                if isinstance(kept, Message) and is_packable(kept):
                    messages.put(message_id, pack(kept))
            self._unpacked.clear()

    def begin_expiry(self) -> None:
        """Look again at what was too old before and could not go."""
        for message_id in reversed(self._held):
            self._finished.appendleft(message_id)
            self._octets += self._size_of(message_id)
        self._held.clear()

    def expire(self, now: float) -> bool:
        """Let some of the history go that is too old; whether there is more of it."""
        before = now - self.keep_age_s
        for _ in range(EXPIRED_AT_ONCE):
            end = self.oldest_end
            if end is None or end > before:
                return False
            oldest = self._pop_oldest()
            if not self._let_go(oldest):
                self._held.append(oldest)
        return True

    @property
    def oldest_end(self) -> float | None:
        """When the oldest message of history ended, about; None if there is no history."""
        if not self._finished:
            return None
        kept = self._messages.get(self._finished[0])
        return 0.0 if kept is None else ended_at(kept)

    @property
    def oldest_id(self) -> int:
        """Its id; without history what the next message will have."""
        return self._finished[0] if self._finished else self.newest_id + 1

    @property
    def has_history(self) -> bool:
        """Whether anything may become too old."""
        return bool(self._finished or self._held)

    def _size_of(self, message_id: int) -> int:
        """What a message takes in the journal; nothing if it left memory."""
        kept = self._messages.get(message_id)
        return 0 if kept is None else size_of(kept)

    def _pop_oldest(self) -> int:
        oldest = self._finished.popleft()
        if not self._finished:
            self._octets = 0
        elif oldest not in self._paged_out:
            self._octets -= self._size_of(oldest)
        return oldest

    def _let_go(self, message_id: int) -> bool:
        """Forget a message that is history no more; False if it cannot go yet."""
        times = self._paged_out.pop(message_id, 0)
        if times:
            # It may have come back: then it stands further behind, too.
            if times > 1:
                self._paged_out[message_id] = times - 1
            return True
        kept = self._messages.get(message_id)
        if kept is None:
            return True
        if isinstance(kept, Message):
            return self._let_message_go(kept)
        if has_row(kept):
            return self._let_message_go(unpack(kept)) if is_saved(kept) else self._leave(message_id)
        self._messages.pop(message_id)
        if self._groups:
            client_id = client_id_of(kept)
            if client_id != message_id:
                self._leave_group(message_id, client_id)
        if arrived_on_phone(kept) and self.still_shows(msisdn_of(kept), ended_at(kept)):
            self.shown.add(kept, self.still_shows)
        return True

    def _let_message_go(self, oldest: Message) -> bool:
        if not oldest.is_final:
            return True
        if oldest.receipt not in (RECEIPT_NONE, RECEIPT_DONE) or oldest.is_settling:
            return False
        if oldest.has_row and (oldest.is_saving or not oldest.is_saved):
            return not oldest.is_saving and self._leave(oldest.message_id)
        self.forget(oldest)
        if oldest.has_row:
            self.gone_rows.add(oldest)
            self.forgotten.append(oldest)
        elif self.is_shown(oldest):
            self.shown.add(pack_shown(oldest), self.still_shows)
        return True

    def _leave(self, message_id: int) -> bool:
        """Let a message go as soon as its row says no more that it waits; False if it says more."""
        if message_id not in self.unwritten:
            return False
        self.unwritten.put(message_id, _NOT_BY_THE_JOURNAL)
        self.leaving.append(message_id)
        return True

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

    def kept(self) -> IdBlocks[Kept]:
        """Every message as it is kept now."""
        return self._messages.copy()

    def ids(self) -> list[int]:
        """The id of every message, in order."""
        return self._messages.ids()

    def blocks(self) -> list[int]:
        """What to ask `ids_of` about, to go through all messages some at a time."""
        return self._messages.keys_of_blocks()

    def ids_of(self, block: int) -> list[int]:
        """The ids of the messages that are in a block by now, in order."""
        return self._messages.ids_of(block)

    def unpacked(self) -> list[Message]:
        """Every message to which something may still happen by itself, by id."""
        return [one for one in self._messages.values() if isinstance(one, Message)]

    def newest_first(self) -> Iterator[Message]:
        """Every message, the newest first."""
        return map(opened, self._messages.values()[::-1])

    def oldest_first(self) -> list[Message]:
        """Every message, the oldest first."""
        return [opened(one) for one in self._messages.values()]

    def __len__(self) -> int:
        return len(self._messages)


def may_show(_msisdn: str, _at: float) -> bool:
    """The answer of a network that nobody can ask yet."""
    return True
