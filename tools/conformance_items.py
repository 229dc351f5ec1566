"""The items of the conformance statement: what the carrier claims, what proves it, how to break it.

They come from tables beside the tests that prove them, in `tests/conformance/smpp34`:

* `operation_matrix.toml`: an item for each command in each state, and one for all other states;
* `fields.toml`: an item for each string of each body, and one for the layout of the body;
* `tlvs.toml`: an item for each optional parameter;
* `items/*.toml`: everything else, one by one.

Each item has tests, and faults: replacements of text in one file below src/carrierbox that take its
guard out. `tools/mutations.py` plants them one at a time.
"""

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

REPOSITORY: Final = Path(__file__).parents[1]
TABLES: Final = REPOSITORY / "tests" / "conformance" / "smpp34"
YES: Final = "yes"
PARTLY: Final = "partly"
NO: Final = "no"

STATES: Final = ("OPEN", "OUTBOUND", "BOUND_TX", "BOUND_RX", "BOUND_TRX", "UNBOUND")
_STATES_WITH_SESSIONS: Final = STATES[:-1]
_SENDERS: Final = {"E": "the ESME", "M": "the SMSC", "EM": "either side"}
_MATRIX_TESTS: Final = "conformance/smpp34/test_operation_matrix.py"
_TLV_TESTS: Final = "conformance/smpp34/test_tlvs.py"
_FIELD_TESTS: Final = "conformance/smpp34/test_fields.py"
_CELLS_MADE: Final = "_DENSE: Final[bytes] = _dense()\n"
_FIELDS_MADE: Final = (
    '"""The mandatory fields of every body, in their order on the wire (SMPP 3.4 §4)."""\n'
)

_TLVS_MADE: Final = "    definition.tag: definition for definition in _DEFINITIONS\n}\n"
_TLV_RULES_MADE: Final = "\n\ndef tlv_refusal("
_LONGEST_OF_ALL: Final = 0xFFFF


class Fault:
    """Text to replace in a file below src/carrierbox; `old` must be there exactly once."""

    def __init__(self, file: str, old: str, new: str) -> None:
        self.file = file
        self.old = old
        self.new = new

    def plant(self, source: str) -> str:
        """The source with the fault. Raises ValueError where `old` is not there exactly once."""
        count = source.count(self.old)
        if count != 1:
            raise ValueError(f"{self.file} holds {self.old!r} {count} times, not once")
        return source.replace(self.old, self.new)


class Item:
    """One claim. `supported` is `yes`, `partly` or `no`; `note` is why not wholly."""

    def __init__(
        self,
        name: str,
        text: str,
        clause: str,
        tests: list[str],
        faults: list[Fault],
        supported: str = YES,
        note: str = "",
    ) -> None:
        self.name = name
        self.text = text
        self.clause = clause
        self.tests = tests
        self.faults = faults
        self.supported = supported
        self.note = note


class Group:
    """Items under one heading of the statement."""

    def __init__(self, heading: str, about: str, items: list[Item]) -> None:
        self.heading = heading
        self.about = about
        self.items = items


def load_groups() -> list[Group]:
    """Every item, by heading, in the order of the statement."""
    notes: dict[str, dict[str, str]] = _table("items/notes.toml")
    groups = [
        Group(
            "Who may send what, when",
            "The operation matrix (§2.2, table 2-1), command by command. What a side may not send "
            "is refused when it comes and is never sent.",
            _operation_items(),
        ),
        Group(
            "Fields on the wire",
            "The body of every PDU (§4), and the longest string of each field; the number does not "
            "count the NUL. What is longer is refused with the status of its field, and is never "
            "written.",
            _field_items(),
        ),
        Group(
            "Optional parameters",
            "Each TLV (§5.3.2) with its type, the length of its value in octets and the PDUs it "
            "belongs to; below those of 3.4 stand those of SMPP 5.0 that belong to PDUs of 3.4. An "
            "account with `strict_tlvs` is refused one that is misplaced, ESME_ROPTPARNOTALLWD, of "
            "another length, ESME_RINVPARLEN, or of no legal value, ESME_RINVOPTPARAMVAL; for any "
            "other account it is then as if it were not there (§3.3).",
            _tlv_items(),
        ),
    ]
    for path in sorted((TABLES / "items").glob("[0-9]*.toml")):
        table = _table(f"items/{path.name}")
        groups.append(Group(table["heading"], table["about"], [*map(_item, table["item"])]))
    for group in groups:
        for item in group.items:
            for pattern, note in notes.items():
                if fnmatchcase(item.name, pattern):
                    item.supported, item.note = note["supported"], note["note"]
    return groups


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((TABLES / name).read_text(encoding="utf-8"))


def _item(row: dict[str, Any]) -> Item:
    return Item(
        row["id"],
        row["text"],
        row["clause"],
        row.get("tests", []),
        [Fault(fault["file"], fault["old"], fault["new"]) for fault in row.get("faults", [])],
        row.get("supported", YES),
        row.get("note", ""),
    )


# The operation matrix.


def _operation_items() -> list[Item]:
    clauses: dict[str, str] = _table("fields.toml")["clauses"]
    items = []
    for command, cells in _table("operation_matrix.toml").items():
        clause = f"§2.2, {clauses[command]}"
        items += [_cell_item(command, state, who, clause) for state, who in cells.items()]
        elsewhere = [state for state in STATES if state not in cells]
        if elsewhere:
            items.append(_elsewhere_item(command, elsewhere, clause))
    return items


def _cell_item(command: str, state: str, who: str, clause: str) -> Item:
    """One faults forbids the cell, a second lets the other side send."""
    tests = [f"{_MATRIX_TESTS}::test_a_cell_says_who_may_send[{command}-{state}]"]
    if state in _STATES_WITH_SESSIONS:
        tests.append(
            f"{_MATRIX_TESTS}::test_a_session_sends_and_takes_what_the_cell_allows"
            f"[{command}-{state}]"
        )
    masks = ["0"] if who == "EM" else ["0", "BOTH"]
    faults = [_cells_fault([(command, state)], mask) for mask in masks]
    text = f"{command} in {state}: {_SENDERS[who]}"
    return Item(f"M-{command}-{state}", text, clause, tests, faults)


def _elsewhere_item(command: str, states: list[str], clause: str) -> Item:
    """Its faults let both sides send it there, one state at a time."""
    tests = [f"{_MATRIX_TESTS}::test_elsewhere_nobody_may_send[{command}]"]
    faults = [_cells_fault([(command, state)], "BOTH") for state in states]
    text = f"{command} in {', '.join(states)}: nobody"
    return Item(f"M-{command}-elsewhere", text, clause, tests, faults)


def _cells_fault(cells: list[tuple[str, str]], mask: str) -> Fault:
    changes = [
        f"OPERATION_MATRIX[({state}, values.{command.upper()})] = {mask}\n"
        for command, state in cells
    ]
    return Fault("smpp/states.py", _CELLS_MADE, "".join(changes) + _CELLS_MADE)


# Fields.


def fields_of(body: str) -> list[tuple[str, str]]:
    """The names and types of a body as `fields.toml` writes it."""
    pairs = [field.strip().split("=") for field in body.split(";") if field.strip()]
    return [(name, kind) for name, kind in pairs]


def string_fields(table: dict[str, Any], body: str) -> list[tuple[str, int]]:
    """The names and longest lengths, NUL included, of the strings of a body and its structures."""
    found = []
    for name, kind in fields_of(body):
        if kind.startswith("cstr"):
            found.append((name, int(kind.removeprefix("cstr"))))
        elif kind in table["structures"]:
            for shape in table["structures"][kind].values():
                found += string_fields(table, shape)
    return found


def _field_items() -> list[Item]:
    table = _table("fields.toml")
    extra: dict[str, list[dict[str, str]]] = table["faults"]
    items = []
    for command, body in table["bodies"].items():
        clause = table["clauses"][command]
        items.append(_layout_item(command, body, clause))
        for name, max_octets in string_fields(table, body):
            status = table["statuses"][name]
            items.append(_string_item(command, name, max_octets, status, clause))
    for item in items:
        item.faults += [Fault(f["file"], f["old"], f["new"]) for f in extra.get(item.name, [])]
    assert set(extra) <= {item.name for item in items}
    return items


def _layout_item(command: str, body: str, clause: str) -> Item:
    """Its fault moves the first field to the end, or adds one to a PDU that has none."""
    names = [name for name, _ in fields_of(body)]
    text = f"{command}: {', '.join(names)}" if names else f"{command}: a header only"
    key = f"values.{command.upper()}"
    change = f"BODY_FIELDS[{key}] = (*BODY_FIELDS[{key}][1:], *BODY_FIELDS[{key}][:1])\n"
    if not names:
        change = f'BODY_FIELDS[{key}] = (Integer("sequence_number"),)\n'
    elif len(names) == 1:
        change = f"BODY_FIELDS[{key}] = ()\n"
    tests = [f"{_FIELD_TESTS}::test_a_body_is_its_fields_in_their_order[{command}]"]
    return Item(f"F-{command}", text, clause, tests, [_fields_fault(change)])


def _string_item(command: str, name: str, max_octets: int, status: str, clause: str) -> Item:
    """Its faults: one octet more, one less, another status."""
    key = f"{command}-{name}"
    tests = [
        f"{_FIELD_TESTS}::test_the_longest_string_is_read_and_written[{key}]",
        f"{_FIELD_TESTS}::test_a_longer_string_is_refused_and_never_written[{key}]",
    ]
    changes = ["max_octets += 1", "max_octets -= 1", "status = values.ESME_RUNKNOWNERR"]
    faults = [_fields_fault(_change_of(command, name, change)) for change in changes]
    text = f"{name} of {command}: at most {max_octets - 1} characters, else ESME_{status}"
    return Item(f"F-{key}", text, clause, tests, faults)


def _change_of(command: str, name: str, change: str) -> str:
    """Statements that change one declared field of one body and no other."""
    body = f"BODY_FIELDS[values.{command.upper()}]"
    return (
        "from copy import deepcopy as _deepcopy\n"
        f"{body} = _deepcopy({body})\n"
        f"_unseen = list({body})\n"
        "while _unseen:\n"
        "    _field = _unseen.pop()\n"
        "    if isinstance(_field, Structures):\n"
        "        _unseen += [one for shape in _field.shapes.values() for one in shape.fields]\n"
        f"    if _field.name == {name!r}:\n"
        f"        _field.{change}\n"
    )


def _fields_fault(change: str) -> Fault:
    return Fault("smpp/pdus.py", _FIELDS_MADE, _FIELDS_MADE + change)


# Optional parameters.


def _tlv_items() -> list[Item]:
    return [_tlv_item(row) for row in _table("tlvs.toml")["tlv"] if row["pdus"]]


def _tlv_item(row: dict[str, Any]) -> Item:
    """Its faults: another length, one PDU less, every value."""
    name, tag = row["name"], row["tag"]
    shortest, longest = row["length"]
    length = str(longest) if shortest == longest else f"{shortest} to {longest}"
    if longest == _LONGEST_OF_ALL:
        length = "any length"
    tests = [
        f"{_TLV_TESTS}::test_a_definition_is_that_of_the_specification[{name}]",
        f"{_TLV_TESTS}::test_a_strict_account_may_send_it_where_it_belongs[{name}]",
        f"{_TLV_TESTS}::test_a_strict_account_must_keep_to_lengths_and_values[{name}]",
        f"{_TLV_TESTS}::test_any_other_account_is_not_refused_for_it[{name}]",
    ]
    faults = [
        _rule_fault(f"TLV_RULES[{tag}].commands = TLV_RULES[{tag}].commands[1:]\n"),
        _definition_fault(f"TLV_DEFINITIONS[{tag}].length_min_octets += 1\n"),
    ]
    if longest != _LONGEST_OF_ALL:
        faults.append(_definition_fault(f"TLV_DEFINITIONS[{tag}].length_max_octets += 1\n"))
    if "unsound" in row:
        faults.append(_rule_fault(f"TLV_RULES[{tag}] = TlvRule(TLV_RULES[{tag}].commands, _ANY)\n"))
    text = f"{name} (0x{tag:04X}): {row['type']}, {length}; {', '.join(row['pdus'])}"
    clause = "§5.3.2" if row["since"] == "3.4" else "SMPP 5.0 §4.8.4"
    return Item(f"L-{name}", text, clause, tests, faults)


def _definition_fault(change: str) -> Fault:
    return Fault("smpp/tlv.py", _TLVS_MADE, _TLVS_MADE + change)


def _rule_fault(change: str) -> Fault:
    return Fault("smpp/tlv_rules.py", _TLV_RULES_MADE, f"\n\n{change}{_TLV_RULES_MADE}")
