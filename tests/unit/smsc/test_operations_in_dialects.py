"""Answers, receipts and requests of accounts that have a dialect, and of binds below 3.4."""

import pytest

from carrierbox.app import PhoneSettings
from carrierbox.codecs.receipt_dialect import Dialect
from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.dialects import dialect_named
from carrierbox.identifiers import LinkId
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindTransceiver,
    BindTransmitter,
    CancelSm,
    DataSm,
    DataSmResp,
    DeliverSm,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_MESSAGE_STATE,
    TAG_RECEIPTED_MESSAGE_ID,
    Tlv,
    tlv_octets,
    tlv_text,
)
from carrierbox.smpp.values import (
    DELETED,
    DELIVERED,
    ESME_RINVMSGID,
    ESME_ROK,
    ESME_RQUERYFAIL,
)
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore

FRENCH = "33612345678"
BRITISH = "447700900123"
OFF = "33699999999"
OWN_TLV = 0x1403
FORWARD = 0x02
HEX = dialect_named("hex_ids")


def a_carrier(
    dialect: Dialect = HEX,
    store: FakeStore | None = None,
    data_sm: bool = False,
    receipt_tlvs: list[int] | None = None,
) -> DirectCarrier:
    demo = AccountSettings(
        "demo", "demo", data_sm=data_sm, dialect=dialect, receipt_tlvs=receipt_tlvs
    )
    accounts = [demo, AccountSettings("other", "demo", dialect=dialect)]
    return DirectCarrier(store, accounts, [PhoneSettings(OFF, power=False)])


def a_submit(to: str = FRENCH, text: bytes = b"Hi", tlvs: list[Tlv] | None = None) -> SubmitSm:
    return SubmitSm(
        source_addr="ACME",
        destination_addr=to,
        registered_delivery=1,
        short_message=text,
        tlvs=tlvs or [],
    )


def next_id_is(carrier: DirectCarrier, message_id: int) -> None:
    """Go on with this id, as if all before it were long gone."""
    carrier.box.centre.registry.note_id(message_id - 1)


def submit(carrier: DirectCarrier, link: LinkId, pdu: SubmitSm) -> str:
    answer = carrier.submit(link, pdu)
    assert isinstance(answer, SubmitSmResp)
    assert answer.command_status == ESME_ROK
    return answer.message_id


def state_of(carrier: DirectCarrier, link: LinkId, message_id: str) -> int:
    """The message_state, or minus the status of the refusal."""
    answer = carrier.ask(link, QuerySm(message_id, 0, 0, "ACME"))
    assert isinstance(answer, QuerySmResp)
    return answer.message_state if answer.command_status == ESME_ROK else -answer.command_status


def receipts(carrier: DirectCarrier) -> list[DeliverSm]:
    """Every receipt so far; each is acknowledged."""
    found = []
    for sent in carrier.deliveries():
        assert isinstance(sent.pdu, DeliverSm)
        found.append(sent.pdu)
        carrier.respond(sent)
    return found


def fields_of(receipt: DeliverSm) -> dict[str, str]:
    return parse_receipt_text(receipt.short_message.decode("ascii"))


@pytest.mark.parametrize(
    ("name", "answered", "in_text", "in_tlv"),
    [
        ("standard", "0000048879", "0000048879", "0000048879"),
        ("unpadded_ids", "48879", "48879", "48879"),
        ("hex_ids", "beef", "beef", "beef"),
        ("padded_hex_ids", "000000000000BEEF", "000000000000BEEF", "000000000000BEEF"),
        ("hex_answers", "BEEF", "0000048879", "BEEF"),
        ("hex_receipts", "48879", "BEEF", "BEEF"),
        ("short_ids", "0000BEEF", "0000BEEF", "0000BEEF"),
        ("id_in_tlv", "0000048879", None, "0000048879"),
        ("without_tlvs", "0000048879", "0000048879", None),
    ],
)
def test_ids_are_written_as_the_account_has_them_and_found_however_they_came(
    name: str, answered: str, in_text: str | None, in_tlv: str | None
) -> None:
    """T26: decimal here, hexadecimal there; query_sm knows the id of both."""
    carrier = a_carrier(dialect_named(name))
    next_id_is(carrier, 0xBEEF)
    link = carrier.bind()
    assert submit(carrier, link, a_submit()) == answered
    (receipt,) = receipts(carrier)
    assert fields_of(receipt).get("id") == in_text
    assert tlv_text(receipt.tlvs, TAG_RECEIPTED_MESSAGE_ID) == in_tlv
    for seen in {answered, in_text, in_tlv, answered.lower()} - {None}:
        assert state_of(carrier, link, str(seen)) == DELIVERED
    assert state_of(carrier, link, "ffffff") == -ESME_RINVMSGID
    assert state_of(carrier, carrier.bind("other"), answered) == -ESME_RQUERYFAIL


def test_every_response_tells_the_id_in_the_dialect() -> None:
    """SMPP 3.4 §4.5.2, §4.7.2, §2.10.3: submit_multi, data_sm, and answers that waited."""
    carrier = a_carrier()
    next_id_is(carrier, 0xA0)
    link = carrier.bind()
    payload = [Tlv(TAG_MESSAGE_PAYLOAD, b"Hi")]
    data = carrier.ask(link, DataSm(source_addr="ACME", destination_addr=FRENCH, tlvs=payload))
    assert isinstance(data, DataSmResp)
    assert data.message_id == "a0"
    both = [SmeDestination(1, 1, FRENCH), SmeDestination(1, 1, BRITISH)]
    pdu = SubmitMulti(source_addr="ACME", dest_address=list(both), short_message=b"Hi")
    multi = carrier.ask(link, pdu)
    assert isinstance(multi, SubmitMultiResp)
    assert multi.message_id == "a1"
    waited = a_submit()
    waited.esm_class = FORWARD
    assert submit(carrier, link, waited) == "a3"
    forwarded = DataSm(
        source_addr="ACME", destination_addr=FRENCH, esm_class=FORWARD, tlvs=list(payload)
    )
    data = carrier.ask(link, forwarded)
    assert isinstance(data, DataSmResp)
    assert data.message_id == "a4"


def test_each_destination_of_a_submit_multi_has_a_receipt_under_the_shared_id() -> None:
    """T30, SMPP 3.4 §4.5: one id, as many receipts as destinations."""
    carrier = a_carrier()
    next_id_is(carrier, 0xA0)
    link = carrier.bind()
    pdu = SubmitMulti(
        source_addr="ACME",
        dest_address=[SmeDestination(1, 1, FRENCH), SmeDestination(1, 1, BRITISH)],
        registered_delivery=1,
        short_message=b"Hi",
        tlvs=[Tlv(OWN_TLV, b"x")],
    )
    carrier.ask(link, pdu)
    found = receipts(carrier)
    assert [fields_of(each)["id"] for each in found] == ["a0", "a0"]
    assert {each.source_addr for each in found} == {FRENCH, BRITISH}


def test_parts_of_a_client_have_an_id_and_a_receipt_each_in_the_dialect() -> None:
    """T30: no aggregate; a client may have asked for the last part alone."""
    carrier = a_carrier()
    next_id_is(carrier, 0xAF)
    link = carrier.bind()
    for number in (1, 2):
        part = a_submit(text=bytes([5, 0, 3, 7, 2, number]) + b"part")
        part.esm_class = 0x40
        part.registered_delivery = number - 1
        submit(carrier, link, part)
    assert [fields_of(each)["id"] for each in receipts(carrier)] == ["b0"]


def test_a_waiting_message_is_cancelled_and_replaced_by_its_id() -> None:
    """SMPP 3.4 §4.9, §4.10, T26: in the dialect's writing and with another case."""
    carrier = a_carrier()
    next_id_is(carrier, 0xBEEF)
    link = carrier.bind()
    message_id = submit(carrier, link, a_submit(OFF))
    replaced = ReplaceSm(
        message_id="BEEF", source_addr="ACME", registered_delivery=1, short_message=b"Ho"
    )
    assert carrier.ask(link, replaced).command_status == ESME_ROK
    again = a_submit(OFF, b"Hoho")
    again.replace_if_present_flag = 1
    assert submit(carrier, link, again) == message_id == "beef"
    cancel = CancelSm(message_id="beef", source_addr="ACME", destination_addr=OFF)
    assert carrier.ask(link, cancel).command_status == ESME_ROK
    assert state_of(carrier, link, "beef") == DELETED


def test_a_notification_is_written_in_the_dialect() -> None:
    """SMPP 3.4 §5.2.12: an intermediate notification is a receipt without an end."""
    carrier = a_carrier(dialect_named("vendor_letters"))
    link = carrier.bind()
    waiting = a_submit(OFF)
    waiting.registered_delivery = 0x11
    submit(carrier, link, waiting)
    (notification,) = receipts(carrier)
    assert notification.esm_class == 0x20
    assert (fields_of(notification)["stat"], fields_of(notification)["err"]) == ("ENROUTE", "ABSN")


def test_a_receipt_without_text_has_its_tlvs() -> None:
    """T26: short_message is empty, as octets too."""
    carrier = a_carrier(dialect_named("tlv_only"))
    submit(carrier, carrier.bind(), a_submit())
    (receipt,) = receipts(carrier)
    assert receipt.short_message == b""
    assert tlv_octets(receipt.tlvs, TAG_RECEIPTED_MESSAGE_ID) == b"0000000001\0"
    assert tlv_octets(receipt.tlvs, TAG_MESSAGE_STATE) == bytes([DELIVERED])


def test_the_nul_may_be_missing_in_the_tlv() -> None:
    """T26: several carriers forget it; readers take both."""
    carrier = a_carrier(dialect_named("id_in_tlv"))
    submit(carrier, carrier.bind(), a_submit())
    (receipt,) = receipts(carrier)
    assert tlv_octets(receipt.tlvs, TAG_RECEIPTED_MESSAGE_ID) == b"0000000001"


# Below 3.4.


@pytest.mark.parametrize("interface_version", [0x00, 0x33])
@pytest.mark.parametrize("name", ["standard", "tlv_only", "hex_receipts"])
def test_an_old_bind_gets_short_ids_and_no_tlvs(name: str, interface_version: int) -> None:
    """T13: eight hexadecimal digits at most, in answer and receipt alike, and it asks by them."""
    carrier = a_carrier(dialect_named(name), receipt_tlvs=[OWN_TLV])
    next_id_is(carrier, 0x12_3456_789A)
    bind = BindTransceiver("demo", "demo", interface_version=interface_version)
    link = carrier.bind(bind=bind)
    message_id = submit(carrier, link, a_submit(tlvs=[Tlv(OWN_TLV, b"x")]))
    assert message_id == "3456789A"
    (receipt,) = receipts(carrier)
    assert receipt.tlvs == []
    assert fields_of(receipt)["id"] == message_id
    assert state_of(carrier, link, message_id) == DELIVERED
    assert state_of(carrier, link, message_id.lower()) == DELIVERED


@pytest.mark.parametrize("interface_version", [0x22, 0x34, 0x50])
def test_a_bind_of_3_4_gets_the_accounts_dialect(interface_version: int) -> None:
    """T13: 34 in decimal counts as 3.4."""
    carrier = a_carrier(dialect_named("standard"))
    bind = BindTransceiver("demo", "demo", interface_version=interface_version)
    assert submit(carrier, carrier.bind(bind=bind), a_submit()) == "0000000001"
    assert len(receipts(carrier)[0].tlvs) == 2


def test_each_bind_of_an_account_has_its_own_version() -> None:
    """T13: what a 3.4 transmitter submitted, a 3.3 receiver hears of in its own way."""
    carrier = a_carrier(dialect_named("standard"))
    carrier.bind(bind=BindReceiver("demo", "demo", interface_version=0x33))
    new = carrier.bind(bind=BindTransmitter("demo", "demo", interface_version=0x34))
    next_id_is(carrier, 0xBEEF)
    assert submit(carrier, new, a_submit()) == "0000048879"
    (receipt,) = receipts(carrier)
    assert (fields_of(receipt)["id"], receipt.tlvs) == ("BEEF", [])


def test_an_old_bind_knows_no_data_sm() -> None:
    """T13: without TLVs a data_sm would be empty, so it gets deliver_sm."""
    carrier = a_carrier(data_sm=True)
    link = carrier.bind(bind=BindTransceiver("demo", "demo", interface_version=0x33))
    submit(carrier, link, a_submit())
    (receipt,) = receipts(carrier)
    assert fields_of(receipt)["stat"] == "DELIVRD"


def test_short_ids_that_meet_again_are_the_newest_of_the_account() -> None:
    """Design, message ids, T26: the low part alone; another account's newer one is not meant."""
    carrier = a_carrier(dialect_named("short_ids"))
    mine, others = carrier.bind(), carrier.bind("other")
    old = submit(carrier, mine, a_submit(OFF))
    next_id_is(carrier, 0x1_0000_0001)
    assert submit(carrier, mine, a_submit()) == old == "00000001"
    next_id_is(carrier, 0x2_0000_0001)
    assert submit(carrier, others, a_submit(OFF)) == old
    assert state_of(carrier, mine, old) == DELIVERED


# TLVs that come back.


def test_receipts_repeat_the_tlvs_that_the_account_wants_back() -> None:
    """T43: the octets as they came, in their order, twice if they came twice; no others."""
    carrier = a_carrier(receipt_tlvs=[0x1405, OWN_TLV, 0x3FFF])
    given = [Tlv(OWN_TLV, b"\0\xff"), Tlv(0x1404, b"no"), Tlv(0x1405, b""), Tlv(OWN_TLV, b"2")]
    link = carrier.bind()
    submit(carrier, link, a_submit(tlvs=given))
    (receipt,) = receipts(carrier)
    assert receipt.tlvs[2:] == [given[0], given[2], given[3]]
    submit(carrier, link, a_submit())
    assert len(receipts(carrier)[-1].tlvs) == 2


def test_what_receipts_repeat_survives_a_restart() -> None:
    """T25, T43: the receipt is made from the journal, octet for octet the same."""
    store = FakeStore()
    first = a_carrier(dialect_named("hex_receipts"), store, receipt_tlvs=[OWN_TLV])
    link = first.bind()
    next_id_is(first, 0xBEEF)
    answered = submit(first, link, a_submit(tlvs=[Tlv(OWN_TLV, b"order 7")]))
    (unanswered,) = first.deliveries()
    assert isinstance(unanswered.pdu, DeliverSm)

    second = a_carrier(dialect_named("hex_receipts"), store, receipt_tlvs=[OWN_TLV])
    link = second.bind()
    (again,) = receipts(second)
    assert again.short_message == unanswered.pdu.short_message
    assert again.tlvs == unanswered.pdu.tlvs
    assert again.tlvs[-1] == Tlv(OWN_TLV, b"order 7")
    assert fields_of(again)["id"] == "BEEF"
    assert state_of(second, link, answered) == state_of(second, link, "BEEF") == DELIVERED


def test_a_replaced_and_a_data_sm_message_keep_their_tlvs_for_the_receipt() -> None:
    """SMPP 3.4 §4.10, §4.7: in whatever PDU they came."""
    carrier = a_carrier(receipt_tlvs=[OWN_TLV])
    link = carrier.bind()
    own = Tlv(OWN_TLV, b"x")
    message_id = submit(carrier, link, a_submit(OFF, tlvs=[own]))
    replace = ReplaceSm(
        message_id=message_id, source_addr="ACME", registered_delivery=1, short_message=b"Ho"
    )
    assert carrier.ask(link, replace).command_status == ESME_ROK
    carrier.set_power(OFF, True)
    payload = Tlv(TAG_MESSAGE_PAYLOAD, b"Hi")
    data = DataSm(
        source_addr="ACME", destination_addr=FRENCH, registered_delivery=1, tlvs=[payload, own]
    )
    carrier.ask(link, data)
    assert [each.tlvs[2:] for each in receipts(carrier)] == [[own], [own]]
