"""Streams of TCP to SMPP sessions: which connections speak SMPP, and which end is the client.

Ports say nothing: a connection is SMPP if PDUs are found in it. PDUs that only one side may send
tell the sides apart; until one comes, the PDUs wait.
"""

from typing import Final

from carrierbox.lint.flows import Connection
from carrierbox.lint.frames import FrameCutter, Lost
from carrierbox.lint.listener import Listener
from carrierbox.smpp import values
from carrierbox.smpp.states import ESME, SMSC
from carrierbox.smpp.wire import command_id_of

WAITING_MAX: Final = 256
SMPP_PORT: Final = 2775

_FROM_ESME: Final = (
    values.BIND_RECEIVER,
    values.BIND_TRANSMITTER,
    values.BIND_TRANSCEIVER,
    values.SUBMIT_SM,
    values.SUBMIT_MULTI,
    values.QUERY_SM,
    values.CANCEL_SM,
    values.REPLACE_SM,
    values.DELIVER_SM_RESP,
)
_FROM_SMSC: Final = (
    values.BIND_RECEIVER_RESP,
    values.BIND_TRANSMITTER_RESP,
    values.BIND_TRANSCEIVER_RESP,
    values.SUBMIT_SM_RESP,
    values.SUBMIT_MULTI_RESP,
    values.QUERY_SM_RESP,
    values.CANCEL_SM_RESP,
    values.REPLACE_SM_RESP,
    values.DELIVER_SM,
    values.ALERT_NOTIFICATION,
    values.OUTBIND,
)


class _Conversation:
    """What is known of one connection. `client` is the side of the ESME, -1 while unknown."""

    def __init__(self, connection: Connection) -> None:
        is_whole = connection.is_whole
        self.cutters = (FrameCutter(is_whole), FrameCutter(is_whole))
        self.client = -1
        self.link = -1
        self.waiting: list[tuple[float, int, bytes | Lost]] = []
        self.last_at = 0.0


class Conversations:
    """Takes streams from `flows.Flows`, gives sessions to a `Listener`."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.sessions = 0

    def octets(self, connection: Connection, side: int, time: float, octets: bytes) -> None:
        """See `StreamSink`."""
        conversation = _conversation_of(connection, time)
        conversation.cutters[side].feed(octets)
        self._drain(connection, conversation, side, time)
        if conversation.cutters[side].is_hopeless and not conversation.cutters[1 - side].frames:
            connection.is_ignored = True

    def gap(self, connection: Connection, side: int, time: float, octets: int) -> None:
        """See `StreamSink`."""
        conversation = _conversation_of(connection, time)
        for lost in conversation.cutters[side].gap(octets):
            self._give(connection, conversation, side, time, lost)

    def ended(self, connection: Connection, side: int, time: float) -> None:
        """See `StreamSink`."""
        conversation = _conversation_of(connection, time)
        self._end(connection, conversation, side, time)
        if conversation.client < 0 and _has_frames(conversation):
            self._decide(connection, conversation)
        if conversation.link >= 0:
            sender = ESME if side == conversation.client else SMSC
            self._listener.closed(conversation.link, time, sender)

    def finished(self, connection: Connection) -> None:
        """See `StreamSink`."""
        conversation = connection.owner
        if not isinstance(conversation, _Conversation):
            return
        for side in (0, 1):
            self._end(connection, conversation, side, conversation.last_at)
        if conversation.client < 0 and _has_frames(conversation):
            self._decide(connection, conversation)
        if conversation.link >= 0:
            self._listener.forget(conversation.link)
        connection.owner = None

    def _end(
        self, connection: Connection, conversation: _Conversation, side: int, time: float
    ) -> None:
        cutter = conversation.cutters[side]
        if cutter.has_ended:
            return
        cutter.end()
        self._drain(connection, conversation, side, time)
        for lost in cutter.remains():
            self._give(connection, conversation, side, time, lost)

    def _drain(
        self, connection: Connection, conversation: _Conversation, side: int, time: float
    ) -> None:
        cutter = conversation.cutters[side]
        if conversation.client >= 0:
            sender = ESME if side == conversation.client else SMSC
            while (item := cutter.next()) is not None:
                if isinstance(item, bytes):
                    self._listener.frame(conversation.link, time, sender, item)
                else:
                    self._listener.lost(conversation.link, time, sender, item)
            return
        while (found := cutter.next()) is not None:
            self._give(connection, conversation, side, time, found)

    def _give(
        self,
        connection: Connection,
        conversation: _Conversation,
        side: int,
        time: float,
        item: bytes | Lost,
    ) -> None:
        if conversation.client >= 0:
            self._tell(conversation, side, time, item)
            return
        conversation.waiting.append((time, side, item))
        if isinstance(item, bytes):
            command_id = command_id_of(item)
            if command_id in _FROM_ESME:
                conversation.client = side
            elif command_id in _FROM_SMSC:
                conversation.client = 1 - side
        if conversation.client >= 0 or len(conversation.waiting) >= WAITING_MAX:
            self._decide(connection, conversation)

    def _decide(self, connection: Connection, conversation: _Conversation) -> None:
        """Say which side is the client, begin the session, and tell what waited."""
        if not _has_frames(conversation):
            # Nothing but octets that are no PDU: enough to know that there were some.
            del conversation.waiting[WAITING_MAX // 2 :]
            return
        if conversation.client < 0:
            conversation.client = _likely_client(connection)
        client, carrier = conversation.client, 1 - conversation.client
        ends = connection.endpoints
        self.sessions += 1
        conversation.link = self.sessions
        self._listener.opened(
            conversation.link,
            conversation.waiting[0][0],
            str(ends[client]),
            str(ends[carrier]),
            is_whole=connection.is_whole,
            is_in_clear=not (ends[client].is_loopback or ends[carrier].is_loopback),
        )
        waiting, conversation.waiting = conversation.waiting, []
        for time, side, item in waiting:
            self._tell(conversation, side, time, item)

    def _tell(
        self, conversation: _Conversation, side: int, time: float, item: bytes | Lost
    ) -> None:
        sender = ESME if side == conversation.client else SMSC
        if isinstance(item, bytes):
            self._listener.frame(conversation.link, time, sender, item)
        else:
            self._listener.lost(conversation.link, time, sender, item)


def _conversation_of(connection: Connection, time: float) -> _Conversation:
    conversation = connection.owner
    if not isinstance(conversation, _Conversation):
        conversation = _Conversation(connection)
        connection.owner = conversation
    conversation.last_at = time
    return conversation


def _has_frames(conversation: _Conversation) -> bool:
    return conversation.cutters[0].frames + conversation.cutters[1].frames > 0


def _likely_client(connection: Connection) -> int:
    """Where no PDU tells: who connected, else who has not SMPP's port, else the higher port."""
    if connection.initiator >= 0:
        return connection.initiator
    first, second = connection.endpoints
    if SMPP_PORT in (first.port, second.port):
        return 0 if second.port == SMPP_PORT else 1
    return 0 if first.port >= second.port else 1
