"""What `carrierbox tower` does, and the actions of `carrierbox phone` that move it about."""

from typing import Any, Final

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.simulator.cells import Position, position_of
from carrierbox.terminal import aligned, counted, printable

PAGE: Final = 1000

_CASES: Final = {"on": True, "off": False}


def all_towers(api: CarrierApi) -> dict[str, Any]:
    """Every tower of a carrier, as the API tells them."""
    towers: list[Any] = []
    while True:
        found = api.get("towers", limit=PAGE, offset=len(towers))
        towers.extend(found["towers"])
        if len(towers) >= found["total"] or not found["towers"]:
            return {"towers": towers, "total": found["total"]}


def set_outage(api: CarrierApi, tower: str, outage: str) -> dict[str, Any]:
    """Let a tower fail (`on`) or work (`off`); the tower as it is then."""
    return api.put("towers", tower, "outage", body={"outage": outage})


def place_phone(api: CarrierApi, number: str, place: str | None) -> dict[str, Any]:
    """Put a phone at `48.8566,2.3522`, or None: where it is configured. ConfigurationError."""
    if place is None:
        return api.delete("phones", number, "position")
    return api.put("phones", number, "position", body=_point(place, "place"))


def move_phone(api: CarrierApi, number: str, path: list[str], speed_km_h: float) -> dict[str, Any]:
    """Let a phone move from place to place; each word of `path` may hold several places."""
    points = [_point(each, "--path") for word in path for each in word.replace(";", " ").split()]
    body = {"points": points, "speed_km_h": speed_km_h}
    return api.put("phones", number, "path", body=body)


def set_battery(
    api: CarrierApi,
    number: str,
    percent: float | None,
    charging: str | None,
    standby_hours: float | None,
    per_text_percent: float | None,
) -> dict[str, Any]:
    """Say how full a battery is, or what it is like; what is None stays as it is."""
    said = {
        "percent": percent,
        "charging": None if charging is None else _CASES[charging],
        "standby_hours": standby_hours,
        "per_text_percent": per_text_percent,
    }
    body = {name: value for name, value in said.items() if value is not None}
    return api.put("phones", number, "battery", body=body)


def tower_list_lines(found: dict[str, Any]) -> list[str]:
    """The towers, a line for each."""
    rows = [
        [
            printable(tower["id"]),
            "outage" if tower["outage"] else "works",
            f"{tower['latitude']:.4f},{tower['longitude']:.4f}",
            f"{tower['radius_km']:g} km",
            counted(tower["phones"], "phone"),
            _load(tower),
        ]
        for tower in found["towers"]
    ]
    return aligned(rows) or ["no towers: every phone has coverage everywhere"]


def tower_lines(tower: dict[str, Any]) -> list[str]:
    """One tower with everything that is not as by default."""
    state = "outage" if tower["outage"] else "works"
    rows = [
        ["tower", f"{printable(tower['id'])}  {printable(tower['name'])}".rstrip()],
        ["state", f"{state}, serves {counted(tower['phones'], 'phone')}"],
        ["place", f"{tower['latitude']:.4f},{tower['longitude']:.4f}, {tower['radius_km']:g} km"],
        ["load", _load(tower)],
    ]
    whose = " ".join(printable(tower[key]) for key in ("country", "plmn", "msc") if tower[key])
    if whose:
        rows.append(["network", whose])
    if tower["paging_per_s"]:
        rows.append(["paging", f"{tower['paging_per_s']:g} a second"])
    if tower["channels"]:
        rows.append(["channels", str(tower["channels"])])
    if tower["typical_s"]:
        rows.append(["latency", f"{tower['typical_s']:g} s, {tower['jitter_s']:g} s more or less"])
    if tower["loss_down_percent"] or tower["loss_up_percent"]:
        down, up = tower["loss_down_percent"], tower["loss_up_percent"]
        rows.append(["loss", f"{down:g} % of pages, {up:g} % of answers"])
    return aligned(rows)


def whereabouts_lines(found: dict[str, Any]) -> list[str]:
    """Where a phone is, who serves it, and its battery."""
    cell = found["cell"]
    rows = [["phone", printable(found["msisdn"])]]
    rows.append(["tower", "no coverage" if cell is None else printable(cell)])
    place = found["position"]
    if place is not None:
        rows.append(["place", f"{place['latitude']:.5f},{place['longitude']:.5f}"])
    if found["arrives_at"]:
        rows.append(["arrives", found["arrives_at"]])
    battery = found["battery"]
    if battery is not None:
        rows.append(["battery", _battery(battery)])
    return aligned(rows)


def _battery(battery: dict[str, Any]) -> str:
    words = f"{battery['percent']:.1f} %"
    if battery["charging"]:
        words += ", charging"
    if battery["empty"]:
        words += ", empty: the phone is gone"
    if battery["changes_at"]:
        words += f", {'back' if battery['empty'] else 'empty'} at {battery['changes_at']}"
    return words


def _load(tower: dict[str, Any]) -> str:
    words = counted(tower["parts"], "part")
    if tower["refused"]:
        words += f", {tower['refused']} refused"
    if tower["lost"]:
        words += f", {tower['lost']} lost"
    if tower["channels"]:
        words += f", {tower['channels_busy']} of {counted(tower['channels'], 'channel')} busy"
    if tower["paging_wait_s"]:
        words += f", pages wait {tower['paging_wait_s']:g} s"
    return words


def _point(text: str, field: str) -> dict[str, float]:
    try:
        position: Position = position_of(text)
    except ValueError as error:
        raise ConfigurationError(field, str(error)) from None
    return {"latitude": position.latitude, "longitude": position.longitude}
