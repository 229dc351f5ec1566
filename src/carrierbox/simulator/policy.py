"""What carriers accept: the rules a submission must pass, chosen by the country of its phone.

`RuledPolicies` is what the centre is handed as its `relay.Screening`.
"""

from carrierbox.clock import NetworkTime
from carrierbox.matching import RuleBook
from carrierbox.relay import ACCEPTED, Submission, Verdict


class Policy:
    """The rules of one carrier or country; each kind of them is a subclass."""

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission. Pure: the same answer for the same state."""
        raise NotImplementedError

    def policy_of(self, country: str) -> "Policy":
        """The rules for phones of a country, where these are not the rules for all."""
        return self


class OpenPolicy(Policy):
    """Refuses nothing, delays nothing, rewrites nothing."""

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Accept, always with the one shared verdict (rule "open")."""
        return ACCEPTED


class Policies(Policy):
    """A policy for each country (ISO 3166-1, two capital letters) and one for all others."""

    def __init__(
        self, default: Policy | None = None, by_country: dict[str, Policy] | None = None
    ) -> None:
        self._default: Policy = OpenPolicy() if default is None else default
        self._by_country: dict[str, Policy] = {} if by_country is None else dict(by_country)

    def policy_of(self, country: str) -> Policy:
        """The policy of a country; the default one where it has none, also for ""."""
        return self._by_country.get(country, self._default)

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission by the rules of its country."""
        return self.policy_of(submission.country).screen(submission, now)


class RuledPolicies(Policy):
    """The rules of a box, and behind them the policies of its carriers.

    The first that answers wins: test rules, rules of the configuration, magic numbers, carriers.
    `visited_countries` says where phones are that roam.
    """

    def __init__(
        self,
        rules: RuleBook,
        policies: Policy,
        visited_countries: dict[str, str] | None = None,
    ) -> None:
        self._rules = rules
        self._policies = policies
        self._visited: dict[str, str] = {} if visited_countries is None else visited_countries

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission. A number that no country has is no carrier's business."""
        if self._rules.in_order or not submission.country:
            verdict = self._rules.verdict_on(submission)
            if verdict is not None:
                return verdict
            if not submission.country:
                return ACCEPTED
        verdict = self._policies.screen(submission, now)
        if self._visited and verdict.command_status == 0:
            # A phone abroad is reached through the carrier that it visits, by its rules too.
            visited = self._visited.get(submission.msisdn)
            if visited is not None and visited != submission.country:
                return self._policies.policy_of(visited).screen(submission, now)
        return verdict
