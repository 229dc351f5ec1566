"""The driver: moves octets, events, effects and deadlines between the links and the boxes.

`turn` is synchronous. It pulls the events of every link that has some, lets each box commit and let
go of its effects, and writes once per link. Whoever runs the loop calls it when `wake` asks, and
again after `next_delay_s`.
"""

from collections.abc import Callable
from typing import Final, Protocol

from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkTime, link_now
from carrierbox.errors import LocalProtocolError
from carrierbox.identifiers import LinkId
from carrierbox.inside_links import InsideLinks
from carrierbox.link_faults import CLOSE, RESET, UNBIND, LinkFaults
from carrierbox.smpp.events import BindReceived, Event, SessionClosed
from carrierbox.smpp.pdus import Pdu
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.states import SMSC

SWEEP_S: Final = 3600.0
"""The timers of the links are looked at no later than this after the last time."""
LINGERING_MAX: Final = 1000
"""Connections that a fault keeps open although their session is over."""


class Wire(Protocol):
    """The transport under one link."""

    def write(self, octets: bytes) -> None:
        """Send octets, in order."""
        ...

    def close(self) -> None:
        """Close once everything written has left."""
        ...

    def pause_reading(self) -> None:
        """Receive nothing more for now."""
        ...

    def resume_reading(self) -> None:
        """Receive again."""
        ...

    def reset(self) -> None:
        """Break the connection off (TCP RST) once everything written has left."""
        ...

    def read_little(self) -> None:
        """Let the peer send little ahead of what is read."""
        ...


class Caller(Protocol):
    """Who connects to ESMEs that are called by outbind."""

    def call(
        self,
        name: str,
        host: str,
        port: int,
        connected: Callable[[LinkId], None],
        failed: Callable[[str], None],
    ) -> None:
        """Begin to connect. One of the two is called later, from the loop.

        `name` is that of the account in its box, `box/system_id`.
        """
        ...


class LinkObserver(Protocol):
    """Who listens in on every link. It only keeps what it is told: it is called on the way."""

    def opened(self, link_id: LinkId, peer: str, wire: Wire) -> None:
        """A peer connected."""
        ...

    def received(self, link_id: LinkId, octets: bytes) -> None:
        """Octets came."""
        ...

    def sent(self, link_id: LinkId, octets: bytes) -> None:
        """Octets were written."""
        ...

    def closed(self, link_id: LinkId, by_peer: bool) -> None:
        """A connection is gone; `by_peer` if it was not the carrier that ended it."""
        ...


class Radio(Protocol):
    """The phones of a box that are reached over a broker."""

    def hear(self, now: LinkTime) -> None:
        """Take in what came; within a turn, after its box began it."""
        ...

    @property
    def has_news(self) -> bool:
        """Whether there is more to hear at once."""
        ...

    def next_deadline(self) -> float | None:
        """When there is something to hear by time, in link seconds."""
        ...


class Link:
    """One connection: its wire, its session, and the box it is bound to."""

    def __init__(self, link_id: LinkId, wire: Wire, session: Session, peer: str) -> None:
        self.link_id = link_id
        self.wire = wire
        self.session = session
        self.peer = peer
        self.box: Box | None = None
        self.called_by: Box | None = None
        """The box that connected, if it was not the peer."""
        self.is_readable = False
        self.is_dirty = False
        self.is_closing = False
        self.is_write_paused = False
        self.is_read_paused = False
        self.is_gone = False
        """Whether its connection has ended."""
        self.faults: LinkFaults | None = None
        """What is done to it, if there is any fault."""


class Runtime:
    """The links of a process and the boxes behind them."""

    def __init__(
        self,
        boxes: list[Box],
        settings: SessionSettings,
        wake: Callable[[], None],
        log: Callable[[str, dict[str, object]], None],
        now: Callable[[], LinkTime] = link_now,
    ) -> None:
        self.boxes = boxes
        self.links: dict[int, Link] = {}
        self.inside = InsideLinks()
        """Requests of callers inside the process."""
        self.turns = 0
        self._settings = settings
        self._wake = wake
        self._log = log
        self._now_source = now
        self._now: LinkTime = now()
        self.links_opened = 0
        self.observer: LinkObserver | None = None
        self.caller: Caller | None = None
        self.radios: list[Radio] = []
        self._readable: list[Link] = []
        self._dirty: list[Link] = []
        self._link_deadline: float = 0.0
        self._lingering: dict[int, Link] = {}
        """Links whose session is over and whose faults are not."""
        self._are_faulty = False
        """Whether new links may have faults."""

    # From the wires.

    def opened(self, wire: Wire, peer: str) -> LinkId:
        """A peer connected."""
        self.links_opened += 1
        link_id = LinkId(self.links_opened)
        now = self._now_source()
        session = Session(SMSC, self._settings, now)
        link = self.links[link_id] = Link(link_id, wire, session, peer)
        if self._are_faulty:
            self._expose(link)
        self._note_deadline(session.next_deadline())
        if self.observer is not None:
            self.observer.opened(link_id, peer, wire)
        self._wake()
        return link_id

    def received(self, link_id: LinkId, octets: bytes) -> None:
        """Octets came from a peer."""
        link = self.links.get(link_id)
        if link is None:
            return
        if self.observer is not None:
            self.observer.received(link_id, octets)
        faults = link.faults
        if faults is not None:
            octets = faults.receive(octets, self._now_source())
            self._note_deadline(faults.next_deadline())
        link.session.receive_octets(octets)
        if not link.is_read_paused and not _wants_octets(link):
            link.is_read_paused = True
            link.wire.pause_reading()
        self._mark_readable(link)

    def write_paused(self, link_id: LinkId, paused: bool) -> None:
        """A peer reads too slowly (or reads again): its requests wait as long."""
        link = self.links.get(link_id)
        if link is not None:
            faults = link.faults
            if faults is not None:
                faults.is_transport_paused = paused
                paused = paused or faults.is_full
            link.is_write_paused = paused
            if not paused:
                self._mark_readable(link)

    def closed(self, link_id: LinkId) -> None:
        """A connection is gone."""
        link = self.links.get(link_id)
        if self._lingering:
            self._lingering.pop(link_id, None)
        if self.observer is not None:
            is_ours = link is None or link.is_closing or link.session.wants_close
            self.observer.closed(link_id, not is_ours)
        if link is not None:
            link.is_write_paused = False
            link.is_gone = True
            link.session.end_of_stream(self._now_source())
            self._mark_readable(link)

    # Turns.

    def turn(self) -> None:
        """Do everything there is to do now."""
        self.turns += 1
        now = self._now = self._now_source()
        if now >= self._link_deadline:
            self._expire_links(now)
        readable = self._readable
        self._readable = []
        for box in self.boxes:
            box.begin(now)
            if box.faults.is_changed:
                self._expose_all(box)
        for link in readable:
            link.is_readable = False
            self._pull(link, now)
        for radio in self.radios:
            radio.hear(now)
        busy = False
        for box in self.boxes:
            box.finish(self)
            busy = busy or box.is_busy
        for radio in self.radios:
            busy = busy or radio.has_news
        self._flush()
        if busy:
            self._wake()

    def request(self, box: Box, ask: Callable[[], None]) -> None:
        """Let a caller inside the process tell a box's centre something, at its present time."""
        box.begin(self._now_source())
        ask()
        self._wake()

    def advance_to(self, box: Box, to: NetworkTime) -> None:
        """Move the clock of a box forward, every deadline on the way at its own time.

        Ends early while the store works: call it again, once the box is settled, until the clock
        is there. Between two turns only.
        """
        self._now = self._now_source()
        box.advance_to(to, self._now, self)
        self._wake()

    @property
    def is_quiet(self) -> bool:
        """Whether all that links received is handled and all that they send is written."""
        return not self._readable and not self._dirty

    def next_delay_s(self) -> float | None:
        """Real seconds until a turn is due by time; None if only an event can bring one."""
        now = self._now_source()
        delay = None
        if self.links or self._lingering:
            delay = max(0.0, self._link_deadline - now)
        for box in self.boxes:
            if box.is_held_up:
                continue
            deadline = box.next_network_deadline()
            if deadline is not None:
                delay = _earlier(delay, box.clock.real_seconds_until(NetworkTime(deadline)))
            history = box.centre.paging.next_deadline()
            if history is not None:
                delay = _earlier(delay, box.clock.real_seconds_until(NetworkTime(history)))
            deliveries = box.centre.handover.next_deadline()
            if deliveries is not None:
                delay = _earlier(delay, max(0.0, deliveries - now))
            probe = box.next_probe()
            if probe is not None:
                delay = _earlier(delay, max(0.0, probe - now))
        for radio in self.radios:
            silence = radio.next_deadline()
            if silence is not None:
                delay = _earlier(delay, max(0.0, silence - now))
        return delay

    def unbind_all(self) -> None:
        """Begin to end every link politely."""
        now = self._now_source()
        for link in list(self.links.values()):
            link.session.unbind(now)
            self._note_deadline(link.session.next_deadline())
            self._mark_readable(link)

    # What boxes ask of links.

    def send(self, link_id: LinkId, pdu: Pdu, context: object) -> bool:
        """See `Links.send`."""
        link = self.links.get(link_id)
        if link is None or link.is_closing:
            return self.inside.answer(link_id, pdu)
        try:
            link.session.send(pdu, self._now, context)
        except LocalProtocolError:
            # The session ended between the decision and the commit.
            return False
        self._mark_dirty(link)
        return True

    def repeat(self, link_id: LinkId, pdu: Pdu) -> None:
        """See `Links.repeat`."""
        link = self.links.get(link_id)
        if link is None or link.is_closing:
            return
        try:
            link.session.repeat(pdu)
        except LocalProtocolError:
            return
        self._mark_dirty(link)

    def disconnect(self, link_id: LinkId) -> None:
        """See `Links.disconnect`."""
        link = self.links.get(link_id)
        if link is not None:
            link.is_closing = True
            self._mark_dirty(link)

    def call(self, box: Box, system_id: str) -> None:
        """See `Links.call`."""
        settings = box.centre.outbinds.settings_of(system_id)
        if settings is None:
            return
        if self.caller is None:
            box.centre.outbinds.on_failed(system_id, "nothing here connects to ESMEs")
            return
        self.caller.call(
            f"{box.name}/{system_id}",
            settings.host,
            settings.port,
            lambda link_id: self._on_connected(box, system_id, link_id),
            lambda reason: self.request(
                box, lambda: box.centre.outbinds.on_failed(system_id, reason)
            ),
        )

    def log(self, event: str, fields: dict[str, object]) -> None:
        """See `Links.log`."""
        self._log(event, fields)

    # Inside.

    def _on_connected(self, box: Box, system_id: str, link_id: LinkId) -> None:
        """A link that was called: until its bind, its box is that of whoever called."""
        link = self.links.get(link_id)
        if link is not None:
            link.box = link.called_by = box
            self.request(box, lambda: box.centre.outbinds.on_connected(link_id, system_id))

    def _pull(self, link: Link, now: LinkTime) -> None:
        """Tell the right box every event a link has."""
        session = link.session
        # A session that is over tells it at once: its client may never read again.
        while not link.is_write_paused or session.wants_close:
            event = session.next_event(now)
            if event is None:
                break
            if isinstance(event, SessionClosed):
                self._forget(link)
            try:
                self._tell_box(link, event)
            except Exception as error:  # noqa: BLE001 - the one place where a bug ends a link only
                self._log("link_failed", {"link_id": link.link_id, "error": repr(error)})
                self.disconnect(link.link_id)
                break
        self._mark_dirty(link)

    def _tell_box(self, link: Link, event: Event) -> None:
        if isinstance(event, BindReceived):
            event.peer = link.peer
            link.box = self._box_of(event.pdu.system_id)
            self._suit(link.session, link.box, event.pdu.system_id)
        if link.box is not None:
            link.box.centre.on_event(link.link_id, event)
        caller = link.called_by
        if caller is not None and caller is not link.box and isinstance(event, SessionClosed):
            # What was called bound as an account of another box.
            caller.centre.outbinds.on_closed(link.link_id, event.reason)

    def _suit(self, session: Session, box: Box, system_id: str) -> None:
        """Let a session be as strict as the account that binds."""
        settings = box.centre.accounts.settings_of(system_id)
        if settings is not None:
            session.error_bodies = settings.error_bodies
            session.is_lenient = not settings.strict

    def _box_of(self, system_id: str) -> Box:
        """The box that names this system_id, else one that takes any, else the first."""
        taking_any: Box | None = None
        for box in self.boxes:
            accounts = box.centre.accounts
            if accounts.names(system_id):
                return box
            if taking_any is None and accounts.takes_any:
                taking_any = box
        return taking_any or self.boxes[0]

    def _expire_links(self, now: LinkTime) -> None:
        earliest = now + SWEEP_S
        for link in self._lingering.values():
            earliest = min(earliest, self._expire_faults(link, now))
        for link in self.links.values():
            if link.faults is not None:
                earliest = min(earliest, self._expire_faults(link, now))
            deadline = link.session.next_deadline()
            if deadline is None:
                continue
            if deadline <= now:
                link.session.on_time(now)
                self._mark_readable(link)
                deadline = link.session.next_deadline()
            if deadline is not None and deadline < earliest:
                earliest = deadline
        self._link_deadline = earliest

    def _note_deadline(self, deadline: float | None) -> None:
        if deadline is not None and deadline < self._link_deadline:
            self._link_deadline = deadline

    def _flush(self) -> None:
        """One write per link and turn."""
        dirty = self._dirty
        self._dirty = []
        for link in dirty:
            link.is_dirty = False
            # Here, for what was sent has a timer of its own.
            self._note_deadline(link.session.next_deadline())
            if link.faults is None:
                octets = link.session.data_to_send()
                if octets:
                    self._write(link, octets)
                if link.is_closing or link.session.wants_close:
                    link.wire.close()
            else:
                self._flush_faulty(link, link.faults)
            # Its answers may have waited for a store that works in a thread, and it for them.
            self._look_again(link)

    def _look_again(self, link: Link) -> None:
        """A link may have more to say now that its requests were answered."""
        session = link.session
        if session.has_work and not link.is_write_paused and not link.is_closing:
            self._mark_readable(link)
        if link.is_read_paused and _wants_octets(link):
            link.is_read_paused = False
            link.wire.resume_reading()

    def _write(self, link: Link, octets: bytes) -> None:
        link.wire.write(octets)
        if self.observer is not None:
            self.observer.sent(link.link_id, octets)

    # Faults.

    def _expose_all(self, box: Box) -> None:
        """There may be faults from now on, also on links that are there already."""
        box.faults.is_changed = False
        self._are_faulty = any(each.faults.in_order for each in self.boxes)
        for link in self.links.values():
            if self._are_faulty and link.faults is None:
                self._expose(link)

    def _expose(self, link: Link) -> None:
        link.faults = faults = LinkFaults(link.link_id, link.peer, self._box_of, link.box)
        link.session.tap = faults.takes
        faults.is_transport_paused = link.is_write_paused
        bind = link.session.bind_pdu
        if bind is not None:
            faults.bound(link.box, bind.system_id)

    def _forget(self, link: Link) -> None:
        """A session is over; its connection may have to stay for a while."""
        is_known = self.links.pop(link.link_id, None) is not None
        faults = link.faults
        if faults is None or not is_known or link.is_gone:
            return
        self._lingering[link.link_id] = link
        if len(self._lingering) > LINGERING_MAX:
            oldest = next(iter(self._lingering))
            self._lingering.pop(oldest).wire.reset()

    def _expire_faults(self, link: Link, now: LinkTime) -> float:
        """Let what is due happen on a link; when the next is."""
        faults = link.faults
        if faults is None:
            return now + SWEEP_S
        deadline = faults.next_deadline()
        if deadline is not None and deadline <= now:
            link.session.receive_octets(faults.unread(now))
            self._mark_readable(link)
            deadline = faults.next_deadline()
        return now + SWEEP_S if deadline is None else deadline

    def _flush_faulty(self, link: Link, faults: LinkFaults) -> None:
        """Write what the faults of a link let through, and do to it what they want."""
        now = self._now
        faults.send(link.session.frames_to_send(), now)
        octets, action = faults.take(now)
        if octets:
            self._write(link, octets)
        if faults.is_narrowing:
            faults.is_narrowing = False
            link.wire.read_little()
        if action == UNBIND:
            link.session.unbind(now)
            self._mark_readable(link)
        elif action == RESET:
            link.is_closing = True
            link.wire.reset()
        elif action == CLOSE or (
            (link.is_closing or link.session.wants_close) and faults.is_drained
        ):
            link.is_closing = True
            link.wire.close()
        self._note_deadline(faults.next_deadline())
        link.is_write_paused = faults.is_transport_paused or faults.is_full
        self._let_answers_go(link, faults)

    def _let_answers_go(self, link: Link, faults: LinkFaults) -> None:
        """Receipts left on this link for which answers wait on others of its account."""
        receipts_from = faults.receipts_from
        faults.receipts_from = []
        for source_addr in receipts_from:
            for other in self.links.values():
                theirs = other.faults
                if (
                    theirs is not None
                    and theirs is not faults
                    and other.box is link.box
                    and theirs.system_id == faults.system_id
                    and theirs.release(source_addr)
                ):
                    self._mark_readable(other)
                    break

    def _mark_readable(self, link: Link) -> None:
        if not link.is_readable:
            link.is_readable = True
            self._readable.append(link)
            self._wake()

    def _mark_dirty(self, link: Link) -> None:
        if not link.is_dirty:
            link.is_dirty = True
            self._dirty.append(link)


def _wants_octets(link: Link) -> bool:
    """Whether the wire of a link is to be read."""
    faults = link.faults
    return link.session.wants_octets and (faults is None or faults.wants_octets)


def _earlier(one: float | None, other: float | None) -> float | None:
    if one is None or (other is not None and other < one):
        return other
    return one
