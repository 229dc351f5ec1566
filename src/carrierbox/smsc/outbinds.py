"""Calling ESMEs by outbind (SMPP 3.4 §4.1.7): something waits for them, no receiver is bound.

A timed object on link time that writes into the current turn. It decides whom to call when; whoever
connects tells what came of it. An account has one call at a time, and is not called again while the
link of the last one is open; after each call in vain the next one waits longer.
"""

import heapq
from collections.abc import Callable
from typing import Final

from carrierbox.clock import LinkTime
from carrierbox.identifiers import LinkId
from carrierbox.smpp.pdus import Outbind
from carrierbox.smsc.accounts import Accounts, OutbindSettings
from carrierbox.smsc.bindings import Binding, Bindings
from carrierbox.smsc.deliveries import Deliveries
from carrierbox.smsc.effects import Call, LogLine, Notify, Reply
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import OUTBIND

BACK_OFF_FIRST_S: Final = 1.0
BACK_OFF_MAX_S: Final = 60.0

_IDLE: Final = 0
_CALLING: Final = 1
_CALLED: Final = 2


class _Line:
    """One account that may be called."""

    def __init__(self, system_id: str, settings: OutbindSettings) -> None:
        self.system_id = system_id
        self.settings = settings
        self.stage: int = _IDLE
        self.due_at: float = 0.0
        """When to call; 0: nobody wants it."""
        self.not_before: float = 0.0
        self.back_off_s: float = 0.0
        self.is_answered: bool = False
        """Whether the account has bound a receiver on the link of the call."""
        self.problem: str = ""
        """What the ESME did instead."""


class Outbinds:
    """The calls of one box."""

    def __init__(
        self, turn: CurrentTurn, accounts: Accounts, bindings: Bindings, deliveries: Deliveries
    ) -> None:
        self._turn = turn
        self._bindings = bindings
        self._deliveries = deliveries
        self._lines: dict[str, _Line] = {}
        for system_id, settings in accounts.callees():
            self._lines[system_id] = _Line(system_id, settings)
        self._by_link: dict[int, _Line] = {}
        self._deadlines: list[tuple[float, str]] = []

    def settings_of(self, system_id: str) -> OutbindSettings | None:
        """How an account is called; None if it is not."""
        line = self._lines.get(system_id)
        return None if line is None else line.settings

    # Who wants a call.

    def consider(self, system_id: str) -> None:
        """Something may wait for this account: call it in a while if no receiver is bound."""
        if not self._lines:
            return
        line = self._lines.get(system_id)
        if line is None or line.stage != _IDLE or line.due_at or not self._is_wanted(line):
            return
        line.due_at = max(self._turn.link_now + line.settings.after_s, line.not_before)
        heapq.heappush(self._deadlines, (line.due_at, system_id))

    def request(self, system_id: str, tell: Callable[[str], None]) -> None:
        """Call at once because somebody asks for it; `tell` hears "", or why not."""
        line = self._lines.get(system_id)
        if line is None:
            tell(f"the account {system_id!r} has no outbind: its configuration says where to call")
        elif line.stage == _CALLING:
            tell(f"{line.settings.to} is being called")
        elif line.stage == _CALLED:
            tell(f"the link of the last call to {line.settings.to} is open")
        else:
            self._turn.effects.append(Reply(tell))
            self._place(line)

    def next_deadline(self) -> float | None:
        """When the next call is due, in link seconds."""
        return self._deadlines[0][0] if self._deadlines else None

    def on_time(self) -> None:
        """Place the calls that are due and still wanted."""
        while self._deadlines and self._deadlines[0][0] <= self._turn.link_now:
            at, system_id = heapq.heappop(self._deadlines)
            line = self._lines[system_id]
            if line.due_at != at:
                continue
            line.due_at = 0.0
            if line.stage == _IDLE and self._is_wanted(line):
                self._place(line)

    # What came of a call.

    def on_connected(self, link_id: LinkId, system_id: str) -> None:
        """The ESME took the connection: ask it to bind."""
        line = self._lines[system_id]
        line.stage = _CALLED
        line.is_answered = False
        line.problem = ""
        self._by_link[link_id] = line
        settings = line.settings
        self._turn.effects.append(Notify(link_id, Outbind(settings.system_id, settings.password)))
        self._trace(line, f"outbind to {settings.to}")

    def on_failed(self, system_id: str, reason: str) -> None:
        """There is no connection."""
        self._give_up(self._lines[system_id], reason)

    def on_refused(self, link_id: LinkId, problem: str) -> None:
        """The bind on a link was refused."""
        line = self._by_link.get(link_id)
        if line is not None:
            line.problem = f"its bind was refused: {problem}"

    def on_bound(self, binding: Binding) -> None:
        """A link was bound; if it is that of a call, as what was asked for or as something else."""
        line = self._by_link.get(binding.link_id)
        if line is None:
            return
        if binding.system_id == line.system_id and binding.receives:
            line.is_answered = True
            self._log("outbind_answered", line, {})
            return
        line.problem = (
            "it bound as a transmitter only"
            if binding.system_id == line.system_id
            else f"it bound as {binding.system_id}"
        )
        self._log("outbind_without_receiver", line, {"reason": line.problem})
        self._trace(line, f"{line.settings.to}: {line.problem}")

    def on_closed(self, link_id: LinkId, reason: str) -> None:
        """A link ended."""
        line = self._by_link.pop(link_id, None)
        if line is None:
            return
        if not line.is_answered:
            self._give_up(line, line.problem or reason)
            return
        line.stage = _IDLE
        if self._deliveries.waits(line.system_id):
            # It came and left without taking everything: that is no reason to call all the time.
            self._back_off(line)
            self.consider(line.system_id)
        else:
            line.back_off_s = line.not_before = 0.0

    # Inside.

    def _is_wanted(self, line: _Line) -> bool:
        return self._deliveries.waits(line.system_id) and not self._bindings.has_receiver(
            line.system_id
        )

    def _place(self, line: _Line) -> None:
        line.stage = _CALLING
        line.due_at = 0.0
        self._turn.effects.append(Call(line.system_id))
        self._trace(line, f"calls {line.settings.to}")

    def _give_up(self, line: _Line, reason: str) -> None:
        """Nobody who takes messages answered."""
        line.stage = _IDLE
        self._back_off(line)
        self._trace(line, f"{line.settings.to}: {reason}")
        self._log("outbind_unanswered", line, {"reason": reason, "pause_s": line.back_off_s})
        self.consider(line.system_id)

    def _back_off(self, line: _Line) -> None:
        line.back_off_s = min(max(line.back_off_s * 2, BACK_OFF_FIRST_S), BACK_OFF_MAX_S)
        line.not_before = LinkTime(self._turn.link_now + line.back_off_s)

    def _trace(self, line: _Line, detail: str) -> None:
        self._turn.trace(OUTBIND, 0, line.system_id, "", detail)

    def _log(self, event: str, line: _Line, more: dict[str, object]) -> None:
        fields: dict[str, object] = {"system_id": line.system_id, "to": line.settings.to}
        fields.update(more)
        self._turn.effects.append(LogLine(event, fields))
