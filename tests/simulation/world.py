"""A seed's world: what clients, phones, users, disks and time do to a carrier.

Everything that is drawn comes from one `Random`. The world looks into nothing but what it was sent
itself; whether what it was sent is right is the checker's business.
"""

import hashlib
import tempfile
from pathlib import Path
from random import Random
from typing import Final

from tests.simulation.carrier import Link, SimulatedCarrier
from tests.simulation.clients import Clients
from tests.simulation.log import (
    KILLED,
    RETURNED,
    SETTLED,
    STOPPED,
    TRIED,
    Asked,
    Began,
    Calm,
    Ended,
    Log,
    Told,
)
from tests.simulation.rules import START as WANTED
from tests.simulation.rules import STOP as UNWANTED
from tests.simulation.rules import WITH_REGISTER, draw_rules
from tests.simulation.setting import (
    ACCOUNTS,
    ONCE,
    PASSWORD,
    PHONES,
    SHORT_CODE,
    account_settings,
)
from tests.simulation.store import Fuse, Killed, SimulatedStore

from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindRequest,
    BindTransceiver,
    BindTransmitter,
    CancelSm,
    QuerySm,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.values import (
    ESME_RMSGQFUL,
    ESME_ROK,
    ESME_RX_P_APPN,
    ESME_RX_T_APPN,
)
from carrierbox.smsc.ports import Store
from carrierbox.smsc.registry import KEEP_MESSAGES_DEFAULT
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.testing.direct import START
from carrierbox.testing.stores import FakeStore

STEPS: Final = 150
SQLITE_EVERY: Final = 10
"""One seed in so many has a file for a store."""
CLIENT_STATUSES: Final = [ESME_RX_T_APPN, ESME_RMSGQFUL]


class World(Clients):
    """One run. `log` is for the checker, `digest` says whether two runs were the same."""

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        super().__init__()
        self.seed = seed
        self.steps = steps
        self.random = Random(seed)
        self.log = Log()
        self.fuse = Fuse()
        self.digest = hashlib.sha256()
        self.is_slow = self.random.random() < 0.6
        self.is_paging = self.random.random() < 0.6
        self.latency_s = self.random.choice([0.0, 0.0, 0.0, 0.2, 3.0])
        self.rules = draw_rules(self.random)
        self.has_register = self.random.random() < WITH_REGISTER
        self.life = 0
        self._batches = 0
        self._delivered = 0
        self._read = 0
        self._asked: dict[tuple[int, int, int], Asked] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._inner: Store = FakeStore()
        if seed % SQLITE_EVERY == SQLITE_EVERY - 1:
            self._folder = tempfile.TemporaryDirectory(prefix="carrierbox-simulation-")
            self._inner = self._open()
        self.carrier = self._begin(START)

    def run(self) -> None:
        """Everything goes wrong for a while; then nothing does, and what is owed is kept."""
        for _ in range(self.steps):
            self.guarded_step()
        self.settle()

    def guarded_step(self) -> None:
        """One thing happens; the process may die of it."""
        try:
            self.step()
        except Killed:
            self.restart(KILLED)

    # Lives.

    def _open(self) -> SqliteStore:
        assert self._folder is not None
        return SqliteStore(Path(self._folder.name) / "store.db")

    def _begin(self, start: float) -> SimulatedCarrier:
        draw = self.random
        self.life += 1
        self.fuse.left = 0
        store = SimulatedStore(
            self._inner,
            self.log,
            self.fuse,
            Random(draw.getrandbits(32)),
            draw.choice([2, 5, 9]) if self.is_slow else 0,
            self._batches,
        )
        carrier = SimulatedCarrier(
            store,
            account_settings(),
            start,
            draw.choice([2, 20]) if self.is_paging else KEEP_MESSAGES_DEFAULT,
            self.log,
            self.fuse,
            self.life,
            Random(draw.getrandbits(32)),
            self._delivered,
            self.latency_s,
            self.rules,
            self.has_register,
        )
        if self.is_paging:
            centre = carrier.box.centre
            centre.paging.messages_max = draw.choice([0, 2, 10])
            centre.paging.journal_octets_max = draw.choice([1, 2000, 20_000])
            centre.deliveries.owed_in_memory = draw.choice([0, 1, 5])
        self.log.add(Began(self.life))
        self.carrier = carrier
        self._read = len(self.log.events)
        for msisdn in PHONES:
            carrier.look_at("began", msisdn)
        for system_id in ACCOUNTS:
            carrier.bind_as(system_id, BindTransceiver(system_id, PASSWORD, interface_version=0x34))
        return carrier

    def end(self, how: str) -> None:
        """The process is no more; what is not written is gone."""
        carrier = self.carrier
        self._look()
        if how == STOPPED:
            carrier.store.close()
        for msisdn in PHONES:
            carrier.look_at("ended", msisdn)
        self.log.add(Ended(how))
        _, trace = carrier.box.trace.since(0, 1 << 30)
        for one in trace:
            told = (one.kind, one.at, one.message_id, one.system_id, one.msisdn, one.detail)
            self.digest.update(repr(told).encode())
        self.digest.update(carrier.simulated_store.digest.digest())
        self._batches = carrier.simulated_store.number
        self._delivered = carrier.delivered
        if isinstance(self._inner, SqliteStore):
            self._inner.close()
            self._inner = self._open()

    def restart(self, how: str) -> None:
        """Begin anew on what was written."""
        self.end(how)
        start = self.carrier.clock.now() + self.random.choice([0, 0, 30, 600])
        self._begin(start)

    def close(self) -> None:
        """Leave nothing behind."""
        if isinstance(self._inner, SqliteStore):
            self._inner.close()
        if self._folder is not None:
            self._folder.cleanup()

    # Steps.

    def step(self) -> None:
        """Draw what happens."""
        draw = self.random
        self.carrier.turns_max = draw.choice([1, 2, 5, 1000]) if self.is_slow else 1000
        (kind,) = draw.choices(
            (
                self.submit,
                self.submit_parts,
                self.submit_multi,
                self.submit_data,
                self.transact,
                self.submit_to_account,
                self.cancel,
                self.replace,
                self.query,
                self.send_from_phone,
                self.say_word,
                self.acknowledge,
                self.toggle,
                self.come_back,
                self.try_again,
                self.lose_end,
                self.look_for,
                self.wait,
                self.tick,
                self.answer,
                self.rebind,
                self.fail,
                self.arm,
                self.stop,
            ),
            (30, 3, 4, 4, 4, 3, 6, 6, 6, 4, 2, 4, 10, 4, 2, 2, 3, 10, 10, 30, 6, 6, 3, 1),
        )
        kind()
        self._look()

    def send_from_phone(self) -> None:
        """To an application, or to another phone."""
        msisdn, other = self.random.sample(PHONES, 2)
        to = SHORT_CODE if self.random.random() < 0.7 else other
        self.texts += 1
        self.carrier.send_from_phone(msisdn, to, f"#{self.texts:04d}# hello end")

    def say_word(self) -> None:
        """STOP or START, where the carrier keeps a register; any text where it keeps none."""
        if not self.has_register:
            self.send_from_phone()
            return
        word = UNWANTED if self.random.random() < 0.5 else WANTED
        self.carrier.say_on_phone(self.random.choice(PHONES), word)

    def toggle(self) -> None:
        """A phone goes or comes."""
        self.carrier.switch(self.random.choice(PHONES), self.random.random() < 0.5)

    def come_back(self) -> None:
        """A phone was away for a while, perhaps over a restart, and has time when it returns."""
        carrier = self.carrier
        msisdn = self.random.choice(PHONES)
        carrier.turns_max = 1000
        carrier.switch(msisdn, False)
        link = self._link()
        if link is not None:
            self._transact(link, msisdn, True)
            carrier.ask_for(link, self._plain(link, msisdn))
            carrier.run()
            self._let_answer()
        if self.random.random() < 0.2:
            self.restart(self.random.choice([STOPPED, KILLED]))
            carrier = self.carrier
            carrier.turns_max = 1000
        carrier.switch(msisdn, True)
        for _ in range(60):
            carrier.run()
            self._let_answer()
        carrier.look_at(RETURNED, msisdn)

    def _let_answer(self) -> None:
        """As much time passes as the network takes."""
        if self.latency_s:
            self.carrier.advance(self.latency_s)

    def _plain(self, link: Link, msisdn: str, service_type: str = "") -> SubmitSm:
        return SubmitSm(
            service_type=service_type,
            source_addr_ton=5,
            source_addr=self._source(link),
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=msisdn,
            registered_delivery=1,
            short_message=self._text().encode(),
        )

    def try_again(self) -> None:
        """That an attempt failed is not written: the next one comes shortly, not as scheduled."""
        carrier = self.carrier
        msisdn = self.random.choice(PHONES)
        carrier.turns_max = 1000
        link = self._link()
        if link is None:
            return
        carrier.switch(msisdn, True)
        for _ in range(20):
            carrier.run()
            self._let_answer()
        if self.latency_s:
            self._cancel_behind(link, msisdn)
            return
        store = carrier.simulated_store
        number = store.number + 2
        store.failing[number] = "disk full"
        carrier.ask_for(link, self._plain(link, msisdn, ONCE))
        carrier.run()
        for _ in range(3):
            carrier.advance(1.0)
        store.failing.pop(number, None)
        carrier.look_at(TRIED, msisdn)

    def lose_end(self) -> None:
        """That a text arrived is not written, and its phone is gone until it expires."""
        carrier = self.carrier
        msisdn = self.random.choice(PHONES)
        carrier.turns_max = 1000
        link = self._link()
        if link is None or self.latency_s:
            return
        carrier.switch(msisdn, True)
        for _ in range(20):
            carrier.run()
        store = carrier.simulated_store
        number = store.number + 2
        store.failing[number] = "disk full"
        submit = self._plain(link, msisdn)
        submit.validity_period = format_smpp_time(carrier.clock.now() + 90)
        carrier.ask_for(link, submit)
        carrier.run()
        carrier.switch(msisdn, False)
        carrier.advance(100.0)
        store.failing.pop(number, None)

    def look_for(self) -> None:
        """One asks about a message that waits for its retry, which may be in the table by then."""
        carrier = self.carrier
        msisdn = self.random.choice(PHONES)
        link = self._link()
        if link is None:
            return
        carrier.turns_max = 1000
        carrier.switch(msisdn, True)
        carrier.ask_for(link, self._plain(link, msisdn, ONCE))
        for _ in range(2):
            carrier.run()
            self._let_answer()
        self._look()
        if self.ids:
            for source in (f"{link.system_id}1", f"{link.system_id}2"):
                carrier.ask_for(link, QuerySm(self.ids[-1][1], 5, 0, source))
            carrier.run()

    def _cancel_behind(self, link: Link, msisdn: str) -> None:
        """What waits behind a message in flight is cancelled, and that is not written."""
        carrier = self.carrier
        carrier.ask_for(link, self._plain(link, msisdn, ONCE))
        behind = self._plain(link, msisdn)
        carrier.ask_for(link, behind)
        carrier.run()
        self._look()
        if self.ids and self.ids[-1][2] == msisdn:
            store = carrier.simulated_store
            store.failing[store.number + 1] = "disk full"
            cancel = CancelSm(message_id=self.ids[-1][1], source_addr=behind.source_addr)
            carrier.ask_for(link, cancel)
            carrier.run()
        carrier.advance(40.0)

    def acknowledge(self) -> None:
        """The user of a phone acknowledges a text, if one asks for it."""
        self.carrier.acknowledge_on_phone(self.random.choice(PHONES))

    def wait(self) -> None:
        """Time goes by on both clocks, once the store has done what it was given."""
        self.carrier.turns_max = 1000
        self.carrier.run()
        self.carrier.advance(self.random.choice([1, 60, 60, 3600]))
        self.carrier.pass_link_time(self.random.choice([0.5, 5.0, 70.0]))
        self.carrier.expire()

    def tick(self) -> None:
        """A moment passes, with commits under way perhaps."""
        self.carrier.run(1)
        self.carrier.tick(self.random.choice([0.01, 0.3, 2.0]))

    def answer(self) -> None:
        """Clients answer what they got: mostly well, sometimes twice, late, or not at all."""
        draw = self.random
        carrier = self.carrier
        for link in list(carrier.links.values()):
            left = []
            received, link.received = link.received, []
            for one in received:
                _, sequence_number, pdu = one
                fate = draw.random()
                if fate < 0.6:
                    carrier.answer(link, sequence_number, pdu, ESME_ROK)
                elif fate < 0.68:
                    status = draw.choice(CLIENT_STATUSES)
                    carrier.answer(link, sequence_number, pdu, status)
                elif fate < 0.7:
                    carrier.answer(link, sequence_number, pdu, ESME_RX_P_APPN)
                else:
                    left.append(one)
                if fate < 0.05:
                    # A second answer to the same.
                    carrier.answer(link, sequence_number, pdu, ESME_RX_T_APPN)
            # Answered later: after its timer ran out, perhaps.
            link.received = left + link.received

    def rebind(self) -> None:
        """A client vanishes; another one of its account comes, or comes first."""
        draw = self.random
        carrier = self.carrier
        system_id = draw.choice(ACCOUNTS)
        links = [one for one in carrier.links.values() if one.system_id == system_id]
        if links and (len(links) > 2 or draw.random() < 0.7):
            carrier.lose(draw.choice(links))
        bind: BindRequest = draw.choice(
            [BindTransceiver, BindTransceiver, BindReceiver, BindTransmitter]
        )(system_id, PASSWORD, interface_version=0x34)
        if len(links) < 5 and draw.random() < 0.8:
            carrier.bind_as(system_id, bind)
        if draw.random() < 0.1:
            for _ in range(3):
                # As many as it may, and more.
                carrier.bind_as(
                    system_id, BindTransceiver(system_id, PASSWORD, interface_version=0x34)
                )

    def fail(self) -> None:
        """The disk fails at some commits from now, or does not give rows back."""
        draw = self.random
        store = self.carrier.simulated_store
        if draw.random() < 0.15:
            store.failing_loads += 1
            return
        first = store.number + 1 + draw.randint(0, 3)
        for number in range(first, first + draw.randint(1, 3)):
            store.failing[number] = "disk full"

    def arm(self) -> None:
        """The process dies soon, wherever it is then."""
        self.fuse.left = self.random.choice([1, 2, 3, 5, 8, 13, 21])

    def stop(self) -> None:
        """It is stopped in order, and started again."""
        self.restart(STOPPED)

    def _look(self) -> None:
        """Take up the ids that responses told."""
        events = self.log.events
        asked = self._asked
        for _, event in events[self._read :]:
            if isinstance(event, Asked):
                asked[event.key] = event
            elif isinstance(event, Told) and event.key in asked:
                request = asked.pop(event.key)
                pdu = event.pdu
                if isinstance(pdu, (SubmitSmResp, SubmitMultiResp)) and pdu.message_id:
                    if isinstance(request.pdu, SubmitMulti):
                        for one in request.pdu.dest_address:
                            assert isinstance(one, SmeDestination)
                            self.ids.append(
                                (request.system_id, pdu.message_id, one.destination_addr)
                            )
                    else:
                        to = getattr(request.pdu, "destination_addr", "")
                        self.ids.append((request.system_id, pdu.message_id, to))
        self._read = len(events)

    # The end.

    def settle(self) -> None:
        """Everything works again, phones are on, clients are well; then all is looked at."""
        self.fuse.left = 0
        carrier = self.carrier
        carrier.simulated_store.failing.clear()
        carrier.simulated_store.failing_loads = 0
        carrier.turns_max = 1000
        for msisdn in PHONES:
            carrier.switch(msisdn, True)
        for _ in range(10):
            carrier.advance(3 * 3600)
        self.log.add(Calm())
        for system_id in ACCOUNTS:
            for link in [one for one in carrier.links.values() if one.system_id == system_id]:
                carrier.lose(link)
            carrier.bind_as(system_id, BindTransceiver(system_id, PASSWORD, interface_version=0x34))
        for _ in range(40):
            carrier.advance(3 * 3600)
            carrier.pass_link_time(100.0)
            self._take_all()
        for system_id, message_id, _ in dict.fromkeys(self.ids):
            link = next(one for one in carrier.links.values() if one.system_id == system_id)
            for source in (f"{system_id}1", f"{system_id}2"):
                carrier.ask_for(link, QuerySm(message_id, 5, 0, source))
            carrier.run()
        for msisdn in PHONES:
            carrier.look_at(SETTLED, msisdn)
        self.end(SETTLED)

    def _take_all(self) -> None:
        """Answer everything, as long as something comes."""
        carrier = self.carrier
        for _ in range(1000):
            had = carrier.delivered
            for link in list(carrier.links.values()):
                received, link.received = link.received, []
                for _, sequence_number, pdu in received:
                    carrier.answer(link, sequence_number, pdu, ESME_ROK)
            for _ in range(5):
                carrier.run()
            if carrier.delivered == had and not any(one.received for one in carrier.links.values()):
                return
