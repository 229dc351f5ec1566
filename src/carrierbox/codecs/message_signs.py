"""What a short message says to a phone beside its text: class, signs of waiting, port, content.

For displays: nothing here fails on what a peer sent.
"""

from typing import Final

from carrierbox.codecs.data_coding_scheme import (
    CLASS_NAMES,
    INDICATION_NAMES,
    INDICATION_OTHER,
    describe_data_coding,
)
from carrierbox.codecs.information_element_words import PORT_NAMES
from carrierbox.codecs.information_elements import (
    ApplicationPorts,
    SpecialMessageIndication,
    effective_elements,
    read_element,
)
from carrierbox.codecs.user_data_header import parse_user_data_header
from carrierbox.codecs.wap_push import describe_wap_push, is_wap_push
from carrierbox.errors import CodecError

LOWEST_WAITING_TP_DCS: Final = 0xC0
"""Below it no TP-DCS has a sign of waiting (TS 23.038 §4)."""
VIDEO: Final = "video"
_EXTENDED_VIDEO: Final = 1


class WaitingSign:
    """The sign of one kind of message: `kind` as in `voicemail`, `count` 0 to take it away.

    Where only TP-DCS says that something waits `count` is 1. `kept` says whether the text itself
    is kept.
    """

    def __init__(self, kind: str, count: int, kept: bool) -> None:
        self.kind = kind
        self.count = count
        self.kept = kept

    def words(self) -> str:
        """As in `3 voicemail waiting, text discarded`."""
        kept = "stored" if self.kept else "discarded"
        if self.count == 0:
            return f"{self.kind} no longer waiting, text {kept}"
        number = f"{self.count} " if self.count > 1 else ""
        return f"{number}{self.kind} waiting, text {kept}"


class MessageSigns:
    """`message_class` 0 is flash; None for what a message does not say."""

    def __init__(
        self, message_class: int | None, waiting: list[WaitingSign], port: int | None
    ) -> None:
        self.message_class = message_class
        self.waiting = waiting
        self.port = port

    def words(self) -> list[str]:
        """All of it, each in a few words."""
        told: list[str] = []
        if self.message_class is not None:
            told.append(CLASS_NAMES[self.message_class])
        told += [sign.words() for sign in self.waiting]
        if self.port is not None:
            name = PORT_NAMES.get(self.port)
            told.append(f"to port {self.port} ({name})" if name else f"to port {self.port}")
        return told


def read_signs(tp_dcs: int, header: bytes) -> MessageSigns:
    """What TP-DCS and a user data header say. An indication in the header goes before TP-DCS."""
    scheme = describe_data_coding(tp_dcs)
    waiting: dict[str, WaitingSign] = {}
    said = scheme.message_waiting
    if said is not None:
        kind = INDICATION_NAMES[said.indication]
        waiting[kind] = WaitingSign(kind, int(said.active), said.stored)
    port: int | None = None
    try:
        elements = effective_elements(parse_user_data_header(header))
    except CodecError:
        elements = []
    for element in elements:
        value = read_element(element)
        if isinstance(value, ApplicationPorts):
            port = value.destination
        elif isinstance(value, SpecialMessageIndication):
            kind = INDICATION_NAMES[value.indication]
            if value.indication == INDICATION_OTHER and value.extended == _EXTENDED_VIDEO:
                kind = VIDEO
            waiting[kind] = WaitingSign(kind, value.count, value.store)
    return MessageSigns(scheme.message_class, list(waiting.values()), port)


def describe_content(header: bytes, user_data: bytes) -> list[tuple[str, int | str]]:
    """What a message to a port carries, by name, all parts joined; empty if that is its text."""
    return describe_wap_push(user_data) if is_wap_push(header) else []
