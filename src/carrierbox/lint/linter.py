"""The linter: PDUs of any number of links in, findings per account out.

The same for captures and for a running carrier. It is told of every link that it opened, of every
PDU with its time (seconds since 1970) and its sender (`states.ESME` or `states.SMSC`), and that it
closed. Everything it keeps is bounded.
"""

from typing import Final

from carrierbox.lint.concatenations import Concatenations
from carrierbox.lint.findings import AccountReport, SessionSummary
from carrierbox.lint.frames import Lost
from carrierbox.lint.listener import Listener
from carrierbox.lint.sessions import Limits, Session

ACCOUNTS_MAX: Final = 1000
OTHER_ACCOUNTS: Final = "(others)"


class Linter(Listener):
    """What clients do wrong, counted."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._sessions: dict[int, Session] = {}
        self._accounts: dict[str, AccountReport] = {}
        self._concatenations: dict[str, Concatenations] = {}

    def opened(
        self,
        link: int,
        time: float,
        client: str,
        carrier: str,
        *,
        is_whole: bool = True,
        is_in_clear: bool = False,
    ) -> None:
        """See `Listener`, as for what follows."""
        summary = SessionSummary(f"{client} > {carrier}", client, carrier, is_whole)
        session = Session(summary, self._limits, is_in_clear, self._concatenations_of)
        session.begin(time)
        self._sessions[link] = session

    def frame(self, link: int, time: float, sender: int, frame: bytes) -> None:
        """See `Listener`."""
        session = self._sessions.get(link)
        if session is not None:
            session.frame(time, sender, frame)

    def lost(self, link: int, time: float, sender: int, lost: Lost) -> None:
        """See `Listener`."""
        session = self._sessions.get(link)
        if session is not None:
            session.lost(time, sender, lost)

    def closed(self, link: int, time: float, sender: int) -> None:
        """See `Listener`."""
        session = self._sessions.get(link)
        if session is not None:
            session.closed(time, sender)

    def forget(self, link: int) -> None:
        """Nothing more comes of a link: its session goes into the sums."""
        session = self._sessions.pop(link, None)
        if session is not None:
            session.end()
            report = self._report_of(self._accounts, session.system_id)
            report.add(session.summary, session.findings)

    def finish(self) -> None:
        """Nothing more comes at all: long messages that wait for parts are missing them."""
        for link in list(self._sessions):
            self.forget(link)
        for system_id, concatenations in self._concatenations.items():
            report = self._report_of(self._accounts, system_id)
            for missing in concatenations.all_open():
                report.findings.note(missing.rule, missing.detail, missing.first)
        self._concatenations.clear()

    def reports(self) -> list[AccountReport]:
        """One for each account, those with running sessions included; in order of system_id."""
        merged: dict[str, AccountReport] = {}
        for system_id, ended in self._accounts.items():
            self._report_of(merged, system_id).merge(ended)
        for session in self._sessions.values():
            report = self._report_of(merged, session.system_id)
            report.add(session.summary, session.findings)
        return [merged[system_id] for system_id in sorted(merged)]

    def _report_of(self, reports: dict[str, AccountReport], system_id: str) -> AccountReport:
        report = reports.get(system_id)
        if report is None:
            if len(reports) >= ACCOUNTS_MAX:
                system_id = OTHER_ACCOUNTS
            report = reports.setdefault(system_id, AccountReport(system_id))
        return report

    def _concatenations_of(self, system_id: str) -> Concatenations:
        found = self._concatenations.get(system_id)
        if found is None:
            if len(self._concatenations) >= ACCOUNTS_MAX:
                system_id = OTHER_ACCOUNTS
            found = self._concatenations.setdefault(system_id, Concatenations())
        return found
