"""What `carrierbox handset` does: phones in a process of their own, reached over a broker."""

import asyncio
import contextlib
import os
import signal
import ssl
import sys
from collections.abc import Callable
from typing import Any, Final

from carrierbox.clock import NetworkClock, link_now
from carrierbox.handset_view import HandsetView, JsonLines, PlainLines, ScreenView
from carrierbox.identifiers import dialled_address
from carrierbox.simulator.radio.mqtt import MqttLink
from carrierbox.simulator.radio.phone import RemoteHandset
from carrierbox.simulator.radio.settings import RadioSettings

TICK_S: Final = 1.0
_READ_OCTETS: Final = 64 * 1024
_LINE_OCTETS_MAX: Final = 64 * 1024
_END_OF_INPUT: Final = "\x04"
_DELETE: Final = "/delete"
_ERASE: Final = "\x7f\x08"
_ERASE_LINE: Final = "\x15"


def run(
    phones: list[RemoteHandset],
    settings: RadioSettings,
    tls: ssl.SSLContext | None,
    as_json: bool,
) -> None:
    """Be these phones until SIGINT or SIGTERM."""
    is_screen = not as_json and sys.stdout.isatty() and sys.stdin.isatty()
    view: HandsetView = ScreenView(phones) if is_screen else PlainLines()
    if as_json:
        view = JsonLines()
    with view, _single_keys(is_screen):
        asyncio.run(Phones(phones, settings, tls, view, is_screen).run())


class TypedLines:
    """What is typed, key by key on a screen, as lines; `line` is the one being written."""

    def __init__(self, is_screen: bool) -> None:
        self.line = ""
        self._is_screen = is_screen
        self._rest = b""
        """Octets of a character that is not complete."""

    def feed(self, octets: bytes) -> list[str]:
        """The lines that are complete with this."""
        lines = []
        for key in self._characters(octets):
            if key in "\r\n":
                if self.line.strip():
                    lines.append(self.line.strip())
                self.line = ""
            elif self._is_screen and key in _ERASE:
                self.line = self.line[:-1]
            elif self._is_screen and key == _ERASE_LINE:
                self.line = ""
            elif key.isprintable() and len(self.line) < _LINE_OCTETS_MAX:
                self.line += key
        return lines

    def _characters(self, octets: bytes) -> str:
        octets = self._rest + octets
        # A character has four octets at most: an incomplete one at the end waits for the others.
        for missing in range(min(4, len(octets) + 1)):
            whole = octets[: len(octets) - missing]
            try:
                text = whole.decode("utf-8")
            except UnicodeDecodeError:
                continue
            self._rest = octets[len(whole) :]
            return text
        self._rest = b""
        return octets.decode("utf-8", "replace")


def act_on_line(phones: list[RemoteHandset], line: str) -> str:
    """Send what was typed: `TO: text`, or a reply to the newest text; what is wrong, or "".

    `/delete` empties a phone, `/delete 3` deletes the text of that number. With several phones,
    `MSISDN> …` says which of them; else it is the first, or for a reply the one that got the newest
    text.
    """
    phone = max(phones, key=_newest_at)
    who, mark, rest = line.partition(">")
    if mark:
        digits = who.strip().removeprefix("+")
        for one in phones:
            if digits == one.handset.msisdn:
                phone, line = one, rest.strip()
    if line == _DELETE or line.startswith(f"{_DELETE} "):
        return _delete(phone, line.removeprefix(_DELETE).strip())
    to, mark, text = line.partition(": ")
    to = to.strip()
    if not mark or dialled_address(to) is None:
        to, text = phone.newest_sender(), line
        if not to:
            return "nothing to reply to: write TO: text, as +33612345678: Hello"
        if dialled_address(to) is None:
            return f"{to} takes no replies: write TO: text"
    if not text.strip():
        return "a text needs some words"
    try:
        phone.send(to, text.strip(), link_now())
    except ValueError as error:
        return str(error)
    return ""


def _delete(phone: RemoteHandset, which: str) -> str:
    number = int(which) if which.isascii() and which.isdigit() else 0
    if which and not number:
        return f"{which!r} is no number of a text: write {_DELETE}, or {_DELETE} 3"
    if not phone.delete(number):
        return f"there is no text {which}".rstrip()
    return ""


class Phones:
    """Some phones, a connection each, and what is typed to them."""

    def __init__(
        self,
        phones: list[RemoteHandset],
        settings: RadioSettings,
        tls: ssl.SSLContext | None,
        view: HandsetView,
        is_screen: bool,
    ) -> None:
        self._phones = phones
        self._settings = settings
        self._tls = tls
        self._view = view
        self._typed = TypedLines(is_screen)
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """From the first connection to the last goodbye."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):
            for signum in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(signum, self._stop.set)
        clock = NetworkClock()
        links = []
        for phone in self._phones:
            phone.now = clock.now
            links.append(
                MqttLink(phone, self._settings, self._tls, self._teller(phone), self._logger(phone))
            )
        tasks = [asyncio.create_task(link.run()) for link in links]
        self._listen_to_keys(loop)
        tick = asyncio.create_task(self._tick())
        await self._stop.wait()
        tick.cancel()
        for link in links:
            link.stop()
        await asyncio.gather(*tasks)

    async def _tick(self) -> None:
        """Time passes: what has no answer is sent again."""
        while True:
            await asyncio.sleep(TICK_S)
            for phone in self._phones:
                phone.on_time(link_now())

    def _teller(self, phone: RemoteHandset) -> Callable[[], None]:
        def told() -> None:
            for one in phone.take_happenings():
                self._view.happened(phone, one)

        return told

    def _logger(self, phone: RemoteHandset) -> Callable[[str, dict[str, object]], None]:
        def log(event: str, fields: dict[str, object]) -> None:
            self._view.connection(phone, event, fields)

        return log

    def _listen_to_keys(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            keys = sys.stdin.fileno()
            loop.add_reader(keys, self._on_keys, loop, keys)
        except (OSError, ValueError, AttributeError, NotImplementedError):
            # A file, or nothing: its lines are there already.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                while octets := os.read(sys.stdin.fileno(), _READ_OCTETS):
                    self._on_octets(octets)

    def _on_keys(self, loop: asyncio.AbstractEventLoop, keys: int) -> None:
        try:
            octets = os.read(keys, _READ_OCTETS)
        except OSError:
            octets = b""
        if not octets:
            # Whoever typed is gone; the phones stay.
            loop.remove_reader(keys)
            return
        self._on_octets(octets)

    def _on_octets(self, octets: bytes) -> None:
        for line in self._typed.feed(octets):
            problem = act_on_line(self._phones, line)
            if problem:
                self._view.problem(problem)
        self._view.typed(self._typed.line)


def _newest_at(phone: RemoteHandset) -> float:
    newest = phone.handset.newest
    return float("-inf") if newest is None else newest.received_at


@contextlib.contextmanager
def _single_keys(is_screen: bool) -> Any:
    """A terminal that hands over every key, as long as the view draws what is typed."""
    if not is_screen:
        yield
        return
    try:
        import termios
        import tty
    except ImportError:  # Windows.
        yield
        return
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    try:
        tty.setcbreak(keys)
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
