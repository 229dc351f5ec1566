"""The transfer PDUs as values."""

from carrierbox.codecs import tpdu_types as types


def test_the_reserved_bits_are_those_that_have_no_name() -> None:
    """TS 23.040 §9.2.2: first octets, and the bits of TP-PI."""
    named = types.BIT_LOOP_PREVENTION | types.BIT_STATUS_REPORT | types.BIT_USER_DATA_HEADER
    deliver = named | types.BIT_NO_MORE_MESSAGES | types.BIT_REPLY_PATH
    assert deliver | 0x03 | types.RESERVED_DELIVER == 0xFF
    assert named | types.BIT_NO_MORE_MESSAGES | 0x03 | types.RESERVED_STATUS_REPORT == 0xFF
    command = types.BIT_STATUS_REPORT | types.BIT_USER_DATA_HEADER | 0x03
    assert (command | types.RESERVED_COMMAND, command & types.RESERVED_COMMAND) == (0xFF, 0)
    report = types.BIT_USER_DATA_HEADER | 0x03
    assert (report | types.RESERVED_REPORT, report & types.RESERVED_REPORT) == (0xFF, 0)
    announced = types.PI_PROTOCOL_IDENTIFIER | types.PI_DATA_CODING_SCHEME | types.PI_USER_DATA
    assert announced | types.PI_RESERVED | types.PI_EXTENSION == 0xFF


def test_nothing_is_announced_unless_it_is_there() -> None:
    """TS 23.040 §9.2.3.27."""
    optional = types.OptionalParameters()
    assert (optional.tp_pid, optional.tp_dcs, optional.user_data) == (None, None, None)
