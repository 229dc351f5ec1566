"""The kinds of field a PDU body is made of, as data (SMPP 3.4 §3.1), and the repeated structures.

`pdus.BODY_FIELDS` is written with these; `wire` reads and writes any PDU by it.
"""

from collections.abc import Callable
from typing import Final

DEST_FLAG_SME: Final = 1
DEST_FLAG_DISTRIBUTION_LIST: Final = 2


class Field:
    """A field of a body under the specification's own name."""

    def __init__(self, name: str) -> None:
        self.name = name


class Integer(Field):
    """An unsigned big-endian integer of `length_octets` octets."""

    def __init__(self, name: str, length_octets: int = 1) -> None:
        super().__init__(name)
        self.length_octets = length_octets


class Count(Field):
    """One octet that counts the field named `counted`; not an attribute of the PDU.

    On the way in it bounds that field, on the way out it is computed from it, so the two cannot
    disagree. `status` answers a PDU whose count says more than its octets hold.
    """

    def __init__(self, name: str, counted: str, status: int) -> None:
        super().__init__(name)
        self.counted = counted
        self.status = status


class CString(Field):
    """A C-Octet String of at most `max_octets`, its NUL included.

    `status` is the command_status that answers one that is too long.
    """

    def __init__(self, name: str, max_octets: int, status: int) -> None:
        super().__init__(name)
        self.max_octets = max_octets
        self.status = status


class OctetString(Field):
    """An Octet String as long as the Count named `length_field` says."""

    def __init__(self, name: str, length_field: str) -> None:
        super().__init__(name)
        self.length_field = length_field


class SmeDestination:
    """A destination of submit_multi with dest_flag 1 (SMPP 3.4 §4.5.1.1)."""

    def __init__(
        self, dest_addr_ton: int = 0, dest_addr_npi: int = 0, destination_addr: str = ""
    ) -> None:
        self.dest_flag = DEST_FLAG_SME
        self.dest_addr_ton = dest_addr_ton
        self.dest_addr_npi = dest_addr_npi
        self.destination_addr = destination_addr


class DistributionListDestination:
    """A destination of submit_multi with dest_flag 2 (SMPP 3.4 §4.5.1.2)."""

    def __init__(self, dl_name: str = "") -> None:
        self.dest_flag = DEST_FLAG_DISTRIBUTION_LIST
        self.dl_name = dl_name


class UnsuccessSme:
    """A destination that submit_multi_resp refuses, and why (SMPP 3.4 §4.5.2.1)."""

    def __init__(
        self,
        dest_addr_ton: int = 0,
        dest_addr_npi: int = 0,
        destination_addr: str = "",
        error_status_code: int = 0,
    ) -> None:
        self.dest_addr_ton = dest_addr_ton
        self.dest_addr_npi = dest_addr_npi
        self.destination_addr = destination_addr
        self.error_status_code = error_status_code


DestAddress = SmeDestination | DistributionListDestination


class Structure:
    """One shape a repeated element may have: how to make it and its fields."""

    def __init__(self, make: Callable[[], object], fields: tuple[Field, ...]) -> None:
        self.make = make
        self.fields = fields


class Structures(Field):
    """Structures repeated as often as the Count named `count_field` says.

    With a `flag_name` each begins with an octet that chooses its shape in `shapes`, and `status`
    answers any other octet; without, there is one shape, at 0.
    """

    def __init__(
        self,
        name: str,
        count_field: str,
        flag_name: str,
        shapes: dict[int, Structure],
        status: int,
    ) -> None:
        super().__init__(name)
        self.count_field = count_field
        self.flag_name = flag_name
        self.shapes = shapes
        self.status = status
