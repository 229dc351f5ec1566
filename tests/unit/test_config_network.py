"""The settings of towers, and of where phones are and how full their batteries."""

from pathlib import Path

import pytest

from carrierbox.config import Configuration, configuration_schema, load_configuration
from carrierbox.config_network import read_battery, read_id, read_position
from carrierbox.errors import ConfigurationError
from carrierbox.simulator.battery import Battery
from carrierbox.simulator.cells import Position

HOME = {"HOME": "/home/somebody"}


def load(text: str, tmp_path: Path) -> Configuration:
    path = tmp_path / "carrierbox.yaml"
    path.write_text(text, encoding="utf-8")
    return load_configuration(path, HOME)


def problems_of(text: str, tmp_path: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        load(text, tmp_path)
    return str(raised.value).splitlines()


def test_a_tower_with_everything_becomes_a_cell(tmp_path: Path) -> None:
    """Units are in the names of what the network takes."""
    found = load(
        """
        towers:
          - id: bastille
            name: Bastille
            position: 48.8532,2.3692
            radius_km: 1.5
            country: FR
            plmn: "20801"
            msc: "33609000001"
            paging_per_s: 20
            channels: 8
            queue_max: 5s
            latency: {typical: 300ms, jitter: 100ms, octets_per_s: 100}
            loss_percent: {down: 1, up: 0.5}
            outage: true
        """,
        tmp_path,
    )
    cell = found.towers[0].cell()
    assert (cell.id, cell.name, cell.position) == (
        "bastille",
        "Bastille",
        Position(48.8532, 2.3692),
    )
    assert (cell.radius_km, cell.country, cell.plmn, cell.msc) == (
        1.5,
        "FR",
        "20801",
        "33609000001",
    )
    assert (cell.paging_per_s, cell.channels, cell.queue_max_s) == (20.0, 8, 5.0)
    assert (cell.typical_s, cell.jitter_s, cell.octets_per_s) == (0.3, 0.1, 100.0)
    assert (cell.loss_down_percent, cell.loss_up_percent, cell.outage) == (1.0, 0.5, True)


def test_a_tower_needs_an_id_and_a_place_and_has_no_limits_else(tmp_path: Path) -> None:
    """Five kilometres, in each box of its own."""
    found = load(
        """
        towers: [{id: a, position: [48, 2]}]
        boxes:
          spare:
            accounts: [{system_id: s, password: s}]
            towers: [{id: a, position: "33.87S,151.21E"}]
        """,
        tmp_path,
    )
    cell = found.all_boxes()["default"].towers[0].cell()
    assert (cell.radius_km, cell.paging_per_s, cell.channels, cell.typical_s) == (5.0, 0.0, 0, 0.0)
    assert found.all_boxes()["spare"].towers[0].position == Position(-33.87, 151.21)


def test_every_problem_of_towers_and_phones_is_told(tmp_path: Path) -> None:
    """With the path of the field and what it must be."""
    problems = problems_of(
        """
        towers:
          - {id: a, position: "48,2", latency: {typical: 0.3s, jitter: 1s}, loss_percent: {up: 200}}
          - {id: a, position: [48, 190], radius_km: 500}
          - {id: Nation!, position: [48]}
          - {id: everywhere, position: "1,1", msc: 3360, plmn: "1", country: France, outage: 1}
          - {name: nobody}
        phones:
          - {msisdn: "+33612345678", position: x, battery: {percent: 120, volt: 1}}
          - {msisdn: "+33612345679", battery: 80}
        """,
        tmp_path,
    )
    assert [problem.split(": ", 1)[0] for problem in problems] == [
        "phones[0].position",
        "phones[0].battery.percent",
        "phones[0].battery.volt",
        "phones[1].battery",
        "towers[0].loss_percent.up",
        "towers[1].position",
        "towers[1].radius_km",
        "towers[2].id",
        "towers[2].position",
        "towers[3].id",
        "towers[3].country",
        "towers[3].plmn",
        "towers[3].msc",
        "towers[3].outage",
        "towers[4].id",
        "towers[4].position",
        "towers[0].latency.jitter",
        "towers[1].id",
    ]
    assert "towers[0].latency.jitter: must not be longer than typical, which is 0.3s" in problems
    assert "towers[1].id: a is given in towers[0].id already" in problems
    assert "phones[1].battery: must be a mapping such as {percent: 80}, not a number" in problems


def test_places_are_text_or_two_numbers() -> None:
    """And ids are small."""
    assert read_position([48.5, 2]) == read_position("48.5,2")
    for wrong in (None, 48.5, [48.5], ["48", "2"], True):
        with pytest.raises(ValueError, match="must be"):
            read_position(wrong)
    assert read_id("paris-11.a_b") == "paris-11.a_b"
    with pytest.raises(ValueError, match="phones without a position are there"):
        read_id("everywhere")


def test_a_battery_is_full_unless_it_is_said() -> None:
    """null is power for ever."""
    battery = read_battery({"standby_hours": 10})
    assert isinstance(battery, Battery)
    assert (battery.percent, battery.standby_hours, battery.charging) == (100.0, 10.0, False)
    assert read_battery(None) is None


def test_a_phone_of_the_configuration_has_its_place_and_battery(tmp_path: Path) -> None:
    """Both may be null."""
    found = load(
        """
        phones:
          - {msisdn: "+33612345678", position: "48.85,2.35", battery: {percent: 30}}
          - {msisdn: "+33612345679", position: null, battery: null}
        """,
        tmp_path,
    )
    first, second = found.phones
    assert first.position == Position(48.85, 2.35)
    assert first.battery is not None
    assert (second.position, second.battery) == (None, None)


def test_the_schema_has_the_towers() -> None:
    """What is required, and nothing but known keys."""
    definitions = configuration_schema()["$defs"]
    assert definitions["Tower"]["required"] == ["id", "position"]
    assert definitions["Tower"]["properties"]["radius_km"]["default"] == 5.0
    assert definitions["Latency"]["additionalProperties"] is False
    assert {"position", "battery"} <= set(definitions["Phone"]["properties"])
