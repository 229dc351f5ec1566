"""A submit_sm and a message as any test may need them: from ACME to a phone in France."""

from typing import Any

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import encode_text
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Message

FRENCH = "33612345678"
AT = NetworkTime(1.0)


def a_submit(text: str | bytes = "Hi", to: str = FRENCH, **fields: Any) -> SubmitSm:
    """It asks for a receipt; `text` as octets is sent as it is."""
    data_coding, octets = (0, text) if isinstance(text, bytes) else encode_text(text)
    submit = SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=to,
        data_coding=data_coding,
        short_message=octets,
        registered_delivery=1,
    )
    for name, value in fields.items():
        assert hasattr(submit, name)
        setattr(submit, name, value)
    return submit


def a_message(
    message_id: int = 7,
    client_id: int = 0,
    target: int = TO_PHONE,
    submit: SubmitSm | None = None,
    msisdn: str = FRENCH,
    system_id: str = "acme",
    expires_at: float = AT,
) -> Message:
    """It came at AT; clients know it by `client_id`, or by its own."""
    message = Message(
        message_id,
        system_id,
        FROM_ESME,
        target,
        submit or SubmitSm(),
        Address(5, 0, "Acme"),
        msisdn,
        "FR",
        "Orange",
        "open",
        0,
        AT,
        AT,
        NetworkTime(expires_at),
    )
    message.client_id = client_id or message_id
    return message
