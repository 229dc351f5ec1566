"""Acknowledgements between phones and ESMEs, and messages between ESMEs that carry them."""

from typing import Any, Final

import pytest

from carrierbox.identifiers import Address
from carrierbox.relay import (
    DELIVERY_ACKNOWLEDGEMENT,
    USER_ACKNOWLEDGEMENT,
    RpMoData,
    SmeAcknowledgement,
)
from carrierbox.smpp import values
from carrierbox.smpp.pdus import CancelSm, DataSm, DeliverSm, QuerySm, QuerySmResp, SubmitSm
from carrierbox.smpp.tlv import (
    TAG_RECEIPTED_MESSAGE_ID,
    TAG_USER_MESSAGE_REFERENCE,
    TAG_USER_RESPONSE_CODE,
    Tlv,
    tlv_int,
    tlv_octets,
    tlv_text,
)
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.acknowledgements import asked_of, is_submitted_type, registered_delivery_of
from carrierbox.testing.direct import DirectCarrier, Sent
from carrierbox.testing.stores import FakeStore

PHONE: Final = "33612345678"
FRIEND: Final = "447700900123"
ASKS_DELIVERY: Final = 0x04
ASKS_USER: Final = 0x08
ASKS_BOTH: Final = 0x0C


def a_submit(**fields: Any) -> SubmitSm:
    given: dict[str, Any] = {
        "source_addr_ton": 3,
        "source_addr_npi": 1,
        "source_addr": "36000",
        "dest_addr_ton": 1,
        "dest_addr_npi": 1,
        "destination_addr": PHONE,
        "short_message": b"Hi",
    }
    return SubmitSm(**given | fields)


def acknowledgements(carrier: DirectCarrier) -> list[DeliverSm]:
    """Every deliver_sm so far that acknowledges something."""
    found = [one.pdu for one in carrier.deliveries()]
    return [
        pdu for pdu in found if isinstance(pdu, DeliverSm) and pdu.esm_class & 0x3C in (0x08, 0x10)
    ]


def user_acknowledges(carrier: DirectCarrier, number: int = 0, code: int = -1) -> list[str]:
    """Let the user of the phone acknowledge a text, and run turns; what the centre says."""
    text, elements = carrier.box.network.user_acknowledgement(PHONE, number, code)
    told: list[str] = []
    carrier._begin()
    for element in elements:
        carrier.box.centre.acknowledge(element, told.append)
    carrier.run()
    text.is_acknowledged = told[:1] == [""]
    return told


def test_the_bits_of_both_octets_are_taken_apart_and_put_together() -> None:
    """SMPP 3.4 §5.2.17: 01 delivery, 10 user, 11 both; §5.2.12: three types may be submitted."""
    assert [asked_of(octet) for octet in (0x00, 0x04, 0x08, 0x0C, 0x13)] == [0, 2, 4, 6, 0]
    assert [registered_delivery_of(asked) for asked in (0, 2, 4, 6)] == [0x00, 0x04, 0x08, 0x0C]
    strict = [octet for octet in range(0, 0x40, 4) if is_submitted_type(octet, True)]
    lenient = [octet for octet in range(0, 0x40, 4) if is_submitted_type(octet, False)]
    assert (strict, lenient) == ([0x00, 0x08, 0x10], [0x00, 0x08, 0x10, 0x18])


def test_a_phone_acknowledges_what_it_shows() -> None:
    """SMPP 3.4 §5.2.12: 0x08 from the phone to the sender, after the submit_sm_resp, beside the
    receipt; the reference of the submit_sm comes back.
    """
    carrier = DirectCarrier()
    link = carrier.bind()
    reference = [Tlv(TAG_USER_MESSAGE_REFERENCE, b"\x12\x34")]
    answer = carrier.submit(link, a_submit(registered_delivery=ASKS_DELIVERY | 1, tlvs=reference))
    assert answer is not None
    kinds = [(one.pdu.command_id, getattr(one.pdu, "esm_class", None)) for one in carrier.sent[1:]]
    assert kinds == [
        (values.SUBMIT_SM_RESP, None),
        (values.DELIVER_SM, 0x04),
        (values.DELIVER_SM, 0x08),
    ]
    (pdu,) = acknowledgements(carrier)
    assert (pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr) == (1, 1, PHONE)
    assert (pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr) == (3, 1, "36000")
    assert tlv_text(pdu.tlvs, TAG_RECEIPTED_MESSAGE_ID) == "0000000001"
    assert tlv_octets(pdu.tlvs, TAG_USER_MESSAGE_REFERENCE) == b"\x12\x34"
    assert tlv_octets(pdu.tlvs, TAG_USER_RESPONSE_CODE) is None
    assert carrier.shown(PHONE) == ["Hi"]


def test_nobody_acknowledges_what_does_not_ask() -> None:
    """Neither the phone by itself nor its user."""
    carrier = DirectCarrier()
    carrier.submit(carrier.bind(), a_submit(registered_delivery=0x11))
    assert acknowledgements(carrier) == []
    with pytest.raises(Exception, match="registered_delivery 8"):
        user_acknowledges(carrier)


def test_a_user_acknowledges_with_a_code_once() -> None:
    """SMPP 3.4 §5.2.12, §5.3.2.18: 0x10 when the user does it, and never twice."""
    carrier = DirectCarrier()
    carrier.submit(carrier.bind(), a_submit(registered_delivery=ASKS_USER))
    assert acknowledgements(carrier) == []
    assert user_acknowledges(carrier, code=7) == [""]
    (pdu,) = acknowledgements(carrier)
    assert pdu.esm_class == 0x10
    assert tlv_int(pdu.tlvs, TAG_USER_RESPONSE_CODE) == 7
    with pytest.raises(Exception, match=r"text 1 on the phone .* is acknowledged"):
        user_acknowledges(carrier, 1)
    again = SmeAcknowledgement(1 << 8, USER_ACKNOWLEDGEMENT)
    told: list[str] = []
    carrier.box.centre.acknowledge(again, told.append)
    assert told == ["the message was acknowledged before"]


def test_a_phone_that_is_off_acknowledges_later() -> None:
    """When it shows the text, and no earlier."""
    carrier = DirectCarrier()
    carrier.set_power(PHONE, False)
    carrier.submit(carrier.bind(), a_submit(registered_delivery=ASKS_DELIVERY))
    assert acknowledgements(carrier) == []
    carrier.set_power(PHONE, True)
    assert len(acknowledgements(carrier)) == 1


def test_a_long_message_is_acknowledged_once_when_all_of_it_is_there() -> None:
    """The centre cut it: one message, one acknowledgement."""
    carrier = DirectCarrier()
    long = a_submit(registered_delivery=ASKS_BOTH, short_message=b"x" * 200)
    carrier.submit(carrier.bind(), long)
    assert [pdu.esm_class for pdu in acknowledgements(carrier)] == [0x08]
    assert user_acknowledges(carrier) == [""]
    assert [pdu.esm_class for pdu in acknowledgements(carrier)] == [0x08, 0x10]


def test_the_parts_that_a_client_cut_are_messages_of_their_own() -> None:
    """T30: each part that asked is acknowledged when the text is shown, under its own id."""
    carrier = DirectCarrier()
    link = carrier.bind()
    for number, asks in ((1, ASKS_BOTH), (2, 0), (3, ASKS_BOTH)):
        assert acknowledgements(carrier) == []
        header = bytes([5, 0, 3, 9, 3, number])
        part = a_submit(esm_class=0x40, registered_delivery=asks, short_message=header + b"ab")
        carrier.submit(link, part)
    ids = [tlv_text(pdu.tlvs, TAG_RECEIPTED_MESSAGE_ID) for pdu in acknowledgements(carrier)]
    assert ids == ["0000000001", "0000000003"]
    assert user_acknowledges(carrier) == ["", ""]
    assert len(acknowledgements(carrier)) == 4


def test_an_acknowledgement_is_kept_until_it_is_taken() -> None:
    """Design, promises: like a receipt, over a restart, octet for octet; and not made again."""
    store = FakeStore()
    carrier = DirectCarrier(store)
    link = carrier.bind()
    carrier.submit(link, a_submit(registered_delivery=ASKS_BOTH))
    user_acknowledges(carrier, code=0)
    before = acknowledgements(carrier)
    assert [pdu.esm_class for pdu in before] == [0x08, 0x10]
    carrier = DirectCarrier(store)
    carrier.bind()
    after = carrier.deliveries()
    assert [(one.pdu.esm_class, one.pdu.tlvs) for one in after] == [  # type: ignore[attr-defined]
        (pdu.esm_class, pdu.tlvs) for pdu in before
    ]
    for one in after:
        carrier.respond(one)
    carrier = DirectCarrier(store)
    carrier.bind()
    assert carrier.deliveries() == []
    assert carrier.shown(PHONE) == ["Hi"]
    with pytest.raises(Exception, match="waits for an acknowledgement"):
        user_acknowledges(carrier)


def test_a_failed_commit_takes_acknowledgements_back() -> None:
    """No acknowledgement that would be forgotten; the phone sends it again with its message."""
    store = FakeStore()
    carrier = DirectCarrier(store)
    link = carrier.bind()
    store.fail(after=1)
    carrier.submit(link, a_submit(registered_delivery=ASKS_BOTH))
    assert acknowledgements(carrier) == []
    carrier.advance(5)
    carrier.pass_link_time(5)
    assert [pdu.esm_class for pdu in acknowledgements(carrier)] == [0x08]
    assert carrier.shown(PHONE) == ["Hi"]
    store.fail()
    assert user_acknowledges(carrier) == ["the store could not write it; nothing was changed"]
    assert user_acknowledges(carrier) == [""]
    carrier.pass_link_time(5)
    assert [pdu.esm_class for pdu in acknowledgements(carrier)] == [0x08, 0x10]


def test_a_message_that_is_forgotten_cannot_be_acknowledged() -> None:
    """History has an end; the user is told."""
    carrier = DirectCarrier(keep_messages=1)
    link = carrier.bind()
    carrier.submit(link, a_submit(registered_delivery=ASKS_USER))
    for _ in range(3):
        carrier.submit(link, a_submit())
    assert user_acknowledges(carrier, 1) == [
        "the message is forgotten here: nobody can be told that it was acknowledged"
    ]


def test_an_account_that_takes_data_sm_gets_acknowledgements_in_it() -> None:
    """SMPP 3.4 §4.7: the type and the TLVs are the same."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", data_sm=True)])
    carrier.submit(carrier.bind(), a_submit(registered_delivery=ASKS_DELIVERY))
    (pdu,) = [one.pdu for one in carrier.sent if isinstance(one.pdu, DataSm)]
    assert pdu.esm_class == 0x08
    assert tlv_text(pdu.tlvs, TAG_RECEIPTED_MESSAGE_ID) == "0000000001"


# What an ESME acknowledges.


def test_an_application_acknowledges_what_a_phone_sent() -> None:
    """SMPP 3.4 §5.2.17: the phone asks in the deliver_sm; the answer is no text on its screen."""
    carrier = DirectCarrier()
    link = carrier.bind()
    asked = 1 << DELIVERY_ACKNOWLEDGEMENT | 1 << USER_ACKNOWLEDGEMENT
    (part,) = carrier.box.network.mobile_originated(PHONE, Address(0, 1, "36000"), "yes", asked)
    carrier._begin()
    carrier.box.centre.submit_from_phone(part, lambda problem: None)
    carrier.run()
    (sent,) = carrier.deliveries()
    assert isinstance(sent.pdu, DeliverSm)
    assert (sent.pdu.registered_delivery, sent.pdu.esm_class) == (ASKS_BOTH, 0)
    code = [Tlv(TAG_USER_RESPONSE_CODE, b"\x03")]
    answer = carrier.submit(link, a_submit(esm_class=0x10, short_message=b"", tlvs=code))
    assert answer is not None
    assert answer.command_status == values.ESME_ROK
    (text,) = carrier.phone(PHONE).inbox
    assert (text.kind, text.user_response_code, text.text) == (USER_ACKNOWLEDGEMENT, 3, "")
    assert carrier.shown(PHONE) == []
    assert "(acknowledges)" in "\n".join(carrier.phone(PHONE).screen_lines())


def test_acknowledgements_on_a_phone_survive_a_restart_beside_its_texts() -> None:
    """What a phone shows is kept, of either kind."""
    store = FakeStore()
    carrier = DirectCarrier(store)
    link = carrier.bind()
    carrier.submit(link, a_submit())
    carrier.submit(link, a_submit(esm_class=0x08, short_message=b""))
    carrier.submit(link, a_submit(short_message=b"Bye"))
    carrier = DirectCarrier(store)
    assert [text.kind for text in carrier.phone(PHONE).inbox] == [0, DELIVERY_ACKNOWLEDGEMENT, 0]
    assert carrier.shown(PHONE) == ["Hi", "Bye"]


@pytest.mark.parametrize("message_type", [t for t in range(4, 0x40, 4) if t not in (0x08, 0x10)])
def test_a_reserved_type_is_refused(message_type: int) -> None:
    """SMPP 3.4 §5.2.12: twelve of sixteen types; SMPP 5.0 lets an ESME end a conversation."""
    carrier = DirectCarrier()
    link = carrier.bind()
    for mode_and_features in (0x00, 0x83):
        answer = carrier.submit(link, a_submit(esm_class=message_type | mode_and_features))
        assert answer is not None
        assert answer.command_status == values.ESME_RINVESMCLASS
    lenient = DirectCarrier(accounts=[AccountSettings("demo", "demo", strict=False)])
    answer = lenient.submit(lenient.bind(), a_submit(esm_class=message_type))
    assert answer is not None
    assert (answer.command_status == values.ESME_ROK) == (message_type == 0x18)


def test_a_phone_acknowledges_to_a_phone() -> None:
    """Person to person: the acknowledgement goes back to the phone, not to an account."""
    carrier = DirectCarrier()
    carrier.bind()
    part = RpMoData(PHONE, Address(1, 1, FRIEND), 0, 0, b"", b"Hi")
    part.asked = 1 << DELIVERY_ACKNOWLEDGEMENT
    carrier._begin()
    carrier.box.centre.submit_from_phone(part, lambda problem: None)
    carrier.run()
    (text,) = carrier.phone(PHONE).inbox
    assert (text.kind, text.sender) == (DELIVERY_ACKNOWLEDGEMENT, f"+{FRIEND}")
    assert carrier.deliveries() == []


# From one ESME to another.


VOTES: Final = AccountSettings("votes", "demo", address_range="36[0-9]{3}")
SHOP: Final = AccountSettings("shop", "demo", address_range="38100")


def two_accounts(store: FakeStore | None = None) -> DirectCarrier:
    return DirectCarrier(store, [AccountSettings("demo", "demo"), SHOP, VOTES])


def to_votes(**fields: Any) -> SubmitSm:
    return a_submit(**{"source_addr": "38100", "destination_addr": "36000"} | fields)


def of(carrier: DirectCarrier, link_id: int) -> list[Sent]:
    """The deliver_sm on one link."""
    return [one for one in carrier.deliveries() if one.link_id == link_id]


def test_an_address_in_a_chosen_range_is_its_account() -> None:
    """SMPP 3.4 §5.2.7: with its TLVs and what it asks; the sender's receipt tells when it came."""
    carrier = two_accounts()
    shop, votes = carrier.bind("shop"), carrier.bind("votes")
    tlvs = [Tlv(0x1400, b"theirs"), Tlv(TAG_USER_MESSAGE_REFERENCE, b"\0\7")]
    answer = carrier.submit(
        shop, to_votes(registered_delivery=ASKS_DELIVERY | 1, esm_class=0x03, tlvs=tlvs)
    )
    assert answer is not None
    assert answer.command_status == values.ESME_ROK
    (sent,) = of(carrier, votes)
    pdu = sent.pdu
    assert isinstance(pdu, DeliverSm)
    assert (pdu.source_addr, pdu.destination_addr) == ("38100", "36000")
    assert (pdu.short_message, pdu.tlvs) == (b"Hi", tlvs)
    assert (pdu.esm_class, pdu.registered_delivery) == (0, ASKS_DELIVERY)
    assert of(carrier, shop) == []
    query = carrier.ask(shop, QuerySm("1", source_addr="38100"))
    assert isinstance(query, QuerySmResp)
    assert query.message_state == values.ENROUTE
    carrier.respond(sent)
    (receipt,) = of(carrier, shop)
    assert isinstance(receipt.pdu, DeliverSm)
    assert b"stat:DELIVRD" in receipt.pdu.short_message
    carrier.respond(receipt)
    (message,) = carrier.box.centre.registry.oldest_first()
    assert (message.system_id, message.receiver) == ("shop", "votes")


def test_the_receiver_acknowledges_to_the_sender() -> None:
    """The pass-through: a submit_sm of type 0x08 is a deliver_sm of type 0x08."""
    carrier = two_accounts()
    shop, votes = carrier.bind("shop"), carrier.bind("votes")
    tlvs = [Tlv(TAG_USER_MESSAGE_REFERENCE, b"\0\7"), Tlv(TAG_RECEIPTED_MESSAGE_ID, b"theirs\0")]
    back = a_submit(
        source_addr="36000", destination_addr="38100", esm_class=0x08, short_message=b"", tlvs=tlvs
    )
    assert carrier.submit(votes, back) is not None
    (sent,) = of(carrier, shop)
    assert isinstance(sent.pdu, DeliverSm)
    assert (sent.pdu.esm_class, sent.pdu.tlvs) == (0x08, tlvs)


def test_what_is_in_nobody_s_chosen_range_goes_to_phones() -> None:
    """Neither a range that takes all nor the sender's own is one that was chosen for this."""
    carrier = two_accounts()
    demo, votes = carrier.bind("demo"), carrier.bind("votes")
    carrier.submit(demo, a_submit())
    assert carrier.shown(PHONE) == ["Hi"]
    carrier.submit(votes, a_submit(source_addr="36000", destination_addr="36001"))
    assert carrier.shown("36001") == ["Hi"]
    assert carrier.deliveries() == []


def test_a_refusal_by_the_receiver_is_the_end_of_the_message() -> None:
    """ESME_RX_P_APPN is for good: REJECTD in the receipt."""
    carrier = two_accounts()
    shop, votes = carrier.bind("shop"), carrier.bind("votes")
    carrier.submit(shop, to_votes(registered_delivery=1))
    carrier.respond(of(carrier, votes)[0], values.ESME_RX_P_APPN)
    (receipt,) = of(carrier, shop)
    assert isinstance(receipt.pdu, DeliverSm)
    assert b"stat:REJECTD" in receipt.pdu.short_message


def test_a_message_to_an_account_waits_for_it_over_a_restart() -> None:
    """Accepted is kept, and so is its receipt."""
    store = FakeStore()
    carrier = two_accounts(store)
    carrier.submit(carrier.bind("shop"), to_votes(registered_delivery=1))
    carrier = two_accounts(store)
    votes = carrier.bind("votes")
    (sent,) = of(carrier, votes)
    carrier.respond(sent)
    carrier = two_accounts(store)
    assert carrier.recovered.receipts_held == 1
    votes, shop = carrier.bind("votes"), carrier.bind("shop")
    assert (len(of(carrier, votes)), len(of(carrier, shop))) == (0, 1)


def test_a_commit_that_fails_at_the_end_repeats_the_message_and_owes_one_receipt() -> None:
    """At least once towards the receiver, exactly one receipt."""
    store = FakeStore()
    carrier = two_accounts(store)
    shop, votes = carrier.bind("shop"), carrier.bind("votes")
    carrier.submit(shop, to_votes(registered_delivery=1))
    store.fail()
    carrier.respond(of(carrier, votes)[0])
    assert of(carrier, shop) == []
    carrier.pass_link_time(5)
    again = of(carrier, votes)
    assert len(again) == 2
    carrier.respond(again[1])
    assert len(of(carrier, shop)) == 1


def test_a_failed_acceptance_reaches_nobody() -> None:
    """ESME_RSYSERR to the sender, nothing to the receiver."""
    store = FakeStore()
    carrier = two_accounts(store)
    shop, votes = carrier.bind("shop"), carrier.bind("votes")
    store.fail()
    answer = carrier.submit(shop, to_votes())
    assert answer is not None
    assert answer.command_status == values.ESME_RSYSERR
    carrier.pass_link_time(5)
    assert of(carrier, votes) == []


def test_a_message_to_an_account_can_be_neither_cancelled_nor_lost_by_trying() -> None:
    """It may be on the wire already."""
    carrier = two_accounts()
    shop = carrier.bind("shop")
    carrier.submit(shop, to_votes())
    refusal = carrier.ask(shop, CancelSm("", "1", source_addr="38100"))
    assert refusal.command_status == values.ESME_RCANCELFAIL
    assert len(of(carrier, carrier.bind("votes"))) == 1


def test_transaction_mode_waits_for_the_receiver() -> None:
    """SMPP 3.4 §2.10.3: the response tells that the other ESME took it."""
    carrier = two_accounts()
    shop, votes = carrier.bind("shop"), carrier.bind("votes")
    assert carrier.submit(shop, to_votes(esm_class=2)) is None
    carrier.respond(of(carrier, votes)[0])
    answer = carrier.sent[-1].pdu
    assert (answer.command_id, answer.command_status) == (values.SUBMIT_SM_RESP, values.ESME_ROK)
