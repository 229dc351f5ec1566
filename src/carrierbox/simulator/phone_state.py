"""What users set of one phone while the carrier runs, as it is kept: JSON under a name.

Everything is optional: what is not there is as the configuration has it. A setting of this kind is
written whole each time, so that the newest says everything.
"""

from typing import Any, Final, Literal

import msgspec

from carrierbox.errors import ConfigurationError
from carrierbox.relay import BARRING_SERVICE_ACTIVE, CAUSE_NAMES, OPERATOR_BARRING
from carrierbox.simulator.battery import STANDBY_HOURS_DEFAULT
from carrierbox.simulator.deletions import Deletions
from carrierbox.simulator.handset_memory import HandsetMemory
from carrierbox.simulator.profile import (
    BOTH,
    CIRCUIT_SWITCHED,
    NOT_BARRED,
    PACKET_SWITCHED,
    Profile,
)

PHONE: Final = "phone/"
"""What the name of such a setting begins with; the digits of the number follow."""

Barring = Literal["", "service", "operator"]
Domain = Literal["msc", "sgsn", "both"]

_BARRINGS: Final = {
    "": NOT_BARRED,
    "service": BARRING_SERVICE_ACTIVE,
    "operator": OPERATOR_BARRING,
}
_DOMAINS: Final = {"msc": CIRCUIT_SWITCHED, "sgsn": PACKET_SWITCHED, "both": BOTH}
_CAUSES: Final = {name: cause for cause, name in CAUSE_NAMES.items()}


class Subscription(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """What the register knows of a subscriber, in words.

    `visited_country` (two letters, "" for at home) and `visited_carrier` are where the phone roams,
    `carrier` is whom the number was ported to, "" for the one its prefix tells. `answers_with` is
    the MAP user error that the serving node answers with, "" for none.
    """

    visited_country: str = ""
    visited_carrier: str = ""
    carrier: str = ""
    sms_mt: bool = True
    sms_mo: bool = True
    barred_mt: Barring = ""
    barred_mo: Barring = ""
    domain: Domain = "msc"
    unknown: bool = False
    purged: bool = False
    deregistered: bool = False
    roaming_allowed: bool = True
    answers_with: str = ""

    def profile(self) -> Profile | None:
        """The same for the register; None if it is as with everybody."""
        if self == Subscription():
            return None
        profile = Profile()
        profile.domain = _DOMAINS[self.domain]
        profile.provisioned_mt = self.sms_mt
        profile.provisioned_mo = self.sms_mo
        profile.barred_mt = _BARRINGS[self.barred_mt]
        profile.barred_mo = _BARRINGS[self.barred_mo]
        profile.unknown = self.unknown
        profile.is_purged = self.purged
        profile.is_deregistered = self.deregistered
        profile.roaming_allowed = self.roaming_allowed
        profile.illegal = _CAUSES.get(self.answers_with, 0)
        profile.visited_country = self.visited_country
        profile.visited_carrier = self.visited_carrier
        profile.carrier = self.carrier
        return profile


class PathState(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """A path that a phone follows: pairs of latitude and longitude in degrees.

    `started_at` is the network time, in seconds since 1970, at which it was at the first of them.
    """

    points: tuple[tuple[float, float], ...]
    speed_km_h: float
    started_at: float


class BatteryState(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """A battery as it was set at the network time `at`, in seconds since 1970."""

    percent: float
    at: float
    standby_hours: float = STANDBY_HOURS_DEFAULT
    per_text_percent: float = 0.0
    charging: bool = False


class MemoryState(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """The places of a phone and of its SIM, and how many of them a user filled."""

    phone: int
    sim: int
    refuses: bool = True
    dummies: int = 0


class DeletedState(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """The texts that were deleted: those that came before a time, and the messages of these ids."""

    before: float = 0.0
    messages: tuple[int, ...] = ()


class PhoneState(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """Everything that was set of a phone. Of `position` and `path` one at most is there."""

    subscription: Subscription | None = None
    position: tuple[float, float] | None = None
    path: PathState | None = None
    battery: BatteryState | None = None
    memory: MemoryState | None = None
    responders: tuple[dict[str, Any], ...] | None = None
    deleted: DeletedState | None = None

    def handset_memory(self) -> HandsetMemory | None:
        """The places of the phone; None where nobody set any."""
        memory = self.memory
        if memory is None:
            return None
        return HandsetMemory(memory.phone, memory.sim, memory.refuses, memory.dummies)

    def deletions(self) -> Deletions | None:
        """What was deleted; None if nothing was."""
        deleted = self.deleted
        return None if deleted is None else Deletions(deleted.before, frozenset(deleted.messages))


def read_state(value: bytes) -> PhoneState:
    """What was kept; nothing set for no octets. ConfigurationError for what cannot be read."""
    if not value:
        return PhoneState()
    try:
        return msgspec.json.decode(value, type=PhoneState)
    except msgspec.DecodeError as error:
        raise ConfigurationError("", f"what was set of a phone cannot be read: {error}") from None


def write_state(state: PhoneState) -> bytes:
    """As it is kept; no octets if nothing is set."""
    return b"" if state == PhoneState() else msgspec.json.encode(state)


def check_subscription(subscription: Subscription) -> str:
    """Which value cannot be, in a sentence; "" if all can."""
    country = subscription.visited_country
    if country and not (len(country) == 2 and country.isascii() and country.isupper()):
        return f"visited_country: must be two capital letters of ISO 3166-1, not {country!r}"
    if subscription.visited_carrier and not country:
        return "visited_country: say which country visited_carrier is in"
    cause = subscription.answers_with
    if cause and cause not in _CAUSES:
        return f"answers_with: must be one of {', '.join(_CAUSES)}, not {cause!r}"
    for name in ("visited_carrier", "carrier"):
        if len(getattr(subscription, name)) > 100:
            return f"{name}: must have at most 100 characters"
    return ""
