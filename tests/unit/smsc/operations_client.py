"""What the tests of requests share: the accounts of a carrier, and what their clients send."""

from carrierbox.smpp.pdus import DeliverSm, SubmitSm
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.settings import CentreSettings
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore

FRENCH = "33612345678"
BRITISH = "447700900123"
PAYLOAD = 0x0424
NETWORK_ERROR_CODE = 0x0423
DELIVERY_FAILURE_REASON = 0x0425
DPF_RESULT = 0x0420
SET_DPF = 0x0421
QOS_TIME_TO_LIVE = 0x0017

SETTINGS = CentreSettings({7: "Votre code €"}, {"friends": ["+" + FRENCH, BRITISH]})
ACCOUNTS = [AccountSettings("demo", "demo"), AccountSettings("other", "demo")]


def a_carrier(store: FakeStore | None = None) -> DirectCarrier:
    return DirectCarrier(store=store, accounts=ACCOUNTS, settings=SETTINGS)


def a_submit(text: bytes = b"Hi", to: str = FRENCH, **fields: object) -> SubmitSm:
    submit = SubmitSm(
        source_addr_ton=5, source_addr="ACME", destination_addr=to, short_message=text
    )
    for name, value in fields.items():
        assert hasattr(submit, name)
        setattr(submit, name, value)
    return submit


def receipts(carrier: DirectCarrier) -> list[str]:
    return [
        one.pdu.short_message.decode()
        for one in carrier.deliveries()
        if isinstance(one.pdu, DeliverSm)
    ]
