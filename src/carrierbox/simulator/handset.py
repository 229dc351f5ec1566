"""The phone: what it was sent and shows, what it sends, whether it is on.

A phone that never got anything is a few octets: everything else is made when it is needed first.
"""

from collections.abc import Sequence
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import TP_DCS_UCS2, decode_user_data, tp_dcs_of
from carrierbox.codecs.message_signs import (
    LOWEST_WAITING_TP_DCS,
    MessageSigns,
    describe_content,
    read_signs,
)
from carrierbox.codecs.national_language import decode_part, shifts_of
from carrierbox.codecs.reassembly import Reassembler
from carrierbox.codecs.segmentation import split_text
from carrierbox.codecs.user_data_header import Concatenation, find_concatenation
from carrierbox.identifiers import TON_INTERNATIONAL, Address
from carrierbox.relay import (
    CONVERSATION_ABORT,
    DELIVERY_ACKNOWLEDGEMENT,
    NO_RESPONSE_CODE,
    TEXT,
    USER_ACKNOWLEDGEMENT,
    RpMoData,
    RpMtData,
)

MESSAGES_MAX: Final = 200
"""How many texts a phone keeps, where nothing else is said."""

MESSAGES_MAX_LIMIT: Final = 10_000

# All the parts of the longest message must be recognised when they come again.
_REFERENCES_MIN: Final = 256
_PARTS_HELD_MAX: Final = 512
_PARTS_TIMEOUT_S: Final = 7 * 86_400.0
# A client hands in the parts of one message within minutes, however long they wait for the phone.
_PARTS_APART_MAX_S: Final = 3_600.0

_REFERENCE_OCTETS: Final = 10
"""What a reference of the relay fits in."""
_NOTHING_ASKED: Final[list[tuple[int, int]]] = []
_KINDS: Final = {
    DELIVERY_ACKNOWLEDGEMENT: "(acknowledges delivery)",
    USER_ACKNOWLEDGEMENT: "(acknowledges)",
    CONVERSATION_ABORT: "(ends the conversation)",
}

_CONTROL_CHARACTERS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "\ufffd")


class Text:
    """One text on the screen.

    `received_at` is the phone's time, `sent_at` the service centre's time stamp, `number` counts
    the phone's texts from 1. A text of several `parts` has the reference and the service centre's
    time of the part that came last, and the `tp_dcs` of all its parts, UCS-2 if they differ.
    `kind` tells texts from acknowledgements of what the phone sent.
    """

    def __init__(
        self,
        number: int,
        reference: int,
        originating: Address,
        tp_dcs: int,
        user_data: bytes,
        parts: int,
        sent_at: NetworkTime,
        received_at: NetworkTime,
    ) -> None:
        self.number = number
        self.reference = reference
        self.originating = originating
        self.tp_dcs = tp_dcs
        self.user_data = user_data
        self.parts = parts
        self.sent_at = sent_at
        self.received_at = received_at
        self.kind: int = TEXT
        self.user_response_code: int = NO_RESPONSE_CODE
        self.asked: list[tuple[int, int]] = _NOTHING_ASKED
        """The reference of each part that asks for acknowledgements, and `RpMtData.asked`."""
        self.received_tp_dcs: int = tp_dcs
        """TP-DCS as it came: `tp_dcs` is that of the text as it is kept."""
        self.user_data_header: bytes = b""
        """That of the last part; not needed to read the text."""
        self.is_acknowledged: bool = False
        """Whether its user acknowledged it."""

    @property
    def signs(self) -> MessageSigns:
        """What came with it: class, signs of waiting, port."""
        return read_signs(self.received_tp_dcs, self.user_data_header)

    @property
    def content(self) -> list[tuple[str, int | str]]:
        """What it carries for an application, by name, as the notification of an MMS."""
        return describe_content(self.user_data_header, self.user_data)

    def asking(self, kind: int) -> list[int]:
        """The references of the parts that ask for this kind of acknowledgement."""
        return [reference for reference, asked in self.asked if asked >> kind & 1]

    @property
    def text(self) -> str:
        """The text, decoded anew each time; U+FFFD for what cannot be decoded (T38)."""
        return decode_user_data(self.user_data, self.tp_dcs)

    @property
    def sender(self) -> str:
        """The sender as a phone shows it: `+33612345678`, `ACME`, `38100`."""
        value = self.originating.value
        if self.originating.ton == TON_INTERNATIONAL and value.isdigit():
            return "+" + value
        return value or "(no sender)"


class SentText:
    """One text written on the phone, and in how many parts it left."""

    def __init__(self, number: int, destination: Address, text: str, parts: int) -> None:
        self.number = number
        self.destination = destination
        self.text = text
        self.parts = parts


class Handset:
    """One phone (TS 23.040's mobile station), switched on when it is new.

    It keeps the newest `messages_max` texts, received and sent each, 1 to 10,000 (ValueError).
    `power` is the network's to set: `CarrierNetwork.set_power` also alerts whoever waits.
    """

    def __init__(self, msisdn: str, messages_max: int = MESSAGES_MAX) -> None:
        self.msisdn = msisdn
        self.power: bool = True
        self.messages_max: int = checked_messages_max(messages_max)
        self._inbox: _Inbox | None = None
        self._outbox: _Outbox | None = None

    def receive(self, rp: RpMtData, now: NetworkTime) -> bool:
        """Take a part: True if it was shown or put by until the others come.

        False for a reference seen before: the part is dropped and counted. The newest references
        are remembered, as many as there are texts and at least 256.
        """
        inbox = self._inbox
        if inbox is None:
            inbox = _Inbox()
            self._inbox = inbox
        return inbox.take(rp, now, self.messages_max)

    def compose(
        self,
        destination: Address,
        text: str,
        asked: int = 0,
        languages: Sequence[int] = (),
    ) -> list[RpMoData]:
        """Write a text: its parts, one SMS-SUBMIT each, with a reference of the phone's own.

        `asked` is that of `RpMoData`, for each part. The national tables of `languages` are used
        where they save parts (TS 23.038 §6.2.1.2.4). CodecError if it needs more than 255 parts,
        ValueError if `destination` is empty.
        """
        if not destination.value:
            raise ValueError("a text needs a destination: give it a number to go to")
        outbox = self._outbox
        if outbox is None:
            outbox = _Outbox()
            self._outbox = outbox
        parts = outbox.write(self.msisdn, destination, text, self.messages_max, languages)
        for part in parts:
            part.asked = asked
        return parts

    def text_asking(self, reference: int) -> Text | None:
        """The text on the phone of which a part with that reference asked for something."""
        for text in reversed(self.inbox):
            if any(reference == one for one, _ in text.asked):
                return text
        return None

    @property
    def inbox(self) -> list[Text]:
        """The texts on the phone, newest last."""
        return [] if self._inbox is None else list(self._inbox.texts)

    @property
    def newest(self) -> Text | None:
        """The newest text on the phone."""
        return self._inbox.texts[-1] if self._inbox is not None and self._inbox.texts else None

    @property
    def sent(self) -> list[SentText]:
        """The texts written on the phone, newest last."""
        return [] if self._outbox is None else list(self._outbox.texts)

    @property
    def shown(self) -> int:
        """How many texts were ever shown, those no longer kept among them."""
        return 0 if self._inbox is None else self._inbox.shown

    @property
    def shows_since(self) -> float:
        """When the oldest part of what is on the phone arrived, or before; infinity for nothing."""
        return float("inf") if self._inbox is None else self._inbox.shows_since

    @property
    def duplicates(self) -> int:
        """How many parts were dropped because their reference had been seen."""
        return 0 if self._inbox is None else self._inbox.duplicates

    @property
    def indicators(self) -> dict[str, int]:
        """How many messages of each kind are said to wait elsewhere, as in voicemail (§9.2.3.24.2).

        1 where only that some wait is known.
        """
        inbox = self._inbox
        return {} if inbox is None or inbox.indicators is None else dict(inbox.indicators)

    @property
    def parts_held(self) -> int:
        """How many parts wait for the others of their message."""
        inbox = self._inbox
        return 0 if inbox is None or inbox.parts is None else inbox.parts.held

    def keep_at_most(self, messages_max: int) -> None:
        """Change how many texts are kept (1 to 10,000); the oldest go at once."""
        self.messages_max = checked_messages_max(messages_max)
        if self._inbox is not None:
            self._inbox.trim(messages_max)
        if self._outbox is not None:
            del self._outbox.texts[:-messages_max]

    def forget_oldest(self) -> None:
        """Drop the oldest text that was shown, for a limit that stands above this phone.

        To be called once for each text shown at most; nothing happens for one that is gone already.
        """
        if self._inbox is not None:
            self._inbox.forget_oldest()

    def screen_lines(self) -> list[str]:
        """The screen as plain text: number and on or off, then each text under its sender.

        Nothing a sender writes can steer a terminal: control characters are replaced.
        """
        texts = self.inbox
        count = f"{len(texts)} text" if len(texts) == 1 else f"{len(texts)} texts"
        lines = [f"+{self.msisdn}  {'on' if self.power else 'off'}  {count}"]
        for text in texts:
            kind = "" if text.kind == TEXT else f" {_KINDS.get(text.kind, '')}"
            lines.append(f"  {text.number}  {_printable(text.sender)}{kind}")
            lines.extend(f"     {_printable(line)}" for line in text.text.splitlines() or [""])
        return lines


class _Inbox:
    """What a phone has received. References are remembered in two generations.

    When the newer one is full it becomes the older one, which is forgotten.
    """

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.shown: int = 0
        self.duplicates: int = 0
        self.parts: _Parts | None = None
        self.indicators: dict[str, int] | None = None
        # Texts that went by the phone's own limit, which a limit above it has not counted off yet.
        self._gone: int = 0
        self._newer: set[int] = set()
        # One and the same set until the first is full: most phones never need two.
        self._older: set[int] = self._newer

    def take(self, rp: RpMtData, now: NetworkTime, messages_max: int) -> bool:
        reference = rp.reference
        newer = self._newer
        if reference in newer or (self._older is not newer and reference in self._older):
            self.duplicates += 1
            return False
        if len(newer) >= messages_max and len(newer) >= _REFERENCES_MIN:
            self._older = newer
            newer = set()
            self._newer = newer
        newer.add(reference)
        tp_dcs = rp.tp_dcs
        user_data = rp.user_data
        if rp.user_data_header:
            if shifts_of(rp.user_data_header) != (0, 0):
                # Kept as UCS-2, so that the header need not be kept to read it later.
                text = decode_part(user_data, tp_dcs, rp.user_data_header)
                tp_dcs = TP_DCS_UCS2
                user_data = text.encode("utf-16-be", "surrogatepass")
            concatenation = find_concatenation(rp.user_data_header)
            if concatenation is not None and concatenation.total > 1:
                self._take_part(rp, tp_dcs, user_data, concatenation, now, messages_max)
                return True
        asked = [(reference, rp.asked)] if rp.asked else _NOTHING_ASKED
        self._show(rp, tp_dcs, user_data, 1, asked, now, messages_max)
        return True

    @property
    def shows_since(self) -> float:
        since = self.texts[0].received_at if self.texts else float("inf")
        if self.parts is not None:
            # The first part of a text may have come long before the last.
            for text in self.texts:
                if text.parts > 1:
                    since = min(since, text.sent_at - _PARTS_APART_MAX_S)
            since = min(since, self.parts.held_since)
        return since

    def trim(self, messages_max: int) -> None:
        excess = len(self.texts) - messages_max
        if excess > 0:
            del self.texts[:excess]
            self._gone += excess

    def forget_oldest(self) -> None:
        if self._gone:
            self._gone -= 1
        elif self.texts:
            del self.texts[0]

    def _show(
        self,
        rp: RpMtData,
        tp_dcs: int,
        user_data: bytes,
        parts: int,
        asked: list[tuple[int, int]],
        now: NetworkTime,
        messages_max: int,
    ) -> None:
        self.shown += 1
        text = Text(
            self.shown,
            rp.reference,
            rp.originating,
            tp_dcs,
            user_data,
            parts,
            rp.service_centre_time,
            now,
        )
        if rp.user_data_header or rp.tp_dcs != tp_dcs:
            text.received_tp_dcs = rp.tp_dcs
            text.user_data_header = rp.user_data_header
        if rp.user_data_header or rp.tp_dcs >= LOWEST_WAITING_TP_DCS:
            self._note_waiting(rp)
        if asked:
            text.asked = asked
        if rp.kind != TEXT:
            text.kind = rp.kind
            text.user_response_code = rp.user_response_code
        self.texts.append(text)
        if len(self.texts) > messages_max:
            self.trim(messages_max)

    def _note_waiting(self, rp: RpMtData) -> None:
        for sign in read_signs(rp.tp_dcs, rp.user_data_header).waiting:
            if self.indicators is None:
                self.indicators = {}
            if sign.count:
                self.indicators[sign.kind] = sign.count
            else:
                self.indicators.pop(sign.kind, None)

    def _take_part(
        self,
        rp: RpMtData,
        tp_dcs: int,
        user_data: bytes,
        concatenation: Concatenation,
        now: NetworkTime,
        messages_max: int,
    ) -> None:
        if self.parts is None:
            self.parts = _Parts()
        payloads = self.parts.add(rp, _payload(rp, tp_dcs, user_data), concatenation, now)
        if payloads is None:
            return
        tp_dcs = payloads[0][0]
        if all(payload[0] == tp_dcs for payload in payloads):
            # Joined before they are decoded: a pair that was parted is whole again (T34, T37).
            user_data = b"".join([_user_data_of(payload) for payload in payloads])
        else:
            text = "".join(
                [decode_user_data(_user_data_of(payload), payload[0]) for payload in payloads]
            )
            tp_dcs = TP_DCS_UCS2
            user_data = text.encode("utf-16-be", "surrogatepass")
        asked = [
            (int.from_bytes(payload[2 : 2 + _REFERENCE_OCTETS], "big"), payload[1])
            for payload in payloads
            if payload[1]
        ]
        self._show(rp, tp_dcs, user_data, len(payloads), asked, now, messages_max)


class _Parts:
    """The parts of messages that are not complete.

    A sender's references come round again (T41), so a part that the centre took in long before or
    after the first of a set belongs to another message, and the set it would have joined is left
    to its time-out. Each part is kept as a `_payload`.
    """

    def __init__(self) -> None:
        self._reassembler = Reassembler(_PARTS_HELD_MAX, _PARTS_TIMEOUT_S)
        # When the centre took in the first part of each set, oldest set first.
        self._begun_at: dict[str, float] = {}
        self._latest: float = 0.0

    @property
    def held(self) -> int:
        return self._reassembler.parts_held

    @property
    def held_since(self) -> float:
        return min(self._begun_at.values(), default=float("inf"))

    def add(
        self, rp: RpMtData, payload: bytes, concatenation: Concatenation, now: NetworkTime
    ) -> list[bytes] | None:
        """The payloads of the whole message, if this part was the last one missing."""
        self._latest = max(self._latest, now)
        self._reassembler.on_time(self._latest)
        sender = rp.originating
        series = (
            f"{concatenation.reference}/{concatenation.total}/{concatenation.wide}"
            f"/{sender.ton}/{sender.npi}/{sender.value}"
        )
        begun_at = self._begun_at.get(series)
        if begun_at is None or abs(rp.service_centre_time - begun_at) > _PARTS_APART_MAX_S:
            begun_at = rp.service_centre_time
            self._begun_at.pop(series, None)
            self._begun_at[series] = begun_at
            if len(self._begun_at) > _PARTS_HELD_MAX:
                del self._begun_at[next(iter(self._begun_at))]
        payloads = self._reassembler.add(
            f"{begun_at!r}/{sender.ton}/{sender.npi}/{sender.value}",
            concatenation,
            payload,
            self._latest,
        )
        if payloads is not None:
            self._begun_at.pop(series, None)
        return payloads


class _Outbox:
    """What was written on a phone."""

    def __init__(self) -> None:
        self.texts: list[SentText] = []
        self._written: int = 0
        self._concatenation_reference: int = 0

    def write(
        self,
        msisdn: str,
        destination: Address,
        text: str,
        messages_max: int,
        languages: Sequence[int],
    ) -> list[RpMoData]:
        reference = (self._concatenation_reference + 1) & 0xFF
        data_coding, segments = split_text(text, reference, languages=languages)
        if len(segments) > 1:
            self._concatenation_reference = reference
        self._written += 1
        self.texts.append(SentText(self._written, destination, text, len(segments)))
        if len(self.texts) > messages_max:
            del self.texts[0]
        tp_dcs = tp_dcs_of(data_coding)
        return [
            RpMoData(msisdn, destination, 0, tp_dcs, segment.user_data_header, segment.user_data)
            for segment in segments
        ]


def _payload(rp: RpMtData, tp_dcs: int, user_data: bytes) -> bytes:
    """A part with its TP-DCS before it, what it asks for and, if anything, its reference."""
    if not rp.asked:
        return bytes([tp_dcs, 0]) + user_data
    return bytes([tp_dcs, rp.asked]) + rp.reference.to_bytes(_REFERENCE_OCTETS, "big") + user_data


def _user_data_of(payload: bytes) -> bytes:
    return payload[2 + _REFERENCE_OCTETS :] if payload[1] else payload[2:]


def checked_messages_max(messages_max: int) -> int:
    """The same number, or ValueError if no phone can keep that many texts."""
    if not 1 <= messages_max <= MESSAGES_MAX_LIMIT:
        raise ValueError(f"messages_max must be 1 to {MESSAGES_MAX_LIMIT:,}, not {messages_max:,}")
    return messages_max


def _printable(line: str) -> str:
    return line.translate(_CONTROL_CHARACTERS)
