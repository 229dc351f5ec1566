"""The deliver_sm an account is owed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import NetworkTime
from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.identifiers import Address
from carrierbox.smpp import values
from carrierbox.smpp.pdus import DeliverSm, SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_MESSAGE_STATE,
    TAG_NETWORK_ERROR_CODE,
    TAG_RECEIPTED_MESSAGE_ID,
    TAG_SAR_MSG_REF_NUM,
    Tlv,
    tlv_octets,
)
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.messages import FINAL_STATES, FROM_ESME, FROM_PHONE, TO_ESME, TO_PHONE, Message
from carrierbox.smsc.receipts import (
    describe_state,
    err_of,
    message_pdu,
    receipt_is_owed,
    receipt_pdu,
)

ACCEPTED_AT = NetworkTime(1_800_000_000.0)  # 2027-01-15 08:00:00 UTC
FINAL_AT = NetworkTime(1_800_003_725.0)  # 09:02:05


def message(
    submit: SubmitSm, state: int = values.DELIVERED, cause: int = 0, origin: int = FROM_ESME
) -> Message:
    made = Message(
        1234,
        "acme",
        origin,
        TO_PHONE if origin == FROM_ESME else TO_ESME,
        submit,
        Address(5, 0, "Shown"),
        "33612345678",
        "FR",
        "Orange",
        "open",
        210,
        ACCEPTED_AT,
        ACCEPTED_AT,
        NetworkTime(ACCEPTED_AT + 3600.0),
    )
    made.cause = cause
    if state != values.ENROUTE:
        made.conclude(state, FINAL_AT)
    return made


def submitted(**changes: object) -> SubmitSm:
    pdu = SubmitSm(
        service_type="CMT",
        source_addr_ton=5,
        source_addr_npi=9,
        source_addr="Acme",
        dest_addr_ton=1,
        dest_addr_npi=4,
        destination_addr="+33612345678",
        registered_delivery=1,
        short_message=b"hello",
    )
    for name, value in changes.items():
        assert hasattr(pdu, name)
        setattr(pdu, name, value)
    return pdu


def fields_of(receipt: DeliverSm) -> dict[str, str]:
    return parse_receipt_text(receipt.short_message.decode("ascii"))


def text_of(**changes: object) -> str:
    return fields_of(receipt_pdu(message(submitted(**changes))))["text"]


def test_a_receipt_is_written_as_appendix_b_shows_it() -> None:
    """SMPP 3.4 Appendix B: octet for octet."""
    assert receipt_pdu(message(submitted())).short_message == (
        b"id:0000001234 sub:001 dlvrd:001 submit date:2701150800 done date:2701150902"
        b" stat:DELIVRD err:000 text:hello"
    )


def test_addresses_change_places_with_their_types() -> None:
    """T20: what the client sent, not what the phone was shown, TON and NPI included."""
    receipt = receipt_pdu(message(submitted()))
    source = (receipt.source_addr_ton, receipt.source_addr_npi, receipt.source_addr)
    destination = (receipt.dest_addr_ton, receipt.dest_addr_npi, receipt.destination_addr)
    assert source == (1, 4, "+33612345678")
    assert destination == (5, 9, "Acme")
    assert receipt.service_type == "CMT"


@pytest.mark.parametrize("esm_class", [0x00, 0x03, 0x80])
def test_a_receipt_has_exactly_the_receipts_esm_class(esm_class: int) -> None:
    """T21: clients compare with 4, so no bit of the submission may come along."""
    receipt = receipt_pdu(message(submitted(esm_class=esm_class)))
    assert receipt.esm_class == 0x04
    assert (receipt.data_coding, receipt.registered_delivery) == (0, 0)
    assert (receipt.validity_period, receipt.schedule_delivery_time) == ("", "")


def test_a_receipt_of_a_message_with_a_header_has_none() -> None:
    """T21: 0x40 is not copied."""
    pdu = submitted(esm_class=0x43, short_message=bytes([5, 0, 3, 1, 2, 1]) + b"part")
    receipt = receipt_pdu(message(pdu))
    assert receipt.esm_class == 0x04
    assert fields_of(receipt)["text"] == "part"


@pytest.mark.parametrize("other_bits", [0x00, 0x04, 0x0C, 0x10])
@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_registered_delivery_says_who_gets_a_receipt(state: int, other_bits: int) -> None:
    """SMPP 3.4 §5.2.17, T22: bits 1-0 alone; 2 is every end but DELIVERED, a cancelled one too."""
    owed = [
        receipt_is_owed(message(submitted(registered_delivery=asked | other_bits), state))
        for asked in (0, 1, 2)
    ]
    assert owed == [False, True, state != values.DELIVERED]


@pytest.mark.parametrize("asked", [0, 1, 2])
def test_a_phone_gets_no_receipt(asked: int) -> None:
    """T22: messages from phones did not ask by SMPP."""
    pdu = submitted(registered_delivery=asked)
    assert not receipt_is_owed(message(pdu, values.UNDELIVERABLE, origin=FROM_PHONE))


# The text.


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b"", ""),
        (b"12345678901234567890", "12345678901234567890"),
        (b"123456789012345678901", "12345678901234567890"),
        (b"a\0b", "a?b"),
        (b"\0" * 30, "?" * 20),
        (b"\x02\x11\x05", "???"),
        (b"@$_`[\\]^{|}~", "?" * 12),
        (b"line\r\nbreak\t", "line??break?"),
        (b"\x7f\x80\xff", "???"),
        (b"!\"#%&'()*+,-./:;<=>?", "!\"#%&'()*+,-./:;<=>?"),
        (b"id:1 stat:EXPIRED", "id:1 stat:EXPIRED"),
    ],
)
def test_the_text_is_what_ascii_and_gsm_have_in_common(octets: bytes, shown: str) -> None:
    """T24, T33: twenty characters; '@' is 0x00 and no NUL ever leaves; '$' is no currency sign."""
    assert text_of(short_message=octets) == shown


def test_every_octet_is_shown_as_one_printable_character() -> None:
    """T24: whatever the text, the receipt is printable ASCII without a NUL."""
    for first in range(0, 256, 16):
        octets = bytes(range(first, first + 16)).replace(b"\x1b", b"")
        receipt = receipt_pdu(message(submitted(short_message=octets)))
        assert len(fields_of(receipt)["text"]) == len(octets)
        assert all(32 <= octet < 127 for octet in receipt.short_message)


def test_an_escape_pair_is_one_character() -> None:
    """T24, T34: twenty characters of the decoded message; the euro sign is two septets."""
    assert text_of(short_message=b"5\x1be.") == "5?."
    assert text_of(short_message=b"\x1be" * 15 + b"abcdefghij") == "?" * 15 + "abcde"
    assert text_of(short_message=b"x" * 19 + b"\x1bey") == "x" * 19 + "?"
    assert text_of(short_message=b"x\x1b") in ("x", "x?", "x ")


@pytest.mark.parametrize("data_coding", [0x08, 0x18, 0x19, 0xE0])
def test_ucs2_text_is_decoded(data_coding: int) -> None:
    """T24: not raw UCS-2 octets, in all the codings that mean UCS-2."""

    def shown(octets: bytes) -> str:
        return text_of(data_coding=data_coding, short_message=octets)

    assert shown("Grüße 12".encode("utf-16-be")) == "Gr??e 12"
    assert shown("Ж@\0a".encode("utf-16-be")) == "???a"
    assert shown(("a" * 21).encode("utf-16-be")) == "a" * 20
    assert shown("ab".encode("utf-16-be") + b"\0") == "ab?"
    assert shown(b"\xff\xfe" + "ab".encode("utf-16-le")) == "ab"
    assert shown(("\U0001f600" * 3 + "x").encode("utf-16-be")) == "???x"


@pytest.mark.parametrize(
    ("data_coding", "octets", "shown"),
    [
        (1, b"plain", "plain"),
        (3, "né".encode("latin-1"), "n?"),
        (4, b"\x01ab\xff", "?ab?"),
        (6, "Да ok".encode("iso8859_5"), "?? ok"),
        (10, "日本 ok".encode("iso2022_jp"), "?? ok"),
        (14, "한국 ok".encode("euc_kr"), "?? ok"),
    ],
)
def test_text_of_every_alphabet_is_decoded(data_coding: int, octets: bytes, shown: str) -> None:
    """T24: characters are counted, not octets."""
    assert text_of(data_coding=data_coding, short_message=octets) == shown


def test_the_text_may_be_in_message_payload() -> None:
    """T40, T24: with and without a header."""
    assert text_of(short_message=b"", tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, b"long text")]) == "long text"
    with_header = [Tlv(TAG_MESSAGE_PAYLOAD, b"\x05\0\3\1\2\1part")]
    assert text_of(short_message=b"", esm_class=0x40, tlvs=with_header) == "part"
    assert text_of(tlvs=[Tlv(TAG_SAR_MSG_REF_NUM, b"\0\1")]) == "hello"


@given(st.binary(max_size=254), st.integers(0, 255))
def test_a_receipt_can_be_made_of_any_text(octets: bytes, data_coding: int) -> None:
    """T24, T38: at most twenty printable characters, and it fits a short message."""
    receipt = receipt_pdu(message(submitted(short_message=octets, data_coding=data_coding)))
    assert len(fields_of(receipt)["text"]) <= 20
    assert all(32 <= octet < 127 for octet in receipt.short_message)
    assert len(receipt.short_message) <= 254
    encode_pdu(receipt)


# States, dates, errors.


@pytest.mark.parametrize(
    ("state", "stat", "dlvrd"),
    [
        (values.DELIVERED, "DELIVRD", "001"),
        (values.EXPIRED, "EXPIRED", "000"),
        (values.DELETED, "DELETED", "000"),
        (values.UNDELIVERABLE, "UNDELIV", "000"),
        (values.REJECTED, "REJECTD", "000"),
    ],
)
def test_the_state_is_told_in_words_in_a_parameter_and_in_the_count(
    state: int, stat: str, dlvrd: str
) -> None:
    """SMPP 3.4 Appendix B, T27, T28: dlvrd is 000 unless it was delivered."""
    receipt = receipt_pdu(message(submitted(), state, cause=6))
    fields = fields_of(receipt)
    assert (fields["stat"], fields["dlvrd"], fields["sub"]) == (stat, dlvrd, "001")
    assert tlv_octets(receipt.tlvs, TAG_MESSAGE_STATE) == bytes([state])


def test_dates_are_of_acceptance_and_of_the_end_in_utc() -> None:
    """T25: not of the attempt, not of the sending of the receipt."""
    fields = fields_of(receipt_pdu(message(submitted())))
    assert (fields["submit_date"], fields["done_date"]) == ("2701150800", "2701150902")


def test_the_id_in_the_parameter_ends_with_a_nul_and_is_the_one_in_the_text() -> None:
    """SMPP 3.4 §5.3.2.12, T26: a C-octet string, its length counts the NUL."""
    receipt = receipt_pdu(message(submitted()))
    assert tlv_octets(receipt.tlvs, TAG_RECEIPTED_MESSAGE_ID) == b"0000001234\0"
    assert fields_of(receipt)["id"] == "0000001234"


@pytest.mark.parametrize(
    ("cause", "octets", "err"),
    [(1, b"\3\0\1", "001"), (27, b"\3\0\x1b", "027"), (300, b"\3\1\x2c", "300")],
)
def test_a_failure_tells_its_network_error(cause: int, octets: bytes, err: str) -> None:
    """SMPP 3.4 §5.3.2.31, T27: one octet of network (3: GSM), two of error; err in three digits."""
    failed = message(submitted(), values.UNDELIVERABLE, cause)
    assert tlv_octets(receipt_pdu(failed).tlvs, TAG_NETWORK_ERROR_CODE) == octets
    assert fields_of(receipt_pdu(failed))["err"] == err == err_of(failed)


def test_a_delivered_message_has_no_network_error() -> None:
    """T27: not that of an earlier attempt either; nor has an end without a cause."""
    for one in (
        message(submitted(), values.DELIVERED, cause=27),
        message(submitted(), values.EXPIRED, cause=0),
    ):
        receipt = receipt_pdu(one)
        assert tlv_octets(receipt.tlvs, TAG_NETWORK_ERROR_CODE) is None
        assert fields_of(receipt)["err"] == "000" == err_of(one)


def test_a_repeated_receipt_is_the_same_but_for_its_sequence_number() -> None:
    """Design, promises: octet for octet, however late it is made."""
    one = message(submitted(short_message=b"h\xe9llo"), values.EXPIRED, cause=27)
    frames = []
    for sequence_number in (1, 0x7FFFFFFF):
        receipt = receipt_pdu(one)
        receipt.sequence_number = sequence_number
        frames.append(encode_pdu(receipt))
    assert frames[0] != frames[1]
    assert frames[0][:12] + frames[0][16:] == frames[1][:12] + frames[1][16:]
    again = decode_pdu(frames[0])
    assert isinstance(again, DeliverSm)
    assert again.tlvs == receipt_pdu(one).tlvs


# Messages from phones.


def test_a_message_from_a_phone_keeps_all_it_says() -> None:
    """SMPP 3.4 §4.6.1: addresses stay where they are, header and coding as the phone sent them."""
    text = bytes([5, 0, 3, 1, 2, 1, 0]) + b"part"
    pdu = submitted(esm_class=0x40, protocol_id=0x41, data_coding=8, short_message=text)
    delivered = message_pdu(message(pdu, values.ENROUTE, origin=FROM_PHONE))
    assert (delivered.source_addr_ton, delivered.source_addr_npi) == (5, 9)
    assert (delivered.dest_addr_ton, delivered.dest_addr_npi) == (1, 4)
    assert (delivered.source_addr, delivered.destination_addr) == ("Acme", "+33612345678")
    assert (delivered.esm_class, delivered.protocol_id, delivered.data_coding) == (0x40, 0x41, 8)
    assert delivered.short_message == text
    assert delivered.registered_delivery == 0


def test_fields_that_a_deliver_sm_has_no_use_for_are_null() -> None:
    """SMPP 3.4 §4.6.1: times, replace_if_present_flag and sm_default_msg_id, whatever was given."""
    submit = submitted(
        schedule_delivery_time="000000010000000R",
        validity_period="000001000000000R",
        replace_if_present_flag=1,
        sm_default_msg_id=7,
    )
    for pdu in (receipt_pdu(message(submit)), message_pdu(message(submit))):
        assert (pdu.schedule_delivery_time, pdu.validity_period) == ("", "")
        assert (pdu.replace_if_present_flag, pdu.sm_default_msg_id) == (0, 0)


def test_states_have_their_names() -> None:
    """SMPP 3.4 §5.2.28; a number that has none is shown as it is."""
    assert describe_state(values.DELIVERED) == "DELIVERED"
    assert describe_state(values.ENROUTE) == "ENROUTE"
    assert describe_state(99) == "99"


def test_the_clients_own_reference_comes_back_in_the_receipt() -> None:
    """SMPP 3.4 §5.3.2.17: user_message_reference is copied into receipts."""
    reference = Tlv(0x0204, b"\x12\x34")
    assert reference in receipt_pdu(message(submitted(tlvs=[reference]))).tlvs
    assert all(tlv.tag != 0x0204 for tlv in receipt_pdu(message(submitted())).tlvs)
