"""The states of a session and who may send what in them: the one table of SMPP 3.4 §2.2.

A session begins OPEN when the transport is connected. From there:

    OPEN ── outbind sent by the SMSC ──> OUTBOUND
    OPEN, OUTBOUND ── bind_*_resp with status 0 ──> BOUND_TX, BOUND_RX or BOUND_TRX
    OPEN, OUTBOUND ── bind_*_resp with an error ──> unchanged: another bind may follow
    BOUND_* ── unbind_resp sent or received ──> UNBOUND
    any ── the transport is gone, or is to be dropped ──> CLOSED

What moves a session is thus always a *response*: between a bind and its answer the session is OPEN
for both ends, and between an unbind and its answer it is still bound, so that answers to what was
asked before may be sent and taken.

Legality depends on three things and nothing else: the state, the command and the side that sends
it. `OPERATION_MATRIX` lists them once and both directions of both roles are judged by it: what we
send, to protect the peer from our bugs, and what we receive, to answer ESME_RINVBNDSTS. Whether a
response belongs to a request is not in the table; the window knows that.

The table is table 2-1 of SMPP 3.4 with four readings of SMPP 5.0 where 3.4 is silent or mistaken:
replace_sm is allowed in BOUND_TRX (3.4 forgot it), the three binds in OUTBOUND, enquire_link and
generic_nack in every state that has a transport, unbind_resp in UNBOUND (its sender counts as
unbound). For data_sm the wider table of 3.4 holds: both sides, in every bound state.
"""

from typing import Final

from carrierbox.smpp import values

OPEN: Final = 0
OUTBOUND: Final = 1
BOUND_TX: Final = 2
BOUND_RX: Final = 3
BOUND_TRX: Final = 4
UNBOUND: Final = 5
CLOSED: Final = 6

STATE_NAMES: Final[dict[int, str]] = {
    OPEN: "OPEN",
    OUTBOUND: "OUTBOUND",
    BOUND_TX: "BOUND_TX",
    BOUND_RX: "BOUND_RX",
    BOUND_TRX: "BOUND_TRX",
    UNBOUND: "UNBOUND",
    CLOSED: "CLOSED",
}

# Roles are bits, so that "who may send" is a mask of them.
ESME: Final = 1
SMSC: Final = 2
BOTH: Final = 3

ROLE_NAMES: Final[dict[int, str]] = {ESME: "ESME", SMSC: "SMSC"}

STATE_AFTER_BIND: Final[dict[int, int]] = {
    values.BIND_TRANSMITTER: BOUND_TX,
    values.BIND_RECEIVER: BOUND_RX,
    values.BIND_TRANSCEIVER: BOUND_TRX,
}

_BINDING: Final = (OPEN, OUTBOUND)
_BOUND: Final = (BOUND_TX, BOUND_RX, BOUND_TRX)
_TRANSMITTING: Final = (BOUND_TX, BOUND_TRX)
_RECEIVING: Final = (BOUND_RX, BOUND_TRX)
_CONNECTED: Final = (OPEN, OUTBOUND, BOUND_TX, BOUND_RX, BOUND_TRX, UNBOUND)

# command_id, the states in which it is legal, who may send it.
_OPERATIONS: Final[list[tuple[int, tuple[int, ...], int]]] = [
    (values.BIND_TRANSMITTER, _BINDING, ESME),
    (values.BIND_TRANSMITTER_RESP, _BINDING, SMSC),
    (values.BIND_RECEIVER, _BINDING, ESME),
    (values.BIND_RECEIVER_RESP, _BINDING, SMSC),
    (values.BIND_TRANSCEIVER, _BINDING, ESME),
    (values.BIND_TRANSCEIVER_RESP, _BINDING, SMSC),
    (values.OUTBIND, (OPEN,), SMSC),
    (values.UNBIND, _BOUND, BOTH),
    (values.UNBIND_RESP, (*_BOUND, UNBOUND), BOTH),
    (values.SUBMIT_SM, _TRANSMITTING, ESME),
    (values.SUBMIT_SM_RESP, _TRANSMITTING, SMSC),
    (values.SUBMIT_MULTI, _TRANSMITTING, ESME),
    (values.SUBMIT_MULTI_RESP, _TRANSMITTING, SMSC),
    (values.QUERY_SM, _TRANSMITTING, ESME),
    (values.QUERY_SM_RESP, _TRANSMITTING, SMSC),
    (values.CANCEL_SM, _TRANSMITTING, ESME),
    (values.CANCEL_SM_RESP, _TRANSMITTING, SMSC),
    (values.REPLACE_SM, _TRANSMITTING, ESME),
    (values.REPLACE_SM_RESP, _TRANSMITTING, SMSC),
    (values.DELIVER_SM, _RECEIVING, SMSC),
    (values.DELIVER_SM_RESP, _RECEIVING, ESME),
    (values.DATA_SM, _BOUND, BOTH),
    (values.DATA_SM_RESP, _BOUND, BOTH),
    (values.ALERT_NOTIFICATION, _RECEIVING, SMSC),
    (values.ENQUIRE_LINK, _CONNECTED, BOTH),
    (values.ENQUIRE_LINK_RESP, _CONNECTED, BOTH),
    (values.GENERIC_NACK, _CONNECTED, BOTH),
]

OPERATION_MATRIX: Final[dict[tuple[int, int], int]] = {
    (state, command_id): who for command_id, states, who in _OPERATIONS for state in states
}
"""(state, command_id) to the mask of roles that may send it; a missing cell is nobody."""

# The same, dense: one octet per state, direction and low nine bits of the command.
_COMMANDS_PER_STATE: Final = 1024
_RESPONSES_AT: Final = 512


def _dense() -> bytes:
    cells = bytearray(len(STATE_NAMES) * _COMMANDS_PER_STATE)
    for (state, command_id), who in OPERATION_MATRIX.items():
        at = state * _COMMANDS_PER_STATE + (command_id & ~values.RESPONSE_BIT)
        if command_id & values.RESPONSE_BIT != 0:
            at += _RESPONSES_AT
        cells[at] = who
    return bytes(cells)


_DENSE: Final[bytes] = _dense()


def may_send(role: int, state: int, command_id: int) -> bool:
    """Whether that side may send that command in that state."""
    at = command_id
    if at >= values.RESPONSE_BIT:
        at -= values.RESPONSE_BIT
        if at >= _RESPONSES_AT:
            return False
        at += _RESPONSES_AT
    elif at >= _RESPONSES_AT:
        return False
    return _DENSE[state * _COMMANDS_PER_STATE + at] & role != 0
