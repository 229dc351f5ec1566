"""docs/life-of-a-message.md says what the code does."""

import ast
import re
from pathlib import Path

import pytest
from tests.unit.smsc.examples import a_message

import carrierbox
from carrierbox.clock import NetworkTime
from carrierbox.smpp import values
from carrierbox.smsc import effects, journal
from carrierbox.smsc.messages import FINAL_STATES, TO_ESME, TO_PHONE

REPOSITORY = Path(__file__).parents[3]
PAGE = (REPOSITORY / "docs" / "life-of-a-message.md").read_text(encoding="utf-8")
SMSC = Path(carrierbox.__file__).parent / "smsc"
NAMES = {name: getattr(values, name) for name in ("DELIVERED", "EXPIRED", "DELETED")} | {
    name: getattr(values, name) for name in ("UNDELIVERABLE", "REJECTED")
}
# Who makes a message what the store says, or lets it go as if it had never been.
NOT_DECIDED = {"apply_entry", "Attempts.undo_accepted"}
CONCLUDERS = {"Attempts.conclude", "Attempts.end_waiting", "Handover._conclude"}


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first column is called so."""
    found: list[list[str]] = []
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == heading:
            found = [cells]
        elif found and not line.startswith("|"):
            break
        elif found:
            found.append(cells)
    return found[2:]


def callers(*names: str) -> dict[str, set[str]]:
    """By caller which names it gives to a call of a method or function of one of these names."""
    found: dict[str, set[str]] = {}
    for path in sorted(SMSC.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        owners = [(tree, "")] + [
            (one, one.name + ".") for one in tree.body if isinstance(one, ast.ClassDef)
        ]
        for owner, prefix in owners:
            for function in owner.body:
                if not isinstance(function, ast.FunctionDef):
                    continue
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in names:
                        given = {one.id for one in ast.walk(call) if isinstance(one, ast.Name)}
                        found.setdefault(prefix + function.name, set()).update(given)
    return found


def test_only_those_on_the_page_end_a_message() -> None:
    """Each asks for the states the page says, and nobody else asks for any."""
    asked: dict[str, set[str]] = {}
    for end, _, deciders, _ in rows("End"):
        for decider in re.findall(r"`([\w.]+)`", deciders):
            asked.setdefault(decider, set()).add(end.strip("`"))
    found = callers("conclude", "_conclude", "end_waiting")
    assert set(found) == set(asked) | CONCLUDERS | NOT_DECIDED
    for decider, ends in asked.items():
        assert found[decider] & set(NAMES) == ends, decider


def test_every_final_state_is_on_the_page_and_no_other() -> None:
    """SMPP 3.4 §5.2.28."""
    assert {NAMES[end.strip("`")] for end, *_ in rows("End")} == FINAL_STATES


def test_only_what_undoes_an_end_reopens() -> None:
    """A final state is left again only if it was not written."""
    assert set(callers("reopen")) == {"Attempts.undo_concluded", "Handover.undo_concluded"}


def test_the_state_is_set_in_one_file() -> None:
    """Whatever else changes it would go round the guard."""
    for path in SMSC.glob("*.py"):
        if path.name in ("messages.py", "journal.py", "ports.py"):
            continue
        assert not re.search(r"\.state = ", path.read_text(encoding="utf-8")), path.name


def test_what_changes_a_message_is_an_effect_with_the_entry_of_the_page() -> None:
    """Decision 0003: every change that an entry stands for is an effect."""
    told = rows("Event")
    assert told
    for _, _, effect, entry, _ in told:
        assert hasattr(effects, effect.strip("`")), effect
        assert entry == "-" or isinstance(getattr(journal, entry), int), entry


PLACES: dict[str, tuple[int, dict[str, object], bool]] = {
    "scheduled": (TO_PHONE, {}, True),
    "waiting": (TO_PHONE, {"is_queued": True, "attempts": 1}, True),
    "in flight": (TO_PHONE, {"segments_out": 2}, False),
    "on its phone": (TO_PHONE, {"parts_on_phone": 1, "is_on_phone": True}, False),
    "owed": (TO_ESME, {}, False),
}


def test_every_place_of_the_page_is_tried_below() -> None:
    """And the other way round."""
    assert [place for place, *_ in rows("Place")] == list(PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_a_message_may_end_and_be_changed_where_the_page_says(place: str) -> None:
    """`may_end` and `is_beyond_change`, over every place and every final state."""
    target, fields, may_change = PLACES[place]
    message = a_message(target=target, expires_at=99.0)
    for name, value in fields.items():
        setattr(message, name, value)
    ends = {NAMES[end.strip("`")] for end, origin, *_ in rows("End") if place in origin}
    assert ends
    for state in FINAL_STATES:
        if state in ends or place == "on its phone":
            assert message.may_end(state) == (state in ends), (place, state)
    assert message.is_beyond_change is not may_change
    message.conclude(min(ends), NetworkTime(20.0))
    assert message.is_beyond_change
    assert not any(message.may_end(state) for state in range(10))
