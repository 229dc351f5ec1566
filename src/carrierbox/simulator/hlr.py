"""The home location register: which numbers have a phone, what each may do, who waits for it.

The network is open: a number becomes a subscriber when it is first contacted. What strangers of
that kind take up is bounded, because a load test may contact any number of them.
"""

import struct
from collections import deque
from typing import Final

from carrierbox.identifiers import MSISDN_DIGITS_MAX
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    CALL_BARRED,
    DEREGISTERED,
    MS_PURGED,
    ROAMING_RESTRICTION,
    TELESERVICE_NOT_PROVISIONED,
    UNKNOWN_SUBSCRIBER,
    RpError,
)
from carrierbox.simulator.cold_phones import KEPT, LEFT, ColdPhones
from carrierbox.simulator.handset import (
    MESSAGES_MAX,
    Handset,
    checked_messages_max,
    packed_extra,
    packed_shows_since,
)
from carrierbox.simulator.number_queue import NumberQueue, key_of, msisdn_of
from carrierbox.simulator.profile import (
    BOTH,
    CIRCUIT_SWITCHED,
    NOT_BARRED,
    PACKET_SWITCHED,
    Profile,
)

MCC_MNC: Final = "99970"
"""Mobile country code 999 is for use inside a network (ITU-T E.212 Annex A)."""

STRANGERS_MAX: Final = 1_000_000

_MSIN_DIGITS: Final = 10

# Message waiting data (TS 23.040 §3.2.3 to §3.2.7).
SC_IN_LIST: Final = 1
"""The centre is in the list MWD: it is to be alerted."""
MNRF: Final = 2
"""Mobile station not reachable, by the switching centre (MSC)."""
MCEF: Final = 4
"""Memory capacity exceeded."""
MNRG: Final = 8
"""Mobile station not reachable for GPRS (SGSN)."""

FLAG_NAMES: Final = {MNRF: "MNRF", MCEF: "MCEF", MNRG: "MNRG"}
_FLAGS: Final = SC_IN_LIST | MNRF | MCEF | MNRG
_EXTRA: Final = struct.Struct("<BBd")
_NOT_REACHABLE_BY: Final = {CIRCUIT_SWITCHED: MNRF, PACKET_SWITCHED: MNRG, BOTH: MNRF | MNRG}


# How a packed subscriber says what it is, beside the flags of the message waiting data.
_DECLARED: Final = 0x10
_VANISHED: Final = 0x20

_IS_OFF: Final = 2
"""Beside SC_IN_LIST: what may be known of a subscriber after a restart."""

HOT_MAX: Final = 10_000
"""So many subscribers are objects; the others are records, a tenth of their size."""
_LOOKED_AT: Final = 4
"""How many subscribers are looked at for one that comes."""


class Subscriber:
    """One number of the network and its phone; also the answer to sendRoutingInfoForSM.

    A subscriber that is `declared`, that somebody waits for, whose phone is off or of whom anything
    was set is never forgotten. Nobody keeps a subscriber beyond the present call: the register may
    have put it away by then.
    """

    def __init__(self, handset: Handset, declared: bool, sequence: int) -> None:
        self.handset = handset
        self.declared = declared
        self.sequence = sequence
        """Its place in the order of first contact."""
        self.key: int = key_of(handset.msisdn)
        self.flags: int = 0
        """Message waiting data: SC_IN_LIST, MNRF, MCEF, MNRG."""
        self.reason: int = 0
        """The absent subscriber diagnostic that is kept with MNRF and MNRG (MNRR)."""
        self.is_used: bool = False
        """Whether messages came for it since it was last looked at for being put away."""
        self.vanished: bool = False
        """Whether a phone that is off did not say so: an empty battery, a lost connection."""
        self.alert_not_before: float = 0.0
        """When the centre hears that the phone is absent: an alert before that would be lost."""
        self.profile: Profile | None = None
        """What is not as with everybody."""

    @property
    def msisdn(self) -> str:
        """The digits of the subscriber's number."""
        return self.handset.msisdn

    @property
    def imsi(self) -> str:
        """Fifteen digits made of the last ten of the MSISDN: stable, and no key of anything."""
        return MCC_MNC + self.handset.msisdn[-_MSIN_DIGITS:].rjust(_MSIN_DIGITS, "0")

    @property
    def message_waiting(self) -> bool:
        """Whether the centre is in the message waiting data."""
        return self.flags & SC_IN_LIST != 0

    @property
    def flag_names(self) -> list[str]:
        """The names of the flags that are set."""
        return [name for flag, name in FLAG_NAMES.items() if self.flags & flag]

    @property
    def serving_node(self) -> str:
        """Who serves the phone: the switching centre of its carrier, or of the one it visits."""
        profile = self.profile
        if profile is None:
            return f"MSC {serving_number(self.msisdn)}"
        return profile.serving_node(serving_number(self.msisdn))


class Hlr:
    """Every subscriber of the network by MSISDN, in the order of their first contact.

    Of those nobody declared about the newest `strangers_max` are kept. `messages_max` is the size
    of a new phone's inbox. The newest `hot_max` are objects. ValueError for a limit that is out of
    range.
    """

    def __init__(
        self,
        messages_max: int = MESSAGES_MAX,
        strangers_max: int = STRANGERS_MAX,
        hot_max: int = HOT_MAX,
    ) -> None:
        if strangers_max < 1:
            raise ValueError(f"strangers_max must be at least 1, not {strangers_max}")
        self.messages_max = checked_messages_max(messages_max)
        self.strangers_max = strangers_max
        self._hot_max = hot_max
        self._hot: dict[str, Subscriber] = {}
        # As they became objects. Some may stand twice, or not be objects any more. The dict is no
        # queue: whoever asks for its first key passes all that were taken from there.
        self._hot_order: deque[str] = deque()
        self._cold = ColdPhones()
        self._sequence: int = 0
        # What declared subscribers are put away as of whom no more is known than a restart tells.
        self._plain_records: list[bytes] = [
            _plain_record(flags, self.messages_max) for flags in range(2 * _IS_OFF)
        ]
        self._restorations: dict[tuple[bool | None, bool], tuple[bytes, dict[bytes, bytes]]] = {}
        # In the order of first contact. Who was declared since is found out on leaving it.
        self._strangers = NumberQueue()

    def __len__(self) -> int:
        return len(self._hot) + len(self._cold)

    def find(self, msisdn: str) -> Subscriber | None:
        """The subscriber, if the number has one."""
        subscriber = self._hot.get(msisdn)
        if subscriber is None and len(self._cold):
            return self._thaw(msisdn)
        return subscriber

    def peek(self, msisdn: str) -> Subscriber | None:
        """The subscriber, only to be looked at: nothing is changed by asking."""
        subscriber = self._hot.get(msisdn)
        if subscriber is None and len(self._cold) and is_msisdn(msisdn):
            record = self._cold.find(msisdn)
            if record is not None:
                return _unpacked(msisdn, record, self._cold.sequence_of(msisdn))
        return subscriber

    def shows_since(self, msisdn: str) -> float:
        """What `Handset.shows_since` says of a phone; infinity also for a number without one.

        It is asked of every message that gets old: a phone at rest is not made for it.
        """
        subscriber = self._hot.get(msisdn)
        if subscriber is not None:
            return subscriber.handset.shows_since
        record = self._cold.find(msisdn) if len(self._cold) and is_msisdn(msisdn) else None
        return float("inf") if record is None else packed_shows_since(record)

    def subscriber(self, msisdn: str) -> Subscriber:
        """The subscriber, created on first contact. ValueError if `msisdn` is no number."""
        subscriber = self.find(msisdn)
        if subscriber is None:
            subscriber = self._create(msisdn, False)
            self._strangers.push(subscriber.key)
            if len(self._strangers) > self.strangers_max:
                self._forget_oldest_stranger()
        return subscriber

    def routing_info(self, msisdn: str) -> Subscriber | None:
        """Answer sendRoutingInfoForSM (TS 29.002 §12.1): None for what can be nobody's number."""
        subscriber = self._hot.get(msisdn)
        if subscriber is None:
            return self.subscriber(msisdn) if is_msisdn(msisdn) else None
        subscriber.is_used = True
        return subscriber

    def refusal(self, subscriber: Subscriber, reference: int, priority: bool) -> RpError | None:
        """Why sendRoutingInfoForSM gives no routing information, if so (TS 29.002 §12.1).

        A phone that is known not to be reachable is not tried again until it is back, unless the
        message has priority (TS 23.040 §3.2.7, SM-RP-PRI).
        """
        profile = subscriber.profile
        if profile is not None:
            if profile.unknown:
                return RpError(reference, UNKNOWN_SUBSCRIBER)
            if not profile.provisioned_mt:
                return RpError(reference, TELESERVICE_NOT_PROVISIONED)
            if profile.barred_mt != NOT_BARRED:
                return RpError(reference, CALL_BARRED, profile.barred_mt)
            if profile.is_purged:
                return RpError(reference, ABSENT_SUBSCRIBER, MS_PURGED)
            if profile.is_deregistered:
                return RpError(reference, ABSENT_SUBSCRIBER, DEREGISTERED)
            if profile.is_roaming and not profile.roaming_allowed:
                return RpError(reference, ABSENT_SUBSCRIBER, ROAMING_RESTRICTION)
        if not priority and subscriber.flags & (MNRF | MNRG):
            return RpError(reference, ABSENT_SUBSCRIBER, subscriber.reason)
        return None

    def declare(self, msisdn: str) -> Subscriber:
        """The subscriber, created if need be, and never forgotten from now on.

        ValueError if `msisdn` is no number.
        """
        subscriber = self.find(msisdn)
        if subscriber is None:
            return self._create(msisdn, True)
        subscriber.declared = True
        return subscriber

    def restore(self, msisdn: str, power: bool | None, is_awaited: bool) -> None:
        """Declare a subscriber after a restart, with what is known of it; None: nothing.

        Among many it is put away at once, and stays there if there is no more to it.
        """
        if len(self._hot) >= self._hot_max and msisdn not in self._hot and is_msisdn(msisdn):
            record, instead = self._restored(power, is_awaited)
            kept = self._cold.keep(msisdn, self._sequence + 1, record, instead)
            if kept == KEPT:
                self._sequence += 1
            if kept != LEFT:
                return
        subscriber = self.declare(msisdn)
        if power is not None:
            subscriber.handset.power = power
        if is_awaited:
            self.await_return(subscriber)

    def _restored(self, power: bool | None, is_awaited: bool) -> tuple[bytes, dict[bytes, bytes]]:
        """What a subscriber is put away as of whom this is known, and those that were put away."""
        found = self._restorations.get((power, is_awaited))
        if found is None:
            kept = ~0 if power is None else ~_IS_OFF
            more = (_IS_OFF if power is False else 0) | (SC_IN_LIST if is_awaited else 0)
            records = self._plain_records
            others = [records[flags & kept | more] for flags in range(len(records))]
            found = (others[0], dict(zip(self._plain_records, others, strict=True)))
            self._restorations[power, is_awaited] = found
        return found

    def page(self, offset: int, limit: int) -> list[str]:
        """Some numbers in the order of their first contact.

        Takes some tenths of a second where there are a million.
        """
        hot = [(one.sequence, msisdn) for msisdn, one in self._hot.items()]
        cold = self._cold.in_order(limit=offset + limit)
        return [msisdn for _, msisdn in sorted([*hot, *cold])[offset : offset + limit]]

    def all(self) -> list[Subscriber]:
        """Every subscriber, in the order of their first contact, only to be looked at."""
        found = [self.peek(msisdn) for msisdn in self.page(0, len(self))]
        return [one for one in found if one is not None]

    # Message waiting data.

    def await_return(self, subscriber: Subscriber) -> None:
        """Put the centre into the list: it had a message that the phone could not take."""
        subscriber.flags |= SC_IN_LIST

    def report_absent(self, subscriber: Subscriber, diagnostic: int) -> None:
        """Take in reportSM-DeliveryStatus absentSubscriber (TS 29.002 §12.3)."""
        profile = subscriber.profile
        domain = CIRCUIT_SWITCHED if profile is None else profile.domain
        subscriber.flags |= SC_IN_LIST | _NOT_REACHABLE_BY[domain]
        subscriber.reason = diagnostic

    def report_memory_full(self, subscriber: Subscriber) -> None:
        """Take in reportSM-DeliveryStatus memoryCapacityExceeded."""
        subscriber.flags |= SC_IN_LIST | MCEF

    def ready(self, subscriber: Subscriber) -> bool:
        """The phone is back, or has room again; whether the centre must be alerted.

        A location update, readyForSM, and a message that arrived come to the same: the flags are
        cleared, and who waits is told once (TS 23.040 §3.2.6 and §3.2.7).
        """
        is_waited_for = subscriber.flags & SC_IN_LIST != 0
        subscriber.flags = 0
        subscriber.reason = 0
        return is_waited_for

    # Inside.

    def _create(self, msisdn: str, declared: bool) -> Subscriber:
        if not is_msisdn(msisdn):
            raise ValueError(
                f"a phone's number is 1 to {MSISDN_DIGITS_MAX} digits without a plus sign,"
                f" not {msisdn!r}"
            )
        self._sequence += 1
        subscriber = Subscriber(Handset(msisdn, self.messages_max), declared, self._sequence)
        self._add(subscriber)
        return subscriber

    def _add(self, subscriber: Subscriber) -> None:
        """Keep a subscriber as an object, and put one away that has been one for long.

        One for whom messages come stays, if there is another: it would be back at once, and to put
        away a phone full of texts takes long.
        """
        hot = self._hot
        order = self._hot_order
        if len(hot) >= self._hot_max:
            looked_at = 0
            while order and looked_at < _LOOKED_AT:
                msisdn = order.popleft()
                oldest = hot.get(msisdn)
                if oldest is None:
                    continue
                looked_at += 1
                is_spared = oldest.is_used and looked_at < _LOOKED_AT
                oldest.is_used = False
                if not is_spared and oldest.profile is None and oldest.handset.can_be_packed:
                    del hot[msisdn]
                    self._cold.put(msisdn, oldest.sequence, _packed(oldest))
                    break
                order.append(msisdn)
        elif len(order) > 2 * len(hot) + _LOOKED_AT:
            # Many were forgotten.
            order = deque(hot)
            self._hot_order = order
        hot[subscriber.msisdn] = subscriber
        order.append(subscriber.msisdn)

    def _thaw(self, msisdn: str) -> Subscriber | None:
        """Make an object of a subscriber that was put away, if there is one of that number."""
        if not is_msisdn(msisdn):
            return None
        sequence = self._cold.sequence_of(msisdn)
        if sequence < 0:
            return None
        record = self._cold.take(msisdn)
        assert record is not None
        subscriber = _unpacked(msisdn, record, sequence)
        self._add(subscriber)
        return subscriber

    def _forget_oldest_stranger(self) -> None:
        msisdn = msisdn_of(self._strangers.pop())
        subscriber = self.peek(msisdn)
        if subscriber is None or subscriber.declared:
            return
        if subscriber.flags or subscriber.profile is not None or not subscriber.handset.power:
            self.declare(msisdn)
            return
        if self._hot.pop(msisdn, None) is None:
            self._cold.take(msisdn)


def _plain_record(flags: int, messages_max: int) -> bytes:
    """A declared subscriber who is waited for (SC_IN_LIST) or switched off (_IS_OFF)."""
    subscriber = Subscriber(Handset("0", messages_max), True, 0)
    subscriber.flags = flags & SC_IN_LIST
    subscriber.handset.power = not flags & _IS_OFF
    return _packed(subscriber)


def _packed(subscriber: Subscriber) -> bytes:
    """A subscriber without a profile as octets."""
    kind = subscriber.flags
    if subscriber.declared:
        kind |= _DECLARED
    if subscriber.vanished:
        kind |= _VANISHED
    if subscriber.alert_not_before or subscriber.reason:
        extra = _EXTRA.pack(kind, subscriber.reason, subscriber.alert_not_before)
    else:
        extra = bytes([kind])
    return subscriber.handset.pack(extra)


def _unpacked(msisdn: str, record: bytes, sequence: int) -> Subscriber:
    """The subscriber that was packed."""
    extra = packed_extra(record)
    kind = extra[0]
    handset = Handset.unpack(msisdn, record)
    subscriber = Subscriber(handset, kind & _DECLARED != 0, sequence)
    subscriber.flags = kind & _FLAGS
    subscriber.vanished = kind & _VANISHED != 0
    if len(extra) > 1:
        _, subscriber.reason, subscriber.alert_not_before = _EXTRA.unpack(extra)
    return subscriber


def is_msisdn(text: str) -> bool:
    """Whether `text` is the digits of a number (E.164 §6.1), without its plus sign."""
    return 1 <= len(text) <= MSISDN_DIGITS_MAX and text.isascii() and text.isdigit()


def serving_number(msisdn: str) -> str:
    """The number of the switching centre that serves a phone at home: one of its country's."""
    return f"{msisdn[:4]}0900001"
