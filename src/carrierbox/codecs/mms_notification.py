"""The notification that an MMS waits: M-Notification.ind (OMA-MMS-ENC §6.2, §7; WAP-209)."""

from typing import Final

from carrierbox.codecs.wsp_values import (
    WspReader,
    encoded_string_octets,
    long_integer_octets,
    text_octets,
    with_length,
)
from carrierbox.errors import CodecError

MESSAGE_TYPE_NOTIFICATION: Final = 0x82
MMS_VERSION_1_0: Final = 0x10

_CONTENT_LOCATION: Final = 0x83
_EXPIRY: Final = 0x88
_FROM: Final = 0x89
_MESSAGE_CLASS: Final = 0x8A
_MESSAGE_TYPE: Final = 0x8C
_MMS_VERSION: Final = 0x8D
_MESSAGE_SIZE: Final = 0x8E
_SUBJECT: Final = 0x96
_TRANSACTION_ID: Final = 0x98

_ADDRESS_PRESENT: Final = 0x80
_ABSOLUTE: Final = 0x80
_RELATIVE: Final = 0x81
_CLASS_NAMES: Final = ("personal", "advertisement", "informational", "auto")
_CLASS_TOKEN: Final = 0x80
_SHORT_INTEGER: Final = 0x80


class MmsNotification:
    """An MMS that waits at `url`; "" and None for what is not told.

    `sender` is as it was sent, often with `/TYPE=PLMN` behind the number. `expiry_s` is a span if
    `expiry_is_relative`, else seconds since 1970. `mms_version` has the major version in its upper
    three bits of seven.
    """

    def __init__(
        self,
        transaction_id: str = "",
        mms_version: int = MMS_VERSION_1_0,
        sender: str = "",
        subject: str = "",
        message_class: str = "personal",
        size_octets: int | None = None,
        expiry_s: int | None = None,
        expiry_is_relative: bool = True,
        url: str = "",
    ) -> None:
        self.transaction_id = transaction_id
        self.mms_version = mms_version
        self.sender = sender
        self.subject = subject
        self.message_class = message_class
        self.size_octets = size_octets
        self.expiry_s = expiry_s
        self.expiry_is_relative = expiry_is_relative
        self.url = url

    @property
    def sender_address(self) -> str:
        """The sender's number or e-mail address without its type."""
        return self.sender.partition("/TYPE=")[0]


def decode_mms_notification(octets: bytes) -> MmsNotification:
    """The notification in `octets`, the content of a push; unknown headers are passed over.

    Raises CodecError if it is another message of MMS or ends early.
    """
    reader = WspReader(octets, 0, len(octets))
    if reader.octet() != _MESSAGE_TYPE:
        raise CodecError("an MMS message starts with its type", 0)
    if reader.octet() != MESSAGE_TYPE_NOTIFICATION:
        raise CodecError("another MMS message than a notification", 1)
    found = MmsNotification()
    while not reader.at_end():
        if reader.peek() & _SHORT_INTEGER:
            _read_header(reader, reader.octet(), found)
        else:
            # A header nobody registered: a name and a value, both as text.
            reader.text_octets()
            reader.text_octets()
    return found


def encode_mms_notification(value: MmsNotification) -> bytes:
    """The octets of a notification. Raises CodecError if a number has no place in it."""
    if not 0 <= value.mms_version <= 0x7F:
        raise CodecError(f"MMS version {value.mms_version} is not 0 to 127")
    octets = bytes([_MESSAGE_TYPE, MESSAGE_TYPE_NOTIFICATION, _TRANSACTION_ID])
    octets += text_octets(value.transaction_id)
    octets += bytes([_MMS_VERSION, _SHORT_INTEGER | value.mms_version])
    if value.sender:
        sender = bytes([_ADDRESS_PRESENT]) + encoded_string_octets(value.sender)
        octets += bytes([_FROM]) + with_length(sender)
    if value.subject:
        octets += bytes([_SUBJECT]) + encoded_string_octets(value.subject)
    octets += bytes([_MESSAGE_CLASS])
    if value.message_class in _CLASS_NAMES:
        octets += bytes([_CLASS_TOKEN | _CLASS_NAMES.index(value.message_class)])
    else:
        octets += text_octets(value.message_class)
    if value.size_octets is not None:
        octets += bytes([_MESSAGE_SIZE]) + long_integer_octets(value.size_octets)
    if value.expiry_s is not None:
        token = _RELATIVE if value.expiry_is_relative else _ABSOLUTE
        octets += bytes([_EXPIRY])
        octets += with_length(bytes([token]) + long_integer_octets(value.expiry_s))
    return octets + bytes([_CONTENT_LOCATION]) + text_octets(value.url)


def _read_header(reader: WspReader, field: int, found: MmsNotification) -> None:
    if field == _CONTENT_LOCATION:
        found.url = reader.text()
    elif field == _TRANSACTION_ID:
        found.transaction_id = reader.text()
    elif field == _FROM:
        part = reader.part()
        found.sender = part.encoded_string() if part.octet() == _ADDRESS_PRESENT else ""
    elif field == _SUBJECT:
        found.subject = reader.encoded_string()
    elif field == _MESSAGE_SIZE:
        found.size_octets = reader.long_integer()
    elif field == _MMS_VERSION:
        found.mms_version = reader.integer()
    elif field == _MESSAGE_CLASS:
        found.message_class = _read_class(reader)
    elif field == _EXPIRY:
        part = reader.part()
        found.expiry_is_relative = part.octet() == _RELATIVE
        found.expiry_s = part.integer()
    else:
        reader.skip_value()


def _read_class(reader: WspReader) -> str:
    if not reader.peek() & _CLASS_TOKEN:
        return reader.text()
    token = reader.octet() & 0x7F
    return _CLASS_NAMES[token] if token < len(_CLASS_NAMES) else f"reserved {token}"
