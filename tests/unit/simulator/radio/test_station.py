"""Both ends of the radio are stations: the edge treats them alike."""

import pytest

from carrierbox.simulator.radio.phone import RemoteHandset
from carrierbox.simulator.radio.remote import RemotePhones
from carrierbox.simulator.radio.station import OFFLINE, Station


@pytest.mark.parametrize(
    "station", [RemotePhones("default"), RemoteHandset("default", "33612345678", "a")]
)
def test_carrier_and_phone_leave_a_will_that_is_retained(station: Station) -> None:
    """Whoever comes later learns that they are gone."""
    assert station.will.payload == OFFLINE
    assert station.will.retain
    assert station.will.topic in station.subscriptions()
    assert station.take_publishes() == []
