"""What a register knows of a subscriber."""

import pytest

from carrierbox.relay import (
    GPRS_DETACHED,
    IMSI_DETACHED,
    NO_PAGING_RESPONSE_VIA_MSC,
    NO_PAGING_RESPONSE_VIA_SGSN,
)
from carrierbox.simulator.profile import BOTH, CIRCUIT_SWITCHED, PACKET_SWITCHED, Profile


@pytest.mark.parametrize(
    ("domain", "vanished", "diagnostic"),
    [
        (CIRCUIT_SWITCHED, False, IMSI_DETACHED),
        (CIRCUIT_SWITCHED, True, NO_PAGING_RESPONSE_VIA_MSC),
        (BOTH, True, NO_PAGING_RESPONSE_VIA_MSC),
        (PACKET_SWITCHED, False, GPRS_DETACHED),
        (PACKET_SWITCHED, True, NO_PAGING_RESPONSE_VIA_SGSN),
    ],
)
def test_absence_has_the_diagnostic_of_its_node(
    domain: int, vanished: bool, diagnostic: int
) -> None:
    """TS 23.040 table 1a."""
    profile = Profile()
    profile.domain = domain
    assert profile.absence(vanished) == diagnostic


def test_the_serving_node_is_named() -> None:
    """At home by its number, abroad by whom it belongs to."""
    profile = Profile()
    assert profile.serving_node("33610900001") == "MSC 33610900001"
    profile.domain = PACKET_SWITCHED
    assert profile.serving_node("33610900001") == "SGSN 33610900001"
    profile.visited_country = "IN"
    assert profile.serving_node("33610900001") == "SGSN of IN, roaming"
    profile.visited_carrier = "Airtel"
    assert profile.serving_node("33610900001") == "SGSN of Airtel, roaming"
