"""What was found, counted: per session, and per account over all its sessions."""

from typing import Final

from carrierbox.lint.rule_tables import SEVERITIES, Rule

EXAMPLE_OCTETS_MAX: Final = 2048
DETAILS_MAX: Final = 20
SESSIONS_MAX: Final = 1000
"""Of an account, that are told one by one; the others are in its sums."""


class Example:
    """A PDU that broke a rule. `sender` is a role of `smpp.states`; a password is masked."""

    def __init__(self, time: float, sender: int, session: str, octets: bytes) -> None:
        self.time = time
        self.sender = sender
        self.session = session
        self.octets = octets[:EXAMPLE_OCTETS_MAX]
        self.length_octets = len(octets)


class Finding:
    """How often one rule was broken, in what ways, and the first time."""

    def __init__(self, rule: Rule, first: Example) -> None:
        self.rule = rule
        self.first = first
        self.count = 0
        self.sessions = 0
        self.details: dict[str, int] = {}

    def add(self, detail: str, count: int = 1) -> None:
        """Once more, in the way that `detail` says."""
        self.count += count
        self.add_detail(detail, count)

    def add_detail(self, detail: str, count: int) -> None:
        """Count a way; of too many the later ones are left out."""
        if detail and (detail in self.details or len(self.details) < DETAILS_MAX):
            self.details[detail] = self.details.get(detail, 0) + count

    def merge(self, other: "Finding") -> None:
        """Add what was found in another session of the same account."""
        if other.first.time < self.first.time:
            self.first = other.first
        self.count += other.count
        self.sessions += other.sessions
        for detail, count in other.details.items():
            self.add_detail(detail, count)


class Findings:
    """The findings of one session or account, by rule."""

    def __init__(self) -> None:
        self._by_rule: dict[str, Finding] = {}

    def note(self, rule: Rule, detail: str, example: Example) -> None:
        """A rule was broken."""
        finding = self._by_rule.get(rule.rule_id)
        if finding is None:
            finding = self._by_rule[rule.rule_id] = Finding(rule, example)
            finding.sessions = 1
        finding.add(detail)

    def knows(self, rule: Rule) -> bool:
        """Whether that rule was broken before: its example is not needed then."""
        return rule.rule_id in self._by_rule

    def again(self, rule: Rule, detail: str) -> None:
        """A rule that `knows` was broken once more."""
        self._by_rule[rule.rule_id].add(detail)

    def merge(self, other: "Findings") -> None:
        """Add those of a session."""
        for rule_id, finding in other._by_rule.items():
            own = self._by_rule.get(rule_id)
            if own is None:
                own = self._by_rule[rule_id] = Finding(finding.rule, finding.first)
            own.merge(finding)

    def counts(self) -> dict[str, int]:
        """How often each rule was broken."""
        return {rule_id: finding.count for rule_id, finding in self._by_rule.items()}

    def worst_first(self) -> list[Finding]:
        """By severity, then by how often, then by name."""
        return sorted(
            self._by_rule.values(),
            key=lambda each: (
                SEVERITIES.index(each.rule.severity),
                -each.count,
                each.rule.rule_id,
            ),
        )


class SessionSummary:
    """One session as a report tells it. Times are seconds since 1970, 0 where not known."""

    def __init__(self, name: str, client: str, carrier: str, is_whole: bool) -> None:
        self.name = name
        self.client = client
        self.carrier = carrier
        self.is_whole = is_whole
        self.system_id = ""
        self.bind = ""
        self.began_at = 0.0
        self.ended_at = 0.0
        self.pdus_from_client = 0
        self.pdus_from_carrier = 0
        self.missing_octets = 0
        self.counts: dict[str, int] = {}


class AccountReport:
    """All there is to say of one account. `system_id` is empty for sessions without a bind."""

    def __init__(self, system_id: str) -> None:
        self.system_id = system_id
        self.sessions = 0
        self.pdus_from_client = 0
        self.pdus_from_carrier = 0
        self.findings = Findings()
        self.session_summaries: list[SessionSummary] = []

    def add(self, summary: SessionSummary, findings: Findings) -> None:
        """A session of this account."""
        self.sessions += 1
        self.pdus_from_client += summary.pdus_from_client
        self.pdus_from_carrier += summary.pdus_from_carrier
        self.findings.merge(findings)
        summary.counts = findings.counts()
        if len(self.session_summaries) < SESSIONS_MAX:
            self.session_summaries.append(summary)

    def merge(self, other: "AccountReport") -> None:
        """Add the sessions of another report."""
        self.sessions += other.sessions
        self.pdus_from_client += other.pdus_from_client
        self.pdus_from_carrier += other.pdus_from_carrier
        self.findings.merge(other.findings)
        room = SESSIONS_MAX - len(self.session_summaries)
        self.session_summaries.extend(other.session_summaries[:room])
