"""What a phone has received: duplicates, long messages, what replaces what, what finds a place."""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import TP_DCS_UCS2, decode_user_data
from carrierbox.codecs.data_coding_scheme import CLASS_FLASH, CLASS_SIM, describe_data_coding
from carrierbox.codecs.message_signs import LOWEST_WAITING_TP_DCS, read_signs
from carrierbox.codecs.national_language import decode_part, shifts_of
from carrierbox.codecs.user_data_header import Concatenation, find_concatenation
from carrierbox.identifiers import Address
from carrierbox.relay import TEXT, RpMtData
from carrierbox.simulator.handset_memory import TAKEN, HandsetMemory, Usage
from carrierbox.simulator.held_parts import (
    PARTS_APART_MAX_S,
    HeldParts,
    asked_by,
    payload_of,
    user_data_of,
)
from carrierbox.simulator.phone_texts import (
    TP_PID_REPLACE_MAX,
    TP_PID_REPLACE_MIN,
    TP_PID_TYPE_0,
    Text,
)

# All the parts of the longest message must be recognised when they come again.
REFERENCES_MIN: Final = 256

_NOTHING_ASKED: Final[list[tuple[int, int]]] = []
_BITS_OF_PLAIN_UCS2: Final = 0x08


class Inbox:
    """What a phone has received. References are remembered in two generations.

    When the newer one is full it becomes the older one, which is forgotten.
    """

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.flash: Text | None = None
        """What is shown over everything else and stored nowhere (class 0)."""
        self.shown: int = 0
        self.duplicates: int = 0
        self.silent: int = 0
        """How many messages of type 0 were acknowledged and shown nowhere."""
        self.parts: HeldParts | None = None
        self.indicators: dict[str, int] | None = None
        self.memory: HandsetMemory | None = None
        self.gone: int = 0
        """Texts that went by themselves, which a limit above has not counted off yet."""
        self.newer: set[int] = set()
        self.older: set[int] = self.newer
        """One and the same set until the first is full: most phones never need two."""

    def take(self, rp: RpMtData, now: NetworkTime, messages_max: int, forced: bool) -> int:
        """Take a part: TAKEN, or the cause of sm-DeliveryFailure if it has no place.

        What is `forced` was on the phone before a restart and is not refused.
        """
        reference = rp.reference
        newer = self.newer
        if reference in newer or (self.older is not newer and reference in self.older):
            self.duplicates += 1
            return TAKEN
        if self.memory is not None and not forced:
            cause = self._answer_to(self.memory, rp)
            if cause != TAKEN:
                return cause
        # As in `_remember`: a call for each part would be felt.
        if len(newer) >= messages_max and len(newer) >= REFERENCES_MIN:
            self.older = newer
            newer = set()
            self.newer = newer
        newer.add(reference)
        tp_dcs = rp.tp_dcs
        user_data = rp.user_data
        if rp.tp_pid == TP_PID_TYPE_0:
            self.silent += 1
            return TAKEN
        if rp.user_data_header:
            if shifts_of(rp.user_data_header) != (0, 0):
                # Kept as UCS-2, so that the header need not be kept to read it later.
                text = decode_part(user_data, tp_dcs, rp.user_data_header)
                tp_dcs = TP_DCS_UCS2
                user_data = text.encode("utf-16-be", "surrogatepass")
            concatenation = find_concatenation(rp.user_data_header)
            if concatenation is not None and concatenation.total > 1:
                self._take_part(rp, tp_dcs, user_data, concatenation, now, messages_max)
                return TAKEN
        asked = [(reference, rp.asked)] if rp.asked else _NOTHING_ASKED
        self._show(rp, tp_dcs, user_data, 1, asked, now, messages_max)
        return TAKEN

    @property
    def newest(self) -> Text | None:
        """What was shown last, of what is still there."""
        last = self.texts[-1] if self.texts else None
        flash = self.flash
        if flash is not None and (last is None or flash.number > last.number):
            return flash
        return last

    @property
    def shows_since(self) -> float:
        """When the oldest part of what is here arrived, or before; infinity for nothing."""
        since = self.texts[0].received_at if self.texts else float("inf")
        if self.flash is not None:
            since = min(since, self.flash.received_at)
        if self.parts is not None:
            # The first part of a text may have come long before the last.
            for text in self.texts:
                if text.parts > 1:
                    since = min(since, text.sent_at - PARTS_APART_MAX_S)
            since = min(since, self.parts.held_since)
        return since

    @property
    def parts_held(self) -> int:
        """How many parts wait for the others of their message."""
        return 0 if self.parts is None else self.parts.held

    def usage_of(self, memory: HandsetMemory) -> Usage:
        """How much of that memory is taken."""
        anywhere = memory.dummies
        sim_only = 0
        for text in self.texts:
            if text.in_sim:
                sim_only += text.parts
            else:
                anywhere += text.parts
        if self.parts is not None and self.parts.held:
            on_sim = self.parts.count_on_sim()
            sim_only += on_sim
            anywhere += self.parts.held - on_sim
        return Usage(memory, anywhere, sim_only)

    def trim(self, messages_max: int) -> None:
        """Forget the oldest texts above so many."""
        excess = len(self.texts) - messages_max
        if excess > 0:
            del self.texts[:excess]
            self.gone += excess

    def forget_oldest(self) -> None:
        """Forget the oldest text, or count one that went by itself."""
        if self.gone:
            self.gone -= 1
        elif self.texts:
            del self.texts[0]

    def remove(self, text: Text) -> None:
        """Forget this text."""
        if text is self.flash:
            self.flash = None
        else:
            self.texts.remove(text)
            self.gone += 1

    def is_new(self, reference: int, messages_max: int) -> bool:
        """Whether a message without a text comes for the first time; remembers it."""
        if reference in self.newer or reference in self.older:
            self.duplicates += 1
            return False
        self._remember(reference, messages_max)
        return True

    # Inside.

    def _remember(self, reference: int, messages_max: int) -> None:
        newer = self.newer
        if len(newer) >= messages_max and len(newer) >= REFERENCES_MIN:
            self.older = newer
            newer = set()
            self.newer = newer
        newer.add(reference)

    def _answer_to(self, memory: HandsetMemory, rp: RpMtData) -> int:
        if memory.is_none:
            return self.usage_of(memory).answer_to(False)
        if not memory.refuses or rp.tp_pid == TP_PID_TYPE_0:
            return TAKEN
        scheme = describe_data_coding(rp.tp_dcs)
        if scheme.message_class == CLASS_FLASH:
            return TAKEN
        if scheme.message_waiting is not None and not scheme.message_waiting.stored:
            return TAKEN
        if self._replaced_by(rp.originating, rp.tp_pid) is not None and not rp.user_data_header:
            return TAKEN
        return self.usage_of(memory).answer_to(scheme.message_class == CLASS_SIM)

    def _replaced_by(self, originating: Address, tp_pid: int) -> Text | None:
        """The text that such a message takes the place of (TS 23.040 §9.2.3.9)."""
        if TP_PID_REPLACE_MIN <= tp_pid <= TP_PID_REPLACE_MAX:
            for text in self.texts:
                if text.tp_pid == tp_pid and text.originating == originating:
                    return text
        return None

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
        if rp.tp_pid or rp.tp_dcs & ~_BITS_OF_PLAIN_UCS2:
            self._place(text, rp)
        else:
            self.texts.append(text)
        if self.memory is not None:
            self._make_room(self.memory)
        elif len(self.texts) > messages_max:
            self.trim(messages_max)

    def _place(self, text: Text, rp: RpMtData) -> None:
        """Put a text where its class and its TP-PID say."""
        text.tp_pid = rp.tp_pid
        scheme = describe_data_coding(rp.tp_dcs)
        if scheme.message_class == CLASS_FLASH:
            self.flash = text
            self.gone += 1
            return
        replaced = self._replaced_by(rp.originating, rp.tp_pid)
        if replaced is not None:
            self.remove(replaced)
        text.in_sim = scheme.message_class == CLASS_SIM
        self.texts.append(text)

    def _make_room(self, memory: HandsetMemory) -> None:
        """Let the oldest texts go, and messages of which only the sign was to be shown."""
        newest = self.texts[-1] if self.texts else None
        if newest is not None:
            waiting = describe_data_coding(newest.received_tp_dcs).message_waiting
            if waiting is not None and not waiting.stored:
                self.remove(newest)
        if memory.refuses:
            return
        while self.texts:
            usage = self.usage_of(memory)
            if usage.sim <= memory.sim:
                return
            oldest = self.texts[0]
            for text in self.texts:
                # Only what stands on the SIM makes room there, while the phone itself has some.
                if text.in_sim or not usage.phone_free:
                    oldest = text
                    break
            self.remove(oldest)

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
            self.parts = HeldParts()
        on_sim = bool(rp.tp_dcs) and describe_data_coding(rp.tp_dcs).message_class == CLASS_SIM
        payload = payload_of(rp, tp_dcs, user_data, on_sim)
        payloads = self.parts.add(rp, payload, concatenation, now)
        if payloads is None:
            return
        tp_dcs = payloads[0][0]
        if all(payload[0] == tp_dcs for payload in payloads):
            # Joined before they are decoded: a pair that was parted is whole again (T34, T37).
            user_data = b"".join([user_data_of(payload) for payload in payloads])
        else:
            text = "".join(
                [decode_user_data(user_data_of(payload), payload[0]) for payload in payloads]
            )
            tp_dcs = TP_DCS_UCS2
            user_data = text.encode("utf-16-be", "surrogatepass")
        asked = asked_by(payloads)
        self._show(rp, tp_dcs, user_data, len(payloads), asked, now, messages_max)
