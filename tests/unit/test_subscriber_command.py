"""`carrierbox phone … subscriber`."""

from typing import Any

import pytest

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.phone_command import Phone
from carrierbox.subscriber_command import change_subscriber, subscriber_lines


class Recorded(CarrierApi):
    """An API that notes what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, tuple[str, ...], object]] = []

    def get(self, *segments: str, **query: str | int) -> dict[str, Any]:
        self.asked.append(("GET", segments, None))
        return {}

    def patch(self, *segments: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("PATCH", segments, body))
        return {}

    def delete(self, *segments: str, **query: str | int) -> dict[str, Any]:
        self.asked.append(("DELETE", segments, None))
        return {}


WHERE = ("phones", "+33612345678", "subscription")


@pytest.mark.parametrize(
    ("fields", "reset", "asked"),
    [
        ([], False, ("GET", WHERE, None)),
        ([], True, ("DELETE", WHERE, None)),
        (
            ["visited_country=IN", "carrier=", "sms_mt=off", "unknown=on"],
            False,
            (
                "PATCH",
                WHERE,
                {"visited_country": "IN", "carrier": "", "sms_mt": False, "unknown": True},
            ),
        ),
    ],
)
def test_fields_become_a_change(
    fields: list[str], reset: bool, asked: tuple[str, tuple[str, ...], object]
) -> None:
    """Without any, it only looks."""
    api = Recorded()
    change_subscriber(Phone(api, "+33612345678"), fields, reset)
    assert api.asked == [asked]


@pytest.mark.parametrize(
    ("fields", "reset", "said"),
    [
        (["visited_country"], False, "says no value"),
        (["sms_mt=maybe"], False, "on or off"),
        (["carrier=Free"], True, "not both"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_asked(
    fields: list[str], reset: bool, said: str
) -> None:
    """With the way to write it."""
    api = Recorded()
    with pytest.raises(ConfigurationError, match=said):
        change_subscriber(Phone(api, "+33612345678"), fields, reset)
    assert api.asked == []


def test_each_field_has_its_line() -> None:
    """What is not set is a dash."""
    lines = subscriber_lines("+336", {"carrier": "", "domain": "msc", "sms_mt": True})
    assert lines == [
        "+336",
        "  carrier          -",
        "  domain           msc",
        "  sms_mt           on",
    ]
