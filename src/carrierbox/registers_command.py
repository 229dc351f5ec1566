"""What `carrierbox senders` and `carrierbox consent` do at a running carrier."""

import csv
from collections.abc import Iterable
from typing import Any, Final

from carrierbox.api_client import CarrierApi
from carrierbox.config_conditions import RuleError
from carrierbox.config_senders import consent_definition, seconds_of, sender_definition
from carrierbox.errors import ConfigurationError
from carrierbox.terminal import aligned, counted, printable

PAGE: Final = 1000
IMPORT_PAGE: Final = 400
"""So many consents fit a request."""
IMPORT_COLUMNS: Final = ("sender", "recipient", "state", "source", "at")
_NEEDED: Final = ("sender", "recipient", "state")
_SWITCHES: Final = {"on": True, "off": False, "yes": True, "no": False}
_ON_OR_OFF: Final = frozenset({"double_opt_in", "two_way"})
_SHOWN: Final = (
    "keywords",
    "matching",
    "group",
    "name",
    "brand",
    "campaign",
    "tier",
    "per_s",
    "per_day",
)
_NUMBERS: Final = frozenset({"per_s", "per_day"})


def all_senders(api: CarrierApi) -> dict[str, Any]:
    """Every sender of a carrier, and its suspended accounts."""
    senders: list[Any] = []
    while True:
        found = api.get("senders", limit=PAGE, offset=len(senders))
        senders.extend(found["senders"])
        if len(senders) >= found["total"] or not found["senders"]:
            return {**found, "senders": senders}


def one_sender(api: CarrierApi, sender: str, country: str) -> dict[str, Any]:
    """One sender in a country, "" for the entry of every country."""
    return api.get("senders", sender, **_in(country))


def register_sender(
    api: CarrierApi, sender: str, country: str, fields: list[str]
) -> dict[str, Any]:
    """Register a sender; `fields` are written `name=value`. ConfigurationError."""
    body = dict(_field(each) for each in fields)
    written = {**body, "sender": sender, **_in(country)}
    try:
        sender_definition(written)
    except RuleError as error:
        raise ConfigurationError(error.path, error.problem) from None
    return api.put("senders", sender, body=body, **_in(country))


def set_registration(
    api: CarrierApi, sender: str, country: str, registration: str, times: dict[str, str | None]
) -> dict[str, Any]:
    """Change the registration of a sender alone; `times` are those of the request."""
    said = {name: value for name, value in times.items() if value is not None}
    for name, value in said.items():
        _check_duration("--for" if name == "suspended_for" else "--after", value)
    body = {"registration": registration, **said}
    return api.put("senders", sender, "registration", body=body, **_in(country))


def forget_sender(api: CarrierApi, sender: str, country: str) -> dict[str, Any]:
    """Forget a sender, or let it be as it is configured."""
    return api.delete("senders", sender, **_in(country))


def suspend_account(api: CarrierApi, system_id: str, duration: str | None) -> dict[str, Any]:
    """Refuse what an account submits, for a time or for good."""
    if duration is not None:
        _check_duration("--for", duration)
    body = {} if duration is None else {"suspended_for": duration}
    return api.put("accounts", system_id, "suspension", body=body)


def resume_account(api: CarrierApi, system_id: str) -> dict[str, Any]:
    """Let an account submit again; how it was suspended."""
    return api.delete("accounts", system_id, "suspension")


def find_consents(api: CarrierApi, wanted: dict[str, str | None], limit: int) -> dict[str, Any]:
    """The consents of a kind, so many at most."""
    said = {name: value for name, value in wanted.items() if value is not None}
    consents: list[Any] = []
    after = -1
    while True:
        page = min(PAGE, limit - len(consents))
        found = api.get("consent", limit=page, after=after, **said)
        consents.extend(found["consents"])
        if found["next"] is None or len(consents) >= limit:
            return {**found, "consents": consents[:limit]}
        after = found["next"]


def record_consent(
    api: CarrierApi, sender: str, number: str, state: str, source: str | None
) -> dict[str, Any]:
    """Record how a phone stands to a sender."""
    body = {"state": state, **({} if source is None else {"source": source})}
    return api.put("consent", sender, number, body=body)


def import_consents(api: CarrierApi, lines: Iterable[str], name: str) -> dict[str, Any]:
    """Record the consents of a table with commas, whose first line names the columns.

    ConfigurationError names the file where it is none; what was recorded before stays.
    """
    table = csv.DictReader(lines)
    columns = table.fieldnames or []
    unknown = [each for each in columns if each not in IMPORT_COLUMNS]
    missing = [each for each in _NEEDED if each not in columns]
    if unknown or missing:
        raise ConfigurationError(
            name,
            "the first line must name the columns sender, recipient and state, and may name "
            f"source and at, not {printable(','.join(columns)) or 'nothing'}",
        )
    recorded = 0
    batch: list[dict[str, str]] = []
    for row in table:
        if None in row or any(row[each] is None for each in columns):
            raise ConfigurationError(
                f"{name}:{table.line_num}", f"must have {len(columns)} values, one for each column"
            )
        written = {key: value.strip() for key, value in row.items() if value.strip()}
        try:
            consent_definition(written)
        except RuleError as error:
            raise ConfigurationError(f"{name}:{table.line_num}", str(error)) from None
        batch.append(written)
        if len(batch) >= IMPORT_PAGE:
            recorded += _import(api, batch)
            batch = []
    if batch:
        recorded += _import(api, batch)
    return {"recorded": recorded}


def _import(api: CarrierApi, batch: list[dict[str, str]]) -> int:
    recorded: int = api.post("consent", body={"consents": batch})["recorded"]
    return recorded


def sender_list_lines(found: dict[str, Any]) -> list[str]:
    """The senders, a line for each, and the suspended accounts."""
    rows = [
        [
            printable(each["sender"]),
            each["country"] or "everywhere",
            each["kind"].replace("_", " "),
            _registration(each),
            f"keywords: {each['keywords'] or 'application'}",
        ]
        for each in found["senders"]
    ]
    lines = aligned(rows) or ["no senders are registered"]
    for account in found.get("suspended_accounts", []):
        until = f" until {account['until']}" if account["until"] else " for good"
        lines.append(f"the account {printable(account['system_id'])} is suspended{until}")
    return lines


def sender_lines(each: dict[str, Any]) -> list[str]:
    """One sender with everything that is said of it."""
    rows = [
        ["sender", printable(each["sender"])],
        ["country", each["country"] or "everywhere"],
        ["kind", each["kind"].replace("_", " ")],
        ["registration", _registration(each)],
    ]
    if each["rule"]:
        rows.append(["because of", f"the rule {printable(each['rule'])}"])
    for name in _SHOWN:
        if each[name]:
            rows.append([name, printable(str(each[name]))])
    if each["double_opt_in"]:
        rows.append(["double opt-in", "yes"])
    if not each["two_way"]:
        rows.append(["two-way", "no"])
    rows += [[f"reply {name}", printable(text)] for name, text in each["replies"].items()]
    return aligned(rows)


def account_lines(account: dict[str, Any]) -> list[str]:
    """That an account is suspended."""
    until = f"until {account['until']}" if account["until"] else "for good"
    return [f"{printable(account['system_id'])}: suspended {until}"]


def consent_list_lines(found: dict[str, Any]) -> list[str]:
    """The consents, a line for each."""
    rows = [
        [
            each["recipient"],
            printable(each["sender"]),
            each["state"],
            each["source"] or "-",
            each["at"] or "-",
        ]
        for each in found["consents"]
    ]
    return aligned(rows) or ["no consents"]


def consent_lines(each: dict[str, Any]) -> list[str]:
    """One consent and how it came to it."""
    lines = [f"{each['recipient']} to {printable(each['sender'])}: {each['state']}"]
    return lines + [
        f"  {change['at']}  {change['state']} by {change['source']}" for change in each["history"]
    ]


def imported_lines(found: dict[str, Any]) -> list[str]:
    """How many were recorded."""
    return [f"{counted(found['recorded'], 'consent')} recorded"]


def _registration(each: dict[str, Any]) -> str:
    said: str = each["registration"]
    return f"{said} until {each['until']}, then {each['afterwards']}" if each["until"] else said


def _check_duration(option: str, value: str) -> None:
    try:
        seconds_of(option, value)
    except RuleError as error:
        raise ConfigurationError(option, error.problem) from None


def _in(country: str) -> dict[str, str]:
    return {"country": country} if country else {}


def _field(written: str) -> tuple[str, object]:
    name, sign, value = written.partition("=")
    if not sign:
        raise ConfigurationError(
            "senders", f"{printable(written)!r} says no value: write it as registration=approved"
        )
    if name in _ON_OR_OFF:
        if value not in _SWITCHES:
            raise ConfigurationError(name, f"must be on or off, not {printable(value)!r}")
        return name, _SWITCHES[value]
    if name in _NUMBERS:
        try:
            return name, float(value) if name == "per_s" else int(value)
        except ValueError:
            raise ConfigurationError(name, f"must be a number, not {printable(value)!r}") from None
    return name, value
