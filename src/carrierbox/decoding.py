"""PDUs for people and for scripts: every field by its own name, numbers explained, text decoded."""

from collections.abc import Callable, Iterator
from typing import Final

from carrierbox.codecs import data_coding as alphabets
from carrierbox.codecs.data_coding_scheme import describe_data_coding
from carrierbox.codecs.default_coding import DEFAULT_GSM_UNPACKED, decode_text_by_default
from carrierbox.codecs.information_element_words import describe_user_data_header
from carrierbox.codecs.message_signs import describe_content
from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.codecs.ucs2 import describe_ucs2
from carrierbox.codecs.user_data_header import find_concatenation, split_user_data_header
from carrierbox.errors import CodecError
from carrierbox.smpp import tlv, values
from carrierbox.smpp.fields import DEST_FLAG_DISTRIBUTION_LIST, DEST_FLAG_SME
from carrierbox.smpp.pdus import Pdu
from carrierbox.smpp.tlv_rules import tlv_meaning
from carrierbox.smpp.wire import decode_pdu, describe_pdu
from carrierbox.terminal import aligned, counted, printable

INPUT_MAX_OCTETS: Final = 16 * 1024 * 1024

_TYPES_OF_NUMBER: Final = (
    "unknown",
    "international",
    "national",
    "network specific",
    "subscriber number",
    "alphanumeric",
    "abbreviated",
)
_NUMBERING_PLANS: Final = {
    0: "unknown",
    1: "ISDN (E.163/E.164)",
    3: "data (X.121)",
    4: "telex (F.69)",
    6: "land mobile (E.212)",
    8: "national",
    9: "private",
    10: "ERMES",
    14: "internet (IP)",
    18: "WAP client id",
}
_ALPHABETS: Final = {
    alphabets.ALPHABET_GSM7: "GSM 7-bit default alphabet",
    alphabets.ALPHABET_OCTETS: "octets",
    alphabets.ALPHABET_UCS2: "UCS-2",
    alphabets.ALPHABET_ASCII: "ASCII",
    alphabets.ALPHABET_LATIN1: "Latin-1",
    alphabets.ALPHABET_SHIFT_JIS: "JIS (Shift JIS)",
    alphabets.ALPHABET_CYRILLIC: "Cyrillic (ISO 8859-5)",
    alphabets.ALPHABET_HEBREW: "Hebrew (ISO 8859-8)",
    alphabets.ALPHABET_ISO_2022_JP: "ISO 2022-JP",
    alphabets.ALPHABET_JIS_X_0212: "JIS X 0212",
    alphabets.ALPHABET_KOREAN: "Korean (KS C 5601)",
}
_FIRST_CODING_GROUP: Final = 0x10
_MODES: Final = ("", "datagram", "forward", "store and forward")
_MESSAGE_TYPES: Final = {
    values.ESM_CLASS_DELIVERY_RECEIPT: "delivery receipt",
    values.ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT: "delivery acknowledgement",
    values.ESM_CLASS_USER_ACKNOWLEDGEMENT: "user acknowledgement",
    values.ESM_CLASS_CONVERSATION_ABORT: "conversation abort",
    values.ESM_CLASS_INTERMEDIATE_NOTIFICATION: "intermediate notification",
}
_RECEIPTS_WANTED: Final = ("no receipt", "receipt always", "receipt on failure", "on success")
_VERSIONS: Final = {
    values.INTERFACE_VERSION_3_3: "3.3",
    values.INTERFACE_VERSION_3_4: "3.4",
    values.INTERFACE_VERSION_5_0: "5.0",
    values.INTERFACE_VERSION_DECIMAL_34: "34 written in decimal, taken as 3.4",
}
_DEST_FLAGS: Final = {
    DEST_FLAG_SME: "SME address",
    DEST_FLAG_DISTRIBUTION_LIST: "distribution list",
}


def octets_of(text: str) -> bytes:
    """The octets of hexadecimal digits, with spaces, line ends, colons and `0x` as people paste it.

    Raises CodecError for anything else.
    """
    digits = "".join(
        word.removeprefix("0x").removeprefix("0X") for word in text.replace(":", " ").split()
    )
    if not digits:
        raise CodecError("there are no octets to decode: give a PDU in hexadecimal digits")
    if len(digits) > 2 * INPUT_MAX_OCTETS:
        raise CodecError(f"more than {INPUT_MAX_OCTETS} octets")
    for position, digit in enumerate(digits):
        if digit not in "0123456789abcdefABCDEF":
            raise CodecError(f"{printable(digit)!r} is no hexadecimal digit", position)
    if len(digits) % 2:
        raise CodecError(f"{len(digits)} hexadecimal digits: the last octet is cut")
    return bytes.fromhex(digits)


def pdus_of(octets: bytes) -> Iterator[Pdu]:
    """The PDUs that stand one after the other. Raises CodecError or ProtocolError at the first
    that cannot be decoded; those before it have been given.
    """
    at = 0
    while at < len(octets):
        left = len(octets) - at
        length = int.from_bytes(octets[at : at + 4], "big")
        if left < values.HEADER_OCTETS:
            raise CodecError(f"{left} octets are less than a header of {values.HEADER_OCTETS}", at)
        if length < values.HEADER_OCTETS:
            raise CodecError(f"command_length {length} is less than a header", at)
        if length > left:
            raise CodecError(f"command_length says {length} octets, {left} are there", at)
        yield decode_pdu(octets[at : at + length])
        at += length


class ShortMessage:
    """What a PDU says to a person. `text` is None for octets that are none, and without any."""

    def __init__(
        self,
        header: bytes,
        octets: bytes,
        text: str | None,
        problem: str = "",
        data_coding: int = 0,
    ) -> None:
        self.header = header
        self.octets = octets
        self.text = text
        self.problem = problem
        self.data_coding = data_coding

    @property
    def content(self) -> list[tuple[str, int | str]]:
        """What it carries for an application, by name; empty for a text and for a later part."""
        part = find_concatenation(self.header)
        if part is not None and part.number > 1:
            return []
        return describe_content(self.header, self.octets)

    @property
    def remarks(self) -> list[str]:
        """What is odd about its octets (T37)."""
        if alphabets.alphabet_of(self.data_coding) != alphabets.ALPHABET_UCS2:
            return []
        return describe_ucs2(self.octets)


def short_message_of(pdu: Pdu, default_coding: int = DEFAULT_GSM_UNPACKED) -> ShortMessage | None:
    """The short message a PDU carries, in short_message or message_payload; None without one.

    `default_coding` is what data_coding 0 means (`codecs.default_coding`).
    """
    fields = dict(describe_pdu(pdu)[: _field_count(pdu)])
    octets = fields.get("short_message")
    payload = tlv.tlv_octets(pdu.tlvs, tlv.TAG_MESSAGE_PAYLOAD)
    if not octets:
        octets = payload if payload is not None else octets
    if not isinstance(octets, bytes):
        return None
    data_coding = _int(fields.get("data_coding", 0))
    header = b""
    if _int(fields.get("esm_class", 0)) & values.ESM_CLASS_UDHI:
        try:
            header, octets = split_user_data_header(octets)
        except CodecError as error:
            return ShortMessage(b"", octets, None, str(error), data_coding)
    text = decode_text_by_default(octets, data_coding, default_coding, header)
    is_binary = alphabets.alphabet_of(data_coding) == alphabets.ALPHABET_OCTETS
    if is_binary and not all(each.isprintable() or each in "\r\n" for each in text):
        return ShortMessage(header, octets, None, "", data_coding)
    return ShortMessage(header, octets, text, "", data_coding)


def receipt_of(pdu: Pdu, message: ShortMessage | None) -> dict[str, str] | None:
    """The fields of a delivery receipt or intermediate notification; None if it is neither."""
    if message is None or message.text is None:
        return None
    if pdu.command_id not in (values.DELIVER_SM, values.DATA_SM):
        return None
    kind = _int(getattr(pdu, "esm_class", 0)) & values.ESM_CLASS_TYPE_MASK
    if kind not in (values.ESM_CLASS_DELIVERY_RECEIPT, values.ESM_CLASS_INTERMEDIATE_NOTIFICATION):
        return None
    return parse_receipt_text(message.text)


def pdu_object(pdu: Pdu, default_coding: int = DEFAULT_GSM_UNPACKED) -> dict[str, object]:
    """A PDU for JSON: numbers are numbers, octets are lower-case hexadecimal digits."""
    told: dict[str, object] = {
        "command": values.command_name(pdu.command_id),
        "command_length": len(pdu.frame),
        "command_id": pdu.command_id,
        "command_status": pdu.command_status,
        "command_status_name": values.status_name(pdu.command_status),
        "sequence_number": pdu.sequence_number,
    }
    for name, value in describe_pdu(pdu)[: _field_count(pdu)]:
        told[name] = _json_value(value)
    told["tlvs"] = [
        {
            "tag": each.tag,
            "name": tlv.tlv_name(each.tag),
            "length_octets": len(each.value),
            "value": _json_value(tlv.describe_tlv(each)[1]),
            "meaning": tlv_meaning(each),
        }
        for each in pdu.tlvs
    ]
    message = short_message_of(pdu, default_coding)
    if message is not None:
        told["text"] = message.text
        if message.header:
            told["user_data_header"] = message.header.hex()
            told["concatenation"] = _concatenation_object(message.header)
            told["information_elements"] = [
                {"name": name, "meaning": words} for name, words in _elements(message.header)
            ]
        if message.content:
            told["content"] = dict(message.content)
        if message.remarks:
            told["remarks"] = message.remarks
    receipt = receipt_of(pdu, message)
    if receipt is not None:
        told["receipt"] = receipt
    return told


def pdu_lines(pdu: Pdu, default_coding: int = DEFAULT_GSM_UNPACKED) -> list[str]:
    """A PDU as lines of columns: field, value, what the value means."""
    rows = [
        ["command_length", str(len(pdu.frame)), "octets"],
        ["command_id", f"0x{pdu.command_id:08X}", values.command_name(pdu.command_id)],
        ["command_status", f"0x{pdu.command_status:08X}", values.status_name(pdu.command_status)],
        ["sequence_number", str(pdu.sequence_number)],
    ]
    for name, value in describe_pdu(pdu)[: _field_count(pdu)]:
        rows.extend(_rows(name, value))
    for each in pdu.tlvs:
        name, value = tlv.describe_tlv(each)
        label = name if name.startswith("0x") else f"{name} (0x{each.tag:04X})"
        rows.append([f"TLV {label}", _shown(value), _tlv_meaning(each, value)])
    message = short_message_of(pdu, default_coding)
    if message is not None:
        rows.extend(_message_rows(message))
    receipt = receipt_of(pdu, message)
    for name, field in (receipt or {}).items():
        rows.append([f"receipt {name}", _shown(field)])
    title = values.command_name(pdu.command_id)
    return [title, *aligned([[cell for cell in row if cell] for row in rows], indent="  ")]


def _message_rows(message: ShortMessage) -> list[list[str]]:
    rows: list[list[str]] = []
    if message.problem:
        rows.append(["text", "(none)", message.problem])
        return rows
    if message.header:
        rows.append(["user_data_header", message.header.hex(), _header_meaning(message.header)])
        rows.extend([name, "", printable(words)] for name, words in _elements(message.header))
    if message.text is None:
        rows.append(["text", "(none)", f"binary, {counted(len(message.octets), 'octet')}"])
    else:
        rows.append(["text", _shown(message.text), counted(len(message.text), "character")])
    rows.extend([f"content {name}", _shown(value)] for name, value in message.content)
    rows.extend(["remark", remark] for remark in message.remarks)
    return rows


def _rows(name: str, value: object) -> list[list[str]]:
    if not isinstance(value, list):
        return [[name, _shown(value), _meaning(name, value)]]
    rows: list[list[str]] = []
    for number, element in enumerate(value, 1):
        for inner, each in element.items():
            rows.append([f"{name} {number} {inner}", _shown(each), _meaning(inner, each)])
    return rows


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex() or "(empty)"
    if isinstance(value, str):
        return f'"{printable(value)}"'
    return str(value)


def _json_value(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [_json_value(each) for each in value]
    if isinstance(value, dict):
        return {name: _json_value(each) for name, each in value.items()}
    return value


def _field_count(pdu: Pdu) -> int:
    """How many entries of `describe_pdu` are fields of the body; TLVs follow them."""
    return len(describe_pdu(pdu)) - len(pdu.tlvs)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _concatenation_object(header: bytes) -> dict[str, int] | None:
    found = find_concatenation(header)
    if found is None:
        return None
    return {"reference": found.reference, "total": found.total, "number": found.number}


def _elements(header: bytes) -> list[tuple[str, str]]:
    """Name and words of each element but a concatenation, which stands beside the header."""
    try:
        told = describe_user_data_header(header)
    except CodecError as error:
        return [("problem", str(error))]
    return [(name, words) for name, words in told if not name.startswith("concatenated")]


def _header_meaning(header: bytes) -> str:
    found = find_concatenation(header)
    if found is None:
        return ""
    return f"part {found.number} of {found.total}, reference {found.reference}"


def _tlv_meaning(each: tlv.Tlv, value: object) -> str:
    words = tlv_meaning(each)
    name = tlv.tlv_name(each.tag)
    if not isinstance(value, bytes):
        return words or _meaning(name, value)
    said = counted(len(value), "octet")
    if each.tag == tlv.TAG_NETWORK_ERROR_CODE and len(value) == 3:
        words = words or f"network type {value[0]}"
        said = f"error {int.from_bytes(value[1:], 'big')}"
    return f"{words}, {said}" if words else said


def _meaning(name: str, value: object) -> str:
    if isinstance(value, bytes):
        return counted(len(value), "octet")
    if not isinstance(value, int):
        return ""
    explain = _EXPLANATIONS.get(name)
    return explain(value) if explain is not None else ""


def _type_of_number(value: int) -> str:
    return _TYPES_OF_NUMBER[value] if value < len(_TYPES_OF_NUMBER) else "reserved"


def _numbering_plan(value: int) -> str:
    return _NUMBERING_PLANS.get(value, "reserved")


def _esm_class(value: int) -> str:
    kind = value & values.ESM_CLASS_TYPE_MASK
    said = [
        _MODES[value & values.ESM_CLASS_MODE_MASK],
        _MESSAGE_TYPES.get(kind, "reserved message type") if kind else "",
        "user data header" if value & values.ESM_CLASS_UDHI else "",
        "reply path" if value & values.ESM_CLASS_REPLY_PATH else "",
    ]
    return ", ".join(each for each in said if each) or "default"


def _registered_delivery(value: int) -> str:
    said = [_RECEIPTS_WANTED[value & values.REGISTERED_DELIVERY_RECEIPT_MASK]]
    if value & values.REGISTERED_DELIVERY_DELIVERY_ACKNOWLEDGEMENT:
        said.append("delivery acknowledgement")
    if value & values.REGISTERED_DELIVERY_USER_ACKNOWLEDGEMENT:
        said.append("user acknowledgement")
    if value & values.REGISTERED_DELIVERY_INTERMEDIATE:
        said.append("intermediate notifications")
    return ", ".join(said)


def _data_coding(value: int) -> str:
    if alphabets.passes_to_phones(value) and value >= _FIRST_CODING_GROUP:
        return describe_data_coding(alphabets.tp_dcs_of(value)).words()
    return _ALPHABETS[alphabets.alphabet_of(value)]


def _interface_version(value: int) -> str:
    return _VERSIONS.get(value, "")


def _message_state(value: int) -> str:
    return values.MESSAGE_STATE_NAMES.get(value, "unknown state")


def _dest_flag(value: int) -> str:
    return _DEST_FLAGS.get(value, "")


_EXPLANATIONS: Final[dict[str, Callable[[int], str]]] = {
    "source_addr_ton": _type_of_number,
    "dest_addr_ton": _type_of_number,
    "addr_ton": _type_of_number,
    "esme_addr_ton": _type_of_number,
    "source_addr_npi": _numbering_plan,
    "dest_addr_npi": _numbering_plan,
    "addr_npi": _numbering_plan,
    "esme_addr_npi": _numbering_plan,
    "esm_class": _esm_class,
    "registered_delivery": _registered_delivery,
    "data_coding": _data_coding,
    "interface_version": _interface_version,
    "sc_interface_version": _interface_version,
    "message_state": _message_state,
    "dest_flag": _dest_flag,
    "error_status_code": values.status_name,
}
