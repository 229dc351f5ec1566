"""Which check goes with which expectation."""

from collections.abc import Callable
from typing import Any, Final

from carrierbox.scenarios import costs, expectations, phone_checks, register_acts
from carrierbox.scenarios.application_checks import application
from carrierbox.scenarios.expectations_written import (
    AcknowledgementExpectation,
    AnswerExpectation,
    ApplicationExpectation,
    BatchExpectation,
    ConsentExpectation,
    CostExpectation,
    Expectation,
    OrderExpectation,
    PhoneExpectation,
    QueryExpectation,
    ReceiptExpectation,
    ReceivedExpectation,
    RuleExpectation,
    SenderExpectation,
    TraceExpectation,
)
from carrierbox.scenarios.run_state import Run

_CHECKS: Final[dict[type[Expectation], Callable[[Run, Any], str]]] = {
    AcknowledgementExpectation: phone_checks.acknowledgement,
    AnswerExpectation: expectations.answer,
    ApplicationExpectation: application,
    BatchExpectation: expectations.batch,
    CostExpectation: costs.cost,
    OrderExpectation: expectations.order,
    PhoneExpectation: phone_checks.phone,
    QueryExpectation: expectations.query,
    ReceiptExpectation: expectations.receipt,
    ReceivedExpectation: expectations.received,
    RuleExpectation: expectations.rule,
    SenderExpectation: register_acts.sender,
    ConsentExpectation: register_acts.consent,
    TraceExpectation: expectations.trace,
}


def found_instead(run: Run, expectation: Expectation) -> str:
    """`expectations.HOLDS`, or what was found instead."""
    return _CHECKS[type(expectation)](run, expectation)


def is_negative(expectation: Expectation) -> bool:
    """Whether it is about what must not happen: it has to hold all the time."""
    return getattr(expectation, "none", False) is True or getattr(expectation, "count", None) == 0
