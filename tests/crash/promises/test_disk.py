"""A disk that is full, fails or may no longer be written: refused with a reason, kept, over."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from carrierbox.smpp.pdus import SubmitSm, SubmitSmResp
from carrierbox.smpp.values import ESME_RMSGQFUL, ESME_ROK, ESME_RSYSERR
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.testing.direct import DirectCarrier

if TYPE_CHECKING:
    from tests.crash.conftest import Process
    from tests.crash.promises.conftest import Client

    Start = Callable[..., Process]
    ClientOf = Callable[[int, list[str]], Client]

pytestmark = [pytest.mark.slow, pytest.mark.service]

PHONES: Final = [f"+336123450{number:02d}" for number in range(4)]
OFF: Final = PHONES[0]
BATCH: Final = 100
BATCHES_MAX: Final = 300
POLLS_MAX: Final = 5000
FILLER_OCTETS: Final = 23 * 1024 * 1024


class Life:
    """A carrier and its client, whose disk will fail."""

    def __init__(self, start: Start, client: Client, store: Path, durability: str) -> None:
        self.arguments = ["--store", str(store), "--durability", durability]
        self.client = client
        self.ledger = client.ledger
        self.ledger.refusals = {ESME_RSYSERR, ESME_RMSGQFUL}
        self.start = start
        self.begin()

    def begin(self) -> None:
        """Start the carrier on its store, and bind."""
        self.process = self.start(*self.arguments)
        self.link = self.client.connect(self.process)
        self.link.flush()

    def submit_batch(self, count: int = BATCH) -> int:
        """Submit some texts and wait for every answer; how many were refused."""
        refused = self.ledger.refused
        for _ in range(count):
            self.ledger.submit(self.link)
        self.link.flush()
        self.client.read_until(lambda: not self.ledger.unanswered)
        return self.ledger.refused - refused

    def submit_until_refused(self) -> None:
        """Submit until not even one text is accepted any more."""
        for count in (BATCH, 1):
            for _ in range(BATCHES_MAX):
                if self.submit_batch(count) == count:
                    break
            else:
                raise AssertionError("the disk never was full")

    def why_not_ready(self) -> str:
        """What readyz says; "" if all is well."""
        try:
            self.process.http("GET", "readyz")
        except urllib.error.HTTPError as error:
            return str(json.load(error)["detail"]) if error.code == 503 else ""
        return ""

    def settle(self) -> None:
        """It works again: every promise is kept, every refusal, too."""
        assert self.submit_batch() == 0
        assert self.why_not_ready() == ""
        self.process.http("PUT", f"phones/{OFF}/power", {"power": "on"})
        self.client.read_until(self.ledger.is_settled)
        self.ledger.check(self.screens())

    def screens(self) -> dict[str, list[str]]:
        """What every phone shows."""
        return {
            phone: [one["text"] for one in self.process.http("GET", f"phones/{phone}")["texts"]]
            for phone in PHONES
        }

    def restart(self) -> None:
        """Kill it and start it again."""
        self.process.kill()
        self.process.end()
        self.client.read_what_is_left()
        self.ledger.lose_requests()
        self.begin()


@pytest.fixture
def live(start: Start, client_of: ClientOf, tmp_path: Path) -> Callable[[Path, str], Life]:
    """Begin a life on that store, with one phone off, whose texts wait in memory and on disk."""

    def begin(store: Path, durability: str) -> Life:
        phones = [{"msisdn": one, "messages_max": 10_000} for one in PHONES]
        (tmp_path / "carrier.yaml").write_text(json.dumps({"phones": phones}))
        life = Life(
            lambda *given: start("--config", "carrier.yaml", *given),
            client_of(1, PHONES),
            store,
            durability,
        )
        life.process.http("PUT", f"phones/{OFF}/power", {"power": "off"})
        return life

    return begin


@pytest.mark.parametrize("durability", ["process", "power"])
def test_a_full_disk_refuses_submits_and_works_again_once_there_is_room(
    live: Callable[[Path, str], Life], small_disk: Path, durability: str
) -> None:
    """ESME_RSYSERR, the reason in log and readyz, no restart, nothing acknowledged is lost."""
    filler = small_disk / "filler"
    filler.write_bytes(bytes(FILLER_OCTETS))
    life = live(small_disk / "carrier.db", durability)
    assert life.submit_batch() == 0
    life.submit_until_refused()
    assert "full" in life.why_not_ready()
    assert "full" in life.process.said("store_failed")
    filler.unlink()
    life.settle()
    life.process.said("store_works_again")
    screens = life.screens()
    life.restart()
    assert life.screens() == screens
    assert life.client.enquire(life.link) == 0
    assert life.process.terminate() == 0


def test_a_carrier_killed_on_a_full_disk_has_everything_once_there_is_room(
    live: Callable[[Path, str], Life], small_disk: Path
) -> None:
    """Two disasters at once: a start on the full disk says why, or serves what there is."""
    filler = small_disk / "filler"
    filler.write_bytes(bytes(FILLER_OCTETS))
    life = live(small_disk / "carrier.db", "process")
    life.submit_until_refused()
    refusal = ""
    try:
        life.restart()
    except AssertionError as error:
        refusal = str(error)
    if refusal:
        assert "carrier.db" in refusal
        assert "Traceback" not in refusal
        filler.unlink()
        life.begin()
    else:
        assert life.submit_batch() > 0
        filler.unlink()
    life.settle()


def test_a_carrier_without_traffic_is_ready_again_once_there_is_room(
    live: Callable[[Path, str], Life], small_disk: Path
) -> None:
    """A balancer that believes readyz sends no submits that would find out."""
    filler = small_disk / "filler"
    filler.write_bytes(bytes(FILLER_OCTETS))
    life = live(small_disk / "carrier.db", "process")
    life.submit_until_refused()
    assert "full" in life.why_not_ready()
    filler.unlink()
    for _ in range(POLLS_MAX):
        if not life.why_not_ready():
            break
    else:
        raise AssertionError("it never found that there is room again")
    assert life.process.said("store_works_again")


@pytest.mark.parametrize("durability", ["process", "power"])
def test_a_disk_that_takes_nothing_more_refuses_submits_until_it_does(
    live: Callable[[Path, str], Life], tmp_path: Path, durability: str
) -> None:
    """As with a quota: every write behind an octet fails, then none does."""
    store = tmp_path / "carrier.db"
    life = live(store, durability)
    assert life.submit_batch() == 0
    for _ in range(3):
        life.process.limit_files(store.with_name("carrier.db-wal").stat().st_size + 10_000)
        life.submit_until_refused()
        assert "failed" in life.why_not_ready()
        assert life.process.said("store_failed")
        life.process.limit_files(-1)
        assert life.submit_batch() == 0
    life.settle()
    screens = life.screens()
    life.restart()
    assert life.screens() == screens


@contextlib.contextmanager
def immutable(path: Path, run: Callable[..., bool]) -> Iterator[None]:
    """A file that nobody may change, not even who has it open."""
    if not run("chattr", "+i", path):
        pytest.skip("files cannot be made immutable here")
    try:
        yield
    finally:
        assert run("chattr", "-i", path)


def test_a_store_that_becomes_read_only_refuses_submits_until_it_is_not(
    live: Callable[[Path, str], Life], tmp_path: Path, run: Callable[..., bool]
) -> None:
    """ESME_RSYSERR and the reason while it may not be written; then on."""
    life = live(tmp_path / "carrier.db", "process")
    assert life.submit_batch() == 0
    with immutable(tmp_path / "carrier.db-wal", run):
        assert life.submit_batch() == BATCH
        assert life.why_not_ready()
        assert life.process.said("store_failed")
    life.settle()


def is_partly_in_its_log(store: Path) -> bool:
    """Whether the file is shorter than what it and the log beside it hold together."""
    with contextlib.closing(sqlite3.connect(store)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    return store.stat().st_size < int(pages) * 4096


def test_what_a_full_disk_kept_in_the_log_is_folded_back_once_there_is_room(
    live: Callable[[Path, str], Life], small_disk: Path
) -> None:
    """Without traffic: nothing else would ask, and the log would stay as large as it is."""
    filler = small_disk / "filler"
    filler.write_bytes(bytes(FILLER_OCTETS))
    store = small_disk / "carrier.db"
    life = live(store, "process")
    life.submit_until_refused()
    assert is_partly_in_its_log(store)
    filler.unlink()
    for _ in range(POLLS_MAX):
        life.process.http("GET", "livez")
        if not is_partly_in_its_log(store):
            break
    else:
        raise AssertionError("the log was never folded back")
    life.settle()


def submit(text: bytes) -> SubmitSm:
    """A text that asks for a receipt."""
    return SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        registered_delivery=1,
        short_message=text,
    )


def test_a_file_at_its_limit_refuses_and_keeps_until_the_limit_is_raised(tmp_path: Path) -> None:
    """`max_page_count`: the same in one process, where nothing can be mounted."""
    path = tmp_path / "carrier.db"
    store = SqliteStore(path, max_page_count=40)
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    texts: dict[str, str] = {}
    status = ESME_ROK
    while status == ESME_ROK:
        text = f"{len(texts):05d} " + "x" * 200
        answer = carrier.submit(link, submit(text.encode()))
        assert isinstance(answer, SubmitSmResp)
        status = answer.command_status
        if status == ESME_ROK:
            texts[answer.message_id] = text
    assert status == ESME_RSYSERR
    assert "full" in carrier.box.last_store_problem
    store.connection.execute("PRAGMA max_page_count = 1000000")
    answer = carrier.submit(link, submit(b"again"))
    assert isinstance(answer, SubmitSmResp)
    assert answer.command_status == ESME_ROK
    assert carrier.box.last_store_problem == ""
    texts[answer.message_id] = "again"
    taken = 0
    while taken < len(carrier.deliveries()):
        carrier.respond(carrier.deliveries()[taken])
        taken += 1
    told = [one.pdu.short_message.decode() for one in carrier.deliveries()]  # type: ignore[attr-defined]
    assert sorted(text.split()[0].removeprefix("id:") for text in told) == sorted(texts)
    assert all("stat:DELIVRD" in text for text in told)
    shown = carrier.shown("33612345678")
    assert shown == list(texts.values())[-len(shown) :]
    store.close()
    again = DirectCarrier(store=SqliteStore(path))
    assert again.shown("33612345678") == shown
    again.box.store.close()
