"""Who agreed to get texts of whom: a register of pairs of sender and phone, as carriers keep it.

A pair is known by its sender (or by the group that the sender is in) and the number of the phone.
Its last changes are kept, the newest says how it stands. A pair takes some thirty octets, for there
may be a million of them.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import MSISDN_DIGITS_MAX, msisdn_or_none
from carrierbox.simulator.cold_phones import ColdPhones

CONSENT: Final = "consent/"
"""What the name of such a setting begins with; `SENDER/MSISDN` follows."""

# How a pair stands.
NONE: Final = 0
PENDING: Final = 1
OPTED_IN: Final = 2
OPTED_OUT: Final = 3
STATES: Final = ("none", "pending", "opted_in", "opted_out")

# Where that was learnt.
KEYWORD: Final = 0
FORM: Final = 1
POINT_OF_SALE: Final = 2
IMPORT: Final = 3
API: Final = 4
SOURCES: Final = ("keyword", "form", "point_of_sale", "import", "api")

HISTORY_MAX: Final = 8
"""So many changes of a pair are remembered, the newest."""
PAIRS_MAX: Final = 5_000_000
SENDERS_MAX: Final = 100_000
LOOKED_AT_MAX: Final = 20_000
"""So many phones are looked at for one page of what is searched for."""

_VERSION: Final = 1
_CHANGE_OCTETS: Final = 5
_HEAD_OCTETS: Final = 4
_SECONDS_MAX: Final = 0xFFFFFFFF


class ConsentChange:
    """That a pair came to stand like this: state and source by their numbers here."""

    def __init__(self, state: int, source: int, at: NetworkTime) -> None:
        self.state = state
        self.source = source
        self.at = at

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConsentChange):
            return NotImplemented
        same_time = int(self.at) == int(other.at)
        return same_time and self.state == other.state and self.source == other.source

    def __hash__(self) -> int:
        return hash((self.state, self.source, int(self.at)))

    def __repr__(self) -> str:
        return f"ConsentChange({STATES[self.state]}, {SOURCES[self.source]}, {self.at})"


class ConsentRecord:
    """One pair and its changes, the oldest first."""

    def __init__(self, sender: str, msisdn: str, changes: list[ConsentChange]) -> None:
        self.sender = sender
        self.msisdn = msisdn
        self.changes = changes

    @property
    def state(self) -> int:
        """How it stands."""
        return self.changes[-1].state if self.changes else NONE


class ConsentRegister:
    """The pairs of one box, so many at most. Senders are given as `sender_key` writes them."""

    def __init__(self, pairs_max: int = PAIRS_MAX) -> None:
        self.pairs_max = pairs_max
        self._phones = ColdPhones()
        self._senders: list[str] = []
        self._numbers: dict[str, int] = {}
        self._sequence: int = 0
        self.pairs: int = 0
        """How many there are."""

    def state_of(self, sender: str, msisdn: str) -> int:
        """How a pair stands; NONE if nobody said anything."""
        number = self._numbers.get(sender, -1)
        if number < 0:
            return NONE
        octets = self._phones.find(msisdn)
        if octets is None:
            return NONE
        at = _find(octets, number)
        # The newest change stands last.
        return NONE if at < 0 else octets[_end(octets, at) - _CHANGE_OCTETS] >> 4

    def changes_of(self, sender: str, msisdn: str) -> list[ConsentChange]:
        """What is remembered of a pair, the oldest first."""
        return _changes_in(self._packed(sender, msisdn))

    def with_change(self, sender: str, msisdn: str, change: ConsentChange) -> bytes:
        """What to keep of a pair from now on, for `put`: what it has, and this change."""
        packed = self._packed(sender, msisdn) + _packed_change(change)
        return bytes([_VERSION]) + packed[-HISTORY_MAX * _CHANGE_OCTETS :]

    def value_of(self, sender: str, msisdn: str) -> bytes:
        """What is kept of a pair, as `put` takes it; no octets if there is no such pair."""
        packed = self._packed(sender, msisdn)
        return bytes([_VERSION]) + packed if packed else b""

    def may_add(self, sender: str, msisdn: str) -> bool:
        """Whether there is room for a pair; for one that is here there is."""
        if self._packed(sender, msisdn):
            return True
        is_known = sender in self._numbers
        return self.pairs < self.pairs_max and (is_known or len(self._senders) < SENDERS_MAX)

    def put(self, sender: str, msisdn: str, value: bytes) -> bool:
        """Keep what `with_change` made, no octets to forget; False if it is none or too much."""
        packed = value[1:]
        if value and (value[0] != _VERSION or not _is_whole(packed)):
            return False
        if not (sender and msisdn.isdigit() and len(msisdn) <= MSISDN_DIGITS_MAX):
            return False
        if value and not self.may_add(sender, msisdn):
            return False
        number = self._number_of(sender) if value else self._numbers.get(sender, -1)
        if number < 0:
            return True
        sequence = self._phones.sequence_of(msisdn)
        octets = self._phones.find(msisdn) or b""
        at = _find(octets, number)
        if at >= 0:
            octets = octets[:at] + octets[_end(octets, at) :]
            self.pairs -= 1
        if packed:
            count = len(packed) // _CHANGE_OCTETS
            octets += (number << 8 | count).to_bytes(_HEAD_OCTETS, "big") + packed
            self.pairs += 1
        if octets:
            if sequence < 0:
                self._sequence += 1
                sequence = self._sequence
            self._phones.put(msisdn, sequence, octets)
        else:
            self._phones.take(msisdn)
        return True

    def page(
        self, after: int = -1, limit: int = 1000, sender: str = "", state: int = -1
    ) -> tuple[list[ConsentRecord], int]:
        """The pairs of the phones behind the place `after`, in the order of their first record.

        With `sender` only its own, with a `state` only those that stand so. Beside them stands the
        place to go on behind, -1 at the end: so many phones are looked at and no more, so there may
        be none here and some there. All pairs of a phone come together, maybe beyond `limit`.
        """
        found: list[ConsentRecord] = []
        phones_max = max(limit, LOOKED_AT_MAX) if sender or state >= 0 else limit
        phones = self._phones.in_order(after, phones_max)
        for sequence, msisdn in phones:
            for record in self.of_phone(msisdn):
                if sender and record.sender != sender:
                    continue
                if state >= 0 and record.state != state:
                    continue
                found.append(record)
            if len(found) >= limit:
                return found, sequence
        return found, phones[-1][0] if len(phones) == phones_max else -1

    def of_phone(self, msisdn: str) -> list[ConsentRecord]:
        """The pairs of one phone."""
        octets = self._phones.find(msisdn) or b""
        found: list[ConsentRecord] = []
        at = 0
        while at < len(octets):
            end = _end(octets, at)
            number = int.from_bytes(octets[at : at + 3], "big")
            changes = _changes_in(octets[at + _HEAD_OCTETS : end])
            found.append(ConsentRecord(self._senders[number], msisdn, changes))
            at = end
        return found

    def _packed(self, sender: str, msisdn: str) -> bytes:
        number = self._numbers.get(sender, -1)
        octets = self._phones.find(msisdn) if number >= 0 else None
        if octets is None:
            return b""
        at = _find(octets, number)
        return b"" if at < 0 else octets[at + _HEAD_OCTETS : _end(octets, at)]

    def _number_of(self, sender: str) -> int:
        number = self._numbers.get(sender, -1)
        if number < 0:
            number = len(self._senders)
            self._senders.append(sender)
            self._numbers[sender] = number
        return number


def sender_key(sender: str) -> str:
    """A sender as registers know it: the digits of a number, a name in capital letters.

    Carriers take ACME and Acme for the same. `@` and the name of a group stay as they are.
    """
    text = sender.strip()
    if text.startswith("@"):
        return text
    if text.startswith(("+", "00")):
        return msisdn_or_none(text) or text
    return text if text.isdigit() else text.upper()


def consent_name(sender: str, msisdn: str) -> str:
    """The name of the setting of a pair."""
    return f"{CONSENT}{sender}/{msisdn}"


def pair_of(name: str) -> tuple[str, str]:
    """The sender and the phone that the name of a setting is about; a name may hold strokes."""
    sender, _, msisdn = name.removeprefix(CONSENT).rpartition("/")
    return sender, msisdn


def _packed_change(change: ConsentChange) -> bytes:
    seconds = min(max(int(change.at), 0), _SECONDS_MAX)
    return bytes([change.state << 4 | change.source]) + seconds.to_bytes(4, "big")


def _changes_in(packed: bytes) -> list[ConsentChange]:
    found: list[ConsentChange] = []
    for at in range(0, len(packed), _CHANGE_OCTETS):
        seconds = int.from_bytes(packed[at + 1 : at + _CHANGE_OCTETS], "big")
        found.append(ConsentChange(packed[at] >> 4, packed[at] & 0x0F, NetworkTime(seconds)))
    return found


def _is_whole(packed: bytes) -> bool:
    """Whether octets are changes as they are kept, of states and sources there are."""
    count, rest = divmod(len(packed), _CHANGE_OCTETS)
    if rest or not 0 < count <= HISTORY_MAX:
        return False
    for at in range(0, len(packed), _CHANGE_OCTETS):
        if packed[at] >> 4 >= len(STATES) or packed[at] & 0x0F >= len(SOURCES):
            return False
    return True


def _find(octets: bytes, number: int) -> int:
    """Where the pair with a sender begins in the octets of a phone; -1 if it is not there."""
    at = 0
    while at < len(octets):
        if int.from_bytes(octets[at : at + 3], "big") == number:
            return at
        at = _end(octets, at)
    return -1


def _end(octets: bytes, at: int) -> int:
    return at + _HEAD_OCTETS + octets[at + 3] * _CHANGE_OCTETS
