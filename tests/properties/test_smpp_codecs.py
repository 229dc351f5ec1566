"""The straight-line codec agrees with the declared one; any octets are a PDU or a ProtocolError."""

from hypothesis import example, given
from hypothesis import strategies as st

from carrierbox.errors import LocalProtocolError, ProtocolError
from carrierbox.smpp import straight_line, values
from carrierbox.smpp.fields import (
    Count,
    CString,
    Field,
    Integer,
    OctetString,
    SmeDestination,
    Structures,
    UnsuccessSme,
)
from carrierbox.smpp.pdus import (
    BODY_FIELDS,
    PDU_CLASSES,
    DeliverSm,
    DeliverSmResp,
    DistributionListDestination,
    EnquireLink,
    EnquireLinkResp,
    Pdu,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import Tlv
from carrierbox.smpp.wire import (
    decode_declared,
    decode_pdu,
    describe_pdu,
    encode_declared,
    encode_pdu,
)

UINT32 = st.integers(0, 0xFFFFFFFF)
LATIN = st.characters(min_codepoint=1, max_codepoint=255)
TLVS = st.lists(st.builds(Tlv, st.integers(0, 0xFFFF), st.binary(max_size=20)), max_size=3)
HOT = [SubmitSm, DeliverSm, SubmitSmResp, DeliverSmResp, EnquireLink, EnquireLinkResp]
HOT_IDS = [make().command_id for make in HOT]


def text(max_octets: int) -> st.SearchStrategy[str]:
    return st.text(LATIN, max_size=min(max_octets, 100) - 1)


def sme_destinations() -> st.SearchStrategy[SmeDestination]:
    octet = st.integers(0, 255)
    return st.builds(SmeDestination, octet, octet, text(21))


def structures(field: Structures) -> st.SearchStrategy[list[object]]:
    octet = st.integers(0, 255)
    if field.flag_name:
        lists = st.builds(DistributionListDestination, text(21))
        return st.lists(st.one_of(sme_destinations(), lists), max_size=4)
    return st.lists(st.builds(UnsuccessSme, octet, octet, text(21), UINT32), max_size=4)


def value_of(field: Field) -> st.SearchStrategy[object]:
    if isinstance(field, CString):
        return text(field.max_octets)
    if isinstance(field, Integer):
        return st.integers(0, (1 << 8 * field.length_octets) - 1)
    if isinstance(field, OctetString):
        return st.binary(max_size=255)
    assert isinstance(field, Structures)
    return structures(field)


@st.composite
def well_formed(draw: st.DrawFn, command_ids: list[int]) -> Pdu:
    """A PDU whose every field fits; an error response has no body to remember."""
    command_id = draw(st.sampled_from(command_ids))
    pdu = PDU_CLASSES[command_id]()
    pdu.sequence_number = draw(UINT32)
    if command_id < values.RESPONSE_BIT:
        pdu.command_status = draw(UINT32)
    for field in BODY_FIELDS[command_id]:
        if not isinstance(field, Count):
            setattr(pdu, field.name, draw(value_of(field)))
    pdu.tlvs = draw(TLVS)
    return pdu


@st.composite
def ill_formed(draw: st.DrawFn) -> Pdu:
    """One of the frequent PDUs with values that may not fit."""
    pdu = draw(well_formed(HOT_IDS))
    pdu.command_status = draw(st.sampled_from([0, 0, 1, 0x58, -1, 1 << 32]))
    numbers = [-1, 0, 255, 256, 1 << 31, 1 << 32]
    pdu.sequence_number = draw(st.sampled_from([1, 0x7FFFFFFF, -1, 1 << 32]))
    for field in BODY_FIELDS[pdu.command_id]:
        if draw(st.integers(0, 9)) == 0:
            if isinstance(field, CString):
                strange = [
                    "\0",
                    "a\0b",
                    "€",
                    "ÿ",
                    "x" * field.max_octets if field.max_octets < 99 else "x",
                ]
                setattr(pdu, field.name, draw(st.sampled_from(strange)))
            elif isinstance(field, Integer):
                setattr(pdu, field.name, draw(st.sampled_from(numbers)))
            elif isinstance(field, OctetString):
                setattr(pdu, field.name, b"x" * draw(st.sampled_from([254, 255, 256])))
    return pdu


def outcome(pdu: Pdu) -> tuple[object, ...]:
    head = (type(pdu), pdu.command_id, pdu.command_status, pdu.sequence_number, pdu.frame)
    return (*head, describe_pdu(pdu), pdu.tlvs)


def decoded(frame: bytes, declared: bool) -> tuple[object, ...]:
    try:
        return outcome(decode_declared(frame) if declared else decode_pdu(frame))
    except ProtocolError as error:
        return (type(error), str(error), vars_of(error))


def vars_of(error: ProtocolError) -> list[object]:
    names = ("command_status", "command_id", "sequence_number")
    return [getattr(error, name, None) for name in names]


def framed(octets: bytes, command_id: int) -> bytes:
    """Octets made to look like that command, so that they get past the header."""
    head = (16 + len(octets)).to_bytes(4, "big") + command_id.to_bytes(4, "big")
    return head + b"\0\0\0\0\0\0\0\x01" + octets


@given(well_formed(sorted(BODY_FIELDS)))
def test_a_pdu_comes_back_from_its_octets(pdu: Pdu) -> None:
    """SMPP 3.4 §4, every command: fields, TLVs and octets."""
    frame = encode_pdu(pdu)
    assert frame == encode_declared(pdu)
    again = decode_pdu(frame)
    assert encode_pdu(again) == frame
    if len(frame) > values.HEADER_OCTETS:
        assert describe_pdu(again) == describe_pdu(pdu)
    assert outcome(again) == outcome(decode_declared(frame))


@given(well_formed(HOT_IDS))
def test_frequent_pdus_take_the_straight_line(pdu: Pdu) -> None:
    """Else the comparison with the declared codec would compare it with itself."""
    frame = encode_pdu(pdu)
    if pdu.tlvs and pdu.command_id not in (values.SUBMIT_SM, values.DELIVER_SM):
        assert straight_line.encode(pdu) is None
    elif pdu.command_id < values.RESPONSE_BIT and pdu.command_id != values.ENQUIRE_LINK:
        assert straight_line.encode(pdu) == frame
        assert straight_line.decode(frame) is not None


@given(ill_formed())
def test_both_codecs_refuse_to_write_the_same(pdu: Pdu) -> None:
    """Octet for octet, error for error."""
    written: list[object] = []
    for encode in (encode_pdu, encode_declared):
        try:
            written.append(encode(pdu))
        except LocalProtocolError as error:
            written.append(str(error))
    assert written[0] == written[1]


@given(st.sampled_from(HOT_IDS), st.binary(max_size=80))
@example(values.SUBMIT_SM, b"\0" * 18)
@example(values.DELIVER_SM, b"\0" * 17 + b"\xff")
@example(values.SUBMIT_SM, b"abcdef\0" + b"\0" * 40)
def test_both_codecs_read_any_body_alike(command_id: int, octets: bytes) -> None:
    """Value for value, status for status."""
    frame = framed(octets, command_id)
    assert decoded(frame, declared=False) == decoded(frame, declared=True)


@given(well_formed(HOT_IDS), st.data())
def test_both_codecs_read_damaged_frames_alike(pdu: Pdu, data: st.DataObject) -> None:
    """A whole PDU with one octet changed, cut or followed by others."""
    frame = bytearray(encode_pdu(pdu))
    at = data.draw(st.integers(8, len(frame) - 1))
    frame[at] = data.draw(st.sampled_from([0, 1, 20, 127, 255]))
    damaged = bytes(frame[: data.draw(st.integers(16, len(frame)))])
    damaged += data.draw(st.sampled_from([b"", b"", b"\0", b"\1", b"\0\0", b"\4\x24\0\1x"]))
    damaged = len(damaged).to_bytes(4, "big") + damaged[4:]
    assert decoded(damaged, declared=False) == decoded(damaged, declared=True)


@given(st.one_of(st.sampled_from(sorted(BODY_FIELDS)), UINT32), st.binary(max_size=120))
def test_any_octets_are_a_pdu_or_a_protocol_error(command_id: int, octets: bytes) -> None:
    """Nothing else is raised, and what is read can be described and written."""
    for frame in (octets, framed(octets, command_id)):
        try:
            pdu = decode_pdu(frame)
        except ProtocolError:
            continue
        describe_pdu(pdu)
        assert len(encode_pdu(pdu)) >= values.HEADER_OCTETS
