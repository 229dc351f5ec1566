"""The matrix beyond its cells, which tests/conformance/smpp34 goes through one by one."""

from carrierbox.smpp import states, values


def test_roles_are_bits() -> None:
    """`BOTH - role` is the other side."""
    assert states.ESME + states.SMSC == states.ESME | states.SMSC == states.BOTH


def test_each_bind_leads_to_its_state() -> None:
    """SMPP 3.4 §2.2."""
    assert states.STATE_AFTER_BIND == {
        values.BIND_TRANSMITTER: states.BOUND_TX,
        values.BIND_RECEIVER: states.BOUND_RX,
        values.BIND_TRANSCEIVER: states.BOUND_TRX,
    }


def test_nothing_may_be_sent_on_a_closed_session() -> None:
    """There is no transport."""
    for command_id in values.COMMAND_NAMES:
        assert not states.may_send(states.BOTH, states.CLOSED, command_id)
