"""What must be true of the phones of a run, held against what clients were promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.log import (
    RETURNED,
    SETTLED,
    TRIED,
    Began,
    Event,
    Refused,
    Screen,
    Shown,
    Submitted,
    Switched,
    Written,
)
from tests.simulation.promises import Promise, texts_in
from tests.simulation.setting import ONCE

if TYPE_CHECKING:
    from tests.simulation.checker import Checker

TRIED_S = 20.0
CALM_S = 5.0
"""So long after a commit failed nothing waits for that any more."""


class Screens:
    """The phones' side of the checker."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._power: dict[str, set[bool]] = {}
        self._restored: dict[str, set[str]] = {}
        self._duplicates: dict[str, int] = {}
        self._switches: dict[str, list[Switched]] = {}
        self._switched_at: dict[str, float] = {}
        self._final: list[Screen] = []
        self._first_shown: dict[tuple[str, str], float] = {}
        self._refused_in_life = 0
        self._refused_at = 0.0
        self._refused_after = 0
        self._refusals: list[float] = []
        self._chain_since = 0.0
        self._chain_at = -1.0
        self._decided: dict[float, float] = {}

    def take(self, event: Event, now: float) -> None:
        """Take in one event of the log."""
        if isinstance(event, Began):
            self._refused_in_life = 0
            self._switches = {}
            self._restored = {}
            self._chain_at = -1.0
        elif isinstance(event, Refused):
            self._refused_in_life += 1
            self._refused_at = now
            self._refused_after = self._checker.order
            self._refusals.append(now)
            self._chain_at = now
        elif isinstance(event, Submitted):
            if self._chain_at != now:
                self._chain_since = now
        elif isinstance(event, Written):
            self._chain_at = now
            self._decided[now] = min(self._decided.get(now, now), self._chain_since)
        elif isinstance(event, Switched):
            self._on_switched(event, now)
        elif isinstance(event, Screen):
            self._on_screen(event, now)

    def _on_switched(self, event: Switched, now: float) -> None:
        self._switched_at[event.msisdn] = now
        self._switches.setdefault(event.msisdn, []).append(event)
        if event.problem == "":
            self._power[event.msisdn] = {event.power}
        elif event.problem is None:
            self._power.setdefault(event.msisdn, {True}).add(event.power)

    def _on_screen(self, screen: Screen, now: float) -> None:
        say = self._checker.say
        texts = [text for shown in screen.texts for text in texts_in(shown.text)]
        for text in set(texts):
            if texts.count(text) > 1:
                say("a phone shows each message once", f"{text[:8]} on {screen.msisdn}")
            promise = self._find(screen.msisdn, text)
            if promise is not None and promise.is_hopeless:
                say("what does not go to a phone is never shown", f"{promise} {screen.why}")
        if screen.why == "began":
            self._restored[screen.msisdn] = set(texts)
            self._duplicates[screen.msisdn] = screen.duplicates
            if screen.power not in self._power.get(screen.msisdn, {True}):
                say("a phone stays as its user set it", f"{screen.msisdn} after a restart")
            return
        if screen.why == RETURNED:
            self._on_returned(screen, texts, now)
            return
        if screen.why == TRIED:
            self._on_tried(screen, texts, now)
            return
        known = self._duplicates.get(screen.msisdn, 0)
        if screen.duplicates > known and not self._refused_in_life:
            say("no part is sent twice where nothing failed", f"to {screen.msisdn}")
        for shown in screen.texts:
            self._check_times(screen, shown)
        self._check_order(screen)
        if screen.why == SETTLED:
            self._final.append(screen)

    def _find(self, msisdn: str, text: str) -> Promise | None:
        for promise in self._checker.promises.values():
            if promise.to == msisdn and text in promise.texts:
                return promise
        return None

    def _check_times(self, screen: Screen, shown: Shown) -> None:
        texts = texts_in(shown.text)
        for text in texts:
            key = (screen.msisdn, text)
            self._first_shown.setdefault(key, shown.received_at)
            promise = self._find(screen.msisdn, text)
            if promise is None or text in self._restored.get(screen.msisdn, set()):
                continue
            promise.shown_at = min(promise.shown_at, shown.received_at)
            if shown.received_at < promise.held_until:
                self._checker.say("what is held is not shown before its time", f"{promise}")
            source = promise.source
            if promise.rule is not None and promise.rule.source:
                source = promise.rule.source
            if shown.source != source:
                self._checker.say("a phone shows the sender that it should", f"{promise}")
            if len(texts) > 1 or not promise.times_are_known:
                continue
            decided_at = self._decided.get(shown.received_at, shown.received_at)
            if decided_at >= promise.expires_at:
                late_s = shown.received_at - promise.expires_at
                self._checker.say(
                    "none is delivered after its validity", f"{promise} {late_s:.2f} s"
                )
            if shown.received_at < promise.due_at:
                self._checker.say("none is delivered before it is due", f"{promise}")

    def _check_order(self, screen: Screen) -> None:
        """Within a priority as they came; a higher one first, if it was there in time."""
        restored = self._restored.get(screen.msisdn, set())
        last: dict[int, Promise] = {}
        passed: list[tuple[Promise, float]] = []
        for shown in screen.texts:
            promise = self._find(screen.msisdn, shown.text)
            if promise is None or not promise.is_plain or shown.text in restored:
                continue
            before = last.get(promise.priority)
            if before is not None and before.order > promise.order:
                self._checker.say("order per phone", f"{promise} is shown behind {before}")
            last[promise.priority] = promise
            for other, at in passed:
                was_on_its_way = promise.came_behind or promise.after_batch == other.after_batch
                if (
                    other.priority < promise.priority
                    and promise.told_at < at
                    and not was_on_its_way
                ):
                    self._checker.say("what is urgent goes first", f"{promise} behind {other}")
            received_at = shown.received_at
            if not promise.is_forced and not self.failed_between(promise.told_at, received_at):
                passed.append((promise, self._decided.get(received_at, received_at)))

    def failed_between(self, since: float, until: float) -> bool:
        """Whether a commit failed: what was on its way then goes first, whatever came since."""
        return any(since <= one <= until for one in self._refusals)

    def _on_returned(self, screen: Screen, texts: list[str], now: float) -> None:
        """A phone that came back has all that waited for it then, if the disk was well."""
        switches = self._switches.get(screen.msisdn, [])[-2:]
        if any(one.problem != "" for one in switches) or now < self._refused_at + CALM_S:
            return
        if self._is_held_up(screen.msisdn):
            return
        returned_at = self._switched_at.get(screen.msisdn, now)
        for promise in self._checker.promises.values():
            if (
                promise.to == screen.msisdn
                and promise.due_at <= returned_at
                and now < promise.expires_at
                and promise.times_are_known
                and not promise.states
                and promise.must_arrive
                and "." not in promise.texts[-1][:7]
                and promise.texts[-1] not in texts
            ):
                self._checker.say("a phone that returns is served at once", f"{promise}")

    def _is_held_up(self, msisdn: str) -> bool:
        """Whether a message that a rule lets fail stands before others, perhaps."""
        if self._checker.is_open_for(msisdn):
            return True
        return any(
            one.to == msisdn and one.is_forced and not one.states
            for one in self._checker.promises.values()
        )

    def _on_tried(self, screen: Screen, texts: list[str], now: float) -> None:
        """The commit of a failed attempt failed: what a rule lets fail once is there shortly."""
        found = [one for one in self._checker.promises.values() if one.to == screen.msisdn]
        if not found or self._power.get(screen.msisdn, {True}) != {True}:
            return
        newest = max(found, key=lambda one: one.order)
        others = [one for one in found if one.is_forced and not one.states and one is not newest]
        if (
            newest.service_type == ONCE
            and newest.asked_at >= now - TRIED_S
            and self._refused_at == newest.asked_at
            and self._refused_after == newest.order
            and self._refused_in_step(newest.asked_at - CALM_S) == 1
            and not others
            and not newest.states
            and not newest.may_be_cancelled
            and newest.times_are_known
            and newest.expires_at > now
            and newest.texts[-1] not in texts
        ):
            self._checker.say("what was not written is tried again shortly", f"{newest}")

    def _refused_in_step(self, since: float) -> int:
        return sum(one >= since for one in self._refusals)

    def conclude(self) -> None:
        """Hold what is shown at the end of all against what was promised."""
        say = self._checker.say
        shown = {
            (screen.msisdn, text)
            for screen in self._final
            for one in screen.texts
            for text in texts_in(one.text)
        }
        for (to, text), how in self._checker.refused.items():
            if (to, text) in shown:
                say("what was refused never arrives", f"{text[:8]} on {to}: {how}")
        phones = {screen.msisdn for screen in self._final}
        known = set(self._checker.maybe)
        for promise in self._checker.promises.values():
            known.update((promise.to, text) for text in promise.texts)
            if promise.to in phones:
                self._check_end(promise, shown)
        for _, _, sent in self._checker.from_phones:
            known.add((sent.to, sent.text))
            if sent.problem == "" and sent.to in phones and (sent.to, sent.text) not in shown:
                say("what is delivered is shown", f"{sent.text} from {sent.msisdn} on {sent.to}")
        for to, text in shown - known:
            say("a phone shows what was sent", f"{text[:8]} on {to}")

    def _check_end(self, promise: Promise, shown: set[tuple[str, str]]) -> None:
        say = self._checker.say
        is_shown = any((promise.to, text) in shown for text in promise.texts)
        promise.is_shown = is_shown
        if is_shown and promise.is_hopeless:
            say("what a rule lets fail never arrives", f"{promise}")
        is_part = any("." in text[:7] for text in promise.texts)
        if (
            not is_shown
            and not is_part
            and promise.must_arrive
            and promise.is_alone
            and promise.times_are_known
            and promise.expires_at > self._checker.calm_at
        ):
            say("no message is lost", f"{promise}")
        if not promise.truth_is_told:
            if is_shown and promise.is_cancelled:
                say("what was cancelled is not shown", f"{promise}")
            return
        if "DELIVRD" in promise.states:
            if not is_shown and not is_part:
                say("what is delivered is shown", f"{promise}")
        elif promise.states and any(
            (promise.to, text) in shown and (promise.to, text) not in self._checker.maybe
            for text in promise.texts
        ):
            say("what is shown is delivered", f"{promise} {promise.states}")
