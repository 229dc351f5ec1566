"""alert_notification for phones that an ESME asked for."""

from carrierbox.smpp.pdus import AlertNotification, BindTransmitter, DataSm, SubmitSm
from carrierbox.smpp.tlv import Tlv
from carrierbox.testing.direct import DirectCarrier

FRENCH = "33612345678"


def a_data_sm(source_addr: str = "ACME") -> DataSm:
    return DataSm(
        source_addr=source_addr,
        source_addr_ton=5,
        destination_addr=FRENCH,
        esm_class=1,
        tlvs=[Tlv(0x0424, b"Hi"), Tlv(0x0421, b"\1")],
    )


def alerts(carrier: DirectCarrier) -> list[AlertNotification]:
    return [one.pdu for one in carrier.sent if isinstance(one.pdu, AlertNotification)]


def test_an_esme_hears_once_that_a_phone_it_asked_for_is_back() -> None:
    """SMPP 3.4 §4.12, §5.3.2.29: set_dpf in a message that failed."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for _ in range(2):
        carrier.request(link, a_data_sm())
    carrier.run()
    assert alerts(carrier) == []
    carrier.set_power(FRENCH, True)
    (alert,) = alerts(carrier)
    assert (alert.source_addr, alert.esme_addr, alert.esme_addr_ton) == (FRENCH, "ACME", 5)
    carrier.set_power(FRENCH, False)
    carrier.set_power(FRENCH, True)
    assert len(alerts(carrier)) == 1


def test_each_sender_that_asked_is_told() -> None:
    """The alert names the address that submitted (esme_addr)."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for source in ("ONE", "TWO"):
        carrier.request(link, a_data_sm(source))
    carrier.run()
    carrier.set_power(FRENCH, True)
    assert [alert.esme_addr for alert in alerts(carrier)] == ["ONE", "TWO"]


def test_a_transmitter_hears_nothing() -> None:
    """SMPP 3.4 table 2-1: alert_notification goes to receivers."""
    carrier = DirectCarrier()
    link = carrier.bind(bind=BindTransmitter(system_id="demo", password="demo"))
    carrier.set_power(FRENCH, False)
    carrier.request(link, a_data_sm())
    carrier.run()
    carrier.set_power(FRENCH, True)
    assert alerts(carrier) == []


def test_who_was_told_is_not_told_again_of_what_others_wait_for() -> None:
    """SMPP 3.4 §4.12: one set_dpf is one alert_notification, whatever waits for the phone later."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.request(link, a_data_sm())
    carrier.run()
    carrier.set_power(FRENCH, True)
    carrier.set_power(FRENCH, False)
    carrier.submit(link, SubmitSm(source_addr="ACME", destination_addr=FRENCH))
    carrier.set_power(FRENCH, True)
    assert len(carrier.shown(FRENCH)) == 1
    assert len(alerts(carrier)) == 1
