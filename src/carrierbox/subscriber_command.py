"""What `carrierbox phone … subscriber` does: look at what the register knows, and change it."""

from typing import Any, Final

from carrierbox.errors import ConfigurationError
from carrierbox.phone_command import Phone
from carrierbox.terminal import printable

_SWITCHES: Final = {"on": True, "off": False, "yes": True, "no": False}
_ON_OR_OFF: Final = frozenset(
    {"sms_mt", "sms_mo", "unknown", "purged", "deregistered", "roaming_allowed"}
)


def change_subscriber(phone: Phone, fields: list[str], reset: bool) -> dict[str, Any]:
    """Change these fields, written as `name=value`; without any, only look.

    ConfigurationError for what is no field with its value.
    """
    if fields and reset:
        raise ConfigurationError("subscriber", "name fields to change, or --reset, not both")
    return phone.subscription(dict(_change(field) for field in fields), reset)


def _change(field: str) -> tuple[str, object]:
    name, sign, value = field.partition("=")
    if not sign:
        raise ConfigurationError(
            "subscriber", f"{printable(field)!r} says no value: write it as visited_country=IN"
        )
    if name not in _ON_OR_OFF:
        return name, value
    switch = _SWITCHES.get(value)
    if switch is None:
        raise ConfigurationError(name, f"must be on or off, not {printable(value)!r}")
    return name, switch


def subscriber_lines(number: str, subscription: dict[str, Any]) -> list[str]:
    """A line for each field."""
    lines = [number]
    for name, value in subscription.items():
        said = "-" if value == "" else printable(str(value))
        if isinstance(value, bool):
            said = "on" if value else "off"
        lines.append(f"  {name:16} {said}")
    return lines
