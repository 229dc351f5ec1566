"""Putting the parts of long messages together again (TS 23.040 §9.2.3.24.1).

The only codec that remembers: how much and how long is bounded.
"""

from carrierbox.codecs.user_data_header import Concatenation


class IncompleteParts:
    """What is there of a message whose other parts never came: None for each that is missing."""

    def __init__(
        self, key: str, reference: int, wide: bool, payloads: list[bytes | None], first_at: float
    ) -> None:
        self.key = key
        self.reference = reference
        self.wide = wide
        self.payloads = payloads
        self.first_at = first_at


class Reassembler:
    """Collects parts by caller's key, reference, total and width of the reference.

    The caller's key names whoever's references must not be mixed up, such as the account and both
    addresses. At most `parts_max` parts are held: beyond that the oldest set goes. A set is given
    up `timeout_s` seconds after its first part. `now` never goes back between calls.
    """

    def __init__(self, parts_max: int, timeout_s: float) -> None:
        if parts_max < 1:
            raise ValueError(f"parts_max must be at least 1, not {parts_max}")
        self.parts_max = parts_max
        self.timeout_s = timeout_s
        self.parts_held: int = 0
        self.duplicates: int = 0
        self.collisions: int = 0
        self.dropped_sets: int = 0
        # In the order of their first parts, thus also of their deadlines.
        self._sets: dict[tuple[str, int, int, bool], _PartSet] = {}

    def add(
        self, key: str, concatenation: Concatenation, payload: bytes, now: float
    ) -> list[bytes] | None:
        """Take one part; the payloads of all in their order if it was the last one missing.

        The same part again is ignored and counted. The same number with another payload is another
        message that reuses the reference: what was collected goes, and the set starts anew. A part
        whose number or total is impossible stands alone (TS 23.040 §9.2.3.24.1).
        """
        total = concatenation.total
        number = concatenation.number
        if total <= 1 or not 1 <= number <= total:
            return [payload]
        full_key = (key, concatenation.reference, total, concatenation.wide)
        parts = self._sets.get(full_key)
        if parts is not None:
            present = parts.payloads[number - 1]
            if present == payload:
                self.duplicates += 1
                return None
            if present is not None:
                self.collisions += 1
                self._forget(full_key)
                parts = None
        if parts is None:
            parts = _PartSet(total, now)
            self._sets[full_key] = parts
        parts.payloads[number - 1] = payload
        parts.missing -= 1
        self.parts_held += 1
        if parts.missing == 0:
            self._forget(full_key)
            return [part for part in parts.payloads if part is not None]
        while self.parts_held > self.parts_max:
            self._forget(next(iter(self._sets)))
            self.dropped_sets += 1
        return None

    def next_deadline(self) -> float | None:
        """When the oldest set is given up; None if nothing is held."""
        for parts in self._sets.values():
            return parts.first_at + self.timeout_s
        return None

    def payloads(self) -> list[bytes]:
        """Every part that is held, oldest set first."""
        return [
            payload
            for parts in self._sets.values()
            for payload in parts.payloads
            if payload is not None
        ]

    def on_time(self, now: float) -> list[IncompleteParts]:
        """Give up the sets whose time has come, oldest first."""
        given_up: list[IncompleteParts] = []
        for full_key, parts in self._sets.items():
            if parts.first_at + self.timeout_s > now:
                break
            key, reference, _, wide = full_key
            given_up.append(IncompleteParts(key, reference, wide, parts.payloads, parts.first_at))
        for incomplete in given_up:
            self._forget(
                (incomplete.key, incomplete.reference, len(incomplete.payloads), incomplete.wide)
            )
        return given_up

    def _forget(self, full_key: tuple[str, int, int, bool]) -> None:
        parts = self._sets.pop(full_key)
        self.parts_held -= len(parts.payloads) - parts.missing


class _PartSet:
    def __init__(self, total: int, first_at: float) -> None:
        self.payloads: list[bytes | None] = [None] * total
        self.missing = total
        self.first_at = first_at
