"""The driver, with sessions on both ends and wires that are lists."""

from carrierbox.app import make_box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.config_faults import compile_fault, fault_of
from carrierbox.identifiers import LinkId
from carrierbox.numbering import NumberRoute
from carrierbox.runtime import LINGERING_MAX, Runtime
from carrierbox.simulator.portability import Plan
from carrierbox.smpp.events import Event, RequestReceived, ResponseReceived, SessionClosed
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindTransceiver,
    BindTransmitter,
    DeliverSm,
    DeliverSmResp,
    Pdu,
    SubmitSm,
)
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.states import ESME
from carrierbox.smpp.values import ESME_RINVSYSID, ESME_ROK
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore, SlowStore

FRENCH = "33612345678"


class Wire:
    """A wire that keeps what was written and what was asked of it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False
        self.is_paused = False
        self.is_reset = False
        self.reads_little = False

    def write(self, octets: bytes) -> None:
        self.written.append(octets)

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def reset(self) -> None:
        self.is_reset = True

    def read_little(self) -> None:
        self.reads_little = True


class Harness:
    """A runtime with boxes, and clients that are sessions of the other end."""

    def __init__(
        self,
        *accounts: list[AccountSettings],
        settings: SessionSettings,
        plan: Plan | None = None,
    ) -> None:
        self.now = 100.0
        self.wakes = 0
        self.logged: list[str] = []
        self.boxes = [
            make_box(
                f"box{number}",
                FakeStore(),
                plan or number_plan(),
                each,
                [],
                NetworkClock(start=START, running=False),
            )
            for number, each in enumerate(accounts)
        ]
        self.runtime = Runtime(
            self.boxes,
            settings,
            self.count_wake,
            lambda event, fields: self.logged.append(event),
            lambda: LinkTime(self.now),
        )

    def count_wake(self) -> None:
        self.wakes += 1

    def run(self) -> None:
        """Turn while something asks for it."""
        for _ in range(10_000):
            self.wakes = 0
            self.runtime.turn()
            if not self.wakes:
                return
        raise AssertionError("the runtime asks for turns for ever")


class Client:
    """An ESME on a wire of the harness."""

    def __init__(self, harness: Harness, settings: SessionSettings | None = None) -> None:
        self.harness = harness
        self.wire = Wire()
        self.session = Session(ESME, settings or SessionSettings(window=5000), harness.now)
        self.link_id: LinkId = harness.runtime.opened(self.wire, "test")
        self.events: list[Event] = []

    def exchange(self) -> None:
        """Carry octets both ways until nothing moves."""
        while True:
            octets = self.session.data_to_send()
            if octets:
                self.harness.runtime.received(self.link_id, octets)
            self.harness.run()
            written, self.wire.written = b"".join(self.wire.written), []
            if not octets and not written:
                return
            self.session.receive_octets(written)
            while (event := self.session.next_event(self.harness.now)) is not None:
                self.events.append(event)

    def bind(self, system_id: str = "demo") -> None:
        self.send(BindTransceiver(system_id=system_id, password="demo", interface_version=0x34))
        self.exchange()

    def send(self, pdu: Pdu) -> None:
        self.session.send(pdu, self.harness.now)

    def statuses(self) -> list[int]:
        return [one.pdu.command_status for one in self.events if isinstance(one, ResponseReceived)]

    def take_deliveries(self) -> int:
        """Answer the deliver_sm that came; how many."""
        count = 0
        for event in self.events:
            if isinstance(event, RequestReceived) and isinstance(event.pdu, DeliverSm):
                self.send(DeliverSmResp(sequence_number=event.pdu.sequence_number))
                count += 1
        self.events = [one for one in self.events if not isinstance(one, RequestReceived)]
        return count


def a_submit(text: bytes = b"Hi", registered_delivery: int = 0) -> SubmitSm:
    return SubmitSm(
        source_addr="ACME",
        source_addr_ton=5,
        destination_addr=FRENCH,
        dest_addr_ton=1,
        dest_addr_npi=1,
        short_message=text,
        registered_delivery=registered_delivery,
    )


def a_harness(plan: Plan | None = None, **settings: float) -> Harness:
    given = SessionSettings()
    for name, value in settings.items():
        setattr(given, name, value)
    return Harness([AccountSettings("demo", "demo")], settings=given, plan=plan)


def test_a_client_binds_submits_and_gets_its_receipt() -> None:
    """The main job, over octets."""
    harness = a_harness()
    client = Client(harness)
    client.bind()
    client.send(a_submit(registered_delivery=1))
    client.exchange()
    assert client.statuses() == [ESME_ROK, ESME_ROK]
    assert client.take_deliveries() == 1


def test_a_turn_writes_once_per_link() -> None:
    """Design §3: one coalesced write per read."""
    harness = a_harness()
    client = Client(harness)
    client.bind()
    for _ in range(50):
        client.send(a_submit())
    harness.runtime.received(client.link_id, client.session.data_to_send())
    harness.runtime.turn()
    assert len(client.wire.written) == 1


def test_requests_behind_a_bind_in_the_same_read_are_judged_bound() -> None:
    """T02, T11: a pipelined submit_sm is judged in the state after the bind."""
    harness = a_harness()
    client = Client(harness)
    other = Client(harness)
    other.bind()
    other.send(a_submit())
    pipelined = other.session.data_to_send()
    client.send(BindTransceiver(system_id="demo", password="demo", interface_version=0x34))
    harness.runtime.received(client.link_id, client.session.data_to_send() + pipelined)
    harness.run()
    assert harness.boxes[0].network.contact(FRENCH).shown == 1


def test_the_system_id_decides_about_the_box() -> None:
    """Design §1: any number of boxes behind the same port."""
    harness = Harness(
        [AccountSettings("one", "demo")],
        [AccountSettings("two", "demo")],
        settings=SessionSettings(),
    )
    client = Client(harness)
    client.bind("two")
    client.send(a_submit())
    client.exchange()
    shown = [box.network.contact(FRENCH).shown for box in harness.boxes]
    assert shown == [0, 1]
    greedy = Harness(
        [AccountSettings("*", "*")], [AccountSettings("two", "demo")], settings=SessionSettings()
    )
    named, any_name = Client(greedy), Client(greedy)
    named.bind("two")
    any_name.bind("three")
    assert [box.centre.bindings.count("two") for box in greedy.boxes] == [0, 1]
    assert greedy.boxes[0].centre.bindings.count("three") == 1
    stranger = Client(harness)
    stranger.bind("three")
    assert stranger.statuses() == [ESME_RINVSYSID]
    assert stranger.wire.is_closed


def test_more_requests_than_the_window_wait_for_answers_not_for_ever() -> None:
    """T16: back-pressure bounds what is unanswered; all are answered in the end."""
    harness = a_harness(inbound_window=10)
    client = Client(harness)
    client.bind()
    for _ in range(200):
        client.send(a_submit())
    client.exchange()
    assert client.statuses() == [ESME_ROK] * 201


def test_requests_beyond_the_window_go_on_when_a_slow_store_let_the_answers_leave() -> None:
    """T16: the answers leave in a turn in which nothing came from the link."""
    harness = a_harness(inbound_window=10)
    client = Client(harness)
    client.bind()
    harness.boxes[0].store = SlowStore(FakeStore(), seed=1)
    for _ in range(100):
        client.send(a_submit())
    harness.runtime.received(client.link_id, client.session.data_to_send())
    for _ in range(1000):
        # Each call is what a store in a thread asks for when it has done something.
        harness.runtime.turn()
    client.exchange()
    assert client.statuses() == [ESME_ROK] * 101


def test_a_peer_that_does_not_read_is_not_served_until_it_does() -> None:
    """T17: its requests wait, others are served."""
    harness = a_harness()
    slow, quick = Client(harness), Client(harness)
    slow.bind()
    quick.bind()
    harness.runtime.write_paused(slow.link_id, True)
    slow.send(a_submit(b"slow"))
    slow.exchange()
    quick.send(a_submit(b"quick"))
    quick.exchange()
    assert [text.text for text in harness.boxes[0].network.contact(FRENCH).inbox] == ["quick"]
    harness.runtime.write_paused(slow.link_id, False)
    slow.exchange()
    assert slow.statuses() == [ESME_ROK, ESME_ROK]


def test_a_peer_that_floods_is_not_read_until_its_backlog_is_gone() -> None:
    """Every buffer is bounded: reading pauses above the read-ahead."""
    harness = a_harness()
    client = Client(harness)
    client.bind()
    harness.runtime.write_paused(client.link_id, True)
    for _ in range(4000):
        client.send(a_submit(b"x" * 140))
    harness.runtime.received(client.link_id, client.session.data_to_send())
    harness.run()
    assert client.wire.is_paused
    harness.runtime.write_paused(client.link_id, False)
    harness.run()
    assert not client.wire.is_paused


def test_a_connection_that_is_gone_gives_its_receipts_back() -> None:
    """T18: what was unanswered on it goes to another receiver."""
    harness = a_harness()
    client, other = Client(harness), Client(harness)
    client.bind()
    client.send(a_submit(registered_delivery=1))
    client.exchange()
    harness.runtime.closed(client.link_id)
    harness.run()
    assert client.link_id not in harness.runtime.links
    other.bind()
    assert other.take_deliveries() == 1


def test_a_link_that_takes_nothing_more_does_not_make_the_runtime_spin() -> None:
    """T15: a peer that began to unbind with a request unanswered is owed its receipt elsewhere."""
    harness = a_harness()
    client = Client(harness, SessionSettings(window=5000))
    client.bind()
    harness.boxes[0].centre.set_phone_power(FRENCH, False, lambda problem: None)
    client.send(a_submit(registered_delivery=1))
    client.exchange()
    harness.runtime.disconnect(client.link_id)
    box = harness.boxes[0]
    harness.runtime.request(box, lambda: box.centre.set_phone_power(FRENCH, True, print))
    harness.run()
    assert box.centre.deliveries.held() == 1
    other = Client(harness)
    other.bind()
    assert other.take_deliveries() == 1


def test_a_link_without_a_bind_is_closed_in_time() -> None:
    """SMPP 3.4 §7.2: session_init_timer."""
    harness = a_harness(session_init_timeout_s=30.0)
    client = Client(harness)
    harness.run()
    delay = harness.runtime.next_delay_s()
    assert delay is not None
    assert delay <= 30.0
    harness.now += 30.0
    harness.run()
    assert client.wire.is_closed
    assert not harness.runtime.links


def test_the_end_is_polite_to_everyone() -> None:
    """T15: bound links get an unbind, others are closed."""
    harness = a_harness()
    bound, unbound = Client(harness), Client(harness)
    bound.bind()
    harness.runtime.unbind_all()
    harness.run()
    bound.exchange()
    assert any(isinstance(event, SessionClosed) for event in bound.events)
    assert bound.wire.is_closed
    assert unbound.wire.is_closed
    assert not harness.runtime.links


class FaultyPlan:
    """A number plan with a bug: British numbers make it fall over."""

    def route(self, msisdn: str) -> NumberRoute | None:
        if msisdn.startswith("44"):
            raise RuntimeError("a bug")
        return number_plan().route(msisdn)


def test_a_fault_in_the_centre_ends_one_link_only() -> None:
    """The one place where a bug costs a link and not the process."""
    harness = a_harness(plan=FaultyPlan())
    victim, other = Client(harness), Client(harness)
    victim.bind()
    other.bind()
    submit = a_submit()
    submit.destination_addr = "447700900123"
    victim.send(submit)
    victim.exchange()
    assert victim.wire.is_closed
    assert harness.logged == ["link_failed"]
    other.send(a_submit())
    other.exchange()
    assert other.statuses() == [ESME_ROK, ESME_ROK]


def test_a_request_from_inside_the_process_runs_at_the_present_time() -> None:
    """The API enters the centre by the same door."""
    harness = a_harness()
    box = harness.boxes[0]
    told: list[str] = []
    harness.runtime.request(box, lambda: box.centre.set_phone_power(FRENCH, False, told.append))
    assert told == []
    harness.run()
    assert told == [""]
    assert not box.network.contact(FRENCH).power


class Listener:
    """Somebody who listens in on the links."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, object]] = []

    def opened(self, link_id: LinkId, peer: str, wire: object) -> None:
        self.told.append(("opened", link_id, peer))

    def received(self, link_id: LinkId, octets: bytes) -> None:
        self.told.append(("received", link_id, octets[7]))

    def sent(self, link_id: LinkId, octets: bytes) -> None:
        self.told.append(("sent", link_id, octets[7]))

    def closed(self, link_id: LinkId, by_peer: bool) -> None:
        self.told.append(("closed", link_id, by_peer))


def test_who_listens_in_hears_every_link_from_its_beginning_to_its_end() -> None:
    """And which end closed it: the client here, the carrier there."""
    harness = a_harness()
    listener = Listener()
    harness.runtime.observer = listener
    hasty, unknown = Client(harness), Client(harness)
    hasty.bind()
    harness.runtime.closed(hasty.link_id)
    harness.runtime.disconnect(unknown.link_id)
    harness.run()
    harness.runtime.closed(unknown.link_id)
    assert listener.told == [
        ("opened", 1, "test"),
        ("opened", 2, "test"),
        ("received", 1, 9),
        ("sent", 1, 9),
        ("closed", 1, True),
        ("closed", 2, False),
    ]


def add_fault(
    harness: Harness, then: dict[str, object], when: dict[str, object] | None = None
) -> Harness:
    written = {"name": "it", "then": then, "when": {"operation": "submit_sm"} | (when or {})}
    harness.boxes[0].faults.put([compile_fault(fault_of(written))])
    return harness


def submitted(harness: Harness, registered_delivery: int = 0) -> Client:
    """A client that is bound and has submitted a text."""
    client = Client(harness)
    client.bind()
    client.send(a_submit(registered_delivery=registered_delivery))
    client.exchange()
    return client


def test_without_faults_links_have_none() -> None:
    """They cost nothing where there are none; a fault that comes is for all links."""
    harness = a_harness()
    client = Client(harness)
    client.bind()
    link = harness.runtime.links[client.link_id]
    assert (link.faults, link.session.tap) == (None, None)
    add_fault(harness, {"no_response": True})
    client.send(a_submit())
    client.exchange()
    assert client.statuses() == [ESME_ROK]
    assert len(harness.boxes[0].centre.registry) == 1
    assert harness.boxes[0].faults.remove("it")
    harness.run()
    later = submitted(harness)
    assert harness.runtime.links[later.link_id].faults is None
    assert later.statuses() == [ESME_ROK] * 2


def test_a_late_response_brings_a_turn_by_itself() -> None:
    """LinkTime: the loop is told when."""
    harness = add_fault(a_harness(), {"response_delay": "5s"})
    client = submitted(harness)
    assert client.statuses() == [ESME_ROK]
    assert harness.runtime.next_delay_s() == 5.0
    harness.now += 5.0
    client.exchange()
    assert client.statuses() == [ESME_ROK] * 2


def test_a_link_is_reset_and_carries_nothing_more() -> None:
    """T18: the receipt is owed to the next bind."""
    harness = add_fault(a_harness(), {"reset": "mid_pdu"}, {"times": 1})
    client = submitted(harness, registered_delivery=1)
    assert client.wire.is_reset
    assert not client.wire.is_closed
    harness.runtime.closed(client.link_id)
    harness.run()
    assert client.link_id not in harness.runtime.links
    again = Client(harness)
    again.bind()
    assert again.take_deliveries() == 1


def test_a_client_is_unbound_after_an_answer() -> None:
    """T15"""
    client = submitted(add_fault(a_harness(), {"unbind": True}))
    assert client.statuses() == [ESME_ROK] * 2
    assert any(isinstance(event, SessionClosed) for event in client.events)
    assert client.wire.is_closed


def test_a_half_open_link_outlives_its_session() -> None:
    """T18: its timers end the session, the connection stays until the client hangs up."""
    harness = add_fault(
        a_harness(enquire_link_s=60.0, response_timeout_s=10.0), {"half_open": True}
    )
    client = submitted(harness)
    for _ in range(2):
        harness.now += 60.0
        client.exchange()
    assert harness.runtime.links == {}
    assert not client.wire.is_closed
    client.send(a_submit())
    client.exchange()
    assert client.statuses() == [ESME_ROK]
    harness.runtime.closed(client.link_id)
    assert harness.runtime.next_delay_s() is None


def test_half_open_links_are_bounded() -> None:
    """The oldest is reset."""
    harness = add_fault(a_harness(), {"half_open": True}, {"operation": "bind_transceiver"})
    clients = [Client(harness) for _ in range(LINGERING_MAX + 1)]
    for client in clients:
        client.bind()
    harness.now += 100.0
    harness.run()
    assert [client.wire.is_reset for client in clients] == [True] + [False] * LINGERING_MAX


def test_a_link_is_read_slowly_and_then_again() -> None:
    """T16: the wire is paused as long as something waits to be read."""
    harness = add_fault(a_harness(), {"read_octets_per_s": 100}, {"times": 1})
    client = submitted(harness)
    assert client.wire.reads_little
    client.send(a_submit())
    client.exchange()
    assert client.wire.is_paused
    assert client.statuses() == [ESME_ROK] * 2
    harness.now += 1.0
    client.exchange()
    assert client.statuses() == [ESME_ROK] * 3
    assert not client.wire.is_paused


def test_a_receipt_on_one_link_lets_the_answer_on_another_go() -> None:
    """T19, T29"""
    harness = add_fault(a_harness(), {"receipt_first": True})
    transmitter, receiver = Client(harness), Client(harness)
    transmitter.send(BindTransmitter(system_id="demo", password="demo", interface_version=0x34))
    transmitter.exchange()
    receiver.send(BindReceiver(system_id="demo", password="demo", interface_version=0x34))
    receiver.exchange()
    transmitter.send(a_submit(registered_delivery=1))
    transmitter.exchange()
    receiver.exchange()
    assert receiver.take_deliveries() == 1
    transmitter.exchange()
    assert transmitter.statuses() == [ESME_ROK] * 2


def test_what_waits_too_long_holds_back_requests() -> None:
    """Bounded: 4 MiB of answers that are late; then the next request is not looked at."""
    harness = add_fault(a_harness(), {"response_delay": "1h"})
    client = submitted(harness)
    link = harness.runtime.links[client.link_id]
    assert link.faults is not None
    link.faults.send([b"\0\0\0\x10\x80\0\0\x15" + b"\0" * 8 + b"x" * 2**22], 0.0)
    assert link.faults.is_full
    harness.runtime.write_paused(client.link_id, False)
    assert link.is_write_paused


def test_an_answer_in_pieces_is_there_before_the_end() -> None:
    """The link of a bind that an account refused ends when its answer has left."""
    harness = add_fault(a_harness(), {"fragments": 5}, {"operation": "bind_transceiver"})
    client = Client(harness)
    client.bind("nobody")
    assert not client.wire.is_closed
    for _ in range(10):
        harness.now += 0.01
        client.exchange()
    assert client.statuses() == [ESME_RINVSYSID]
    assert client.wire.is_closed
