"""A PDU read as far as it can be, and everything that is wrong with its form.

`smpp.wire` stops at the first fault, as a message centre does. Here strings that are too long are
read to their NUL, and what follows a fault is read where that makes sense.
"""

from typing import Final

from carrierbox.errors import ProtocolError
from carrierbox.lint import rule_tables as rules
from carrierbox.lint.rule_tables import Rule
from carrierbox.smpp import values
from carrierbox.smpp.fields import Count, CString, Field, Integer, OctetString, Structures
from carrierbox.smpp.pdus import BODY_FIELDS, PDU_CLASSES, Pdu
from carrierbox.smpp.tlv import TLV_DEFINITIONS, TLV_HEADER_OCTETS, Tlv
from carrierbox.smpp.wire import command_id_of, decode_pdu

Found = tuple[Rule, str]
"""A rule that was broken, and how: words that are the same for the same mistake."""

_TOO_LONG: Final[dict[str, Rule]] = {
    "system_id": rules.SYSTEM_ID_TOO_LONG,
    "password": rules.PASSWORD_TOO_LONG,
    "source_addr": rules.ADDRESS_TOO_LONG,
    "destination_addr": rules.ADDRESS_TOO_LONG,
}
# These end with a NUL when they are right, so a NUL at the end says nothing of them.
_END_WITH_NUL: Final = (
    values.BIND_RECEIVER,
    values.BIND_TRANSMITTER,
    values.BIND_TRANSCEIVER,
    values.OUTBIND,
    values.CANCEL_SM,
    values.QUERY_SM,
)


class Dissection:
    """What came of a frame. `pdu` is None for an unknown command; `is_whole` says that every
    mandatory field could be read.
    """

    def __init__(self, pdu: Pdu | None, found: list[Found], is_whole: bool) -> None:
        self.pdu = pdu
        self.found = found
        self.is_whole = is_whole


def dissect(frame: bytes) -> Dissection:
    """Read a frame whose command_length is right."""
    command_id = command_id_of(frame)
    try:
        pdu = decode_pdu(frame)
    except ProtocolError:
        return _dissect_slowly(frame, command_id)
    if (
        frame[-1] == 0
        and command_id & values.RESPONSE_BIT == 0
        and len(frame) > values.HEADER_OCTETS
        and command_id not in _END_WITH_NUL
    ):
        # The codec forgives a lone NUL behind the last field.
        return _dissect_slowly(frame, command_id)
    return Dissection(pdu, [], True)


def _dissect_slowly(frame: bytes, command_id: int) -> Dissection:
    fields = BODY_FIELDS.get(command_id)
    if fields is None:
        named = values.command_name(command_id)
        return Dissection(None, [(rules.UNKNOWN_COMMAND, f"command_id {named}")], False)
    pdu = PDU_CLASSES[command_id]()
    pdu.command_status = int.from_bytes(frame[8:12], "big")
    pdu.sequence_number = int.from_bytes(frame[12:16], "big")
    pdu.frame = frame
    if command_id & values.RESPONSE_BIT and (
        pdu.command_status != values.ESME_ROK or len(frame) == values.HEADER_OCTETS
    ):
        return Dissection(pdu, [], True)
    reader = _Reader(frame)
    is_whole = reader.read_fields(pdu, fields)
    if is_whole:
        pdu.tlvs = reader.tlvs(any(isinstance(field, OctetString) for field in fields))
    return Dissection(pdu, reader.found, is_whole)


class _Reader:
    """A position in a frame, and what was found wrong on the way."""

    def __init__(self, frame: bytes) -> None:
        self._frame = frame
        self._at = values.HEADER_OCTETS
        self._end = len(frame)
        self._counts: dict[str, int] = {}
        self.found: list[Found] = []

    def read_fields(self, target: object, fields: tuple[Field, ...]) -> bool:
        """Fill an object; False once a field is cut."""
        for field in fields:
            if isinstance(field, CString):
                if not self._c_string(target, field):
                    return False
            elif isinstance(field, OctetString):
                end = self._at + self._counts[field.length_field]
                setattr(target, field.name, self._frame[self._at : end])
                self._at = end
            elif isinstance(field, Structures):
                if not self._structures(target, field):
                    return False
            elif not self._number(target, field):
                return False
        return True

    def _cut(self, name: str) -> bool:
        self.found.append((rules.BODY_CUT, f"{name} is cut"))
        return False

    def _c_string(self, target: object, field: CString) -> bool:
        nul = self._frame.find(b"\0", self._at)
        if nul < 0:
            return self._cut(field.name)
        if nul - self._at >= field.max_octets:
            rule = _TOO_LONG.get(field.name, rules.STRING_TOO_LONG)
            self.found.append((rule, f"{field.name} of {nul - self._at} characters"))
        setattr(target, field.name, self._frame[self._at : nul].decode("latin-1"))
        self._at = nul + 1
        return True

    def _number(self, target: object, field: Field) -> bool:
        octets = field.length_octets if isinstance(field, Integer) else 1
        if self._at + octets > self._end:
            return self._cut(field.name)
        value = int.from_bytes(self._frame[self._at : self._at + octets], "big")
        self._at += octets
        if not isinstance(field, Count):
            setattr(target, field.name, value)
            return True
        left = self._end - self._at
        if value > left:
            if field.name == "sm_length":
                self.found.append((rules.SM_LENGTH, "sm_length reaches beyond the PDU"))
                value = left
            else:
                return self._cut(field.counted)
        self._counts[field.name] = value
        return True

    def _structures(self, target: object, field: Structures) -> bool:
        elements: list[object] = []
        setattr(target, field.name, elements)
        for _ in range(self._counts[field.count_field]):
            flag = 0
            if field.flag_name:
                if self._at >= self._end:
                    return self._cut(field.flag_name)
                flag = self._frame[self._at]
                self._at += 1
            shape = field.shapes.get(flag)
            if shape is None:
                return self._cut(f"{field.flag_name} {flag} is unknown: the destination")
            element = shape.make()
            if not self.read_fields(element, shape.fields):
                return False
            elements.append(element)
        return True

    def tlvs(self, is_after_short_message: bool) -> list[Tlv]:
        """Those that can be read, after the last field."""
        frame, end = self._frame, self._end
        found: list[Tlv] = []
        while self._at < end:
            left = end - self._at
            is_first = is_after_short_message and not found
            if left < TLV_HEADER_OCTETS:
                rest = frame[self._at : end]
                if is_first and rest.strip(b"\0"):
                    self.found.append((rules.SM_LENGTH, "sm_length ends within the message"))
                else:
                    what = "a NUL" if rest == b"\0" else f"{left} octets"
                    self.found.append((rules.TRAILING_OCTETS, f"{what} behind the last field"))
                break
            tag, length = _uint16(frame, self._at), _uint16(frame, self._at + 2)
            value_at = self._at + TLV_HEADER_OCTETS
            if value_at + length > end:
                if is_first and tag not in TLV_DEFINITIONS:
                    self.found.append((rules.SM_LENGTH, "sm_length ends within the message"))
                else:
                    self.found.append((rules.TLV_MALFORMED, f"TLV 0x{tag:04X} is cut"))
                break
            found.append(Tlv(tag, frame[value_at : value_at + length]))
            self._at = value_at + length
        return found


def _uint16(octets: bytes, at: int) -> int:
    return (octets[at] << 8) | octets[at + 1]
