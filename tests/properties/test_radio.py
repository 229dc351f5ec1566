"""The radio over a broker that loses, repeats and turns round: all arrives, and is shown once."""

from __future__ import annotations

from collections import Counter
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import ABSENT_SUBSCRIBER, RpMtData
from carrierbox.simulator.radio.phone import RemoteHandset
from carrierbox.simulator.radio.remote import RemotePhones
from carrierbox.simulator.radio.station import Publish, Station

PHONE: Final = "33612345678"
AT: Final = NetworkTime(1_781_185_882.0)
TURNS_MAX: Final = 1_000

STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["text", "reply", "cut_carrier", "cut_phone", "silence"])),
        st.tuples(st.sampled_from(["deliver", "lose", "repeat"]), st.integers(0, 20)),
    ),
    max_size=60,
)


class World:
    """A carrier, a phone and what is on its way between them."""

    def __init__(self) -> None:
        self.now = LinkTime(0.0)
        self.phones = RemotePhones("default")
        self.phone = RemoteHandset("default", PHONE, "s")
        self.on_its_way: list[Publish] = []
        self.to_send: list[RpMtData] = []
        self.in_flight: dict[int, RpMtData] = {}
        self.taken: Counter[int] = Counter()
        self.submitted: Counter[str] = Counter()
        self.texts = 0
        self.replies = 0

    def publish(self) -> None:
        """Let both say what they have to say."""
        for station in (self.phones, self.phone):
            self.on_its_way += station.take_publishes()

    def arrive(self, one: Publish) -> None:
        """The broker hands a message to those who listen."""
        stations: tuple[tuple[Station, bool], ...] = (
            (self.phones, self.phones.is_connected),
            (self.phone, self.phone.is_connected),
        )
        for station, is_connected in stations:
            if is_connected:
                station.on_message(one.topic, one.payload, False, self.now)

    def cut(self, station: Station) -> None:
        """A connection breaks, its will is told to the other, and it comes again."""
        station.on_disconnected()
        self.arrive(station.will)
        station.on_connected(self.now)

    def hear(self) -> None:
        """What the network and the centre would do with the news."""
        for answer in self.phones.take_answers():
            rp = self.in_flight.pop(answer.reference)
            if answer.cause == 0:
                self.taken[answer.reference] += 1
            else:
                assert answer.cause == ABSENT_SUBSCRIBER
                self.to_send.append(rp)
        self.phones.take_presence()
        for submission in self.phones.take_submissions():
            self.submitted[submission.text] += 1
            self.phones.answer_submission(PHONE, submission.mo_id, "")

    def send(self) -> None:
        """Hand over what is not on its way."""
        waiting, self.to_send = self.to_send, []
        for rp in waiting:
            self.in_flight[rp.reference] = rp
            self.phones.transmit(rp, 0.0, AT)

    def step(self, kind: str, which: int = 0) -> None:
        """Something happens."""
        if kind == "text":
            self.texts += 1
            words = f"text {self.texts}".encode()
            sender = Address(5, 0, "ACME")
            rp = RpMtData(self.texts << 8, PHONE, sender, 0, 0, b"", words, AT, False)
            self.to_send.append(rp)
        elif kind == "reply":
            self.replies += 1
            self.phone.send("38100", f"reply {self.replies}", self.now)
        elif kind == "cut_carrier":
            self.cut(self.phones)
        elif kind == "cut_phone":
            self.cut(self.phone)
        elif kind == "silence":
            self.now = LinkTime(self.now + 21.0)
        elif self.on_its_way:
            at = which % len(self.on_its_way)
            one = self.on_its_way[at]
            if kind != "repeat":
                del self.on_its_way[at]
            if kind != "lose":
                self.arrive(one)
        self.tick()

    def tick(self) -> None:
        """Time is noticed, news are heard, what waits is sent."""
        self.phones.on_time(self.now)
        self.phone.on_time(self.now)
        self.hear()
        self.send()
        self.publish()


@given(STEPS)
def test_once_the_broker_works_everything_arrives_and_is_shown_once(
    steps: list[tuple[str] | tuple[str, int]],
) -> None:
    """At least once on the way, exactly once on the screen and in the centre."""
    world = World()
    world.phones.on_connected(world.now)
    world.phone.on_connected(world.now)
    world.tick()
    for step in steps:
        world.step(*step)
    world.cut(world.phones)
    world.cut(world.phone)
    for _ in range(TURNS_MAX):
        world.tick()
        is_quiet = not (world.on_its_way or world.in_flight or world.to_send)
        if is_quiet and world.phone.next_deadline() is None:
            break
        if not world.on_its_way:
            world.now = LinkTime(world.now + 21.0)
            world.tick()
        while world.on_its_way:
            world.arrive(world.on_its_way.pop(0))
    shown = Counter(text.text for text in world.phone.handset.inbox)
    assert shown == Counter(f"text {number}" for number in range(1, world.texts + 1))
    assert world.taken == Counter(number << 8 for number in range(1, world.texts + 1))
    assert world.submitted == Counter(f"reply {number}" for number in range(1, world.replies + 1))
