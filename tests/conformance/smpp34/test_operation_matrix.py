"""Every cell of SMPP 3.4 table 2-1 against a second transcription, in the table and in sessions."""

import tomllib
from pathlib import Path

import pytest

from carrierbox.errors import LocalProtocolError
from carrierbox.smpp import states, values
from carrierbox.smpp.events import Event, PduRejected, ResponseReceived, SessionClosed
from carrierbox.smpp.pdus import BODY_FIELDS, PDU_CLASSES, Pdu
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.wire import encode_pdu

TABLE = tomllib.loads((Path(__file__).parent / "operation_matrix.toml").read_text())
LETTERS = {"E": {states.ESME}, "M": {states.SMSC}, "EM": {states.ESME, states.SMSC}}
COMMANDS = {name: number for number, name in values.COMMAND_NAMES.items()}
STATES = {name: number for number, name in states.STATE_NAMES.items()}
CELLS = [
    pytest.param(COMMANDS[command], STATES[state], id=f"{command}-{state}")
    for command in TABLE
    for state in STATES
]
CELLS_OF_SESSIONS = [
    pytest.param(COMMANDS[command], STATES[state], id=f"{command}-{state}")
    for command in TABLE
    for state in ("OPEN", "OUTBOUND", "BOUND_TX", "BOUND_RX", "BOUND_TRX")
]


def expected_senders(state: int, command_id: int) -> set[int]:
    cells = TABLE[values.COMMAND_NAMES[command_id]]
    return LETTERS.get(cells.get(states.STATE_NAMES[state], ""), set())


def test_every_command_is_transcribed_and_declared() -> None:
    """Nothing is left out of the table, of the bodies or of the classes (table 5-1)."""
    assert set(TABLE) == set(values.COMMAND_NAMES.values())
    assert set(BODY_FIELDS) == set(values.COMMAND_NAMES) == set(PDU_CLASSES)
    assert {make().command_id for make in PDU_CLASSES.values()} == set(PDU_CLASSES)


@pytest.mark.parametrize(("command_id", "state"), CELLS)
def test_a_cell_says_who_may_send(command_id: int, state: int) -> None:
    """SMPP 3.4 §2.2, table 2-1."""
    senders = expected_senders(state, command_id)
    mask = states.OPERATION_MATRIX.get((state, command_id), 0)
    for role in (states.ESME, states.SMSC):
        assert states.may_send(role, state, command_id) == (role in senders)
        assert (mask & role != 0) == (role in senders)


@pytest.mark.parametrize("command", TABLE)
def test_elsewhere_nobody_may_send(command: str) -> None:
    """SMPP 3.4 §2.2, table 2-1: a state that is not named is forbidden."""
    for name, state in STATES.items():
        if name not in TABLE[command]:
            assert not states.may_send(states.ESME, state, COMMANDS[command])
            assert not states.may_send(states.SMSC, state, COMMANDS[command])


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


# Sessions.


def hear(session: Session, octets: bytes) -> list[Event]:
    """What a session tells of octets that arrive."""
    session.receive_octets(octets)
    events: list[Event] = []
    while (event := session.next_event(0.0)) is not None:
        events.append(event)
    return events


def made(command_id: int, sequence_number: int) -> Pdu:
    pdu = PDU_CLASSES[command_id]()
    pdu.sequence_number = sequence_number
    return pdu


def frame(command_id: int, sequence_number: int) -> bytes:
    return encode_pdu(made(command_id, sequence_number))


def head(octets: bytes) -> tuple[int, int, int]:
    """command_id, command_status and sequence_number of the one PDU in `octets`."""
    words = [int.from_bytes(octets[at : at + 4], "big") for at in (0, 4, 8, 12)]
    assert words[0] == len(octets)
    return words[1], words[2], words[3]


def session_in(state: int, role: int) -> Session:
    """A session of that end that has come to that state as sessions do."""
    session = Session(role, SessionSettings(), 0.0)
    binds = {bound: command_id for command_id, bound in states.STATE_AFTER_BIND.items()}
    if state == states.OUTBOUND and role == states.SMSC:
        session.send(made(values.OUTBIND, 0), 0.0)
    elif state == states.OUTBOUND:
        hear(session, frame(values.OUTBIND, 1))
    elif state in binds:
        bind, answer = binds[state], binds[state] | values.RESPONSE_BIT
        if role == states.SMSC:
            hear(session, frame(bind, 1))
            session.send(made(answer, 1), 0.0)
        else:
            session.send(made(bind, 1), 0.0)
            hear(session, frame(answer, 1))
    session.data_to_send()
    assert session.state == state
    return session


def is_taken(session: Session, command_id: int) -> bool:
    """Whether a request that arrives is dealt with; what is refused must be refused properly."""
    state = session.state
    events = hear(session, frame(command_id, 9))
    octets = session.data_to_send()
    if not any(isinstance(event, PduRejected) for event in events):
        return True
    is_bound = state in (states.BOUND_TX, states.BOUND_RX, states.BOUND_TRX)
    is_second_bind = is_bound and command_id in states.STATE_AFTER_BIND
    status = values.ESME_RALYBND if is_second_bind else values.ESME_RINVBNDSTS
    if command_id in (values.OUTBIND, values.ALERT_NOTIFICATION):
        assert octets == b""
    else:
        assert head(octets) == (command_id | values.RESPONSE_BIT, status, 9)
    assert session.state == state
    return False


def request_sent(session: Session, command_id: int) -> bytes:
    """The octets of a request that the owner of a session wants sent; empty if it may not."""
    if command_id == values.UNBIND:
        session.unbind(0.0)
        return session.data_to_send()
    try:
        session.send(made(command_id, 0), 0.0)
    except LocalProtocolError:
        return b""
    octets = session.data_to_send()
    assert head(octets)[0] == command_id
    return octets


def answer_sent(session: Session, request: bytes, command_id: int) -> bytes:
    """The octets by which a session answers a request, or lets its owner answer."""
    number = head(request)[2]
    hear(session, request)
    if session.unanswered:
        session.send(made(command_id, number), 0.0)
    octets = session.data_to_send()
    assert head(octets) == (command_id, values.ESME_ROK, number)
    return octets


@pytest.mark.parametrize(("command_id", "state"), CELLS_OF_SESSIONS)
def test_a_session_sends_and_takes_what_the_cell_allows(command_id: int, state: int) -> None:
    """SMPP 3.4 §2.2, table 2-1, T11: at both ends, and only that."""
    senders = expected_senders(state, command_id)
    for role in (states.ESME, states.SMSC):
        here, there = session_in(state, role), session_in(state, states.BOTH - role)
        if command_id == values.GENERIC_NACK:
            assert role in senders
            hear(here, bytes(16))
            assert head(here.data_to_send())[0] == values.GENERIC_NACK
            number = head(request_sent(there, values.ENQUIRE_LINK))[2]
            (event,) = hear(there, frame(values.GENERIC_NACK, number))
            assert isinstance(event, ResponseReceived)
        elif command_id < values.RESPONSE_BIT:
            assert (request_sent(here, command_id) != b"") == (role in senders)
            assert is_taken(there, command_id) == (role in senders)
        elif role in senders:
            request = request_sent(there, command_id & ~values.RESPONSE_BIT)
            answer = answer_sent(here, request, command_id)
            (event,) = hear(there, answer)
            assert isinstance(event, ResponseReceived | SessionClosed)
