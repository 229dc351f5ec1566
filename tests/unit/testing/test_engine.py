"""One life of an in-process carrier, on a loop of the test."""

import asyncio

import pytest

from carrierbox.app import PhoneSettings
from carrierbox.clock import NetworkClock
from carrierbox.errors import CarrierboxError, StoreError
from carrierbox.identifiers import TON_UNKNOWN, Address
from carrierbox.smpp.settings import SessionSettings
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.ports import PageOut
from carrierbox.testing.engine import Engine, EngineSettings, open_store
from carrierbox.testing.stores import FakeStore

SETTINGS = EngineSettings(
    [AccountSettings("demo", "demo")],
    [PhoneSettings("33612345678")],
    SessionSettings(),
    None,
    "process",
    None,
)
SHORT_CODE = Address(TON_UNKNOWN, 1, "36000")


def run(store: FakeStore, live: "Life") -> list[str]:
    """Start an engine, live, kill it; what it said went wrong."""
    failures: list[str] = []

    async def main() -> None:
        clock = NetworkClock(start=1_800_000_000.0, running=False)
        engine = Engine(SETTINGS, clock, store, 0, failures.append)
        await engine.start()
        try:
            await live(engine)
        finally:
            await engine.kill()

    asyncio.run(main())
    return failures


class Life:
    """What happens between start and end."""

    async def __call__(self, engine: Engine) -> None:
        """Nothing."""


class Powering(Life):
    """Somebody switches a phone off and lets time pass."""

    async def __call__(self, engine: Engine) -> None:
        """See `Life`."""
        await engine.set_power("33612345678", False, 5.0)
        assert not engine.box.network.contact("33612345678").power
        await engine.advance(3600.0, 5.0)
        assert engine.box.clock.now() == 1_800_003_600.0


def test_a_phone_is_switched_and_time_passes() -> None:
    """Both are done when the call returns."""
    assert run(FakeStore(), Powering()) == []


def test_a_commit_that_fails_is_told_to_whoever_asked() -> None:
    """StoreError, and the phone stays as it was."""
    store = FakeStore()

    class Failing(Life):
        async def __call__(self, engine: Engine) -> None:
            store.fail()
            with pytest.raises(StoreError):
                await engine.set_power("33612345678", False, 5.0)
            store.fail()
            with pytest.raises(CarrierboxError, match="nothing was changed"):
                await engine.send("33612345678", SHORT_CODE, "Hi", 5.0)
            assert engine.box.network.contact("33612345678").power

    assert run(store, Failing()) == []


def test_nothing_waits_longer_than_its_limit() -> None:
    """A store that never answers: the error names what is open."""

    class Stuck(FakeStore):
        def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
            self._ticket += 1
            return self._ticket

    class Waiting(Life):
        async def __call__(self, engine: Engine) -> None:
            with pytest.raises(TimeoutError, match="a commit to the store"):
                await engine.set_power("33612345678", False, 0.01)
            with pytest.raises(TimeoutError, match="a commit to the store"):
                await engine.advance(1.0, 0.01)
            assert not await engine.wait_until(lambda: False, 0.01)

    assert run(Stuck(), Waiting()) == []


def test_the_store_is_in_memory_unless_a_path_is_given() -> None:
    """And what is in memory is kept, for a restart."""
    store = open_store(SETTINGS)
    store.submit(b"batch")
    assert getattr(store, "batches", None) == [b"batch"]
