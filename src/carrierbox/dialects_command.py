"""What `carrierbox config dialects` prints: every dialect, what it does, and a receipt in it."""

from collections.abc import Iterable
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.receipt_dialect import Dialect
from carrierbox.identifiers import NPI_ISDN, TON_INTERNATIONAL, Address
from carrierbox.relay import ABSENT_SUBSCRIBER
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import describe_tlv
from carrierbox.smpp.values import DELIVERED, UNDELIVERABLE
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Message
from carrierbox.smsc.receipts import receipt_pdu
from carrierbox.terminal import aligned

SAMPLE_ID: Final = 48879
SAMPLE_AT: Final = NetworkTime(1_800_000_000.0)
SAMPLE_DONE_AT: Final = NetworkTime(1_800_000_083.0)


def dialect_objects(dialects: Iterable[Dialect]) -> list[dict[str, object]]:
    """Dialects for JSON.

    `message_id` is what submit_sm_resp tells of the sample, `delivered` and `failed` are receipts
    of it: their text (null if short_message is empty) and their TLVs, octets in hexadecimal digits.
    """
    return [
        {
            "name": each.name,
            "about": each.about,
            "message_id": each.answer_id.render(SAMPLE_ID),
            "delivered": _receipt(each, DELIVERED, 0),
            "failed": _receipt(each, UNDELIVERABLE, ABSENT_SUBSCRIBER),
        }
        for each in dialects
    ]


def dialect_lines(dialects: Iterable[Dialect]) -> list[str]:
    """Dialects for people: the name, what it does, and the same message in each."""
    lines: list[str] = []
    for told in dialect_objects(dialects):
        rows = [["message_id", str(told["message_id"])]]
        for name in ("delivered", "failed"):
            receipt = told[name]
            assert isinstance(receipt, dict)
            if receipt["text"] is not None:
                rows.append([name, str(receipt["text"])])
            elif receipt["tlvs"]:
                rows.append([name, "(short_message is empty)"])
            if receipt["tlvs"]:
                pairs = [f"{key}={value}" for key, value in receipt["tlvs"].items()]
                rows.append(["", "TLVs " + " ".join(pairs)])
        lines += [f"{told['name']}: {told['about']}", *aligned(rows, indent="  "), ""]
    return lines[:-1]


def _receipt(dialect: Dialect, state: int, cause: int) -> dict[str, object]:
    submit = SubmitSm(
        source_addr="ACME",
        destination_addr="33612345678",
        registered_delivery=1,
        short_message=b"Your parcel is on its way",
    )
    message = Message(
        SAMPLE_ID,
        "demo",
        FROM_ESME,
        TO_PHONE,
        submit,
        Address(TON_INTERNATIONAL, NPI_ISDN, "ACME"),
        "33612345678",
        "FR",
        "",
        "",
        0,
        SAMPLE_AT,
        SAMPLE_AT,
        SAMPLE_DONE_AT,
    )
    message.cause = cause
    message.conclude(state, SAMPLE_DONE_AT)
    pdu = receipt_pdu(message, dialect)
    tlvs: dict[str, object] = {}
    for tlv in pdu.tlvs:
        name, value = describe_tlv(tlv)
        tlvs[name] = value.hex() if isinstance(value, bytes) else value
    return {"text": pdu.short_message.decode("ascii") or None, "tlvs": tlvs}
