"""What `carrierbox fault` does: list the faults of a running carrier, add one, remove some."""

from typing import Any

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.strict_yaml import parse_yaml
from carrierbox.terminal import aligned, counted, printable


def add_fault(api: CarrierApi, name: str, then: str, when: str) -> dict[str, Any]:
    """Add a fault; all there are then. `then` and `when` are YAML: `operation: submit_sm`."""
    body = {"name": name, "then": _mapping(then, "--then"), "when": _mapping(when, "--when")}
    return api.post("faults", body=body)


def remove_faults(api: CarrierApi, name: str | None) -> dict[str, Any]:
    """Remove one, or without a name all; those that are left."""
    return api.delete("faults") if name is None else api.delete("faults", name)


def fault_lines(found: dict[str, Any]) -> list[str]:
    """Faults as lines for people, in the order in which they are asked."""
    faults = found.get("faults") or []
    if not faults:
        return ["(no faults)"]
    return aligned([_columns(fault) for fault in faults], "")


def _columns(fault: dict[str, Any]) -> list[str]:
    """Name, what happens, to what, how often it did, where it is from."""
    when = _words(fault.get("when")) or "every request"
    return [
        printable(str(fault.get("name", ""))),
        _words(fault.get("then")),
        when,
        counted(int(fault.get("matched") or 0), "PDU"),
        "configured" if fault.get("configured") else "",
    ]


def _words(mapping: object) -> str:
    if not isinstance(mapping, dict):
        return ""
    return ", ".join(f"{printable(str(key))}: {_word(value)}" for key, value in mapping.items())


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_word(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{_words(value)}}}"
    return printable(str(value))


def _mapping(text: str, option: str) -> dict[str, Any]:
    """What an option says: the entries of a mapping, with braces around them or without."""
    text = text.strip()
    value = parse_yaml(text if text.startswith("{") else f"{{{text}}}", option)
    if not isinstance(value, dict):
        raise ConfigurationError(option, "must be KEY: VALUE, with commas between several")
    return value
