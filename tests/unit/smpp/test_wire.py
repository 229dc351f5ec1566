"""PDUs to octets and back: what is refused, and with what."""

import pytest

from carrierbox.errors import FramingError, LocalProtocolError, PduError
from carrierbox.smpp import values
from carrierbox.smpp.fields import SmeDestination
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindRequest,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    DataSmResp,
    DeliverSmResp,
    Pdu,
    QuerySm,
    QuerySmResp,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import Tlv
from carrierbox.smpp.wire import (
    decode_declared,
    decode_pdu,
    describe_pdu,
    encode_pdu,
    encode_refusal,
)

ADDRESS = b"\1\1" + b"1" * 20 + b"\0"
LONG_ADDRESS = b"\1\1" + b"1" * 21 + b"\0"


def framed(command_id: int, body: bytes, command_status: int = 0) -> bytes:
    words = (16 + len(body), command_id, command_status, 7)
    return b"".join(word.to_bytes(4, "big") for word in words) + body


def status_of(frame: bytes) -> int:
    with pytest.raises(PduError) as caught:
        decode_pdu(frame)
    assert caught.value.sequence_number == 7
    assert caught.value.command_id == int.from_bytes(frame[4:8], "big")
    return caught.value.command_status


@pytest.mark.parametrize(
    ("command_id", "body", "status"),
    [
        (values.BIND_TRANSMITTER, b"x" * 16 + b"\0", values.ESME_RINVSYSID),
        (values.BIND_TRANSMITTER, b"\0" + b"x" * 9 + b"\0", values.ESME_RINVPASWD),
        (values.BIND_TRANSMITTER, b"\0\0" + b"x" * 13 + b"\0", values.ESME_RINVSYSTYP),
        (values.BIND_TRANSMITTER, b"\0\0\0\x34\0\0" + b"x" * 41 + b"\0", values.ESME_RBINDFAIL),
        (values.SUBMIT_SM, b"x" * 6 + b"\0", values.ESME_RINVSERTYP),
        (values.SUBMIT_SM, b"\0" + LONG_ADDRESS, values.ESME_RINVSRCADR),
        (values.SUBMIT_SM, b"\0" + ADDRESS + LONG_ADDRESS, values.ESME_RINVDSTADR),
        (values.SUBMIT_SM, b"\0" + ADDRESS * 2 + b"\0\0\0" + b"x" * 18, values.ESME_RINVSCHED),
        (values.SUBMIT_SM, b"\0" + ADDRESS * 2 + b"\0\0\0\0" + b"x" * 18, values.ESME_RINVEXPIRY),
        (values.QUERY_SM, b"x" * 65 + b"\0", values.ESME_RINVMSGID),
        (values.SUBMIT_MULTI, b"\0" + ADDRESS + b"\1\2" + b"x" * 22, values.ESME_RINVDLNAME),
        (values.SUBMIT_MULTI, b"\0" + ADDRESS + b"\1\1" + LONG_ADDRESS, values.ESME_RINVDSTADR),
        (values.SUBMIT_MULTI, b"\0" + ADDRESS + b"\1\3" + b"x\0", values.ESME_RINVDESTFLAG),
        (values.SUBMIT_MULTI, b"\0" + ADDRESS + b"\x09\1", values.ESME_RINVCMDLEN),
    ],
)
def test_a_string_that_is_too_long_has_the_status_of_its_field(
    command_id: int, body: bytes, status: int
) -> None:
    """T12: the NUL counts; nothing is cut silently."""
    assert status_of(framed(command_id, body)) == status


@pytest.mark.parametrize("text", [b"x" * 15, b"x" * 14])
def test_the_longest_strings_are_read(text: bytes) -> None:
    """T12: system_id 15, password 8."""
    body = text + b"\0" + b"p" * 8 + b"\0" + b"t" * 12 + b"\0\x34\0\0" + b"r" * 40 + b"\0"
    bind = decode_pdu(framed(values.BIND_TRANSCEIVER, body))
    assert isinstance(bind, BindTransceiver)
    assert (bind.system_id, len(bind.address_range)) == (text.decode(), 40)


def test_every_cut_of_a_body_is_found() -> None:
    """A field that is cut is ESME_RINVCMDLEN, a text that is, ESME_RINVMSGLEN (T06)."""
    frame = encode_pdu(SubmitSm(source_addr="1", destination_addr="2", short_message=b"hi"))
    for end in range(16, len(frame)):
        expected = values.ESME_RINVCMDLEN if end < len(frame) - 2 else values.ESME_RINVMSGLEN
        assert status_of(framed(values.SUBMIT_SM, frame[16:end])) == expected


@pytest.mark.parametrize(
    ("tail", "fits"), [(b"\0", True), (b"\1", False), (b"\0\0", False), (b"\0" * 3, False)]
)
def test_octets_after_the_last_field(tail: bytes, fits: bool) -> None:
    """T05: a lone NUL is forgiven."""
    for pdu in (SubmitSm(), QuerySm("x")):
        frame = framed(pdu.command_id, encode_pdu(pdu)[16:] + tail)
        if fits:
            assert decode_pdu(frame).tlvs == []
        else:
            assert status_of(frame) == values.ESME_RINVOPTPARSTREAM


def test_an_unknown_command_is_named() -> None:
    """SMPP 3.4 §4.3.1."""
    assert status_of(framed(0x0A, b"")) == values.ESME_RINVCMDID


@pytest.mark.parametrize("frame", [b"", bytes(15), framed(0x15, b"")[:-1] + b"\0\0"])
def test_a_frame_that_is_not_one_pdu(frame: bytes) -> None:
    """The reader of the stream has failed, not the PDU."""
    with pytest.raises(FramingError):
        decode_pdu(frame)


@pytest.mark.parametrize(
    "pdu",
    [
        BindTransceiverResp("box", 7, values.ESME_RBINDFAIL),
        SubmitSmResp("id", 7, values.ESME_RTHROTTLED),
        DataSmResp("id", 7, values.ESME_RDELIVERYFAILURE),
        QuerySmResp("id", sequence_number=7, command_status=values.ESME_RQUERYFAIL),
        SubmitMultiResp("id", sequence_number=7, command_status=values.ESME_RSUBMITFAIL),
    ],
)
def test_an_error_response_is_a_header(pdu: Pdu) -> None:
    """T09."""
    frame = encode_pdu(pdu)
    assert len(frame) == 16
    again = decode_pdu(frame)
    assert again.command_status == pdu.command_status
    assert describe_pdu(again) == []


def test_an_error_response_with_tlvs_has_its_body() -> None:
    """T09: after an absent message_id the TLVs could not be told from one."""
    tlvs = [Tlv(0x0425, b"\3")]
    frame = encode_pdu(DataSmResp("", 7, values.ESME_RDELIVERYFAILURE, tlvs))
    assert frame[16:] == b"\0" + bytes.fromhex("0425000103")
    assert decode_pdu(frame).tlvs == tlvs


@pytest.mark.parametrize("body", [b"id\0", b"id", bytes.fromhex("0425000103"), b"\xff\xff\xff"])
def test_the_body_of_an_error_response_may_have_any_shape(body: bytes) -> None:
    """T09: it is never an error itself; TLVs without a message_id are found."""
    pdu = decode_pdu(framed(values.DATA_SM_RESP, body, values.ESME_RDELIVERYFAILURE))
    assert isinstance(pdu, DataSmResp)
    assert pdu.message_id == ("id" if body == b"id\0" else "")
    assert pdu.tlvs == ([Tlv(0x0425, b"\3")] if body[:1] == b"\4" else [])


def test_a_deliver_sm_resp_always_has_its_nul() -> None:
    """T10: 17 octets, also in refusals."""
    assert len(encode_pdu(DeliverSmResp())) == 17
    assert len(encode_pdu(DeliverSmResp("", 1, values.ESME_RX_T_APPN))) == 17
    assert len(encode_refusal(values.DELIVER_SM, values.ESME_RINVBNDSTS, 1)) == 17


def test_a_deliver_sm_resp_may_carry_any_message_id() -> None:
    """T10, by both codecs."""
    frame = framed(values.DELIVER_SM_RESP, b"x" * 300 + b"\0")
    for pdu in (decode_pdu(frame), decode_declared(frame)):
        assert isinstance(pdu, DeliverSmResp)
        assert len(pdu.message_id) == 300


@pytest.mark.parametrize(
    "pdu",
    [
        SubmitSm(destination_addr="€"),
        SubmitSm(source_addr="1" * 21),
        SubmitSm(source_addr="1\0"),
        SubmitSm(destination_addr="1\0"),
        SubmitSm(service_type="\0"),
        SubmitSm(schedule_delivery_time="\0"),
        SubmitSm(sm_default_msg_id=-1),
        SubmitSmResp("\0"),
        SubmitSm(validity_period="\0"),
        SubmitSm(esm_class=256),
        SubmitSm(esm_class=-1),
        SubmitSm(short_message=bytes(256)),
        SubmitSm(sequence_number=-1),
        SubmitSm(command_status=1 << 32),
        BindTransceiver("x" * 16),
        BindTransceiver("app", "x" * 9),
        SubmitSmResp("x" * 65),
        SubmitMulti(dest_address=[SmeDestination()] * 256),
        Pdu(0x0A, 1, 0, [], b""),
    ],
)
def test_what_does_not_fit_is_our_own_mistake(pdu: Pdu) -> None:
    """T12: an error here, never a cut field on the wire."""
    with pytest.raises(LocalProtocolError):
        encode_pdu(pdu)


def test_sm_length_and_structures_are_described() -> None:
    """Under the specification's names, in its order."""
    described = dict(describe_pdu(SubmitMulti(dest_address=[SmeDestination(1, 1, "33")])))
    assert described["number_of_dests"] == 1
    assert described["dest_address"] == [
        {"dest_flag": 1, "dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "33"}
    ]
    assert dict(describe_pdu(SubmitSm(short_message=b"hi")))["sm_length"] == 2


@pytest.mark.parametrize("kind", [BindReceiver, BindTransmitter, BindTransceiver])
def test_a_bind_may_carry_long_credentials_for_an_owner_that_judges_them(
    kind: type[BindReceiver | BindTransmitter | BindTransceiver],
) -> None:
    """T12: up to 64 octets each, and nothing is cut off silently."""
    short = encode_pdu(kind(system_id="s", password="p", interface_version=0x34))
    body = short[16:].replace(b"s\0p\0", b"s" * 64 + b"\0" + b"p" * 64 + b"\0", 1)
    frame = (16 + len(body)).to_bytes(4, "big") + short[4:16] + body
    bind = decode_pdu(frame, long_credentials=True)
    assert isinstance(bind, BindRequest)
    assert (bind.system_id, bind.password) == ("s" * 64, "p" * 64)
    assert bind.interface_version == 0x34
    with pytest.raises(PduError) as caught:
        decode_pdu(frame)
    assert caught.value.command_status == values.ESME_RINVSYSID


@pytest.mark.parametrize("tail", [b"\r", b"\r\n", b"\1\0\0"])
def test_octets_that_are_no_tlv_may_be_left_unread_and_are_not_kept(tail: bytes) -> None:
    """T05: the frame that is left is sound, for it is what a journal keeps."""
    submit = SubmitSm(destination_addr="336", short_message=b"hi", tlvs=[Tlv(0x1400, b"x")])
    sound = encode_pdu(submit)
    frame = (len(sound) + len(tail)).to_bytes(4, "big") + sound[4:] + tail
    with pytest.raises(PduError) as raised:
        decode_declared(frame)
    assert raised.value.command_status == values.ESME_RINVOPTPARSTREAM
    pdu = decode_declared(frame, is_lenient=True)
    assert pdu.frame == sound
    again = decode_pdu(pdu.frame)
    assert isinstance(again, SubmitSm)
    assert (again.short_message, again.tlvs) == (b"hi", [Tlv(0x1400, b"x")])


def test_a_tlv_that_is_cut_is_never_forgiven() -> None:
    """T05: it may have held the text."""
    sound = encode_pdu(SubmitSm())
    tail = bytes.fromhex("0424000948")
    frame = (len(sound) + len(tail)).to_bytes(4, "big") + sound[4:] + tail
    with pytest.raises(PduError):
        decode_declared(frame, is_lenient=True)


def test_refusals_with_bodies_have_empty_fields() -> None:
    """T09: for those who read a message_id or a system_id whatever the status."""
    refused = SubmitSmResp("", 7, values.ESME_RTHROTTLED)
    assert encode_pdu(refused) == bytes.fromhex("00000010800000040000005800000007")
    assert encode_pdu(refused, True) == bytes.fromhex("0000001180000004000000580000000700")
    for command_id in (values.SUBMIT_SM, values.BIND_RECEIVER, values.UNBIND, 0x77):
        plain = encode_refusal(command_id, 8, 7)
        with_body = encode_refusal(command_id, 8, 7, True)
        assert plain[4:] == with_body[4 : len(plain)]
        assert set(with_body[len(plain) :]) <= {0}
