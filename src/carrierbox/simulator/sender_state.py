"""A sender as it is registered in a country, as it is written and kept: JSON under a name.

What is not there is as with everybody. A setting of this kind is written whole each time, so that
the newest says everything.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

SENDER: Final = "sender/"
"""What the name of such a setting begins with; `COUNTRY/SENDER` follows, maybe no country."""
ACCOUNT: Final = "suspended/"
"""The same of an account that is suspended; its system_id follows."""

RATE_MAX: Final = 1_000_000.0
PER_DAY_MAX: Final = 1_000_000_000
NAME_MAX: Final = 100
REPLY_MAX: Final = 1000

Kind = Literal["", "alphanumeric", "short_code", "long_code", "toll_free"]
Registration = Literal["none", "pending", "approved", "refused", "suspended"]
Handling = Literal["", "application", "carrier", "both", "network"]
Matching = Literal["", "strict", "loose"]

SenderName = Annotated[str, Meta(min_length=1, max_length=20, pattern="^[^\\x00-\\x1f\\x7f]+$")]
Country = Annotated[str, Meta(pattern="^([A-Z]{2})?$")]
_Name = Annotated[str, Meta(max_length=NAME_MAX, pattern="^[^\\x00-\\x1f\\x7f]*$")]
_Reply = Annotated[str, Meta(max_length=REPLY_MAX)]
_Status = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]


class Replies(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Texts in the place of the usual replies to keywords; "" leaves the usual one."""

    stop: _Reply = ""
    start: _Reply = ""
    help: _Reply = ""
    confirm: _Reply = ""

    def to(self, meaning: str) -> str:
        """The reply to a keyword that means this."""
        text: str = getattr(self, meaning)
        return text


class SenderBase(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """What may be said of a sender whatever its registration.

    `keywords` says who acts upon STOP, START and HELP of phones: the application (then the carrier
    does nothing), the carrier, both, or the network (of toll-free numbers: STOP, START and UNSTOP
    alone). `group`: senders of a group share their consents. `replies` are texts in the place of
    the usual replies, by meaning. `per_s` and `per_day` are what the sender may send, 0: no bound
    of its own; then `tier` names what those of its kind may that the country's carriers know by
    that name. `two_way` says whether phones can answer it, None: as its kind can.
    """

    kind: Kind = ""
    registration: Registration = "none"
    keywords: Handling = ""
    matching: Matching = ""
    double_opt_in: bool = False
    two_way: bool | None = None
    group: _Name = ""
    name: _Name = ""
    brand: _Name = ""
    campaign: _Name = ""
    per_s: Annotated[float, Meta(ge=0, le=RATE_MAX)] = 0.0
    per_day: Annotated[int, Meta(ge=0, le=PER_DAY_MAX)] = 0
    replies: Replies = Replies()
    tier: _Name = ""


class SenderState(SenderBase, frozen=True, kw_only=True):
    """A sender as it stands.

    Its registration is `registration` until the network time `until` (0: for good), then
    `afterwards`. One that a rule suspended names the rule and the command_status it is refused
    with. `is_configured`: only the times are kept, the rest is as the configuration has it.
    """

    until: float = 0.0
    afterwards: Registration = "none"
    rule: str = ""
    command_status: _Status = 0
    is_configured: bool = False


class AccountState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An account that is suspended until the network time `until`, 0: for good."""

    until: float = 0.0
    rule: str = ""
    command_status: _Status = 0


def sender_name(country: str, sender: str) -> str:
    """The name of the setting of a sender in a country; "" is every country."""
    return f"{SENDER}{country}/{sender}"


def sender_of(name: str) -> tuple[str, str]:
    """The country and the sender that the name of a setting is about."""
    country, _, sender = name.removeprefix(SENDER).partition("/")
    return country, sender


def read_sender(value: bytes) -> SenderState | None:
    """What was kept; None for no octets, and for what another version wrote."""
    if not value:
        return None
    try:
        return msgspec.json.decode(value, type=SenderState)
    except msgspec.DecodeError:
        return None


def read_account(value: bytes) -> AccountState | None:
    """The same of an account."""
    if not value:
        return None
    try:
        return msgspec.json.decode(value, type=AccountState)
    except msgspec.DecodeError:
        return None


def written(state: SenderState | AccountState) -> bytes:
    """As it is kept."""
    return msgspec.json.encode(state)


def with_until(state: SenderState, until: float) -> SenderState:
    """The same sender, whose registration changes at that network time."""
    return msgspec.structs.replace(state, until=until)


def suspended(
    state: SenderState, before: str, until: float, rule: str, command_status: int
) -> SenderState:
    """The same sender, suspended until that network time (0: for good), and as `before` then.

    What was pending beyond that time is pending for good: whoever registers it decides.
    """
    afterwards: Registration = msgspec.convert(before, Registration)
    if afterwards == "pending" and 0 < state.until <= until:
        afterwards = state.afterwards
    elif afterwards == "suspended":
        # It was suspended already: what came after that comes after this.
        afterwards = state.afterwards
    return msgspec.structs.replace(
        state,
        registration="suspended",
        until=until,
        afterwards=afterwards,
        rule=rule,
        command_status=command_status,
        is_configured=False,
    )
