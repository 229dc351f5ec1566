"""What `carrierbox handset` shows: a live view on a terminal, lines in a pipe, JSON for scripts."""

import json
import sys
from typing import Any, Final, Protocol, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text as RichText

from carrierbox.simulator.radio.phone import (
    ARRIVED,
    CARRIER,
    DUPLICATE,
    HELD,
    NOT_SENT,
    PROBLEM,
    REFUSED,
    REPORTED,
    SENT,
    Happening,
    RemoteHandset,
)
from carrierbox.terminal import printable, wrapped

TEXTS_SHOWN: Final = 5
COLUMNS_MAX: Final = 72
LINES_SHOWN: Final = 4


class HandsetView(Protocol):
    """Whatever shows phones."""

    def __enter__(self) -> Any:
        """Begin to show."""
        ...

    def __exit__(self, *error: object) -> None:
        """Leave the terminal as it was."""
        ...

    def happened(self, phone: RemoteHandset, one: Happening) -> None:
        """Something happened on a phone."""
        ...

    def connection(self, phone: RemoteHandset, event: str, fields: dict[str, object]) -> None:
        """The connection of a phone came or went."""
        ...

    def problem(self, words: str) -> None:
        """What was typed cannot be done."""
        ...

    def typed(self, line: str) -> None:
        """The line that is being written."""
        ...


def happening_object(phone: RemoteHandset, one: Happening) -> dict[str, Any]:
    """A happening for scripts."""
    told: dict[str, Any] = {"event": one.kind, "msisdn": f"+{phone.handset.msisdn}"}
    if one.about:
        told["id"] = one.about
    if one.text is not None:
        told.update(sender=one.text.sender, text=one.text.text, parts=one.text.parts)
    if one.words:
        told["detail"] = one.words
    return told


def happening_line(phone: RemoteHandset, one: Happening) -> str:
    """A happening for people."""
    words = {
        HELD: f"part {one.words}",
        DUPLICATE: f"{one.about} came again",
        REFUSED: f"refused with {one.words}",
        REPORTED: f"report of the text to {one.words}",
        SENT: f"{one.about} is sent",
        NOT_SENT: f"{one.about} is not sent: {one.words}",
        CARRIER: f"the carrier is {one.words}",
        PROBLEM: f"unreadable: {one.words}",
    }.get(one.kind, one.kind)
    if one.kind == ARRIVED and one.text is not None:
        words = f"{one.text.sender}: {one.text.text}"
    return f"+{phone.handset.msisdn}  {printable(words)}"


def connection_line(phone: RemoteHandset, event: str, fields: dict[str, object]) -> str:
    """Whether a phone is connected, for people."""
    broker = printable(str(fields.get("broker", "")))
    if event == "radio_connected":
        return f"+{phone.handset.msisdn}  on, by {broker}"
    problem = printable(str(fields.get("problem", "")))
    return f"+{phone.handset.msisdn}  no connection to {broker}: {problem}"


class JsonLines:
    """One object a line on stdout."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    def __enter__(self) -> "JsonLines":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def happened(self, phone: RemoteHandset, one: Happening) -> None:
        """See `HandsetView`."""
        self._tell(happening_object(phone, one))

    def connection(self, phone: RemoteHandset, event: str, fields: dict[str, object]) -> None:
        """See `HandsetView`."""
        word = "connected" if event == "radio_connected" else "disconnected"
        self._tell({"event": word, "msisdn": f"+{phone.handset.msisdn}", **fields})

    def problem(self, words: str) -> None:
        """See `HandsetView`."""
        self._tell({"event": "problem", "detail": words})

    def typed(self, line: str) -> None:
        """See `HandsetView`: nothing to show."""

    def _tell(self, one: dict[str, Any]) -> None:
        print(json.dumps(one), file=self._stream, flush=True)


class PlainLines:
    """A line for each happening, where no screen is."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    def __enter__(self) -> "PlainLines":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def happened(self, phone: RemoteHandset, one: Happening) -> None:
        """See `HandsetView`."""
        print(happening_line(phone, one), file=self._stream, flush=True)

    def connection(self, phone: RemoteHandset, event: str, fields: dict[str, object]) -> None:
        """See `HandsetView`."""
        print(connection_line(phone, event, fields), file=self._stream, flush=True)

    def problem(self, words: str) -> None:
        """See `HandsetView`."""
        print(printable(words), file=self._stream, flush=True)

    def typed(self, line: str) -> None:
        """See `HandsetView`: nothing to show."""


class ScreenView:
    """The screens of all phones, the last happenings below, and the line that is written."""

    def __init__(self, phones: list[RemoteHandset], console: Console | None = None) -> None:
        self._phones = phones
        self._console = console or Console(highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=False)
        self._lines: list[str] = ["write TO: text, or a reply to the newest text; Ctrl-C ends it"]
        self._typed = ""

    def __enter__(self) -> "ScreenView":
        self._live.start()
        self._draw()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def happened(self, phone: RemoteHandset, one: Happening) -> None:
        """See `HandsetView`."""
        if one.kind == ARRIVED:
            # The screen shows it.
            self._draw()
        else:
            self._note(happening_line(phone, one))

    def connection(self, phone: RemoteHandset, event: str, fields: dict[str, object]) -> None:
        """See `HandsetView`."""
        self._note(connection_line(phone, event, fields))

    def problem(self, words: str) -> None:
        """See `HandsetView`."""
        self._note(printable(words))

    def typed(self, line: str) -> None:
        """See `HandsetView`."""
        self._typed = line
        self._draw()

    def _note(self, line: str) -> None:
        self._lines = [*self._lines, line][-LINES_SHOWN:]
        self._draw()

    def _draw(self) -> None:
        columns = max(20, min(self._console.width - 6, COLUMNS_MAX))
        panels = [_panel(phone, columns) for phone in self._phones]
        notes = RichText("\n".join(self._lines), style="dim")
        self._live.update(Group(*panels, notes, RichText(f"> {self._typed}")), refresh=True)


def _panel(phone: RemoteHandset, columns: int) -> Panel:
    lines: list[str] = []
    for text in phone.handset.inbox[-TEXTS_SHOWN:]:
        if lines:
            lines.append("")
        lines.append(printable(text.sender))
        lines.extend(wrapped(text.text, columns))
    power = "on" if phone.is_connected else "no connection"
    return Panel(
        RichText("\n".join(lines or ["(no texts)"])),
        title=RichText(f"+{phone.handset.msisdn}   {power}"),
        width=columns + 6,
        padding=(1, 2),
    )
