"""A WAP push in a short message: a WSP Push PDU behind the ports 2948 and 9200.

WAP-235-PushOTA §7.1 and WAP-230-WSP §8.2.4; inside it may be the notification of an MMS or a
service to open.
"""

from typing import Final

from carrierbox.codecs.information_elements import (
    ApplicationPorts,
    effective_elements,
    read_element,
)
from carrierbox.codecs.mms_notification import MmsNotification, decode_mms_notification
from carrierbox.codecs.user_data_header import parse_user_data_header
from carrierbox.codecs.wap_service import WapService, decode_wap_service, encode_wap_service
from carrierbox.codecs.wsp_values import WspReader, text_octets, uintvar_octets
from carrierbox.errors import CodecError

PORT_PUSH: Final = 2948
PORT_PUSH_SECURE: Final = 2949
PORT_WSP: Final = 9200

CONTENT_TYPE_MMS: Final = "application/vnd.wap.mms-message"
CONTENT_TYPE_INDICATION: Final = "application/vnd.wap.sic"
CONTENT_TYPE_LOADING: Final = "application/vnd.wap.slc"

_PDU_TYPES: Final = (0x06, 0x07)
"""Push and confirmed push."""
_CONTENT_TYPES: Final[dict[int, str]] = {
    0x2D: "text/vnd.wap.si",
    0x2E: CONTENT_TYPE_INDICATION,
    0x2F: "text/vnd.wap.sl",
    0x30: CONTENT_TYPE_LOADING,
    0x31: "text/vnd.wap.co",
    0x32: "application/vnd.wap.coc",
    0x36: "application/vnd.wap.connectivity-wbxml",
    0x3E: CONTENT_TYPE_MMS,
    0x44: "application/vnd.syncml.notification",
}
_APPLICATIONS: Final[dict[str, str]] = {
    "1": "x-wap-application:push.sia",
    "2": "x-wap-application:wml.ua",
    "4": "x-wap-application:mms.ua",
    "5": "x-wap-application:push.syncml",
    "7": "x-wap-application:emn.ua",
}
_APPLICATION_ID: Final = 0x2F
_SHIFT_DELIMITER: Final = 0x7F
_SHORT_SHIFT_MAX: Final = 0x1F
_SHORT_INTEGER: Final = 0x80
_APPLICATION_MMS: Final = 4
_APPLICATION_BROWSER: Final = 2
_INDICATION_CODE: Final = 0x2E
_LOADING_CODE: Final = 0x30


class WapPush:
    """A WSP Push PDU. `headers` start with the content type and are as they were sent.

    `content_type` and `application` are read from them, "" where they say nothing.
    """

    def __init__(self, transaction_id: int, pdu_type: int, headers: bytes, body: bytes) -> None:
        self.transaction_id = transaction_id
        self.pdu_type = pdu_type
        self.headers = headers
        self.body = body
        self.content_type = ""
        self.application = ""

    def encode(self) -> bytes:
        """The octets of the PDU."""
        head = bytes([self.transaction_id, self.pdu_type])
        return head + uintvar_octets(len(self.headers)) + self.headers + self.body


def is_wap_push(header: bytes) -> bool:
    """Whether a user data header addresses the port of WAP push. A malformed one does not."""
    try:
        elements = effective_elements(parse_user_data_header(header))
    except CodecError:
        return False
    for element in elements:
        value = read_element(element)
        if isinstance(value, ApplicationPorts) and value.destination in (
            PORT_PUSH,
            PORT_PUSH_SECURE,
        ):
            return True
    return False


def decode_wap_push(octets: bytes) -> WapPush:
    """The push in user data, all parts joined. Raises CodecError if it is none or ends early."""
    reader = WspReader(octets, 0, len(octets))
    transaction_id = reader.octet()
    pdu_type = reader.octet()
    if pdu_type not in _PDU_TYPES:
        raise CodecError(f"WSP PDU of type 0x{pdu_type:02X} is no push", 1)
    length = reader.uintvar()
    start = reader.position
    headers = reader.take(length)
    push = WapPush(transaction_id, pdu_type, headers, octets[reader.position :])
    inside = WspReader(octets, start, start + length)
    push.content_type = _read_content_type(inside)
    push.application = _find_application(inside)
    return push


def wap_push_content(push: WapPush) -> MmsNotification | WapService | None:
    """What the push is about; None for a content nobody here reads.

    Raises CodecError if the content is malformed or another message of MMS than a notification.
    """
    if push.content_type == CONTENT_TYPE_MMS:
        return decode_mms_notification(push.body)
    if push.content_type in (CONTENT_TYPE_INDICATION, CONTENT_TYPE_LOADING):
        return decode_wap_service(push.body)
    return None


def mms_push(body: bytes, transaction_id: int = 1) -> bytes:
    """A push with `body`, an encoded notification, for the MMS client of a telephone."""
    if not 0 <= transaction_id <= 0xFF:
        raise CodecError(f"transaction identifier {transaction_id} is no octet")
    headers = text_octets(CONTENT_TYPE_MMS)
    headers += bytes([_SHORT_INTEGER | _APPLICATION_ID, _SHORT_INTEGER | _APPLICATION_MMS])
    return WapPush(transaction_id, _PDU_TYPES[0], headers, body).encode()


def service_push(value: WapService, transaction_id: int = 1) -> bytes:
    """A push that asks a telephone to open a service, for its browser (`encode_wap_service`)."""
    if not 0 <= transaction_id <= 0xFF:
        raise CodecError(f"transaction identifier {transaction_id} is no octet")
    body = encode_wap_service(value)
    is_loading = value.document_type == "service loading"
    headers = bytes([_SHORT_INTEGER | (_LOADING_CODE if is_loading else _INDICATION_CODE)])
    headers += bytes([_SHORT_INTEGER | _APPLICATION_ID, _SHORT_INTEGER | _APPLICATION_BROWSER])
    return WapPush(transaction_id, _PDU_TYPES[0], headers, body).encode()


def describe_wap_push(octets: bytes) -> list[tuple[str, int | str]]:
    """What a push says, by name; what cannot be read is told by a `problem`."""
    told: list[tuple[str, int | str]] = []
    try:
        push = decode_wap_push(octets)
        told.append(("content_type", push.content_type))
        if push.application:
            told.append(("application", push.application))
        content = wap_push_content(push)
        if isinstance(content, MmsNotification):
            told += _describe_notification(content)
        elif isinstance(content, WapService):
            told += [("document", content.document_type), ("text", content.text)]
            told += list(content.attributes.items())
        else:
            told.append(("body", push.body.hex()))
    except CodecError as error:
        told.append(("problem", str(error)))
    return told


def _describe_notification(value: MmsNotification) -> list[tuple[str, int | str]]:
    told: list[tuple[str, int | str]] = [
        ("mms", "notification"),
        ("transaction_id", value.transaction_id),
        ("from", value.sender_address),
        ("url", value.url),
        ("class", value.message_class),
    ]
    if value.subject:
        told.append(("subject", value.subject))
    if value.size_octets is not None:
        told.append(("size_octets", value.size_octets))
    if value.expiry_s is not None:
        name = "expires_in_s" if value.expiry_is_relative else "expires_at"
        told.append((name, value.expiry_s))
    return told


def _read_content_type(reader: WspReader) -> str:
    if reader.at_end():
        return ""
    first = reader.peek()
    # A type with parameters stands behind its length; the parameters tell nothing needed here.
    inside = reader.part() if first <= _SHORT_SHIFT_MAX else reader
    if inside.peek() & _SHORT_INTEGER:
        code = inside.octet() & 0x7F
        return _CONTENT_TYPES.get(code, f"0x{code:02X}")
    return inside.text()


def _find_application(reader: WspReader) -> str:
    application = ""
    while not reader.at_end():
        field = reader.octet()
        if field == _SHORT_INTEGER | _APPLICATION_ID:
            value = reader.integer_or_text()
            application = _APPLICATIONS.get(value, value)
        elif field & _SHORT_INTEGER:
            reader.skip_value()
        elif field == _SHIFT_DELIMITER:
            reader.octet()
        elif field > _SHORT_SHIFT_MAX:
            # A header by its name: the rest of the name, then its value.
            reader.text_octets()
            reader.skip_value()
    return application
