"""Every cell of SMPP 3.4 table 2-1 against a second transcription."""

import tomllib
from pathlib import Path

import pytest

from carrierbox.errors import LocalProtocolError
from carrierbox.smpp import states, values
from carrierbox.smpp.pdus import BODY_FIELDS, PDU_CLASSES
from carrierbox.smpp.session import Session, SessionSettings

TABLE = tomllib.loads((Path(__file__).parent / "operation_matrix.toml").read_text())
LETTERS = {"E": {states.ESME}, "M": {states.SMSC}, "EM": {states.ESME, states.SMSC}}
CELLS = [
    (state, command_id)
    for state in sorted(states.STATE_NAMES)
    for command_id in sorted(values.COMMAND_NAMES)
]


def expected_senders(state: int, command_id: int) -> set[int]:
    cells = TABLE[values.COMMAND_NAMES[command_id]]
    return LETTERS.get(cells.get(states.STATE_NAMES[state], ""), set())


def test_every_command_is_transcribed_and_declared() -> None:
    """Nothing is left out of the table, of the bodies or of the classes (table 5-1)."""
    assert set(TABLE) == set(values.COMMAND_NAMES.values())
    assert set(BODY_FIELDS) == set(values.COMMAND_NAMES) == set(PDU_CLASSES)
    assert {make().command_id for make in PDU_CLASSES.values()} == set(PDU_CLASSES)


@pytest.mark.parametrize(("state", "command_id"), CELLS)
def test_a_cell_says_who_may_send(state: int, command_id: int) -> None:
    """SMPP 3.4 §2.2, table 2-1."""
    senders = expected_senders(state, command_id)
    mask = states.OPERATION_MATRIX.get((state, command_id), 0)
    for role in (states.ESME, states.SMSC):
        assert states.may_send(role, state, command_id) == (role in senders)
        assert (mask & role != 0) == (role in senders)


@pytest.mark.parametrize("command_id", [0x111, 0x80000111, 0x0A, 0x100, 0x1000, 0x80001000, 0])
def test_an_unknown_command_is_legal_for_nobody(command_id: int) -> None:
    """Broadcast, reserved and vendors' commands are in no cell."""
    for state in states.STATE_NAMES:
        assert not states.may_send(states.BOTH, state, command_id)


@pytest.mark.parametrize("role", [states.ESME, states.SMSC])
def test_a_session_refuses_to_send_what_the_open_state_forbids(role: int) -> None:
    """Our own side is held to the same table as the peer."""
    for command_id, make in PDU_CLASSES.items():
        session = Session(role, SessionSettings(), 0.0)
        may = role in expected_senders(states.OPEN, command_id)
        is_request = command_id < values.RESPONSE_BIT
        if may and is_request:
            assert session.send(make(), 0.0) == 1
        else:
            with pytest.raises(LocalProtocolError):
                session.send(make(), 0.0)
