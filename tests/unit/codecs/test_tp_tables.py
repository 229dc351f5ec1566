"""Names of the values in transfer PDUs."""

import pytest

from carrierbox.codecs.tp_tables import (
    command_name,
    failure_cause_name,
    protocol_identifier_name,
    status_name,
)


@pytest.mark.parametrize(
    ("tp_st", "name"),
    [
        (0x00, "completed: received by the SME"),
        (0x03, "completed: reserved"),
        (0x10, "completed: specific to the service centre"),
        (0x20, "temporary error, still trying: congestion"),
        (0x43, "permanent error, no more attempts: not obtainable"),
        (0x46, "permanent error, no more attempts: validity period expired"),
        (0x65, "temporary error, no more attempts: error in the SME"),
        (0x80, "reserved, taken as service rejected"),
    ],
)
def test_a_status_has_its_class_and_name(tp_st: int, name: str) -> None:
    """TS 23.040 §9.2.3.15."""
    assert status_name(tp_st) == name


@pytest.mark.parametrize(
    ("tp_fcs", "name"),
    [
        (0x81, "short message type 0 not supported"),
        (0xC8, "reserved"),
        (0xD3, "memory capacity exceeded"),
        (0xE0, "specific to an application"),
        (0xFF, "unspecified error cause"),
        (0x00, "reserved"),
    ],
)
def test_a_failure_cause_has_its_name(tp_fcs: int, name: str) -> None:
    """TS 23.040 §9.2.3.22."""
    assert failure_cause_name(tp_fcs) == name


@pytest.mark.parametrize(
    ("tp_pid", "name"),
    [
        (0x00, "plain short message"),
        (0x01, "short message protocol 1"),
        (0x20, "telematic interworking: device known to the service centre"),
        (0x32, "telematic interworking: Internet e-mail"),
        (0x3A, "telematic interworking: specific to the service centre"),
        (0x2E, "telematic interworking: reserved"),
        (0x40, "short message type 0 (silent)"),
        (0x47, "replace short message type 7"),
        (0x5F, "return call message"),
        (0x7F, "(U)SIM data download"),
        (0x49, "reserved"),
        (0x80, "reserved"),
        (0xC0, "specific to the service centre"),
    ],
)
def test_a_protocol_identifier_has_its_name(tp_pid: int, name: str) -> None:
    """TS 23.040 §9.2.3.9."""
    assert protocol_identifier_name(tp_pid) == name


def test_a_command_has_its_name() -> None:
    """TS 23.040 §9.2.3.19."""
    assert command_name(2) == "delete the submitted short message"
    assert command_name(4) == "reserved"
    assert command_name(44) == "undefined"
    assert command_name(0xE0) == "specific to the service centre"


def test_every_octet_has_a_name() -> None:
    """T38: displays never fail."""
    for octet in range(256):
        assert status_name(octet)
        assert failure_cause_name(octet)
        assert command_name(octet)
        assert protocol_identifier_name(octet)
