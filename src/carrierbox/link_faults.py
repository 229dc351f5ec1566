"""What faults do to one link: PDUs and the time in, octets to be written and what to do then out.

Between a session and its wire. The session shows every PDU of the client (`takes`), the runtime
hands over what the session sends (`send`) and takes what shall really be written (`take`). Nothing
here does I/O; times are those of the links.
"""

import heapq
from collections.abc import Callable
from typing import Final

from carrierbox import faults
from carrierbox.box import Box
from carrierbox.errors import CarrierboxError
from carrierbox.faults import Fault
from carrierbox.identifiers import Address, LinkId
from carrierbox.ip_networks import host_of
from carrierbox.relay import Submission
from carrierbox.smpp.pdus import BindRequest, DataSm, DeliverSm, SubmitSm
from carrierbox.smpp.timers import earlier
from carrierbox.smpp.values import (
    BIND_RECEIVER,
    BIND_TRANSCEIVER,
    BIND_TRANSMITTER,
    DATA_SM,
    DELIVER_SM,
    GENERIC_NACK,
    RESPONSE_BIT,
    SEQUENCE_NUMBER_MAX,
    command_name,
)
from carrierbox.smpp.wire import command_id_of, decode_pdu, encode_refusal, sequence_number_of
from carrierbox.trace import FAULT, TraceEvent

RECEIPT_WAIT_S: Final = 60.0
"""A response that waits for a receipt leaves without one after this time."""
PIECE_INTERVAL_S: Final = 0.002
"""Between two fragments, so that each has a segment of its own."""
READ_INTERVAL_S: Final = 0.1
"""How often a link that is read slowly is read."""
WAITING_OCTETS_MAX: Final = 4 * 1024 * 1024
AWAITED_MAX: Final = 20_000

# What is to be done with the link once what `take` gave is written.
NOTHING: Final = 0
RESET: Final = 1
CLOSE: Final = 2
UNBIND: Final = 3

_BINDS: Final = frozenset({BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER})
_LEAVING_NOTHING: Final = frozenset(
    {faults.NO_RESPONSE, faults.RESPONSE_DELAY, faults.RESET_MID_PDU, faults.CLOSE}
)
"""What lets a receipt not arrive, or not yet."""
_NO_ADDRESS: Final = Address(0, 0, "")
_UNKNOWN_COMMAND_ID: Final = 0x800000FF
_MESSAGE_TYPE_MASK: Final = 0x3C
_RECEIPT: Final = 0x04
_LENGTH_ERROR_OCTETS: Final = 4


class _Awaited:
    """A request whose response a fault waits for; its receipt will be from `destination_addr`."""

    def __init__(self, command_id: int, fault: Fault, destination_addr: str) -> None:
        self.command_id = command_id
        self.fault = fault
        self.destination_addr = destination_addr


class _HeldForReceipt:
    """A response that waits for the receipt from `destination_addr`, until `deadline` at most."""

    def __init__(self, frame: bytes, destination_addr: str, deadline: float) -> None:
        self.frame = frame
        self.destination_addr = destination_addr
        self.deadline = deadline


class _Chunk:
    """Octets in the order in which they leave, in pieces of `piece_octets` if that is not 0.

    `action` is what is to be done when they have left.
    """

    def __init__(self, octets: bytes, piece_octets: int, action: int) -> None:
        self.octets = octets
        self.piece_octets = piece_octets
        self.action = action


class LinkFaults:
    """The faults of one link. `box_of` tells which box a system_id belongs to."""

    def __init__(
        self, link_id: LinkId, peer: str, box_of: Callable[[str], Box], box: Box | None = None
    ) -> None:
        self.system_id = ""
        """Who binds, or is bound."""
        self.is_half_open = False
        """Whether the link is there and nothing gets through."""
        self.is_over = False
        """Whether its end is decided: nothing more is looked at or sent."""
        self.is_transport_paused = False
        """Whether the peer reads too slowly; kept here for the runtime."""
        self.is_narrowing = False
        """Whether the wire is to be told to read little; whoever tells it takes this back."""
        self.receipts_from: list[str] = []
        """Where receipts came from that were sent and let no response of this link go."""
        self._link_id = link_id
        self._host = host_of(peer)
        self._box_of = box_of
        self._box: Box | None = box
        self._awaited: dict[int, list[_Awaited]] = {}
        self._delayed: list[tuple[float, int, bytes]] = []
        self._delayed_count = 0
        self._held: list[_HeldForReceipt] = []
        self._chunks: list[_Chunk] = []
        self._next_piece_at = 0.0
        self._waiting_octets = 0
        self._read_octets_per_s = 0.0
        self._unread: list[bytes] = []
        self._read_at = 0.0

    def bound(self, box: Box | None, system_id: str) -> None:
        """A link that is there already when faults come: whose it is."""
        self._box = box
        self.system_id = system_id

    # From the client.

    def receive(self, octets: bytes, now: float) -> bytes:
        """What the session gets now of the octets that came; the rest follows in `unread`."""
        if self.is_half_open or self.is_over:
            return b""
        if self._read_octets_per_s == 0.0:
            return octets
        if not self._unread:
            self._read_at = now
        self._unread.append(octets)
        return self.unread(now)

    def unread(self, now: float) -> bytes:
        """What a link that is read slowly has read by now."""
        if not self._unread:
            return b""
        count = int((now - self._read_at) * self._read_octets_per_s + 0.001)
        if count <= 0:
            return b""
        octets = b"".join(self._unread)
        self._read_at += count / self._read_octets_per_s
        self._unread = [octets[count:]] if count < len(octets) else []
        return octets[:count]

    @property
    def wants_octets(self) -> bool:
        """Whether the wire is to be read."""
        return not self._unread

    def takes(self, frame: bytes, now: float) -> bool:
        """Whether the session may look at a PDU of the client."""
        if self.is_half_open or self.is_over:
            return False
        command_id = command_id_of(frame)
        if command_id >= RESPONSE_BIT:
            return True
        if command_id in _BINDS:
            self._recognise(frame)
        box = self._current_box()
        if not box.faults.in_order:
            return True
        return self._judge_request(box, frame, command_id, now)

    def _recognise(self, frame: bytes) -> None:
        try:
            pdu = decode_pdu(frame, True)
        except CarrierboxError:
            return
        if isinstance(pdu, BindRequest):
            self.system_id = pdu.system_id
            self._box = self._box_of(pdu.system_id)

    def _current_box(self) -> Box:
        if self._box is None:
            self._box = self._box_of("")
        return self._box

    def _judge_request(self, box: Box, frame: bytes, command_id: int, now: float) -> bool:
        fault = self._striking(box, frame, command_name(command_id))
        if fault is None:
            return True
        kind = fault.outcome.kind
        number = sequence_number_of(frame)
        if kind == faults.COMMAND_STATUS:
            status = int(fault.outcome.number)
            # A link whose bind was refused ends, as it does where an account refuses.
            action = CLOSE if command_id in _BINDS else NOTHING
            self._put(encode_refusal(command_id, status, number), 0, action)
            return False
        if self._act_at_once(fault, now):
            return not (self.is_half_open or self.is_over)
        awaited = self._awaited.setdefault(number, [])
        destination_addr = _destination_of(frame) if kind == faults.RECEIPT_FIRST else ""
        awaited.append(_Awaited(command_id, fault, destination_addr))
        if len(self._awaited) > AWAITED_MAX:
            # Some requests are never answered, such as those behind an unbind.
            del self._awaited[next(iter(self._awaited))]
        return True

    def _act_at_once(self, fault: Fault, now: float) -> bool:
        """Do what does not wait for a response; whether it was that."""
        kind = fault.outcome.kind
        if kind == faults.RESET_AT_ONCE:
            self._put(b"", 0, RESET)
        elif kind == faults.HALF_OPEN:
            self.is_half_open = True
            self._forget()
        elif kind == faults.SLOW_READ:
            self._read_octets_per_s = fault.outcome.number
            self._read_at = now
            self.is_narrowing = True
        else:
            return False
        return True

    def _striking(self, box: Box, frame: bytes, operation: str) -> Fault | None:
        """The first fault that strikes this PDU; it is traced."""
        plain: Submission | None = None
        shown: list[Submission] | None = None
        for fault in box.faults.in_order:
            if not fault.may_mean(operation, self._host):
                continue
            msisdn = ""
            if fault.asks_message:
                if shown is None:
                    shown = self._shown(box, frame)
                meant = [each for each in shown if fault.means(each)]
                if not meant:
                    continue
                msisdn = meant[0].msisdn
            else:
                if plain is None:
                    plain = Submission(
                        self.system_id, _NO_ADDRESS, "", "", "", 0, b"", b"", operation
                    )
                if not fault.means(plain):
                    continue
            if fault.strikes():
                detail = f"{operation}: {fault.outcome.name} by fault {fault.name}"
                event = TraceEvent(FAULT, box.clock.now(), 0, self.system_id, msisdn, detail)
                box.trace.add(event)
                return fault
        return None

    def _shown(self, box: Box, frame: bytes) -> list[Submission]:
        try:
            return box.centre.shown(self._link_id, decode_pdu(frame))
        except CarrierboxError:
            return []

    # To the client.

    def send(self, frames: list[bytes], now: float) -> None:
        """Take what the session sends."""
        for frame in frames:
            if self.is_half_open or self.is_over:
                return
            command_id = command_id_of(frame)
            if command_id >= RESPONSE_BIT:
                self._send_response(frame, command_id, now)
            elif command_id in (DELIVER_SM, DATA_SM):
                self._send_delivery(frame, now)
            else:
                self._put(frame)

    def _send_response(self, frame: bytes, command_id: int, now: float) -> None:
        awaited = self._take_awaited(sequence_number_of(frame), command_id)
        if awaited is None:
            self._put(frame)
        elif awaited.fault.outcome.kind == faults.RECEIPT_FIRST:
            deadline = now + RECEIPT_WAIT_S
            self._held.append(_HeldForReceipt(frame, awaited.destination_addr, deadline))
            self._waiting_octets += len(frame)
        else:
            self._distort(awaited.fault, frame, now)

    def _take_awaited(self, number: int, command_id: int) -> _Awaited | None:
        waiting = self._awaited.get(number)
        if waiting is None:
            return None
        for position, awaited in enumerate(waiting):
            if command_id in (GENERIC_NACK, awaited.command_id | RESPONSE_BIT):
                del waiting[position]
                if not waiting:
                    del self._awaited[number]
                return awaited
        return None

    def _send_delivery(self, frame: bytes, now: float) -> None:
        box = self._current_box()
        fault = self._striking(box, frame, command_name(DELIVER_SM))
        if fault is None:
            self._put(frame)
            self._let_go(frame)
        elif not self._act_at_once(fault, now):
            self._distort(fault, frame, now)
            if fault.outcome.kind not in _LEAVING_NOTHING:
                self._let_go(frame)
        elif not (self.is_half_open or self.is_over):
            self._put(frame)
            self._let_go(frame)

    def _let_go(self, frame: bytes) -> None:
        """A receipt left: the response that waited for it follows."""
        try:
            pdu = decode_pdu(frame)
        except CarrierboxError:
            return
        if not isinstance(pdu, DeliverSm | DataSm):
            return
        if pdu.esm_class & _MESSAGE_TYPE_MASK != _RECEIPT:
            return
        if not self.release(pdu.source_addr):
            self.receipts_from.append(pdu.source_addr)

    def release(self, source_addr: str) -> bool:
        """Send the oldest response that waits for a receipt from there; whether there is one."""
        for position, held in enumerate(self._held):
            if held.destination_addr == source_addr:
                del self._held[position]
                self._waiting_octets -= len(held.frame)
                self._put(held.frame)
                return True
        return False

    def _distort(self, fault: Fault, frame: bytes, now: float) -> None:
        """Send a PDU as a fault has it."""
        kind = fault.outcome.kind
        count = int(fault.outcome.number)
        if kind == faults.RESPONSE_DELAY:
            self._delayed_count += 1
            due = (now + fault.outcome.number, self._delayed_count, frame)
            heapq.heappush(self._delayed, due)
            self._waiting_octets += len(frame)
        elif kind == faults.RESPONSE_COPIES:
            self._put(frame * count)
        elif kind == faults.FRAGMENTS:
            self._put(frame, count)
        elif kind == faults.GARBAGE:
            self._put(fault.draws.randbytes(count) + frame)
        elif kind == faults.EARLY_RESPONSE:
            self._put(frame + _with_number(frame, 1))
        elif kind == faults.RESET_MID_PDU:
            self._put(frame[: len(frame) // 2], 0, RESET)
        elif kind == faults.CLOSE:
            self._put(b"", 0, CLOSE)
        elif kind == faults.UNBIND:
            self._put(frame, 0, UNBIND)
        elif kind != faults.NO_RESPONSE:
            self._put(_falsified(frame, kind))

    def _put(self, octets: bytes, piece_octets: int = 0, action: int = NOTHING) -> None:
        self._chunks.append(_Chunk(octets, piece_octets, action))
        self._waiting_octets += len(octets)
        if action in (RESET, CLOSE):
            self.is_over = True

    def take(self, now: float) -> tuple[bytes, int]:
        """What is to be written now, and what is to be done then."""
        self._ripen(now)
        found: list[bytes] = []
        action = NOTHING
        while self._chunks and now >= self._next_piece_at:
            chunk = self._chunks[0]
            octets = chunk.octets
            if chunk.piece_octets:
                if found:
                    # What comes before a fragment has a segment of its own, too.
                    self._next_piece_at = now + PIECE_INTERVAL_S
                    break
                octets = octets[: chunk.piece_octets]
                chunk.octets = chunk.octets[chunk.piece_octets :]
                self._next_piece_at = now + PIECE_INTERVAL_S
            found.append(octets)
            self._waiting_octets -= len(octets)
            if chunk.piece_octets and chunk.octets:
                break
            del self._chunks[0]
            action = chunk.action
            if action != NOTHING:
                break
        return b"".join(found), action

    def _ripen(self, now: float) -> None:
        """Let go what has waited long enough."""
        if self.is_over:
            return
        while self._delayed and self._delayed[0][0] <= now:
            _, _, frame = heapq.heappop(self._delayed)
            self._waiting_octets -= len(frame)
            self._put(frame)
        while self._held and self._held[0].deadline <= now:
            self.release(self._held[0].destination_addr)

    def _forget(self) -> None:
        """Nothing will leave any more."""
        self._awaited = {}
        self._delayed = []
        self._held = []
        self._chunks = []
        self._unread = []
        self._waiting_octets = 0

    @property
    def is_drained(self) -> bool:
        """Whether nothing waits to be written, so that the link may be closed."""
        if self.is_half_open:
            return False
        return not self._chunks and (self.is_over or not (self._delayed or self._held))

    @property
    def is_full(self) -> bool:
        """Whether so much waits to be written that no more requests are to be looked at."""
        return self._waiting_octets > WAITING_OCTETS_MAX

    def next_deadline(self) -> float | None:
        """When something is to be written or read without anybody asking; None for never."""
        deadline: float | None = None
        if self._chunks:
            deadline = self._next_piece_at
        if not self.is_over:
            if self._delayed:
                deadline = earlier(deadline, self._delayed[0][0])
            if self._held:
                deadline = earlier(deadline, self._held[0].deadline)
        if self._unread and not self.is_over:
            pause_s = max(READ_INTERVAL_S, 1.0 / self._read_octets_per_s)
            deadline = earlier(deadline, self._read_at + pause_s)
        return deadline


def _destination_of(frame: bytes) -> str:
    """Where a submit_sm or data_sm goes, as it was written."""
    try:
        pdu = decode_pdu(frame)
    except CarrierboxError:
        return ""
    return pdu.destination_addr if isinstance(pdu, SubmitSm | DataSm) else ""


def _with_number(frame: bytes, beyond: int) -> bytes:
    """A PDU with another sequence_number: as many beyond its own."""
    number = sequence_number_of(frame) + beyond
    if number > SEQUENCE_NUMBER_MAX:
        number = beyond
    return frame[:12] + number.to_bytes(4, "big") + frame[16:]


def _falsified(frame: bytes, kind: int) -> bytes:
    """A PDU whose header does not tell the truth."""
    if kind == faults.WRONG_SEQUENCE_NUMBER:
        return _with_number(frame, 1_000_000)
    if kind == faults.UNKNOWN_COMMAND_ID:
        return frame[:4] + _UNKNOWN_COMMAND_ID.to_bytes(4, "big") + frame[8:]
    length_octets = 0
    if kind == faults.TOO_SHORT:
        length_octets = len(frame) - _LENGTH_ERROR_OCTETS
    elif kind == faults.TOO_LONG:
        length_octets = len(frame) + _LENGTH_ERROR_OCTETS
    elif kind == faults.HUGE_LENGTH:
        length_octets = 0xFFFFFFFF
    return length_octets.to_bytes(4, "big") + frame[4:]
