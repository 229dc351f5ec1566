"""What a register knows of a subscriber that is not so with everybody.

Most subscribers have none of it, and then no profile either.
"""

from typing import Final

from carrierbox.relay import (
    GPRS_DETACHED,
    IMSI_DETACHED,
    NO_PAGING_RESPONSE_VIA_MSC,
    NO_PAGING_RESPONSE_VIA_SGSN,
)

# By which node short messages reach the phone.
CIRCUIT_SWITCHED: Final = 0
"""The switching centre (MSC)."""
PACKET_SWITCHED: Final = 1
"""The serving GPRS support node (SGSN)."""
BOTH: Final = 2

NOT_BARRED: Final = -1


class Profile:
    """What was set of one subscriber (TS 29.002 §8, subscriber data).

    `barred_mt` and `barred_mo` are a CallBarringCause or NOT_BARRED; `illegal` is
    ILLEGAL_SUBSCRIBER, ILLEGAL_EQUIPMENT, UNIDENTIFIED_SUBSCRIBER, FACILITY_NOT_SUPPORTED or
    another MAP user error that the serving node answers with, or 0.
    """

    def __init__(self) -> None:
        self.domain: int = CIRCUIT_SWITCHED
        self.provisioned_mt: bool = True
        """Teleservice 21, short message MT/PP."""
        self.provisioned_mo: bool = True
        """Teleservice 22, short message MO/PP."""
        self.barred_mt: int = NOT_BARRED
        self.barred_mo: int = NOT_BARRED
        self.unknown: bool = False
        self.is_purged: bool = False
        self.is_deregistered: bool = False
        self.roaming_allowed: bool = True
        self.illegal: int = 0
        self.visited_country: str = ""
        """The country the phone is in, two letters; "" for its own."""
        self.visited_carrier: str = ""
        self.carrier: str = ""
        """The carrier that a number was ported to; "" where its prefix tells."""

    @property
    def is_roaming(self) -> bool:
        """Whether the phone is with another network than its own."""
        return self.visited_country != ""

    def serving_node(self, number: str) -> str:
        """Who serves the phone, as displays say it; `number` is that of the node at home."""
        node = "SGSN" if self.domain == PACKET_SWITCHED else "MSC"
        if self.is_roaming:
            return f"{node} of {self.visited_carrier or self.visited_country}, roaming"
        return f"{node} {number}"

    def absence(self, vanished: bool) -> int:
        """The diagnostic of a phone that does not answer, or that said it would not."""
        if self.domain == PACKET_SWITCHED:
            return NO_PAGING_RESPONSE_VIA_SGSN if vanished else GPRS_DETACHED
        return NO_PAGING_RESPONSE_VIA_MSC if vanished else IMSI_DETACHED
