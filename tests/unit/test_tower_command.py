"""What `carrierbox tower` asks and prints, and how phones are moved about."""

from typing import Any, cast

import pytest

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.tower_command import (
    all_towers,
    move_phone,
    place_phone,
    set_battery,
    set_outage,
    tower_lines,
    tower_list_lines,
    whereabouts_lines,
)

TOWER: dict[str, Any] = {
    "id": "bastille",
    "name": "Bastille \x1b[2J",
    "latitude": 48.8532,
    "longitude": 2.3692,
    "radius_km": 1.5,
    "country": "FR",
    "plmn": "20801",
    "msc": "",
    "paging_per_s": 20.0,
    "channels": 8,
    "queue_max_s": 10.0,
    "typical_s": 0.3,
    "jitter_s": 0.1,
    "octets_per_s": 0.0,
    "loss_down_percent": 1.0,
    "loss_up_percent": 0.5,
    "outage": False,
    "phones": 1,
    "parts": 20,
    "refused": 2,
    "lost": 1,
    "paging_wait_s": 0.25,
    "channels_busy": 3,
}


class FakeApi:
    """Remembers what was asked."""

    def __init__(self, towers: int = 0) -> None:
        self.asked: list[tuple[object, ...]] = []
        self._towers = towers

    def get(self, *segments: str, **query: int) -> dict[str, Any]:
        self.asked.append(("GET", *segments, query))
        count = min(query["limit"], self._towers - query["offset"])
        return {"towers": [TOWER] * count, "total": self._towers}

    def put(self, *segments: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("PUT", *segments, body))
        return {}

    def delete(self, *segments: str) -> dict[str, Any]:
        self.asked.append(("DELETE", *segments))
        return {}


@pytest.mark.parametrize("towers", [0, 999, 1000, 2500])
def test_all_towers_are_read_page_by_page(towers: int) -> None:
    """However many there are."""
    api = FakeApi(towers)
    assert len(all_towers(cast(CarrierApi, api))["towers"]) == towers
    assert len(api.asked) == max(1, -(-towers // 1000))


def test_what_is_asked_of_the_carrier() -> None:
    """Degrees as people write them; what is not said is not sent."""
    fake = FakeApi()
    api = cast(CarrierApi, fake)
    set_outage(api, "bastille", "on")
    place_phone(api, "+336", "33.87S,151.21E")
    place_phone(api, "+336", None)
    move_phone(api, "+336", ["1,2;3,4", "5,6"], 30.0)
    set_battery(api, "+336", 15.0, "on", None, None)
    set_battery(api, "+336", None, None, 24.0, 0.5)
    assert fake.asked == [
        ("PUT", "towers", "bastille", "outage", {"outage": "on"}),
        ("PUT", "phones", "+336", "position", {"latitude": -33.87, "longitude": 151.21}),
        ("DELETE", "phones", "+336", "position"),
        (
            "PUT",
            "phones",
            "+336",
            "path",
            {
                "points": [
                    {"latitude": 1.0, "longitude": 2.0},
                    {"latitude": 3.0, "longitude": 4.0},
                    {"latitude": 5.0, "longitude": 6.0},
                ],
                "speed_km_h": 30.0,
            },
        ),
        ("PUT", "phones", "+336", "battery", {"percent": 15.0, "charging": True}),
        ("PUT", "phones", "+336", "battery", {"standby_hours": 24.0, "per_text_percent": 0.5}),
    ]


def test_what_is_no_place_is_told_with_the_option() -> None:
    """Before the carrier is asked."""
    with pytest.raises(ConfigurationError, match="--path: must be LATITUDE,LONGITUDE"):
        move_phone(cast(CarrierApi, FakeApi()), "+336", ["paris"], 30.0)


def test_towers_are_listed_on_a_line_each() -> None:
    """Nothing steers the terminal."""
    assert tower_list_lines({"towers": []}) == ["no towers: every phone has coverage everywhere"]
    [line] = tower_list_lines({"towers": [{**TOWER, "outage": True}]})
    assert line == (
        "bastille  outage  48.8532,2.3692  1.5 km  1 phone  "
        "20 parts, 2 refused, 1 lost, 3 of 8 channels busy, pages wait 0.25 s"
    )


def test_one_tower_is_told_with_what_it_has() -> None:
    """Lines for limits only where there are some."""
    lines = tower_lines(TOWER)
    assert lines[0] == "tower     bastille  Bastille \\x1b[2J"
    assert "network   FR 20801" in lines
    assert "latency   0.3 s, 0.1 s more or less" in lines
    assert "loss      1 % of pages, 0.5 % of answers" in lines
    plain = {key: 0 if isinstance(value, float | int) else "" for key, value in TOWER.items()}
    assert [line.split()[0] for line in tower_lines(plain)] == ["tower", "state", "place", "load"]


def test_whereabouts_are_told_for_people() -> None:
    """No coverage, on the way, and an empty battery."""
    found: dict[str, Any] = {
        "msisdn": "+33612345678",
        "cell": None,
        "position": {"latitude": 48.85, "longitude": 2.35},
        "arrives_at": "2027-01-15T12:00:00.000Z",
        "battery": {
            "percent": 0.5,
            "charging": True,
            "empty": True,
            "changes_at": "2027-01-15T12:01:00.000Z",
        },
    }
    assert whereabouts_lines(found) == [
        "phone    +33612345678",
        "tower    no coverage",
        "place    48.85000,2.35000",
        "arrives  2027-01-15T12:00:00.000Z",
        "battery  0.5 %, charging, empty: the phone is gone, back at 2027-01-15T12:01:00.000Z",
    ]
    found = {**found, "cell": "everywhere", "position": None, "arrives_at": None, "battery": None}
    assert whereabouts_lines(found) == ["phone  +33612345678", "tower  everywhere"]
