"""Asks a box's centre for something, and waits until it is durable or refused."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias

from carrierbox.api.problems import Problem
from carrierbox.box import Box
from carrierbox.runtime import Runtime

Tell: TypeAlias = Callable[[str], None]
Question: TypeAlias = Callable[[Tell], None]

REPLY_TIMEOUT_S: Final = 30.0


async def ask(
    runtime: Runtime, box: Box, questions: list[Question], timeout_s: float = REPLY_TIMEOUT_S
) -> list[str]:
    """Put questions to the centre in one turn; what it says to each, "" where it is done.

    503 if the store has not answered after `timeout_s` seconds; it may still do what was asked.
    """
    loop = asyncio.get_running_loop()
    replies = [loop.create_future() for _ in questions]

    def put() -> None:
        for question, reply in zip(questions, replies, strict=True):
            question(_teller(reply))

    runtime.request(box, put)
    try:
        async with asyncio.timeout(timeout_s):
            return [await reply for reply in replies]
    except TimeoutError:
        raise Problem(
            503, f"the store has not answered within {timeout_s:g} s: it may still do this"
        ) from None


def _teller(reply: "asyncio.Future[str]") -> Tell:
    def tell(problem: str) -> None:
        # Whoever asked may be gone by now.
        if not reply.done():
            reply.set_result(problem)

    return tell
