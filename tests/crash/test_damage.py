"""A file with flipped octets: refused, or served as far as it is sound, and found by `verify`.

Each seed damages a copy of one file at another place. What a carrier then shows and tells is held
against what the sound file says: something may be missing, and is then told of, but nothing may be
wrong in silence.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from carrierbox.cli import main
from carrierbox.errors import StoreError
from carrierbox.smpp.pdus import CancelSm, DeliverSm, ReplaceSm, SubmitSm, SubmitSmResp
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.testing.direct import DirectCarrier

pytestmark = [pytest.mark.slow, pytest.mark.service]

PHONES: Final = ["33612345678", "447700900123", "919812345678", "12125550123"]
PAGE_OCTETS: Final = 4096
SEEDS: Final = 40
LIMIT_S: Final = 20
"""An index that is damaged must not be read for ever."""


def flip(octets: bytearray, random: Random) -> None:
    """One bit."""
    octets[random.randrange(len(octets))] ^= 1 << random.randrange(8)


def scribble(octets: bytearray, random: Random) -> None:
    """A few octets."""
    at = random.randrange(len(octets) - 16)
    octets[at : at + 16] = random.randbytes(16)


def blank(octets: bytearray, random: Random) -> None:
    """A page of nothing, as from a disk that forgot it."""
    at = random.randrange(len(octets) // PAGE_OCTETS) * PAGE_OCTETS
    octets[at : at + PAGE_OCTETS] = bytes(PAGE_OCTETS)


def swap(octets: bytearray, random: Random) -> None:
    """A page in the place of another."""
    pages = len(octets) // PAGE_OCTETS
    here, there = (random.randrange(1, pages) * PAGE_OCTETS for _ in range(2))
    octets[here : here + PAGE_OCTETS] = octets[there : there + PAGE_OCTETS]


def cut(octets: bytearray, random: Random) -> None:
    """The end is missing."""
    del octets[random.randrange(1, len(octets) // PAGE_OCTETS) * PAGE_OCTETS :]


DAMAGES: Final = [flip, scribble, blank, swap, cut]
Damage = Callable[[bytearray, Random], None]


class Told:
    """All that comes of a store: what phones show in the end, and every receipt."""

    def __init__(self) -> None:
        self.is_refused = False
        self.is_reported = False
        self.screens: dict[str, list[str]] = {}
        self.receipts: dict[str, str] = {}


def a_store(path: Path) -> None:
    """A file that holds something of everything, in its journal and in its table."""
    random = Random(1)
    carrier = DirectCarrier(store=SqliteStore(path), keep_messages=60)
    carrier.box.centre.paging.messages_max = 40
    link = carrier.bind()
    for msisdn in PHONES[:2]:
        carrier.set_power(msisdn, False)
    taken = 0
    for number in range(300):
        submit = SubmitSm(
            source_addr="38100",
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=random.choice(PHONES),
            registered_delivery=number % 2,
            short_message=f"{number:04d} {'x' * random.choice([5, 100, 200])}".encode(),
        )
        answer = carrier.submit(link, submit)
        assert isinstance(answer, SubmitSmResp)
        if number % 10 == 0:
            carrier.ask(link, CancelSm(message_id=answer.message_id, source_addr="38100"))
        elif number % 10 == 5:
            text = f"{number:04d} replaced".encode()
            message_id = answer.message_id
            replace = ReplaceSm(message_id=message_id, source_addr="38100", short_message=text)
            carrier.ask(link, replace)
        carrier.advance(1.0)
        if number < 200:
            for one in carrier.deliveries()[taken:]:
                carrier.respond(one)
                taken += 1
    assert carrier.box.centre.paging.runs > 0
    carrier.box.store.close()


def all_of(path: Path) -> Told:
    """Serve from a file until nothing is left to do."""
    told = Told()
    try:
        store = SqliteStore(path)
    except StoreError:
        told.is_refused = True
        return told
    try:
        carrier = DirectCarrier(store=store, start=1_800_001_000.0)
        told.is_reported = carrier.recovered.damaged > 0 or bool(carrier.recovered.problems)
        serve(carrier, told)
        box = carrier.box
        told.is_reported |= box.damaged_rows > 0 or box.store_failures > 0
    except StoreError:
        told.is_refused = True
    finally:
        store.close()
    return told


def serve(carrier: DirectCarrier, told: Told) -> None:
    """Switch every phone on, and take every receipt."""
    carrier.bind()
    for msisdn in PHONES:
        carrier.set_power(msisdn, True)
    taken = 0
    for _ in range(3):
        carrier.advance(60.0)
        carrier.pass_link_time(60.0)
        while taken < len(carrier.deliveries()):
            one = carrier.deliveries()[taken]
            assert isinstance(one.pdu, DeliverSm)
            text = one.pdu.short_message.decode()
            before = told.receipts.setdefault(text[:13], text)
            assert before == text, "a receipt differs from the one before"
            carrier.respond(one)
            taken += 1
    told.screens = {msisdn: carrier.shown(msisdn) for msisdn in PHONES}


def outcomes(told: Told) -> dict[str, str]:
    """Of each receipt what does not depend on when it was made."""
    return {
        message_id: text.split(" stat:")[1].split()[0] + text[text.index(" text:") :]
        for message_id, text in told.receipts.items()
    }


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    """End what would go on for ever."""

    def ring(_number: int, _frame: object) -> None:
        raise TimeoutError("this goes on for ever")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LIMIT_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file for all seeds."""
    path = tmp_path_factory.mktemp("sound") / "carrier.db"
    a_store(path)
    return path


@pytest.fixture(scope="module")
def expected(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What comes of the sound file."""
    path = tmp_path_factory.mktemp("expected") / "carrier.db"
    shutil.copy(sound, path)
    told = all_of(path)
    assert not told.is_refused
    assert not told.is_reported
    return told


def test_a_sound_file_is_found_sound(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`carrierbox store verify`: exit code 0."""
    assert main(["store", "verify", "--store", str(sound)]) == 0
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("damage", DAMAGES, ids=[one.__name__ for one in DAMAGES])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_damaged_is_found_and_never_served_in_silence(
    sound: Path,
    expected: Told,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    damage: Damage,
    seed: int,
) -> None:
    """Design, journal: checksums; no wrong text, no wrong state; `verify` tells what is wrong."""
    random = Random(f"{damage.__name__} {seed}")
    octets = bytearray(sound.read_bytes())
    damage(octets, random)
    path = tmp_path / "carrier.db"
    path.write_bytes(octets)
    verified = main(["store", "verify", "--store", str(path)])
    said = capsys.readouterr()
    told = all_of(path)
    if told.is_refused:
        assert verified != 0
        return
    is_same = told.screens == expected.screens and outcomes(told) == outcomes(expected)
    if not is_same:
        assert verified == 1, "verify found nothing wrong"
        assert said.out.strip()
        assert told.is_reported, f"served in silence; verify says {said.out}"
    for msisdn, texts in told.screens.items():
        wrong = [text for text in texts if text not in expected.screens[msisdn]]
        assert not wrong or told.is_reported
        # What was cancelled or replaced may be again what it was, if its end is what is damaged.
        assert all(text[:4].isdigit() for text in wrong)
