"""PDUs to octets and back (SMPP 3.4 §3.2), driven by the declared fields of every body.

`decode_pdu` and `encode_pdu` are the doors. They try `straight_line` first, which knows the handful
of PDUs that make up the traffic and gives up on anything out of the ordinary; the declared codec
here is the truth for the rest, and for every error.
"""

from typing import Final

from carrierbox.errors import CodecError, FramingError, LocalProtocolError, PduError
from carrierbox.smpp import straight_line, values
from carrierbox.smpp.fields import (
    Count,
    CString,
    Field,
    Integer,
    OctetString,
    Structure,
    Structures,
)
from carrierbox.smpp.pdus import (
    BODY_FIELDS,
    LENIENT_BIND_FIELDS,
    NO_TLVS,
    PDU_CLASSES,
    Pdu,
    SubmitMultiResp,
)
from carrierbox.smpp.tlv import TLV_HEADER_OCTETS, decode_tlvs, describe_tlv, encode_tlvs

_COUNT_MAX: Final = 0xFF
_UINT32_MAX: Final = 0xFFFFFFFF


def decode_pdu(frame: bytes, long_credentials: bool = False) -> Pdu:
    """The PDU in `frame`, which holds exactly one.

    `long_credentials` lets a bind carry a system_id and a password of up to 64 octets (T12), for an
    owner that decides about them itself.

    Raises PduError with the command_status to answer with: ESME_RINVCMDID for an unknown command,
    the field's own status for a string that is too long, ESME_RINVCMDLEN for a field that is cut,
    ESME_RINVMSGLEN for an sm_length beyond the PDU, ESME_RINVOPTPARSTREAM for bad TLVs. Raises
    FramingError where command_length is not the length of `frame`.
    """
    pdu = straight_line.decode(frame)
    if pdu is not None:
        return pdu
    return decode_declared(frame, long_credentials)


def encode_pdu(pdu: Pdu, error_bodies: bool = False) -> bytes:
    """The frame of a PDU.

    An error response is a header only (SMPP 3.4 §4.1.2, §4.4.2) unless it carries TLVs or
    `error_bodies` are wanted (T09), but for deliver_sm_resp, which keeps its NUL, and for a
    submit_multi_resp that names destinations. Raises LocalProtocolError for what does not fit:
    nothing is ever cut.
    """
    frame = straight_line.encode(pdu)
    if frame is not None:
        return frame
    return encode_declared(pdu, error_bodies)


def encode_refusal(
    command_id: int, command_status: int, sequence_number: int, error_bodies: bool = False
) -> bytes:
    """The answer to the request `command_id` that refuses it with a status: no body.

    deliver_sm_resp keeps its NUL (SMPP 3.4 §4.6.2), an unknown command gets a generic_nack.
    With `error_bodies` every string of the body is empty (T09).
    """
    response_id = command_id | values.RESPONSE_BIT
    if response_id not in BODY_FIELDS:
        response_id = values.GENERIC_NACK
    if error_bodies:
        empty = PDU_CLASSES[response_id]()
        empty.command_status = command_status
        empty.sequence_number = sequence_number
        return encode_declared(empty, True)
    body = b"\0" if response_id == values.DELIVER_SM_RESP else b""
    return _frame(response_id, command_status, sequence_number, body)


def command_id_of(frame: bytes) -> int:
    """The command_id of a frame of at least sixteen octets."""
    return (frame[4] << 24) | (frame[5] << 16) | (frame[6] << 8) | frame[7]


def sequence_number_of(frame: bytes) -> int:
    """The sequence_number of a frame of at least sixteen octets."""
    return (frame[12] << 24) | (frame[13] << 16) | (frame[14] << 8) | frame[15]


def decode_declared(frame: bytes, long_credentials: bool = False, is_lenient: bool = False) -> Pdu:
    """As `decode_pdu`, by the declared fields alone.

    `is_lenient` leaves one to three octets after the last field unread that are no TLV, also out of
    the `frame` of the PDU (T05).
    """
    if len(frame) < values.HEADER_OCTETS:
        raise FramingError(f"a PDU of {len(frame)} octets has no header")
    command_id = command_id_of(frame)
    sequence_number = sequence_number_of(frame)
    if int.from_bytes(frame[:4], "big") != len(frame):
        raise FramingError("command_length is not the length of the PDU", sequence_number)
    fields = BODY_FIELDS.get(command_id)
    if long_credentials and command_id in LENIENT_BIND_FIELDS:
        fields = LENIENT_BIND_FIELDS[command_id]
    if fields is None:
        raise PduError(
            f"unknown command_id 0x{command_id:08X}",
            values.ESME_RINVCMDID,
            command_id,
            sequence_number,
        )
    pdu = PDU_CLASSES[command_id]()
    pdu.sequence_number = sequence_number
    pdu.command_status = int.from_bytes(frame[8:12], "big")
    pdu.frame = frame
    if command_id & values.RESPONSE_BIT == 0:
        _decode_body(pdu, fields, is_lenient)
    elif len(frame) > values.HEADER_OCTETS:
        _decode_response_body(pdu, fields, is_lenient)
    return pdu


def _decode_response_body(pdu: Pdu, fields: tuple[Field, ...], is_lenient: bool) -> None:
    """The body of a response. That of an error may have any shape and is never an error itself:

    some peers send it, some leave it out, some send TLVs after an absent one (SMPP 3.4 §4.4.2,
    SMPP 5.0 §3.2.1.3).
    """
    if pdu.command_status == values.ESME_ROK:
        _decode_body(pdu, fields, is_lenient)
        return
    empty = PDU_CLASSES[pdu.command_id]()
    try:
        _decode_body(pdu, fields, is_lenient)
        return
    except PduError:
        for field in fields:
            if not isinstance(field, Count):
                setattr(pdu, field.name, getattr(empty, field.name))
    try:
        pdu.tlvs = decode_tlvs(pdu.frame, values.HEADER_OCTETS, len(pdu.frame))
    except CodecError:
        pdu.tlvs = NO_TLVS


def _decode_body(pdu: Pdu, fields: tuple[Field, ...], is_lenient: bool) -> None:
    reader = _Reader(pdu.frame, pdu.command_id, pdu.sequence_number)
    reader.read_fields(pdu, fields)
    if reader.at < reader.end:
        try:
            tlvs = decode_tlvs(pdu.frame, reader.at, reader.end)
        except CodecError as error:
            # A TLV that was cut may have held the text: only what is too short for one is forgiven.
            if not is_lenient or reader.end - error.position >= TLV_HEADER_OCTETS:
                raise reader.error(str(error), values.ESME_RINVOPTPARSTREAM) from error
            tlvs = decode_tlvs(pdu.frame, reader.at, error.position)
            pdu.frame = error.position.to_bytes(4, "big") + pdu.frame[4 : error.position]
        if tlvs:
            pdu.tlvs = tlvs


class _Reader:
    """A position in the body of one frame; what it cannot read it raises as a PduError."""

    def __init__(self, frame: bytes, command_id: int, sequence_number: int) -> None:
        self.frame = frame
        self.command_id = command_id
        self.sequence_number = sequence_number
        self.at: int = values.HEADER_OCTETS
        self.end = len(frame)
        self.counts: dict[str, int] = {}

    def error(self, problem: str, command_status: int) -> PduError:
        return PduError(problem, command_status, self.command_id, self.sequence_number)

    def read_fields(self, target: object, fields: tuple[Field, ...]) -> None:
        for field in fields:
            if isinstance(field, CString):
                setattr(target, field.name, self._c_string(field))
            elif isinstance(field, Integer):
                setattr(target, field.name, self._integer(field.name, field.length_octets))
            elif isinstance(field, Count):
                self._count(field)
            elif isinstance(field, OctetString):
                octets = self.frame[self.at : self.at + self.counts[field.length_field]]
                self.at += len(octets)
                setattr(target, field.name, octets)
            elif isinstance(field, Structures):
                setattr(target, field.name, self._structures(field))

    def _integer(self, name: str, length_octets: int) -> int:
        at = self.at
        if at + length_octets > self.end:
            raise self.error(f"{name} is cut", values.ESME_RINVCMDLEN)
        self.at = at + length_octets
        return int.from_bytes(self.frame[at : self.at], "big")

    def _count(self, field: Count) -> None:
        count = self._integer(field.name, 1)
        # Every counted thing takes an octet at least.
        if count > self.end - self.at:
            raise self.error(
                f"{field.name} says {count}, {self.end - self.at} octets remain", field.status
            )
        self.counts[field.name] = count

    def _c_string(self, field: CString) -> str:
        limit = min(self.end, self.at + field.max_octets)
        nul = self.frame.find(b"\0", self.at, limit)
        if nul < 0:
            if self.end - self.at < field.max_octets:
                raise self.error(f"{field.name} is cut", values.ESME_RINVCMDLEN)
            raise self.error(f"{field.name} is longer than {field.max_octets} octets", field.status)
        text = self.frame[self.at : nul].decode("latin-1")
        self.at = nul + 1
        return text

    def _structures(self, field: Structures) -> list[object]:
        elements: list[object] = []
        for _ in range(self.counts[field.count_field]):
            flag = self._integer(field.flag_name, 1) if field.flag_name else 0
            shape = field.shapes.get(flag)
            if shape is None:
                raise self.error(f"{field.flag_name} {flag} is unknown", field.status)
            element = shape.make()
            self.read_fields(element, shape.fields)
            elements.append(element)
        return elements


def encode_declared(pdu: Pdu, error_bodies: bool = False) -> bytes:
    """As `encode_pdu`, by the declared fields alone."""
    fields = BODY_FIELDS.get(pdu.command_id)
    if fields is None:
        raise LocalProtocolError(f"no PDU has the command_id 0x{pdu.command_id:08X}")
    is_error = pdu.command_status != 0 and pdu.command_id & values.RESPONSE_BIT != 0
    if is_error and not error_bodies and not pdu.tlvs and not _tells_why(pdu):
        if pdu.command_id == values.DELIVER_SM_RESP:
            return _frame(pdu.command_id, pdu.command_status, pdu.sequence_number, b"\0")
        return _frame(pdu.command_id, pdu.command_status, pdu.sequence_number, b"")
    parts: list[bytes] = []
    _write_fields(parts, pdu, fields)
    parts.append(encode_tlvs(pdu.tlvs))
    return _frame(pdu.command_id, pdu.command_status, pdu.sequence_number, b"".join(parts))


def _tells_why(pdu: Pdu) -> bool:
    """Whether an error response has more to say than its status: of which destination it is what.

    SMPP 3.4 §4.5.2 lets submit_multi_resp have its body also then, while §4.4.2 takes it from
    submit_sm_resp (T44).
    """
    return isinstance(pdu, SubmitMultiResp) and len(pdu.unsuccess_sme) > 0


def _frame(command_id: int, command_status: int, sequence_number: int, body: bytes) -> bytes:
    if not 0 <= command_status <= _UINT32_MAX:
        raise LocalProtocolError(f"command_status {command_status} does not fit 32 bits")
    if not 0 <= sequence_number <= _UINT32_MAX:
        raise LocalProtocolError(f"sequence_number {sequence_number} does not fit 32 bits")
    return b"".join(
        [
            (values.HEADER_OCTETS + len(body)).to_bytes(4, "big"),
            command_id.to_bytes(4, "big"),
            command_status.to_bytes(4, "big"),
            sequence_number.to_bytes(4, "big"),
            body,
        ]
    )


def _write_fields(parts: list[bytes], source: object, fields: tuple[Field, ...]) -> None:
    for field in fields:
        if isinstance(field, CString):
            parts.append(_c_string_octets(field, getattr(source, field.name)))
        elif isinstance(field, Integer):
            parts.append(
                _integer_octets(field.name, getattr(source, field.name), field.length_octets)
            )
        elif isinstance(field, Count):
            count = len(getattr(source, field.counted))
            if count > _COUNT_MAX:
                raise LocalProtocolError(f"{field.counted} holds {count}, at most {_COUNT_MAX} fit")
            parts.append(bytes([count]))
        elif isinstance(field, OctetString):
            parts.append(getattr(source, field.name))
        elif isinstance(field, Structures):
            for element in getattr(source, field.name):
                _write_structure(parts, element, field)


def _write_structure(parts: list[bytes], element: object, field: Structures) -> None:
    if field.flag_name:
        parts.append(_integer_octets(field.flag_name, getattr(element, field.flag_name), 1))
    _write_fields(parts, element, _shape_of(element, field).fields)


def _shape_of(element: object, field: Structures) -> Structure:
    return field.shapes[getattr(element, field.flag_name) if field.flag_name else 0]


def _integer_octets(name: str, value: int, length_octets: int) -> bytes:
    if not 0 <= value < 1 << (8 * length_octets):
        raise LocalProtocolError(f"{name} {value} does not fit {8 * length_octets} bits")
    return value.to_bytes(length_octets, "big")


def _c_string_octets(field: CString, text: str) -> bytes:
    if len(text) >= field.max_octets:
        raise LocalProtocolError(
            f"{field.name} of {len(text)} characters: at most {field.max_octets - 1} fit"
        )
    if "\0" in text:
        raise LocalProtocolError(f"{field.name} {text!r} holds a NUL")
    try:
        return text.encode("latin-1") + b"\0"
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"{field.name} {text!r} is not Latin-1") from error


def describe_pdu(pdu: Pdu) -> list[tuple[str, object]]:
    """Every field of the body under its own name and in its order, then the TLVs, for printing.

    Numbers are int, strings str, octets bytes, repeated structures lists of dicts. A PDU that came
    without its body has no fields.
    """
    described: list[tuple[str, object]] = []
    fields = BODY_FIELDS.get(pdu.command_id)
    if fields is not None and len(pdu.frame) != values.HEADER_OCTETS:
        described = _describe_fields(pdu, fields)
    for tlv in pdu.tlvs:
        described.append(describe_tlv(tlv))
    return described


def _describe_fields(source: object, fields: tuple[Field, ...]) -> list[tuple[str, object]]:
    described: list[tuple[str, object]] = []
    for field in fields:
        value: object
        if isinstance(field, Count):
            value = len(getattr(source, field.counted))
        elif isinstance(field, Structures):
            value = [_describe_structure(element, field) for element in getattr(source, field.name)]
        else:
            value = getattr(source, field.name)
        described.append((field.name, value))
    return described


def _describe_structure(element: object, field: Structures) -> dict[str, object]:
    described: dict[str, object] = {}
    if field.flag_name:
        described[field.flag_name] = getattr(element, field.flag_name)
    described.update(_describe_fields(element, _shape_of(element, field).fields))
    return described
