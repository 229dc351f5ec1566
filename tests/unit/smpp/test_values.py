"""Numbers and their names."""

import pytest

from carrierbox.smpp import values


def test_every_response_has_the_number_of_its_request_and_bit_31() -> None:
    """SMPP 3.4 §5.1.2.1; alert_notification and outbind have none."""
    for command_id, name in values.COMMAND_NAMES.items():
        response = values.COMMAND_NAMES.get(command_id | values.RESPONSE_BIT)
        if command_id < values.RESPONSE_BIT:
            expected = None if name in ("alert_notification", "outbind") else f"{name}_resp"
            assert response == expected


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (0, "ESME_ROK"),
        (0x58, "ESME_RTHROTTLED"),
        (0xC0, "ESME_RINVOPTPARSTREAM"),
        (0x104, "ESME_RINVDCS"),
    ],
)
def test_a_status_has_a_name(status: int, name: str) -> None:
    """SMPP 3.4 table 5-2, SMPP 5.0 table 4-45."""
    assert values.status_name(status) == name
    assert values.STATUS_BY_NAME[name] == status


def test_statuses_of_5_0_are_found_by_either_name() -> None:
    """SMPP 5.0 renamed five of them."""
    assert values.STATUS_BY_NAME["ESME_RINVTLVSTREAM"] == values.ESME_RINVOPTPARSTREAM
    assert len(values.STATUS_NAMES) + 5 == len(values.STATUS_BY_NAME)


def test_the_unknown_is_shown_in_hexadecimal() -> None:
    """Vendors have their own (0x400 to 0x4FF)."""
    assert values.status_name(0x410) == "0x00000410"
    assert values.command_name(0x111) == "0x00000111"
    assert values.command_name(0x80000004) == "submit_sm_resp"


@pytest.mark.parametrize(
    ("sent", "meant"), [(0x22, 0x34), (0x34, 0x34), (0x50, 0x50), (0, 0), (5, 5)]
)
def test_the_decimal_slip_of_a_version_is_understood(sent: int, meant: int) -> None:
    """T13."""
    assert values.effective_interface_version(sent) == meant
