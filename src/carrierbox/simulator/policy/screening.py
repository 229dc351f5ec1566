"""What carriers accept: the rules a submission must pass, chosen by the country of its phone.

`RuledPolicies` is what the centre is handed as its `relay.Screening`.
"""

from carrierbox.clock import NetworkTime
from carrierbox.matching import Rule, RuleBook, merged
from carrierbox.relay import ACCEPTED, Submission, Verdict
from carrierbox.simulator.policy.explain import Explanation, Stage, explain
from carrierbox.simulator.policy.registers import Registers


class Policy:
    """The rules of one carrier or country; each kind of them is a subclass."""

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission. Pure: the same answer for the same state."""
        raise NotImplementedError

    def policy_of(self, country: str) -> "Policy":
        """The rules for phones of a country, where these are not the rules for all."""
        return self

    def rules_for(self, submission: Submission) -> list[Rule]:
        """The rules that it asks about a submission, in their order, for whoever explains them."""
        return []

    def rules_in_use(self) -> list[Rule]:
        """All rules that were asked about anything so far, for whoever counts how often."""
        return []

    def told(self, submission: Submission, verdict: Verdict) -> Verdict:
        """What becomes of the verdict of these rules by the habits of a carrier."""
        return verdict


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

    def rules_for(self, submission: Submission) -> list[Rule]:
        """The rules of its country."""
        return self.policy_of(submission.country).rules_for(submission)


class PolicyStage(Stage):
    """The rules of a policy, and how its carriers tell what they decide."""

    def __init__(self, policy: Policy, submission: Submission) -> None:
        super().__init__(policy.rules_for(submission))
        self._policy = policy

    def told(self, submission: Submission, verdict: Verdict) -> Verdict:
        """As the carriers tell it."""
        return self._policy.told(submission, verdict)


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
        registers: Registers | None = None,
    ) -> None:
        self._registers: Registers = Registers() if registers is None else registers
        self._rules = rules
        self._policies = policies
        self._visited: dict[str, str] = {} if visited_countries is None else visited_countries

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission. Who is suspended is refused before any rule is asked."""
        registers = self._registers
        if registers.registrations.suspensions:
            refusal = registers.refusal(submission, now)
            if refusal is not None:
                return refusal
        verdict = self._judged(submission, now)
        if verdict.suspension is not None:
            registers.note(verdict, submission, now)
        return verdict

    def rules_for(self, submission: Submission) -> list[Rule]:
        """All of them, one list behind the other."""
        return [rule for stage in self.stages_for(submission) for rule in stage.rules]

    def rules_in_use(self) -> list[Rule]:
        """Those of the box and of the carriers."""
        rules = self._rules
        return [*rules.in_order, *rules.built_in, *self._policies.rules_in_use()]

    def stages_for(self, submission: Submission) -> list[Stage]:
        """The rules of the box, of its carriers, and of those that a phone visits."""
        rules = self._rules
        if not submission.country:
            return [Stage([*rules.in_order, *rules.built_in], True)]
        home = self._policies.policy_of(submission.country)
        stages = [Stage(rules.in_order, True), PolicyStage(home, submission)]
        visited = self._visited.get(submission.msisdn)
        if visited is not None and visited != submission.country:
            stages.append(PolicyStage(self._policies.policy_of(visited), submission))
        return stages

    def explain(self, submission: Submission, now: NetworkTime) -> Explanation:
        """What `screen` would say and why, without counting anything."""
        refusal = self._registers.refusal(submission, now)
        return explain(self.stages_for(submission), submission, refusal)

    def _judged(self, submission: Submission, now: NetworkTime) -> Verdict:
        """What the rules say. A number that no country has is no carrier's business."""
        if self._rules.in_order or not submission.country:
            noted = self._rules.verdict_on(submission)
            if noted is not None:
                if not noted.goes_on:
                    return noted
                if not submission.country:
                    return merged(noted, ACCEPTED)
                return merged(noted, self._carriers_verdict(submission, now))
            if not submission.country:
                return ACCEPTED
        return self._carriers_verdict(submission, now)

    def _carriers_verdict(self, submission: Submission, now: NetworkTime) -> Verdict:
        verdict = self._policies.screen(submission, now)
        if self._visited and verdict.command_status == 0:
            # A phone abroad is reached through the carrier that it visits, by its rules too.
            visited = self._visited.get(submission.msisdn)
            if visited is not None and visited != submission.country:
                abroad = self._policies.policy_of(visited).screen(submission, now)
                return abroad if verdict is ACCEPTED else merged(verdict, abroad)
        return verdict
