"""Messages that left memory for good, while an answer of the store may show them as they were.

A store may read beside its writing: rows that were asked for before a commit may come after it, and
say of a message that it waits, although it ended and nobody in memory knows it any more.
"""


class GoneRows:
    """Their ids, in two generations, each until all is answered that was asked while it grew."""

    def __init__(self) -> None:
        self._newer: set[int] = set()
        self._older: set[int] = set()
        self._older_until: int = 0

    def add(self, message_id: int) -> None:
        """This message is in memory no more; its row is gone, or says that it ended."""
        self._newer.add(message_id)

    def holds(self, message_id: int) -> bool:
        """Whether a row of this message may be older than what became of it."""
        return message_id in self._newer or message_id in self._older

    def answered(self, oldest: int, newest: int) -> None:
        """The tickets of the oldest and the newest load that are not answered; both 0 for none."""
        if not newest:
            self._newer.clear()
            self._older.clear()
            return
        if self._older and oldest > self._older_until:
            self._older.clear()
        if self._newer and not self._older:
            self._newer, self._older = self._older, self._newer
            self._older_until = newest

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)
