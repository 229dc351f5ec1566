"""Questions to the centre are answered when they are durable, and not before."""

import asyncio

import pytest

from carrierbox.api.asking import Tell, ask
from carrierbox.api.problems import Problem
from carrierbox.box import Box
from carrierbox.runtime import Runtime
from carrierbox.smsc.centre import STORE_FAILED
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

MSISDN = "33612345678"


async def test_an_answer_follows_its_commit(runtime: Runtime, box: Box, store: FakeStore) -> None:
    """The journal has it when the caller hears of it."""
    batches = len(store.batches)

    def switch_off(tell: Tell) -> None:
        box.centre.set_phone_power(MSISDN, False, tell)

    assert await ask(runtime, box, [switch_off]) == [""]
    assert len(store.batches) == batches + 1
    assert not box.network.contact(MSISDN).power


async def test_a_failed_commit_is_told(runtime: Runtime, box: Box, store: FakeStore) -> None:
    """And nothing has changed."""
    store.fail()

    def switch_off(tell: Tell) -> None:
        box.centre.set_phone_power(MSISDN, False, tell)

    assert await ask(runtime, box, [switch_off]) == [STORE_FAILED]
    assert box.network.contact(MSISDN).power


async def test_questions_of_one_call_share_a_turn(runtime: Runtime, box: Box) -> None:
    """Their answers come in their order."""
    turns: list[int] = []

    def question(problem: str) -> object:
        def put(tell: Tell) -> None:
            turns.append(runtime.turns)
            tell(problem)

        return put

    answers = await ask(runtime, box, [question("a"), question("b")])  # type: ignore[list-item]
    assert answers == ["a", "b"]
    assert turns[0] == turns[1]


async def test_a_store_that_does_not_answer_is_not_waited_for_forever(
    runtime: Runtime, box: Box
) -> None:
    """An answer that comes later finds nobody, and nothing breaks."""
    tells: list[Tell] = []
    with pytest.raises(Problem) as raised:
        await ask(runtime, box, [tells.append], timeout_s=0.0)
    assert raised.value.status_code == 503
    tells[0]("")
    tells[0]("again")
    await asyncio.sleep(0)
