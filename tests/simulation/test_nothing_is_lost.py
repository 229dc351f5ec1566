"""Seeded runs with failing commits, slow stores, crashes, flapping phones and clients that vanish.

The checker sees what a client and a phone's owner see: responses, deliver_sm, screens. It never
looks into the centre.
"""

from random import Random

import pytest

from carrierbox.identifiers import LinkId
from carrierbox.smpp.pdus import (
    BindReceiver,
    CancelSm,
    CancelSmResp,
    Pdu,
    ReplaceSm,
    ReplaceSmResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.values import ESME_ROK, ESME_RSYSERR, ESME_RX_T_APPN
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.registry import KEEP_MESSAGES_DEFAULT
from carrierbox.testing.direct import START, DirectCarrier, Sent
from carrierbox.testing.stores import FakeStore, SlowStore

PHONES = ["33612345678", "12125550123", "919812345678", "447700900123"]
STEPS = 150
FAST_SEEDS = 10
SEEDS = [
    *range(FAST_SEEDS),
    *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(FAST_SEEDS, 40)),
]


class World:
    """A carrier, its client and the crowd of things that go wrong."""

    def __init__(self, seed: int, slow: bool, paging: bool = False) -> None:
        self.random = Random(seed)
        self.paging = paging
        self.journal = FakeStore()
        self.slow = slow
        self.accounts = [AccountSettings("demo", "demo", binds_max=1000)]
        self.carrier = self.start()
        self.link = self.carrier.bind()
        self.promised: dict[str, str] = {}
        self.refused: list[str] = []
        self.asked: dict[int, str] = {}
        self.asked_to_cancel: dict[int, str] = {}
        self.asked_to_replace: dict[int, tuple[str, str]] = {}
        self.cancelled: set[str] = set()
        self.maybe: set[str] = set()
        self.acknowledged: list[str] = []
        self.seen = 0
        self.texts = 0

    def store(self) -> FakeStore | SlowStore:
        return (
            SlowStore(self.journal, self.random.randrange(1 << 30)) if self.slow else self.journal
        )

    def start(self, start: float = START) -> DirectCarrier:
        """A carrier on what the journal holds; with `paging` hardly anything stays in memory."""
        carrier = DirectCarrier(
            store=self.store(),
            accounts=self.accounts,
            keep_messages=self.random.choice([2, 20]) if self.paging else KEEP_MESSAGES_DEFAULT,
            start=start,
        )
        if self.paging:
            carrier.box.centre.paging.messages_max = self.random.choice([0, 2, 10])
            carrier.box.centre.paging.journal_octets_max = self.random.choice([1, 2000, 20_000])
            carrier.box.centre.deliveries.owed_in_memory = self.random.choice([0, 1, 5])
        return carrier

    def step(self) -> None:
        kind = self.random.choices(
            [
                self.submit,
                self.toggle,
                self.wait,
                self.fail,
                self.crash,
                self.rebind,
                self.answer,
                self.cancel,
                self.replace,
            ],
            [40, 12, 10, 6, 3, 6, 30, 6, 6],
        )[0]
        kind()
        self.look()

    def submit(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.texts += 1
            text = f"{self.texts:04d} " + "x" * self.random.choice([5, 5, 200])
            submit = SubmitSm(
                source_addr_ton=5,
                source_addr="ACME",
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=self.random.choice(PHONES),
                registered_delivery=1,
                short_message=text.encode(),
            )
            sequence_number = self.carrier.request(self.link, submit)
            self.asked[sequence_number] = f"{submit.destination_addr} {text}"
        if self.random.random() < 0.7:
            self.carrier.run()

    def cancel(self) -> None:
        if self.promised:
            message_id = self.random.choice(list(self.promised))
            cancel = CancelSm(message_id=message_id, source_addr="ACME")
            self.asked_to_cancel[self.carrier.request(self.link, cancel)] = message_id

    def replace(self) -> None:
        if self.promised:
            self.texts += 1
            message_id = self.random.choice(list(self.promised))
            text = f"{self.texts:04d} replaced"
            replace = ReplaceSm(
                message_id=message_id,
                source_addr="ACME",
                registered_delivery=1,
                short_message=text.encode(),
            )
            sequence_number = self.carrier.request(self.link, replace)
            self.asked_to_replace[sequence_number] = (message_id, text)

    def toggle(self) -> None:
        self.carrier.set_power(self.random.choice(PHONES), self.random.random() < 0.5)

    def wait(self) -> None:
        self.carrier.advance(self.random.choice([1, 60, 3600]))
        self.carrier.pass_link_time(self.random.choice([0.5, 70.0]))

    def fail(self) -> None:
        self.journal.fail(after=self.random.randint(0, 3), times=self.random.randint(1, 3))

    def crash(self) -> None:
        """The process dies: what no commit holds is gone, requests are never answered."""
        self.look()
        self.forget_requests()
        self.journal.completions()
        start = self.carrier.clock.now() + self.random.choice([0, 30, 600])
        self.carrier = self.start(start)
        self.seen = 0
        self.link = self.carrier.bind()

    def rebind(self) -> None:
        old = self.link
        if self.random.random() < 0.5:
            self.carrier.bind(bind=BindReceiver(system_id="demo", password="demo"))
        self.link = self.carrier.bind()
        self.look()
        lost = [one for one in self.unanswered() if one.link_id == old]
        self.carrier.hang_up(old, *lost)
        self.forget_requests()

    def forget_requests(self) -> None:
        """Their answers will never come; what they asked may or may not have happened."""
        for message_id, text in self.asked_to_replace.values():
            self.maybe.add(self.promised[message_id])
            self.maybe.add(f"{self.promised[message_id].split()[0]} {text}")
        self.maybe.update(self.promised[one] for one in self.asked_to_cancel.values())
        self.asked.clear()
        self.asked_to_cancel.clear()
        self.asked_to_replace.clear()

    def answer(self) -> None:
        for delivered in self.unanswered():
            draw = self.random.random()
            if draw < 0.6:
                self.take(delivered)
            elif draw < 0.7:
                self.carrier.respond(delivered, ESME_RX_T_APPN)
                self.done.add(id(delivered))
            elif draw < 0.75:
                self.carrier.leave_unanswered(delivered)
                self.done.add(id(delivered))

    @property
    def done(self) -> set[int]:
        """The deliver_sm of this carrier that were answered, or never will be."""
        done: set[int] = self.carrier.__dict__.setdefault("_done", set())
        return done

    def unanswered(self) -> list[Sent]:
        gone: set[LinkId] = self.carrier.__dict__["_gone"]
        return [
            one
            for one in self.carrier.deliveries()
            if id(one) not in self.done and one.link_id not in gone
        ]

    def take(self, delivered: Sent) -> None:
        text = delivered.pdu.short_message.decode()  # type: ignore[attr-defined]
        self.acknowledged.append(text.split()[0].removeprefix("id:"))
        self.done.add(id(delivered))
        self.carrier.respond(delivered)

    def look(self) -> None:
        """Read the responses that came."""
        for one in self.carrier.sent[self.seen :]:
            self.look_at_changes(one.pdu)
            if not isinstance(one.pdu, SubmitSmResp) or one.pdu.sequence_number not in self.asked:
                continue
            text = self.asked.pop(one.pdu.sequence_number)
            if one.pdu.command_status == ESME_ROK:
                assert one.pdu.message_id not in self.promised, "a message id was given out twice"
                self.promised[one.pdu.message_id] = text
            else:
                assert one.pdu.command_status == ESME_RSYSERR
                self.refused.append(text)
        self.seen = len(self.carrier.sent)

    def look_at_changes(self, pdu: Pdu) -> None:
        """Read what became of a cancel_sm or a replace_sm."""
        took_place = pdu.command_status == ESME_ROK
        if isinstance(pdu, CancelSmResp):
            message_id = self.asked_to_cancel.pop(pdu.sequence_number, "")
            if message_id and took_place:
                self.cancelled.add(message_id)
        elif isinstance(pdu, ReplaceSmResp):
            message_id, text = self.asked_to_replace.pop(pdu.sequence_number, ("", ""))
            if message_id and took_place:
                self.promised[message_id] = f"{self.promised[message_id].split()[0]} {text}"

    def settle(self) -> None:
        """Everything works again: phones on, nothing fails, every deliver_sm is taken."""
        self.journal._failing.clear()
        for msisdn in PHONES:
            while self.carrier.set_power(msisdn, True):
                self.carrier.run()
        for _ in range(30):
            self.carrier.advance(3600)
            self.carrier.pass_link_time(100.0)
            for delivered in self.unanswered():
                self.take(delivered)
        self.look()


@pytest.mark.parametrize("paging", [False, True], ids=["memory", "paging"])
@pytest.mark.parametrize("slow", [False, True], ids=["inline", "slow"])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_promised_arrives_and_what_was_refused_does_not(
    seed: int, slow: bool, paging: bool
) -> None:
    """Design, promises: no ESME_ROK before its commit, one final state, one receipt, no silence."""
    world = World(seed, slow, paging)
    for _ in range(STEPS):
        world.step()
    world.settle()
    shown = [f"{msisdn} {text}" for msisdn in PHONES for text in world.carrier.shown(msisdn)]
    assert len(shown) == len(set(shown)), "a phone shows a text twice"
    cancelled = {world.promised[message_id] for message_id in world.cancelled}
    missing = set(world.promised.values()) - set(shown) - cancelled - world.maybe
    assert not missing
    assert not cancelled & set(shown) - world.maybe, "a cancelled text is shown"
    assert not set(world.refused) & set(shown)
    assert set(world.promised) <= set(world.acknowledged), "a receipt is missing"
    assert not world.unanswered()
    assert not world.asked, "a request was met with silence"
