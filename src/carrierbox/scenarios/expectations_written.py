"""What a scenario expects as it is written: its shapes, which are its JSON Schema too."""

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, field

from carrierbox.scenarios.conditions import Text
from carrierbox.scenarios.steps_written import (
    COUNT_MAX,
    Duration,
    Name,
    Number,
    Octet,
    Status,
    Traffic,
    Written,
)

Count: TypeAlias = Annotated[int, Meta(ge=0, le=COUNT_MAX)]
Value: TypeAlias = Text | int


class Expectation(Written, kw_only=True):
    """`within` so much network time it holds; without it, now. The clock goes on for it.

    With `your_application` it is so much real time, 2s if nothing is said.
    """

    within: Duration | None = None


class AnswerExpectation(Expectation, kw_only=True):
    """How a request was answered: `submit: m1`, or `answer: NAME` for any other request.

    Of a batch each of its texts must have been answered so. `none`: it had no answer.
    `unsuccess_sme` are the destinations that a submit_multi was refused, each with its status, and
    no others; distribution lists by their names.
    """

    submit: Name = ""
    answer: Name = ""
    command_status: Status | None = None
    message_id: Text | None = None
    message_state: Text | None = None
    unsuccess_sme: dict[str, Status] | None = None
    none: bool = False
    count: Count | None = None


class QueryExpectation(Expectation, kw_only=True):
    """What query_sm answers about a message, asked now."""

    query: Name
    command_status: Status | None = None
    message_state: Text | None = None
    error_code: int | None = None


class ReceiptExpectation(Expectation, kw_only=True):
    """The receipt of a message; each of a batch.

    `count` is how many receipts that are like this there are of each message, `none` is count 0.
    `fields` are any others of its text by their names (`submit_date`, `done_date`, `dlvrd`, `sub`,
    `text`, `id`) or of its deliver_sm (`source_addr`, `data_coding`, …).
    """

    receipt: Name
    stat: Text | None = None
    err: Text | None = None
    message_state: Text | None = None
    fields: dict[str, Value] = field(default_factory=dict)
    count: Count | None = None
    none: bool = False


class CostOf(Written, kw_only=True):
    """An account, by its system_id."""

    account: Annotated[str, Meta(max_length=64)]


class AcknowledgementExpectation(Expectation, kw_only=True):
    """A phone (SME delivery acknowledgement) or its user acknowledged a message.

    `count` is how many acknowledgements that are like this there are of each message of a batch.
    """

    acknowledgement: Name
    by: Literal["phone", "user"] | None = None
    user_response_code: Octet | None = None
    count: Count | None = None
    none: bool = False


class CostExpectation(Expectation, kw_only=True):
    """What all accepted parts of a message or a batch cost, or of all that an account sent.

    A part costs what the pack of its country says of the kind of its sender: the pack that the
    set-up names, else the one that comes with carrierbox. Such prices are typical, no offers.
    """

    cost: Name | CostOf
    amount: Annotated[float, Meta(ge=0)] | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None
    parts: Count | None = None


class BatteryExpected(Written, kw_only=True):
    """How a battery is; `percent` is rounded to a whole one."""

    percent: Annotated[int, Meta(ge=0, le=100)] | None = None
    charging: bool | None = None
    empty: bool | None = None


class PhoneExpectation(Expectation, rename={"sender": "from"}, kw_only=True):
    """What a phone shows: a text that is like this, `count` of them, or `none`.

    `texts` are all texts on it, in their order. `cell` is the id of the tower that serves it,
    `everywhere` for a phone without a position, `none` where there is no coverage.
    """

    phone: Number
    shows: Text | None = None
    sender: Text | None = None
    parts: int | None = None
    count: Count | None = None
    none: bool = False
    texts: list[Text] | None = None
    power: Literal["on", "off"] | None = None
    cell: Text | None = None
    battery: BatteryExpected | Literal["none"] | None = None


class BatchExpectation(Expectation, kw_only=True):
    """Counts over a batch: how it was answered, and where its messages are.

    `refused` is how many were, or how many by status; so are `states` by message_state and
    `receipts` by the word after stat. `delivered` is states DELIVERED.
    """

    batch: Name
    submitted: Count | None = None
    accepted: Count | None = None
    refused: Count | dict[str, Count] | None = None
    unanswered: Count | None = None
    delivered: Count | None = None
    undelivered: Count | None = None
    waiting: Count | None = None
    states: dict[str, Count] | None = None
    receipts: Count | dict[str, Count] | None = None


class Received(Written, rename={"sender": "from"}, kw_only=True):
    """A message from a phone, as the application gets it: what is said must hold."""

    sender: Text | None = None
    to: Text | None = None
    text: Text | None = None
    data_coding: int | None = None
    account: Text | None = None


class ReceivedExpectation(Expectation, kw_only=True):
    """The application has received a message from a phone; `{}` is any."""

    received: Received
    count: Count | None = None
    none: bool = False


class RuleExpectation(Expectation, kw_only=True):
    """A rule decided: about a message, or so often."""

    rule: Text
    of: Name = ""
    matched: Count | None = None
    reason: Text | None = None
    none: bool = False


class SenderExpectation(Expectation, kw_only=True):
    """How a sender is registered in a country; without one, in every country."""

    sender: Annotated[str, Meta(max_length=40)]
    country: Annotated[str, Meta(max_length=2)] = ""
    registration: Text | None = None
    none: bool = False


class ConsentExpectation(Expectation, kw_only=True):
    """How a phone stands to a sender: `consent` is the sender, `recipient` the phone."""

    consent: Annotated[str, Meta(max_length=40)]
    recipient: Number
    state: Text


class TraceExpectation(Expectation, kw_only=True):
    """The trace has an event: `trace` is its kind, such as `attempt`."""

    trace: Name
    of: Name = ""
    phone: Number = ""
    detail: Text | None = None
    count: Count | None = None
    none: bool = False


class OrderExpectation(Expectation, kw_only=True):
    """What happened first: each of these before the next.

    Each is one of `{submit: m1}`, `{answer: m1}`, `{receipt: m1}`, `{shown: m1}`, a `{trace: KIND}`
    or a `{received: TEXT}`.
    """

    order: Annotated[list[dict[str, str]], Meta(min_length=2)]


class ApplicationExpectation(Expectation, kw_only=True):
    """What the application did by itself (`role: your_application`; the other role too).

    `application` is the name of a message, with `answers: receipt` for how it answered its receipt;
    or the system_id of an account with `answers: received` for what came from phones, with `bound`,
    or with `submits` for so many submissions like this.
    """

    application: Annotated[str, Meta(max_length=64)]
    answers: Literal["receipt", "received"] | None = None
    command_status: Status | None = None
    text: Text | None = None
    bound: bool | None = None
    submits: Traffic | None = None
    count: Count | None = None


SUBJECTS: Final[dict[str, type[Expectation]]] = {
    # Before `phone`, which it may have as well.
    "trace": TraceExpectation,
    "submit": AnswerExpectation,
    "answer": AnswerExpectation,
    "query": QueryExpectation,
    "receipt": ReceiptExpectation,
    "acknowledgement": AcknowledgementExpectation,
    "cost": CostExpectation,
    "phone": PhoneExpectation,
    "batch": BatchExpectation,
    "received": ReceivedExpectation,
    "application": ApplicationExpectation,
    "rule": RuleExpectation,
    "sender": SenderExpectation,
    "consent": ConsentExpectation,
    "order": OrderExpectation,
}
"""What an expectation is about, by the key that says so; the first that is there counts."""
