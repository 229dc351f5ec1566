"""What callers write in paths, queries and bodies, as values; a Problem where it cannot be one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias

from litestar.params import PathParameter, QueryParameter

from carrierbox import identifiers
from carrierbox.api.problems import Problem
from carrierbox.box import Box
from carrierbox.identifiers import Address, Msisdn, msisdn_or_none
from carrierbox.smpp.values import MESSAGE_STATE_NAMES

BoxName: TypeAlias = Annotated[
    str | None, QueryParameter(name="box", description="Which box; the first if it is not said.")
]
PhoneNumber: TypeAlias = Annotated[
    str, PathParameter(description="A phone's number, with or without + or 00 before it.")
]
BAD_NUMBER: Final = (
    "msisdn: 'abc' is no phone number: write 2 to 15 digits, with or without + or 00 before them"
)
NO_BOX: Final = "there is no box 'spare': this process has main"

_STATES: Final = {name: state for state, name in MESSAGE_STATE_NAMES.items()}


def chosen_box(boxes: Mapping[str, Box], name: str | None) -> Box:
    """The box of that name, the first if none is given; 404 if there is none."""
    box = boxes.get(name) if name else next(iter(boxes.values()), None)
    if box is None:
        raise Problem(
            404, f"there is no box {name or ''!r}: this process has {', '.join(boxes) or 'none'}"
        )
    return box


def phone_number(text: str) -> Msisdn:
    """The digits of a phone's number however it is written; 400 if it is none."""
    msisdn = msisdn_or_none(text)
    if msisdn is None:
        raise Problem(
            400,
            f"msisdn: {text[:40]!r} is no phone number: write 2 to 15 digits, "
            "with or without + or 00 before them",
        )
    return msisdn


def dialled_address(text: str) -> Address:
    """The address that a phone sends to for what its user dials; 400 if it is none."""
    address = identifiers.dialled_address(text)
    if address is None:
        raise Problem(
            400, f"to: {text[:40]!r} cannot be dialled: give a number with its +, or a short code"
        )
    return address


def message_state(name: str) -> int:
    """The message_state of that name; 400 if there is none."""
    state = _STATES.get(name.upper())
    if state is None:
        raise Problem(400, f"state: {name[:40]!r} is no message_state: use {', '.join(_STATES)}")
    return state


def network_time(field: str, text: str) -> float:
    """Seconds since 1970 for a date or time as in RFC 3339, UTC if it says nothing; else 400."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(
            400, f"{field}: {text[:40]!r} is no time: write it as 2027-01-15T12:00:00Z"
        ) from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
