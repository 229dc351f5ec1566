"""How much a phone and its SIM hold, and what the phone says when something finds no place.

One place holds one short message: a text in three parts takes three. Class 2 goes to the SIM and
nowhere else (TS 23.038 §4); everything else goes to the phone and, once that is full, to the SIM.
"""

from typing import Final

from carrierbox.relay import (
    EQUIPMENT_NOT_SM_EQUIPPED,
    EQUIPMENT_PROTOCOL_ERROR,
    MEMORY_CAPACITY_EXCEEDED,
)

TAKEN: Final = -1
"""What a phone answers that has the part: no cause of sm-DeliveryFailure."""

PHONE_PLACES_MAX: Final = 10_000
SIM_PLACES_MAX: Final = 255
"""Records of EF-SMS (TS 51.011 §10.5.3)."""


class HandsetMemory:
    """The places of a phone that has so many; ValueError for a number out of range.

    If it `refuses`, what finds no place is refused; otherwise the oldest texts make room. `dummies`
    are places that a user filled, to see what happens when the memory is full.
    """

    def __init__(self, phone: int, sim: int, refuses: bool = True, dummies: int = 0) -> None:
        if not 0 <= phone <= PHONE_PLACES_MAX:
            raise ValueError(f"phone must be 0 to {PHONE_PLACES_MAX:,} places, not {phone:,}")
        if not 0 <= sim <= SIM_PLACES_MAX:
            raise ValueError(f"sim must be 0 to {SIM_PLACES_MAX} places, not {sim:,}")
        if dummies < 0:
            raise ValueError(f"a phone cannot be filled with {dummies} texts")
        self.phone = phone
        self.sim = sim
        self.refuses = refuses
        self.dummies = dummies

    @property
    def is_none(self) -> bool:
        """Whether it has no place at all: such a phone takes no short messages."""
        return self.phone + self.sim == 0


class Usage:
    """How many places are taken: `anywhere` by what may be anywhere, `sim_only` on the SIM."""

    def __init__(self, memory: HandsetMemory, anywhere: int, sim_only: int) -> None:
        self._memory = memory
        self.phone: int = min(anywhere, memory.phone)
        self.sim: int = sim_only + anywhere - self.phone
        """More than there are only where the memory was made smaller since."""

    @property
    def phone_free(self) -> int:
        """Places left in the phone."""
        return self._memory.phone - self.phone

    @property
    def sim_free(self) -> int:
        """Places left on the SIM."""
        return max(0, self._memory.sim - self.sim)

    @property
    def free(self) -> int:
        """Places left."""
        return self.phone_free + self.sim_free

    def answer_to(self, sim_only: bool) -> int:
        """TAKEN if one more short message has a place, else the cause of sm-DeliveryFailure.

        One for the SIM that finds only the SIM full is a protocol error (TS 23.038 §4, class 2).
        """
        if self._memory.is_none:
            return EQUIPMENT_NOT_SM_EQUIPPED
        if self.sim_free or (self.phone_free and not sim_only):
            return TAKEN
        return EQUIPMENT_PROTOCOL_ERROR if self.phone_free else MEMORY_CAPACITY_EXCEEDED
