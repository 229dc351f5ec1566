"""The parts on a phone whose messages are not complete."""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.reassembly import Reassembler
from carrierbox.codecs.user_data_header import Concatenation
from carrierbox.relay import RpMtData

PARTS_HELD_MAX: Final = 512
PARTS_TIMEOUT_S: Final = 7 * 86_400.0
PARTS_APART_MAX_S: Final = 3_600.0
"""A client hands in the parts of one message within an hour, however long they wait for the phone.
"""

_REFERENCE_OCTETS: Final = 10
"""What a reference of the relay fits in."""
_ON_SIM: Final = 0x80
"""Beside the bits of what a part asks for: it takes a place of the SIM."""


class HeldParts:
    """The parts of messages that are not complete.

    A sender's references come round again (T41), so a part that the centre took in long before or
    after the first of a set belongs to another message, and the set it would have joined is left
    to its time-out. Each part is kept as a `payload_of` it.
    """

    def __init__(self) -> None:
        self._reassembler = Reassembler(PARTS_HELD_MAX, PARTS_TIMEOUT_S)
        # When the centre took in the first part of each set, oldest set first.
        self._begun_at: dict[str, float] = {}
        self._latest: float = 0.0

    @property
    def held(self) -> int:
        """How many parts there are."""
        return self._reassembler.parts_held

    @property
    def held_since(self) -> float:
        """When the centre took in the oldest of them; infinity if there is none."""
        return min(self._begun_at.values(), default=float("inf"))

    def count_on_sim(self) -> int:
        """How many of them take a place of the SIM."""
        return sum(1 for payload in self._reassembler.payloads() if payload[1] & _ON_SIM)

    def add(
        self, rp: RpMtData, payload: bytes, concatenation: Concatenation, now: NetworkTime
    ) -> list[bytes] | None:
        """The payloads of the whole message, if this part was the last one missing."""
        self._latest = max(self._latest, now)
        self._reassembler.on_time(self._latest)
        sender = rp.originating
        series = (
            f"{concatenation.reference}/{concatenation.total}/{concatenation.wide}"
            f"/{sender.ton}/{sender.npi}/{sender.value}"
        )
        begun_at = self._begun_at.get(series)
        if begun_at is None or abs(rp.service_centre_time - begun_at) > PARTS_APART_MAX_S:
            begun_at = rp.service_centre_time
            self._begun_at.pop(series, None)
            self._begun_at[series] = begun_at
            if len(self._begun_at) > PARTS_HELD_MAX:
                del self._begun_at[next(iter(self._begun_at))]
        payloads = self._reassembler.add(
            f"{begun_at!r}/{sender.ton}/{sender.npi}/{sender.value}",
            concatenation,
            payload,
            self._latest,
        )
        if payloads is not None:
            self._begun_at.pop(series, None)
        return payloads


def payload_of(rp: RpMtData, tp_dcs: int, user_data: bytes, on_sim: bool) -> bytes:
    """A part with its TP-DCS before it, what it asks for and, if anything, its reference."""
    where = _ON_SIM if on_sim else 0
    if not rp.asked:
        return bytes([tp_dcs, where]) + user_data
    head = bytes([tp_dcs, rp.asked | where])
    return head + rp.reference.to_bytes(_REFERENCE_OCTETS, "big") + user_data


def user_data_of(payload: bytes) -> bytes:
    """The user data of a part."""
    return payload[2 + _REFERENCE_OCTETS :] if payload[1] & ~_ON_SIM else payload[2:]


def asked_by(payloads: list[bytes]) -> list[tuple[int, int]]:
    """The reference of each part that asks for acknowledgements, and for which."""
    return [
        (int.from_bytes(payload[2 : 2 + _REFERENCE_OCTETS], "big"), payload[1] & ~_ON_SIM)
        for payload in payloads
        if payload[1] & ~_ON_SIM
    ]
