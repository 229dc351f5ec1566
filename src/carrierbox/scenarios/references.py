"""What the steps of a scenario call each other: a name must be given before it is used."""

from carrierbox.config import BoxSection
from carrierbox.config_conditions import RuleError, TextCondition
from carrierbox.scenarios.conditions import judge_of
from carrierbox.scenarios.expectations_written import (
    AcknowledgementExpectation,
    AnswerExpectation,
    ApplicationExpectation,
    BatchExpectation,
    CostExpectation,
    Expectation,
    OrderExpectation,
    QueryExpectation,
    ReceiptExpectation,
    RuleExpectation,
    TraceExpectation,
)
from carrierbox.scenarios.problems import Finding
from carrierbox.scenarios.scenario import YOUR_APPLICATION, Action, Step
from carrierbox.scenarios.steps_written import (
    BindStep,
    CancelStep,
    ListenStep,
    QueryStep,
    ReplaceStep,
    RespondStep,
    SubmitStep,
    WaitStep,
    Written,
)
from carrierbox.smpp.values import STATUS_BY_NAME
from carrierbox.smsc.accounts import ANY
from carrierbox.trace import KIND_NAMES

ORDER_KINDS = ("submit", "answer", "receipt", "shown", "trace", "received")
_SENDING = (
    *("submit", "query", "cancel", "replace"),
    *("bind", "listen", "respond", "unbind", "disconnect"),
)


def check_names(steps: list[Step], section: BoxSection, role: str) -> list[Finding]:
    """Everything that is wrong with what steps refer to."""
    check = _Check(section, role)
    for step in steps:
        check.look_at(step)
    return check.findings


class _Check:
    def __init__(self, section: BoxSection, role: str) -> None:
        self.findings: list[Finding] = []
        self._role = role
        self._names: dict[str, Written] = {}
        self._links: set[str] = set()
        self._accounts = {account.system_id for account in section.accounts}
        self._first = next((account.system_id for account in section.accounts), "")
        self._callees = [
            account.system_id for account in section.accounts if account.outbind is not None
        ]

        for index, account in enumerate(section.accounts if role == YOUR_APPLICATION else ()):
            if account.outbind is not None and account.outbind.tls is not None:
                path = f"setup.accounts[{index}].outbind.tls"
                self._note(path, "a scenario calls without TLS: leave it out")

    def look_at(self, step: Step) -> None:
        action, path = step.action, step.path
        is_theirs = self._role == YOUR_APPLICATION
        if is_theirs and step.kind in (*_SENDING, "reconnect"):
            self._note(path, "your application does this by itself; wait for it with `wait`")
            return
        if step.kind == "wait" and not is_theirs:
            self._note(path, "goes with `role: your_application`; use expect, with within")
            return
        if is_theirs and isinstance(action, QueryExpectation):
            self._note(path, "your application asks by itself; use `batch` with `states`")
            return
        self._names_of(action, path)
        self._accounts_of(step, path)
        if isinstance(action, WaitStep) and (action.submit is None) == (action.bound is None):
            self._note(path, "must have exactly one of submit and bound")
        if isinstance(action, Expectation):
            self._expectation(action, path)

    def _names_of(self, action: Action, path: str) -> None:
        """The message that a step is about, and what it is called itself."""
        if isinstance(action, QueryStep | CancelStep | ReplaceStep) and action.message is not None:
            self._known(action.message, f"{path}.message")
        has_name = SubmitStep | QueryStep | CancelStep | ReplaceStep | BindStep | WaitStep
        if isinstance(action, has_name) and action.name:
            self._name(action.name, action, path)

    def _accounts_of(self, step: Step, path: str) -> None:
        action = step.action
        if step.kind == "outbind":
            self._called(str(action or ""), path)
        if isinstance(action, ListenStep) and not action.stop:
            self._called(action.account, f"{path}.account")
        if isinstance(
            action, SubmitStep | RespondStep | BindStep | QueryStep | CancelStep | ReplaceStep
        ):
            self._account(action.account, f"{path}.account")
        if isinstance(action, BindStep):
            self._links.add(action.link or action.account)

    def _name(self, name: str, action: Written, path: str) -> None:
        if name in self._names:
            self._note(f"{path}.as", f"another step before is called {name}: choose another name")
        self._names[name] = action

    def _account(self, name: str, path: str) -> None:
        if not name or {name, ANY} & self._accounts or name in self._links:
            return
        known = ", ".join(sorted(self._accounts))
        self._note(path, f"there is no account {name}; known: {known}")

    def _called(self, name: str, path: str) -> None:
        """An account that the carrier is to call."""
        name = name or self._first
        if name not in self._callees:
            known = ", ".join(self._callees) or "none: give an account `outbind: {to: HOST:PORT}`"
            self._note(path, f"{name} is not called by outbind; known: {known}")

    def _expectation(self, action: Expectation, path: str) -> None:
        if isinstance(action, AnswerExpectation):
            if action.submit and action.answer:
                self._note(path, "must have one of submit and answer")
            self._known(action.submit or action.answer, f"{path}.{_key_of(action)}")
        elif isinstance(action, QueryExpectation):
            self._known(action.query, f"{path}.query")
        elif isinstance(action, ReceiptExpectation):
            self._known(action.receipt, f"{path}.receipt")
        elif isinstance(action, AcknowledgementExpectation):
            self._known(action.acknowledgement, f"{path}.acknowledgement")
        elif isinstance(action, CostExpectation):
            self._cost(action, path)
        elif isinstance(action, BatchExpectation):
            self._known(action.batch, f"{path}.batch")
        elif isinstance(action, RuleExpectation | TraceExpectation) and action.of:
            self._known(action.of, f"{path}.of")
        elif isinstance(action, ApplicationExpectation) and action.answers == "receipt":
            self._known(action.application, f"{path}.application")
        if isinstance(action, TraceExpectation) and action.trace not in KIND_NAMES.values():
            known = ", ".join(KIND_NAMES.values())
            self._note(f"{path}.trace", f"there are no events {action.trace}; known: {known}")
        if isinstance(action, OrderExpectation):
            self._order(action, path)
        self._texts(action, path)

    def _cost(self, action: CostExpectation, path: str) -> None:
        if isinstance(action.cost, str):
            self._known(action.cost, f"{path}.cost")
        else:
            self._account(action.cost.account, f"{path}.cost.account")
        if action.amount is None and action.parts is None:
            self._note(path, "must have amount, with its currency, or parts")
        if (action.amount is None) != (action.currency is None):
            self._note(path, "must have amount and currency together, as in 0.15 and EUR")

    def _order(self, action: OrderExpectation, path: str) -> None:
        for index, each in enumerate(action.order):
            inner = f"{path}.order[{index}]"
            if len(each) != 1 or next(iter(each)) not in ORDER_KINDS:
                self._note(inner, f"must be one of {', '.join(ORDER_KINDS)} with its name")
                continue
            ((kind, name),) = each.items()
            if kind in ("submit", "answer", "receipt", "shown"):
                self._known(name, f"{inner}.{kind}")

    def _texts(self, action: Written, path: str) -> None:
        """Patterns that are none, statuses that nobody knows."""
        for field in action.__struct_fields__:
            value = getattr(action, field)
            inner = f"{path}.{field}"
            if isinstance(value, TextCondition):
                try:
                    judge_of(value, inner)
                except RuleError as error:
                    self._note(error.path, error.problem)
            elif field == "command_status" and isinstance(value, str):
                self._status(value, inner)
            elif field == "refused" and isinstance(value, dict):
                for name in value:
                    self._status(name, f"{inner}.{name}")
            elif field == "unsuccess_sme" and isinstance(value, dict):
                for name, status in value.items():
                    self._status(str(status), f"{inner}.{name}")

    def _status(self, name: str, path: str) -> None:
        try:
            is_known = name in STATUS_BY_NAME or int(name, 0) >= 0
        except ValueError:
            is_known = False
        if not is_known:
            self._note(path, f"{name} is no command_status: use a name such as ESME_RTHROTTLED")

    def _known(self, name: str, path: str) -> None:
        base, dot, number = name.rpartition(".")
        if name in self._names or (dot and number.isdigit() and base in self._names):
            return
        known = ", ".join(self._names) or "none; give a step a name with `as`"
        self._note(path, f"no step before is called {name}; known: {known}")

    def _note(self, path: str, problem: str) -> None:
        self.findings.append(Finding(path, problem))


def _key_of(action: AnswerExpectation) -> str:
    return "submit" if action.submit else "answer"
