"""Finding a message by the id that a client was told, in whatever way its dialect writes ids."""

from carrierbox.codecs.receipt_dialect import NO_ID, Dialect
from carrierbox.smsc.accounts import Accounts
from carrierbox.smsc.bindings import Binding
from carrierbox.smsc.messages import Message
from carrierbox.smsc.registry import Registry


class Lookup:
    """The messages of one box by the ids that clients know.

    A dialect may write the same id in several ways (decimal in the answer, hexadecimal in the
    receipt). A text is taken for the id that is written exactly so before it is taken for one whose
    zeros or capitals got lost (T26), and as written in answers before any other way.
    """

    def __init__(self, registry: Registry, accounts: Accounts) -> None:
        self._registry = registry
        self._accounts = accounts

    def of_client(self, text: str, binding: Binding) -> list[Message]:
        """What a client means on one of its binds: a message, or those of a submit_multi.

        Of several that are written alike the account's newest counts. If it has none, what another
        account calls so, so that the request can be refused (T46).
        """
        others: list[Message] = []
        for message_id in self._meant(text, binding.dialect):
            found = self._registry.of_client(message_id)
            if found and found[0].system_id == binding.system_id:
                return found
            others = others or found
        return others

    def ids_in_table(self, text: str, binding: Binding) -> list[int]:
        """The ids a client may mean of which the table may know more than memory does."""
        return self._in_table(text, [binding.dialect])

    def ids_in_table_of(self, text: str, system_id: str = "") -> list[int]:
        """The same for an account that need not be bound; without one for all accounts."""
        if system_id:
            return self._in_table(text, [self._accounts.dialect_of(system_id)])
        return self._in_table(text, self._accounts.dialects())

    def of_account(
        self, text: str, system_id: str, others: list[Message] | None = None
    ) -> Message | None:
        """The newest message that this account, which may be any name, knows by this id.

        `others` are messages that are not in memory.
        """
        outside = _Outside(others)
        dialect = self._accounts.dialect_of(system_id)
        for exactly in (True, False):
            for message_id in self._ids(text, dialect, exactly, outside):
                message = self._registry.find(message_id) or outside.find(message_id)
                if message is not None and message.system_id == system_id:
                    return message
        return None

    def anywhere(self, text: str, others: list[Message] | None = None) -> list[Message]:
        """The newest message of each account that knows one by this id.

        `others` are messages that are not in memory.
        """
        outside = _Outside(others)
        found: dict[str, Message] = {}
        for exactly in (True, False):
            for dialect in self._accounts.dialects():
                for message_id in self._ids(text, dialect, exactly, outside):
                    message = self._registry.find(message_id) or outside.find(message_id)
                    if message is None:
                        continue
                    if self._accounts.dialect_of(message.system_id) is dialect:
                        found.setdefault(message.system_id, message)
            if found:
                break
        return list(found.values())

    def _meant(self, text: str, dialect: Dialect) -> list[int]:
        """The ids that a text may stand for in a dialect, the likeliest first."""
        nothing = _Outside(None)
        return self._ids(text, dialect, True, nothing) + self._ids(text, dialect, False, nothing)

    def _ids(self, text: str, dialect: Dialect, exactly: bool, outside: "_Outside") -> list[int]:
        ids: list[int] = []
        for one in dialect.id_formats:
            low_part = one.parse(text)
            if low_part != NO_ID and (not exactly or one.render(low_part) == text):
                found = self._registry.ids_like(low_part, one.modulus)
                more = outside.ids_like(low_part, one.modulus)
                ids.extend(sorted({*found, *more}, reverse=True) if more else found)
        return ids

    def _in_table(self, text: str, dialects: list[Dialect]) -> list[int]:
        if not self._registry.has_paged_out:
            return []
        found: dict[int, None] = {}
        for dialect in dialects:
            for one in dialect.id_formats:
                low_part = one.parse(text)
                if low_part != NO_ID:
                    found.update(dict.fromkeys(self._registry.ids_in_table(low_part, one.modulus)))
        return list(found)


class _Outside:
    """Messages that are not in memory, by id."""

    def __init__(self, messages: list[Message] | None) -> None:
        self._messages: dict[int, Message] = {}
        for message in messages or []:
            self._messages[message.message_id] = message

    def find(self, message_id: int) -> Message | None:
        return self._messages.get(message_id)

    def ids_like(self, low_part: int, modulus: int) -> list[int]:
        """See `Registry.ids_like`; in no order."""
        return [
            one.client_id
            for one in self._messages.values()
            if (one.client_id % modulus if modulus else one.client_id) == low_part
        ]
