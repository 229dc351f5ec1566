"""Running a scenario of `your_application`: over a real port, the application does the sending.

The network's clock runs, and steps let it go on faster. What is waited for is waited for in real
time.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias

from carrierbox.clock import NetworkClock, link_now
from carrierbox.errors import CarrierboxError, ConfigurationError
from carrierbox.identifiers import LinkId
from carrierbox.links.client import OutboundCaller
from carrierbox.links.pulse import Pulse
from carrierbox.links.server import SmppConnection, address_of, listen, stop_listening
from carrierbox.scenarios.application import Applications
from carrierbox.scenarios.application_checks import bound_accounts, is_submission_like
from carrierbox.scenarios.checking import found_instead, is_negative
from carrierbox.scenarios.expectations import HOLDS
from carrierbox.scenarios.expectations_written import Expectation
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.report import FAILED, PASSED, Report, StepReport
from carrierbox.scenarios.run_state import Request, Run
from carrierbox.scenarios.runner import do_step, new_report, within_s
from carrierbox.scenarios.scenario import Scenario, Step
from carrierbox.scenarios.steps_written import RestartStep, WaitStep
from carrierbox.scenarios.times import seconds_of, span
from carrierbox.scenarios.world import World

PATIENCE_S: Final = 2.0
"""How long an expectation may take that does not say so, in real seconds."""
SETTLE_LIMIT_S: Final = 10.0
GOODBYE_S: Final = 1.0

Say: TypeAlias = Callable[[str], object]
Listening: TypeAlias = Callable[[str, int], object]


def run_live(
    scenario: Scenario,
    host: str = "127.0.0.1",
    port: int = 0,
    say: Say | None = None,
    listening: Listening | None = None,
) -> Report:
    """Run it; what came of it. `say` is told where to connect, `listening` host and port."""

    async def run() -> Report:
        return await _Live(scenario, say or _nobody).run(host, port, listening)

    return asyncio.run(run())


class _Live:
    """One run."""

    def __init__(self, scenario: Scenario, say: Say) -> None:
        self._scenario = scenario
        self._say = say
        self._pulse = Pulse(asyncio.get_running_loop())
        self._watchers: list[asyncio.Future[None]] = []
        self._wires: dict[int, SmppConnection] = {}
        self._problem = ""
        self.world = World(
            scenario.setup,
            scenario.seed,
            clock=NetworkClock(start=scenario.setup.start),
            link_now=link_now,
            wake=self._pulse.wake,
        )
        self.run_state = Run(scenario, self.world, Applications(self.world))
        self.world.others = []
        self._caller = OutboundCaller(self, lambda event, fields: None)
        self.world.take_calls(self._caller)

    async def run(self, host: str, port: int, listening: Listening | None) -> Report:
        report = new_report(self._scenario)
        report.entries = self.world.traffic.entries
        began = link_now()
        self._pulse.drive(self._turn, self._next_delay_s)
        try:
            server = await listen(self, host, port)
        except OSError as error:
            self._pulse.stop()
            raise ConfigurationError(
                "--listen", f"cannot listen on {host}:{port}: {error.strerror or error}"
            ) from error
        try:
            address = address_of(server)
            self._tell_where(*address)
            if listening is not None:
                listening(*address)
            for step, told in zip(self._scenario.steps, report.steps, strict=True):
                if not await self._attempt(step, told):
                    break
            await self._say_goodbye()
        finally:
            self._caller.close()
            await stop_listening(server)
            for wire in list(self._wires.values()):
                wire.abort()
            await asyncio.sleep(0)
            self._pulse.stop()
        report.network_s = self.world.now - self.world.began
        report.took_s = link_now() - began
        return report

    # The owner of the connections, which outlives a restart of the carrier.

    def opened(self, wire: SmppConnection, peer: str) -> LinkId:
        """See `LinkOwner.opened`."""
        link_id = self.world.opened(wire, peer)
        self._wires[link_id] = wire
        return link_id

    def received(self, link_id: LinkId, octets: bytes) -> None:
        """See `LinkOwner.received`."""
        self.world.received(link_id, octets)

    def write_paused(self, link_id: LinkId, paused: bool) -> None:
        """See `LinkOwner.write_paused`."""
        self.world.write_paused(link_id, paused)

    def closed(self, link_id: LinkId) -> None:
        """See `LinkOwner.closed`."""
        self._wires.pop(link_id, None)
        self.world.closed(link_id)

    # Steps.

    async def _attempt(self, step: Step, told: StepReport) -> bool:
        """Do a step; whether it went well."""
        began = link_now()
        try:
            await self._do(step)
            if self._problem:
                raise NotHeldError(self._problem)
            told.result = PASSED
        except NotHeldError as error:
            told.result, told.problem = FAILED, error.problem
        except CarrierboxError as error:
            told.result, told.problem = FAILED, str(error)
        told.at = self.world.now
        told.took_s = link_now() - began
        if told.result == FAILED:
            told.about = self.run_state.entries_about(step.about)
        return told.result == PASSED

    async def _do(self, step: Step) -> None:
        action = step.action
        if isinstance(action, WaitStep):
            self._say(f"step {step.number}: {step.told}")
            await self._wait(action)
        elif isinstance(action, Expectation):
            await self._expect(action)
        elif isinstance(action, RestartStep):
            for wire in list(self._wires.values()):
                wire.abort()
            self.world.restart()
            self._pulse.wake()
        else:
            do_step(self.run_state, step)
            if step.kind == "settle":
                await self._until(self._is_answered, SETTLE_LIMIT_S)
                if not self._is_answered():
                    raise NotHeldError("the application has not answered every deliver_sm")

    async def _wait(self, said: WaitStep) -> None:
        limit_s = seconds_of(said.within)
        if said.bound is not None:
            name = said.bound
            if not await self._until(lambda: name in bound_accounts(self.run_state), limit_s):
                raise NotHeldError(f"{name} was not bound within {span(limit_s)}")
            return
        found: list[Request] = []

        def is_there() -> bool:
            found[:] = self._submissions(said)
            return len(found) >= said.count and all(each.entry.answers for each in found)

        is_fine = await self._until(is_there, limit_s)
        if not is_fine and len(found) < said.count:
            others = len(self.run_state.submits()) - len(self.run_state.waited_for)
            more = f", {others} of another kind" if others > len(found) else ""
            raise NotHeldError(
                f"{len(found)} of {said.count} submissions like this came within "
                f"{span(limit_s)}{more}"
            )
        self.run_state.waited_for.update(each.entry.number for each in found)
        if said.name:
            self.run_state.requests[said.name] = found

    def _submissions(self, said: WaitStep) -> list[Request]:
        assert said.submit is not None
        like = [
            Request(entry)
            for entry in self.run_state.submits()
            if entry.number not in self.run_state.waited_for
            and is_submission_like(entry, said.submit)
        ]
        return like[: said.count]

    async def _expect(self, expectation: Expectation) -> None:
        told = HOLDS

        def holds() -> bool:
            nonlocal told
            told = found_instead(self.run_state, expectation)
            return told == HOLDS

        if is_negative(expectation):
            await self._until(lambda: not holds(), within_s(expectation))
        else:
            limit_s = PATIENCE_S if expectation.within is None else within_s(expectation)
            await self._until(holds, limit_s)
        if told != HOLDS:
            raise NotHeldError(told)

    # Waiting.

    async def _until(self, is_so: Callable[[], bool], limit_s: float) -> bool:
        """Look now and after each turn; whether it came to be so in time."""
        until = link_now() + limit_s
        while True:
            self.world.settle()
            if is_so():
                return True
            left_s = until - link_now()
            if left_s <= 0.0 or self._problem:
                return False
            watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._watchers.append(watcher)
            try:
                async with asyncio.timeout(left_s):
                    await watcher
            except TimeoutError:
                continue

    def _is_answered(self) -> bool:
        return not any(binding.outstanding for binding in self.world.box.centre.bindings.all())

    def _turn(self) -> None:
        try:
            self.world.runtime.turn()
            self.world.traffic.drain()
        except NotHeldError as error:
            self._problem = self._problem or error.problem
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)

    def _next_delay_s(self) -> float | None:
        return self.world.runtime.next_delay_s()

    async def _say_goodbye(self) -> None:
        """Unbind whoever is bound, and give them a moment to answer."""
        self.world.runtime.unbind_all()
        self._pulse.wake()
        await self._until(lambda: not self._wires, GOODBYE_S)

    def _tell_where(self, host: str, port: int) -> None:
        accounts = ", ".join(
            f"{each.system_id}:{each.password}" for each in self._scenario.setup.section.accounts
        )
        self._say(f"{self._scenario.name} waits for your application: connect to {host}:{port}")
        self._say(f"accounts: {accounts}")


def _nobody(line: str) -> None:
    return
