"""Every dialect that comes with the package, octet for octet."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.dialects import builtin_dialects, dialect_named
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import DeliverSm, SubmitSm
from carrierbox.smpp.tlv import TAG_RECEIPTED_MESSAGE_ID, tlv_text
from carrierbox.smpp.values import DELIVERED, UNDELIVERABLE
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Message
from carrierbox.smsc.receipts import receipt_pdu

VECTORS: Final = json.loads(
    (Path(__file__).parent / "receipt_dialect_vectors.json").read_text("utf-8")
)["vectors"]
MESSAGE_ID: Final = 48879
ACCEPTED_AT: Final = NetworkTime(1_800_000_000.0)
FINAL_AT: Final = NetworkTime(1_800_000_083.0)
ENDS: Final = {"delivered": (DELIVERED, 0), "failed": (UNDELIVERABLE, 6)}


def receipt_in(name: str, end: str) -> DeliverSm:
    """The receipt of the message of the vectors."""
    message = Message(
        MESSAGE_ID,
        "demo",
        FROM_ESME,
        TO_PHONE,
        SubmitSm(registered_delivery=1, short_message=b"Your parcel is on its way"),
        Address(5, 0, "ACME"),
        "33612345678",
        "FR",
        "",
        "",
        0,
        ACCEPTED_AT,
        ACCEPTED_AT,
        FINAL_AT,
    )
    state, message.cause = ENDS[end]
    message.conclude(state, FINAL_AT)
    return receipt_pdu(message, dialect_named(name))


def test_every_dialect_has_a_vector() -> None:
    """In the order of the file."""
    assert [vector["dialect"] for vector in VECTORS] == list(builtin_dialects())


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["dialect"])
def test_a_receipt_is_octet_for_octet_what_the_dialect_says(
    vector: dict[str, Any], end: str
) -> None:
    """SMPP 3.4 Appendix B, T23, T24, T26, T27, T28: text and TLVs."""
    receipt = receipt_in(vector["dialect"], end)
    assert receipt.short_message == vector[end]["short_message"].encode("ascii")
    tlvs = [[f"{tlv.tag:04x}", tlv.value.hex()] for tlv in receipt.tlvs]
    assert tlvs == vector[end]["tlvs"]
    assert (receipt.esm_class, receipt.data_coding) == (0x04, 0)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["dialect"])
def test_a_response_tells_the_id_as_the_dialect_writes_it(vector: dict[str, Any]) -> None:
    """T26: which need not be how the receipt writes it."""
    dialect = dialect_named(vector["dialect"])
    assert dialect.answer_id.render(MESSAGE_ID) == vector["message_id"]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", builtin_dialects())
def test_our_own_reader_reads_every_dialect(name: str, end: str) -> None:
    """T23, T26, T27, T28: the words where they are, the id from the text or the TLV."""
    dialect = dialect_named(name)
    receipt = receipt_in(name, end)
    fields = parse_receipt_text(receipt.short_message.decode("ascii"))
    seen = fields.get("id") or tlv_text(receipt.tlvs, TAG_RECEIPTED_MESSAGE_ID)
    assert seen is not None
    assert MESSAGE_ID in [one.parse(seen) for one in dialect.id_formats]
    if not dialect.layout:
        assert fields == {}
        return
    is_delivered = end == "delivered"
    assert (fields["stat"] == "DELIVRD") is is_delivered
    assert fields.get("dlvrd") in ("001" if is_delivered else "000", None)
    assert fields["submit_date"].startswith(("270115", "20270115"))
    assert fields["done_date"] > fields["submit_date"]
    assert fields["err"] in (("000", "0000", "NONE") if is_delivered else ("006", "0006", "ABSN"))
    shown = {True: "Your parcel is on it", False: None}[dialect.text_characters > 0]
    assert fields.get("text") == ("none" if name == "text_none" else shown)
