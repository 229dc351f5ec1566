"""A carrier is killed again and again, and its client holds it to everything it promised.

Each world is one store, one client and eighteen deaths: at chosen moments inside the process, and
from outside at random. What the client was answered and told is all that the judgement knows.
`CRASH_SEED=N` runs every world with another seed.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.crash.conftest import Process
    from tests.crash.promises.conftest import Client

    Start = Callable[..., Process]
    ClientOf = Callable[[int, list[str]], Client]

pytestmark = [pytest.mark.slow, pytest.mark.service]

RANDOM: Final = "random"
LATE: Final = "random, late"
IN_COMMIT: Final = "in-commit"
AFTER_COMMIT: Final = "after-commit"
BEFORE_RECORD: Final = "before-record"
TORN_COMMIT: Final = "torn-commit"
PAGE_OUTS: Final = ("in-page-out", "after-page-out")

# How the process dies, in this order. A torn commit ends it with SIGXFSZ, every other with SIGKILL.
DEATHS: Final = [
    IN_COMMIT,
    RANDOM,
    BEFORE_RECORD,
    AFTER_COMMIT,
    TORN_COMMIT,
    "in-page-out",
    AFTER_COMMIT,
    RANDOM,
    IN_COMMIT,
    "before-receipt-record",
    LATE,
    BEFORE_RECORD,
    "after-page-out",
    TORN_COMMIT,
    IN_COMMIT,
    "before-commit",
    AFTER_COMMIT,
    BEFORE_RECORD,
]
WORLDS: Final = [("process", 1), ("power", 2), ("process", 3), ("power", 4)]

PHONES: Final = [f"+336123450{number:02d}" for number in range(24)]
MESSAGES_IN_MEMORY: Final = 60
REQUESTS: Final = 600
UNANSWERED_MIN: Final = 100
LATE_ANSWERS: Final = 2000
REQUESTS_MAX: Final = 10_000
"""If a stop point is not reached by so many requests it never will be."""


def configuration(durability: str) -> str:
    """Small batches, so that much is unanswered whenever a commit is under way."""
    return json.dumps(
        {
            "store": {
                "url": "sqlite:///carrier.db",
                "durability": durability,
                "keep": {"messages": 300},
            },
            "session": {"inbound_window": 100},
            "phones": [{"msisdn": phone, "messages_max": 10_000} for phone in PHONES],
        }
    )


def test_the_plan_has_fifty_deaths_and_ten_of_each_kind_that_matters() -> None:
    """What all worlds do together."""
    deaths = Counter(death for _ in WORLDS for death in DEATHS)
    assert deaths.total() - deaths[TORN_COMMIT] >= 50
    for kind in (IN_COMMIT, AFTER_COMMIT, BEFORE_RECORD):
        assert deaths[kind] >= 10
    assert sum(deaths[kind] for kind in PAGE_OUTS) + deaths[TORN_COMMIT] >= 10


class World:
    """One store, and a client that lives through every death of its carrier."""

    def __init__(self, start: Start, client: Client) -> None:
        self.start = start
        self.client = client
        self.ledger = client.ledger
        self.random = client.ledger.random

    def live_and_die(self, death: str) -> int:
        """One life of the carrier under load; how many requests its death left unanswered."""
        ledger = self.ledger
        is_random = death in (RANDOM, LATE)
        stop_point = f"{'never' if is_random else death}:{self.random.randint(1, 3)}"
        process = self.start(
            "--config", "carrier.yaml", stop_point=f"{stop_point}:{MESSAGES_IN_MEMORY}"
        )
        self.check_power(process)
        ledger.check_shown(self.screens(process))
        if is_random:
            self.send_from_phone(process)
        for phone in self.random.sample(PHONES, 5):
            self.switch(process, phone, self.random.choice(["on", "off", "off"]))
        users = threading.Thread(target=self.use_phones, args=[process])
        link = self.client.connect(process)
        self.client.connect(process)
        ledger.put_requests(link, REQUESTS)
        self.client.flush()
        users.start()
        asked = REQUESTS
        answers = ledger.answered + self.random.randint(1, REQUESTS - UNANSWERED_MIN)
        answers += LATE_ANSWERS if death == LATE else 0
        while all(one.is_open for one in self.client.links):
            self.client.read()
            is_over = is_random and ledger.answered >= answers
            if is_over or ledger.unanswered < REQUESTS // 2:
                assert asked < REQUESTS_MAX, (
                    f"{stop_point} was never reached: {self.phones(process)}"
                )
                ledger.put_requests(link, REQUESTS // 2)
                link.flush()
                asked += REQUESTS // 2
            if is_over:
                process.kill()
                break
        self.client.read_what_is_left()
        code = process.end()
        users.join()
        assert code == (-signal.SIGXFSZ if death == TORN_COMMIT else -signal.SIGKILL)
        assert is_random or process.said(f"stop point {death} reached")
        unanswered = ledger.unanswered
        ledger.lose_requests()
        return unanswered

    def check_power(self, process: Process) -> None:
        """What users were told of their phones holds after a restart."""
        told = {one["msisdn"]: one["power"] for one in process.http("GET", "phones")["phones"]}
        for phone, possible in self.ledger.power.items():
            assert told[phone] in possible, f"{phone} is {told[phone]}"
            self.ledger.power[phone] = {told[phone]}

    def switch(self, process: Process, phone: str, power: str) -> None:
        """Switch a phone, and note what its user was told, if anything."""
        self.ledger.power.setdefault(phone, {"on"}).add(power)
        answer = process.http("PUT", f"phones/{phone}/power", {"power": power})
        assert answer["power"] == power
        self.ledger.power[phone] = {power}

    def send_from_phone(self, process: Process) -> None:
        """Send a text from a phone that is on to the client."""
        phone = self.random.choice(PHONES)
        self.switch(process, phone, "on")
        number = self.ledger.next_number()
        body = {"to": "38100", "text": f"#{number:05d}# from a phone"}
        assert process.http("POST", f"phones/{phone}/messages", body) == {"parts": 1}
        self.ledger.sent_by_phones[number] = False

    def use_phones(self, process: Process) -> None:
        """Switch phones while the client sends, until the carrier is gone."""
        try:
            for phone in PHONES[:6]:
                self.switch(process, phone, "off")
                self.switch(process, phone, "on")
        except (OSError, http.client.HTTPException, ValueError):
            return

    def settle(self) -> None:
        """Nothing goes wrong any more: every promise is kept, and told once."""
        client, ledger = self.client, self.ledger
        process = self.start("--config", "carrier.yaml")
        self.check_power(process)
        link = client.connect(process)
        client.flush()
        for phone in PHONES:
            self.switch(process, phone, "on")
        client.read_until(ledger.is_settled)
        while any(one["waiting"] for one in process.http("GET", "phones")["phones"]):
            client.enquire(link)
        self.pass_barrier(link)
        screens = self.screens(process)
        ledger.check(screens)
        assert process.terminate() == 0
        client.read_what_is_left()
        ledger.lose_requests()

        process = self.start("--config", "carrier.yaml")
        assert self.screens(process) == screens
        repeated = ledger.repeated
        link = client.connect(process)
        assert client.enquire(link) == 0, "an acknowledged receipt came again"
        self.pass_barrier(link)
        assert ledger.repeated == repeated
        assert process.terminate() == 0

    def pass_barrier(self, link: object) -> None:
        """What is owed comes in its order: once a new message's receipt is here, all is."""
        last = self.ledger.submit(link, PHONES[0])  # type: ignore[arg-type]
        self.client.flush()
        self.client.read_until(lambda: bool(last.states))

    def phones(self, process: Process) -> dict[str, str]:
        """Of each phone its power, and how many messages wait for it."""
        found = process.http("GET", "phones")["phones"]
        return {one["msisdn"]: f"{one['power']} {one['waiting']}" for one in found}

    def screens(self, process: Process) -> dict[str, list[str]]:
        """What every phone shows."""
        return {
            phone: [text["text"] for text in process.http("GET", f"phones/{phone}")["texts"]]
            for phone in PHONES
        }


@pytest.mark.parametrize(("durability", "seed"), WORLDS)
def test_every_acknowledged_message_is_accounted_for_after_every_death(
    start: Start, client_of: ClientOf, tmp_path: Path, durability: str, seed: int
) -> None:
    """Design, promises: kept over SIGKILL inside commits, behind them and before records."""
    seed = int(os.environ.get("CRASH_SEED", seed))
    test = f"tests/crash/promises/test_kills.py -k '{durability}-'"
    print(f"seed {seed}; again: CRASH_SEED={seed} python -m pytest {test}")
    (tmp_path / "carrier.yaml").write_text(configuration(durability))
    world = World(start, client_of(seed, PHONES))
    for death in DEATHS:
        unanswered = world.live_and_die(death)
        print(f"{death}: {unanswered} unanswered, {len(world.ledger.by_id)} messages known")
        assert unanswered >= UNANSWERED_MIN, f"{death} left {unanswered} unanswered"
    world.settle()
    promised = sum(one.is_promised for one in world.ledger.submissions.values())
    print(f"{promised} messages promised, {world.ledger.repeated} deliver_sm repeated")
