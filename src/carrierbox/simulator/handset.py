"""The phone: what it was sent and shows, what it sends, whether it is on.

A phone that never got anything is a few octets: everything else is made when it is needed first.
"""

from collections.abc import Sequence
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import (
    CONVERSATION_ABORT,
    DELIVERY_ACKNOWLEDGEMENT,
    STATUS_REPORT,
    TEXT,
    USER_ACKNOWLEDGEMENT,
    RpMoData,
    RpMtData,
)
from carrierbox.simulator.deletions import Deletions
from carrierbox.simulator.handset_memory import TAKEN, HandsetMemory, Usage
from carrierbox.simulator.inbox import Inbox
from carrierbox.simulator.octet_records import RecordReader, RecordWriter
from carrierbox.simulator.outbox import Outbox
from carrierbox.simulator.packing import (
    read_inbox,
    read_outbox,
    read_shows_since,
    write_inbox,
    write_outbox,
)
from carrierbox.simulator.phone_texts import SentText, Text

MESSAGES_MAX: Final = 200
"""How many texts a phone keeps, where nothing else is said."""

MESSAGES_MAX_LIMIT: Final = 10_000

# What a packed phone has.
_POWER: Final = 0x01
_INBOX: Final = 0x02
_OUTBOX: Final = 0x04
_DELETIONS: Final = 0x08

_KINDS: Final = {
    DELIVERY_ACKNOWLEDGEMENT: "(acknowledges delivery)",
    USER_ACKNOWLEDGEMENT: "(acknowledges)",
    CONVERSATION_ABORT: "(ends the conversation)",
}

_CONTROL_CHARACTERS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "\ufffd")


class Handset:
    """One phone (TS 23.040's mobile station), switched on when it is new.

    It keeps the newest `messages_max` texts, received and sent each, 1 to 10,000 (ValueError).
    `power` is the network's to set: `CarrierNetwork.set_power` also alerts whoever waits.
    """

    def __init__(self, msisdn: str, messages_max: int = MESSAGES_MAX) -> None:
        self.msisdn = msisdn
        self.power: bool = True
        self.messages_max: int = checked_messages_max(messages_max)
        self._inbox: Inbox | None = None
        self._outbox: Outbox | None = None
        self._deletions: Deletions | None = None

    def receive(self, rp: RpMtData, now: NetworkTime) -> int:
        """Take a part: TAKEN (-1) if it was shown, put by until the others come, or had before.

        Else the cause of sm-DeliveryFailure (TS 29.002 §17.7.6): the memory that was set has no
        place for it, and the part may come again. A reference seen before is counted and dropped;
        the newest are remembered, as many as there are texts and at least 256.
        """
        inbox = self._inbox
        if inbox is None:
            inbox = Inbox()
            self._inbox = inbox
        if rp.kind == STATUS_REPORT:
            return self._take_report(inbox, rp)
        return inbox.take(rp, now, self.messages_max, False)

    def restore(self, rp: RpMtData, received_at: NetworkTime) -> None:
        """Put a part back that was here before a restart, unless its text was deleted since.

        It is not refused: there was a place for it.
        """
        inbox = self._receiving()
        if rp.kind == STATUS_REPORT:
            self._take_report(inbox, rp)
            return
        shown_before = inbox.shown
        inbox.take(rp, received_at, self.messages_max, True)
        deletions = self._deletions
        if deletions is not None and inbox.shown != shown_before:
            text = inbox.newest
            if text is not None and deletions.mean(text.reference, text.received_at):
                inbox.remove(text)

    def compose(
        self,
        destination: Address,
        text: str,
        asked: int = 0,
        languages: Sequence[int] = (),
        now: NetworkTime = NetworkTime(0.0),  # noqa: B008
        report: bool = False,
    ) -> list[RpMoData]:
        """Write a text: its parts, one SMS-SUBMIT each, with a reference of the phone's own.

        `asked` is that of `RpMoData`, for each part. The national tables of `languages` are used
        where they save parts (TS 23.038 §6.2.1.2.4). With `report` it asks for status reports
        (TP-SRR). CodecError if it needs more than 255 parts, ValueError if `destination` is empty.
        """
        if not destination.value:
            raise ValueError("a text needs a destination: give it a number to go to")
        outbox = self._outbox
        if outbox is None:
            outbox = Outbox()
            self._outbox = outbox
        parts = outbox.write(
            self.msisdn, destination, text, self.messages_max, languages, now, report
        )
        for part in parts:
            part.asked = asked
        return parts

    # What is on it.

    def text_asking(self, reference: int) -> Text | None:
        """The text on the phone of which a part with that reference asked for something."""
        for text in reversed([*self.inbox, *self._flashes()]):
            if any(reference == one for one, _ in text.asked):
                return text
        return None

    def text_numbered(self, number: int) -> Text | None:
        """The text of that number, if it is on the phone."""
        for text in [*self.inbox, *self._flashes()]:
            if text.number == number:
                return text
        return None

    @property
    def inbox(self) -> list[Text]:
        """The texts on the phone, newest last."""
        return [] if self._inbox is None else list(self._inbox.texts)

    @property
    def flash(self) -> Text | None:
        """What is shown over everything else and stored nowhere (class 0), until the next."""
        return None if self._inbox is None else self._inbox.flash

    @property
    def newest(self) -> Text | None:
        """What was shown last, of what is still on the phone."""
        return None if self._inbox is None else self._inbox.newest

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
    def silent(self) -> int:
        """How many messages of type 0 it acknowledged and showed nowhere."""
        return 0 if self._inbox is None else self._inbox.silent

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
        return 0 if self._inbox is None else self._inbox.parts_held

    # Its memory.

    @property
    def memory(self) -> HandsetMemory | None:
        """The places that were set; None for a phone that keeps its newest texts."""
        return None if self._inbox is None else self._inbox.memory

    @property
    def usage(self) -> Usage | None:
        """How many places are taken, of a phone that has places."""
        inbox = self._inbox
        return None if inbox is None or inbox.memory is None else inbox.usage_of(inbox.memory)

    @property
    def has_room(self) -> bool:
        """Whether one more short message finds a place."""
        inbox = self._inbox
        if inbox is None or inbox.memory is None or not inbox.memory.refuses:
            return True
        return inbox.usage_of(inbox.memory).free > 0

    def set_memory(self, memory: HandsetMemory | None) -> None:
        """Give it so many places, or none in particular. What is there stays there."""
        if memory is not None or self._inbox is not None:
            self._receiving().memory = memory

    def keep_at_most(self, messages_max: int) -> None:
        """Change how many texts are kept (1 to 10,000); the oldest go at once."""
        self.messages_max = checked_messages_max(messages_max)
        if self._inbox is not None:
            self._inbox.trim(messages_max)
        if self._outbox is not None:
            del self._outbox.texts[:-messages_max]

    def delete(self, number: int = 0) -> int:
        """Delete the text of that number, or every text and what a user filled; how many went."""
        inbox = self._inbox
        if inbox is None:
            return 0
        if number:
            text = self.text_numbered(number)
            if text is not None:
                inbox.remove(text)
            return 0 if text is None else 1
        texts = [*inbox.texts, *self._flashes()]
        for text in texts:
            inbox.remove(text)
        if inbox.memory is not None:
            inbox.memory.dummies = 0
        return len(texts)

    def apply_deletions(self, deletions: Deletions | None) -> None:
        """Delete what a user deleted, now and of what is still to be restored."""
        self._deletions = deletions
        if deletions is not None and self._inbox is not None:
            for text in [*self._inbox.texts, *self._flashes()]:
                if deletions.mean(text.reference, text.received_at):
                    self._inbox.remove(text)

    def forget_oldest(self) -> None:
        """Drop the oldest text that was shown, for a limit that stands above this phone.

        To be called once for each text shown at most; nothing happens for one that is gone already.
        """
        if self._inbox is not None:
            self._inbox.forget_oldest()

    def _take_report(self, inbox: Inbox, rp: RpMtData) -> int:
        """Take a status report (TS 23.040 §9.2.2.3): the text it is about shows it.

        It needs no place. One of a text that is not here any more changes nothing.
        """
        outbox = self._outbox
        said = rp.user_data
        if inbox.is_new(rp.reference, self.messages_max) and outbox is not None and len(said) == 2:
            outbox.note_report(said[0], rp.originating, said[1])
        return TAKEN

    # Put away.

    @property
    def can_be_packed(self) -> bool:
        """Whether `pack` loses nothing: no parts wait for others."""
        return self._inbox is None or self._inbox.parts_held == 0

    def pack(self, extra: bytes = b"") -> bytes:
        """All of it but its number as a short record, with octets of the caller's own."""
        writer = RecordWriter()
        writer.octets(extra)
        flags = _POWER if self.power else 0
        if self._inbox is not None:
            flags |= _INBOX
        if self._outbox is not None:
            flags |= _OUTBOX
        if self._deletions is not None:
            flags |= _DELETIONS
        writer.number(flags)
        writer.number(self.messages_max)
        if self._inbox is not None:
            write_inbox(writer, self._inbox)
        if self._outbox is not None:
            write_outbox(writer, self._outbox)
        if self._deletions is not None:
            writer.time(self._deletions.before)
            writer.number(len(self._deletions.messages))
            for message_id in sorted(self._deletions.messages):
                writer.large(message_id)
        return writer.record()

    @staticmethod
    def unpack(msisdn: str, octets: bytes) -> "Handset":
        """The phone that was packed."""
        reader = RecordReader(octets)
        reader.octets()
        flags = reader.number()
        handset = Handset(msisdn, reader.number())
        handset.power = flags & _POWER != 0
        if flags & _INBOX:
            handset._inbox = read_inbox(reader)
        if flags & _OUTBOX:
            handset._outbox = read_outbox(reader)
        if flags & _DELETIONS:
            before = reader.time()
            messages = frozenset([reader.large() for _ in range(reader.number())])
            handset._deletions = Deletions(before, messages)
        return handset

    # The screen.

    def screen_lines(self) -> list[str]:
        """The screen as plain text: number and on or off, then each text under its sender.

        Nothing a sender writes can steer a terminal: control characters are replaced.
        """
        texts = self.inbox
        count = f"{len(texts)} text" if len(texts) == 1 else f"{len(texts)} texts"
        lines = [f"+{self.msisdn}  {'on' if self.power else 'off'}  {count}"]
        for text in [*texts, *self._flashes()]:
            kind = "" if text.kind == TEXT else f" {_KINDS.get(text.kind, '')}"
            flash = " (flash)" if text is self.flash else ""
            protocol = f" ({text.protocol})" if text.tp_pid else ""
            sender = _printable(text.sender)
            lines.append(f"  {text.number}  {sender}{kind}{flash}{protocol}")
            lines.extend(f"     {_printable(line)}" for line in text.text.splitlines() or [""])
        return lines

    def _flashes(self) -> list[Text]:
        flash = self.flash
        return [] if flash is None else [flash]

    def _receiving(self) -> Inbox:
        if self._inbox is None:
            self._inbox = Inbox()
        return self._inbox


def packed_extra(octets: bytes) -> bytes:
    """The octets that were given to `Handset.pack`."""
    return RecordReader(octets).octets()


def packed_shows_since(octets: bytes) -> float:
    """What `Handset.shows_since` says of a phone that is packed."""
    reader = RecordReader(octets)
    reader.octets()
    flags = reader.number()
    reader.number()
    if not flags & _INBOX:
        return float("inf")
    since = read_shows_since(reader)
    return Handset.unpack("", octets).shows_since if since is None else since


def checked_messages_max(messages_max: int) -> int:
    """The same number, or ValueError if no phone can keep that many texts."""
    if not 1 <= messages_max <= MESSAGES_MAX_LIMIT:
        raise ValueError(f"messages_max must be 1 to {MESSAGES_MAX_LIMIT:,}, not {messages_max:,}")
    return messages_max


def _printable(line: str) -> str:
    return line.translate(_CONTROL_CHARACTERS)
