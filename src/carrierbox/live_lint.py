"""`carrierbox serve --lint`: the linter on the links of a running carrier."""

from carrierbox import shapes
from carrierbox.link_events import CLOSED, OPENED, RECEIVED, LinkEvent
from carrierbox.lint.frames import FrameCutter
from carrierbox.lint.linter import Linter
from carrierbox.lint_views import lint_report
from carrierbox.smpp.states import ESME, SMSC


class LiveLint:
    """Events of links in, a report out."""

    def __init__(self) -> None:
        self._linter = Linter()
        self._cutters: dict[int, tuple[FrameCutter, FrameCutter]] = {}

    def take(self, event: LinkEvent) -> None:
        """One event, in the order in which they happened."""
        link = event.link_id
        if event.kind == OPENED:
            self._cutters[link] = (FrameCutter(True), FrameCutter(True))
            self._linter.opened(link, event.time, event.peer, event.local)
            return
        cutters = self._cutters.get(link)
        if cutters is None:
            return
        if event.kind == CLOSED:
            del self._cutters[link]
            for cutter, sender in ((cutters[0], ESME), (cutters[1], SMSC)):
                cutter.end()
                self._drain(link, event.time, cutter, sender)
                for lost in cutter.remains():
                    self._linter.lost(link, event.time, sender, lost)
            self._linter.closed(link, event.time, ESME if event.is_by_peer else SMSC)
            self._linter.forget(link)
            return
        is_received = event.kind == RECEIVED
        cutter, sender = (cutters[0], ESME) if is_received else (cutters[1], SMSC)
        if event.missing_octets:
            for lost in cutter.gap(event.missing_octets):
                self._linter.lost(link, event.time, sender, lost)
        cutter.feed(event.octets)
        self._drain(link, event.time, cutter, sender)

    def report(self) -> shapes.LintReport:
        """What was found so far, sessions that go on included."""
        return lint_report(self._linter.reports())

    def _drain(self, link: int, time: float, cutter: FrameCutter, sender: int) -> None:
        while (item := cutter.next()) is not None:
            if isinstance(item, bytes):
                self._linter.frame(link, time, sender, item)
            else:
                self._linter.lost(link, time, sender, item)
