"""Whether what a scenario expects holds: each check tells what was found instead, or nothing."""

from collections import Counter
from typing import Any, Final

from carrierbox.identifiers import Address
from carrierbox.scenarios.conditions import judge_of, status_number, told_text
from carrierbox.scenarios.expectations_written import (
    AnswerExpectation,
    BatchExpectation,
    OrderExpectation,
    QueryExpectation,
    ReceiptExpectation,
    Received,
    ReceivedExpectation,
    RuleExpectation,
    TraceExpectation,
)
from carrierbox.scenarios.phone_acts import digits_of
from carrierbox.scenarios.run_state import Request, Run
from carrierbox.scenarios.traffic import Entry, Receipt, destinations_of, text_of
from carrierbox.smpp.fields import UnsuccessSme
from carrierbox.smpp.pdus import DataSm, DeliverSm, QuerySmResp, SubmitMultiResp
from carrierbox.smpp.values import (
    MESSAGE_STATE_NAMES,
    REGISTERED_DELIVERY_RECEIPT_MASK,
    status_name,
)
from carrierbox.smsc.receipts import describe_state
from carrierbox.terminal import counted
from carrierbox.trace import KIND_NAMES, REFUSED, VERDICT, TraceEvent

HOLDS: Final = ""
LISTED_MAX: Final = 5


# Answers.


def answer(run: Run, said: AnswerExpectation) -> str:
    """How requests were answered."""
    for number, request in enumerate(run.named(said.submit or said.answer), 1):
        told = _answer_of(request, said)
        if told:
            return (
                f"number {number}: {told}"
                if len(run.named(said.submit or said.answer)) > 1
                else told
            )
    return HOLDS


def _answer_of(request: Request, said: AnswerExpectation) -> str:
    answers = request.entry.answers
    if said.none:
        return f"it was answered: {_status_words(request)}" if answers else HOLDS
    if said.count is not None and len(answers) != said.count:
        return f"{counted(len(answers), 'answer')}, not {said.count}"
    if not answers:
        return HOLDS if said.count == 0 else "it has no answer"
    if said.command_status is not None and request.status != status_number(said.command_status):
        return f"command_status {_status_words(request)}"
    if said.message_id is not None and not judge_of(said.message_id)(request.message_id):
        return f"message_id {request.message_id!r}, not {told_text(said.message_id)}"
    if said.unsuccess_sme is not None:
        told = _unsuccess_of(answers[0], said.unsuccess_sme)
        if told:
            return told
    if said.message_state is not None:
        return _state_of(answers[0], said.message_state)
    return HOLDS


def _unsuccess_of(entry: Entry, wanted: dict[str, str | int]) -> str:
    """Whether just these destinations of a submit_multi were refused, each like this."""
    pdu = entry.pdu
    if not isinstance(pdu, SubmitMultiResp):
        return "the answer has no unsuccess_sme: it is no submit_multi_resp"
    found = {one.destination_addr: one.error_status_code for one in pdu.unsuccess_sme}
    statuses = {name.removeprefix("+"): status_number(each) for name, each in wanted.items()}
    return HOLDS if found == statuses else f"unsuccess_sme {_unsuccess_words(pdu.unsuccess_sme)}"


def _unsuccess_words(refused: list[UnsuccessSme]) -> str:
    told = [f"{one.destination_addr} {status_name(one.error_status_code)}" for one in refused]
    return ", ".join(told[:LISTED_MAX]) or "none"


def _state_of(entry: Entry, wanted: Any) -> str:
    pdu = entry.pdu
    if not isinstance(pdu, QuerySmResp):
        return "the answer has no message_state: it is no query_sm_resp"
    state = MESSAGE_STATE_NAMES.get(pdu.message_state, str(pdu.message_state))
    return HOLDS if judge_of(wanted)(state) else f"message_state {state}"


def query(run: Run, said: QueryExpectation) -> str:
    """What the newest query_sm about a message was answered."""
    request = run.named(_QUERY + said.query)[-1]
    if not request.entry.answers or request.entry.answer is None:
        return "query_sm has no answer"
    status = status_number(said.command_status or 0)
    if request.status != status:
        return f"command_status {_status_words(request)}"
    pdu = request.entry.answer.pdu
    if said.message_state is not None:
        told = _state_of(request.entry.answer, said.message_state)
        if told:
            return told
    code = pdu.error_code if isinstance(pdu, QuerySmResp) else None
    return HOLDS if said.error_code in (None, code) else f"error_code {code}"


_QUERY: Final = "query_sm of "


def name_of_query(message: str) -> str:
    """What the query_sm of an expectation is called."""
    return _QUERY + message


# Receipts.


def receipt(run: Run, said: ReceiptExpectation) -> str:
    """Receipts of a message, or of each of a batch."""
    requests = run.named(said.receipt)
    for number, request in enumerate(requests, 1):
        told = _receipts_of(run.receipts_of(request), request, said)
        if told:
            return f"number {number}: {told}" if len(requests) > 1 else told
    return HOLDS


def _receipts_of(receipts: list[Receipt], request: Request, said: ReceiptExpectation) -> str:
    like = [each for each in receipts if not _unlike(each, said)]
    wanted = 0 if said.none else said.count
    if wanted is not None:
        if len(like) == wanted:
            return HOLDS
        return f"{counted(len(like), 'receipt')} like this, not {wanted}"
    if like:
        return HOLDS
    if not request.message_id:
        return f"it was not accepted: {_status_words(request)}"
    if not receipts:
        none_asked = (
            not getattr(request.entry.pdu, "registered_delivery", REGISTERED_DELIVERY_RECEIPT_MASK)
            & REGISTERED_DELIVERY_RECEIPT_MASK
        )
        remedy = ": it asked for none, which registered_delivery: 1 does" if none_asked else ""
        return f"no receipt of it has come{remedy}"
    return "; ".join(_unlike(each, said) for each in receipts[-LISTED_MAX:])


def _unlike(one: Receipt, said: ReceiptExpectation) -> str:
    """In what a receipt is not as wanted; "" if it is."""
    pairs: list[tuple[str, Any]] = [("stat", said.stat), ("err", said.err)]
    pairs += list(said.fields.items())
    for name, wanted in pairs:
        if wanted is None:
            continue
        value = one.field(name)
        text = str(wanted) if isinstance(wanted, int) else wanted
        if value is None:
            return f"the receipt has no {name}"
        if not judge_of(text)(value):
            return f"the receipt has {name} {value}, not {told_text(text)}"
    if said.message_state is not None and not judge_of(said.message_state)(one.message_state):
        return f"the receipt has message_state {one.message_state or 'none'}"
    return ""


# Batches.


def batch(run: Run, said: BatchExpectation) -> str:
    """Counts over a batch."""
    requests = run.named(said.batch)
    refused = Counter(status_name(status) for request in requests if (status := request.status))
    accepted = [request for request in requests if request.status == 0]
    pairs: list[tuple[str, Any, Any]] = [
        ("submitted", said.submitted, lambda: len(requests)),
        ("accepted", said.accepted, lambda: len(accepted)),
        ("unanswered", said.unanswered, lambda: sum(r.status is None for r in requests)),
    ]
    for name, wanted, count in pairs:
        if wanted is not None and count() != wanted:
            return f"{name} {count()}"
    told = _counts("refused", said.refused, refused)
    return told or _states(run, said, accepted) or _batch_receipts(run, said, requests)


def _states(run: Run, said: BatchExpectation, accepted: list[Request]) -> str:
    wanted = (said.delivered, said.undelivered, said.waiting, said.states)
    if all(each is None for each in wanted):
        return HOLDS
    states: Counter[str] = Counter()
    for request in accepted:
        message = run.message_of(request)
        states["forgotten" if message is None else describe_state(message.state)] += 1
    waiting = states["ENROUTE"] + states["SCHEDULED"] + states["ACCEPTED"]
    for name, number, found in (
        ("delivered", said.delivered, states["DELIVERED"]),
        ("undelivered", said.undelivered, len(accepted) - states["DELIVERED"] - waiting),
        ("waiting", said.waiting, waiting),
    ):
        if number is not None and number != found:
            return f"{name} {found}: {_tally(states)}"
    return _counts("states", said.states, states)


def _batch_receipts(run: Run, said: BatchExpectation, requests: list[Request]) -> str:
    if said.receipts is None:
        return HOLDS
    words: Counter[str] = Counter()
    for request in requests:
        words.update(each.fields.get("stat", "") for each in run.receipts_of(request))
    return _counts("receipts", said.receipts, words)


def _counts(name: str, wanted: Any, found: Counter[str]) -> str:
    """A number of all, or numbers by name."""
    if wanted is None:
        return HOLDS
    if isinstance(wanted, int):
        return HOLDS if found.total() == wanted else f"{name} {found.total()}: {_tally(found)}"
    normal = {_status_key(key): number for key, number in wanted.items() if number}
    has = {key: number for key, number in found.items() if number}
    return HOLDS if normal == has else f"{name}: {_tally(found)}"


def _status_key(name: str) -> str:
    return status_name(int(name, 0)) if name[:1].isdigit() else name


# Messages from phones.


def received(run: Run, said: ReceivedExpectation) -> str:
    """What the application got from phones."""
    entries = run.received()
    like = [entry for entry in entries if is_received_like(entry, said.received)]
    wanted = 0 if said.none else said.count
    if wanted is not None:
        return HOLDS if len(like) == wanted else f"{counted(len(like), 'message')} like this"
    if like:
        return HOLDS
    told = [_received_words(entry) for entry in entries]
    return f"received {listed(told)}"


def is_received_like(entry: Entry, said: Received) -> bool:
    """Whether a deliver_sm is as it was described."""
    pdu = entry.pdu
    if not isinstance(pdu, DeliverSm | DataSm):
        return False
    source = Address(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)
    for wanted, values in (
        (said.sender, _spellings(source)),
        (said.to, [pdu.destination_addr, f"+{pdu.destination_addr}"]),
        (said.text, [text_of(pdu)]),
        (said.account, [entry.system_id]),
    ):
        if wanted is not None and not any(map(judge_of(wanted), values)):
            return False
    return said.data_coding is None or pdu.data_coding == said.data_coding


def _spellings(address: Address) -> list[str]:
    return [address.value, f"+{address.value}"]


def _received_words(entry: Entry) -> str:
    pdu = entry.pdu
    assert isinstance(pdu, DeliverSm | DataSm)
    return f"{text_of(pdu)} (from {pdu.source_addr} to {pdu.destination_addr})"


# Rules and the trace.


def rule(run: Run, said: RuleExpectation) -> str:
    """Which rule decided."""
    judge = judge_of(said.rule)
    if said.of:
        for request in run.named(said.of):
            decided = rules_of(run, request)
            names = [name.strip() for name in decided.partition(": ")[0].split(",")]
            holds = any(judge(name) for name in [*names, decided])
            if holds == said.none:
                return f"decided by {decided or 'nobody'}"
            reason = decided.partition(": ")[2]
            if said.reason is not None and not judge_of(said.reason)(reason):
                return f"the reason is {reason!r}"
        return HOLDS
    policies = run.world.box.policies
    asked = [] if policies is None else policies.rules_in_use()
    found = [each for each in asked if judge(each.name)]
    matched = sum(each.matched for each in found)
    if said.none:
        return f"it decided {counted(matched, 'time')}" if matched else HOLDS
    if not found:
        return f"there is no rule {told_text(said.rule)}"
    if said.matched is not None and said.matched != matched:
        return f"it decided {counted(matched, 'time')}"
    return HOLDS if matched or said.matched == 0 else "it never decided"


def rules_of(run: Run, request: Request) -> str:
    """The rules that decided about a submission, as the trace tells them; "" if none did."""
    entries = run.traffic.entries
    last = request.entry.answer.number if request.entry.answer is not None else len(entries)
    destinations = destinations_of(request.entry.pdu)
    for entry in entries[request.entry.number : last]:
        event = entry.event
        if event is None or event.msisdn.lstrip("+") not in destinations:
            continue
        if event.kind == VERDICT:
            return event.describe()
        if event.kind == REFUSED:
            return event.describe().partition(" by rule ")[2]
        if KIND_NAMES[event.kind] == "accepted":
            return event.describe()
    return ""


def trace(run: Run, said: TraceExpectation) -> str:
    """What the trace tells."""
    ids = set()
    if said.of:
        ids = {
            message.message_id
            for request in run.named(said.of)
            for message in run.messages_of(request)
        }
    digits = digits_of(said.phone) if said.phone else ""

    def is_meant(event: TraceEvent) -> bool:
        if KIND_NAMES.get(event.kind) != said.trace:
            return False
        if (said.of and event.message_id not in ids) or (digits and event.msisdn != digits):
            return False
        return said.detail is None or judge_of(said.detail)(event.describe())

    events = [entry.event for entry in run.traffic.entries if entry.event is not None]
    found = [event for event in events if is_meant(event)]
    wanted = 0 if said.none else said.count
    if wanted is not None:
        return HOLDS if len(found) == wanted else f"{counted(len(found), 'event')} like this"
    if found:
        return HOLDS
    like = [event.describe() for event in events if KIND_NAMES.get(event.kind) == said.trace]
    return f"{said.trace}: {listed(like)}"


# Order.


def order(run: Run, said: OrderExpectation) -> str:
    """What happened before what."""
    before = 0
    told = ""
    for each in said.order:
        ((kind, name),) = each.items()
        number = _number_of(run, kind, name)
        words = f"{kind} {name}"
        if not number:
            return f"{words} has not happened"
        if number <= before:
            return f"{words} came before {told}"
        before, told = number, words
    return HOLDS


def _number_of(run: Run, kind: str, name: str) -> int:
    """The number of the entry in which something first happened; 0: it has not."""
    if kind == "trace":
        return _first(
            entry.number
            for entry in run.traffic.entries
            if entry.event is not None and KIND_NAMES.get(entry.event.kind) == name
        )
    if kind == "received":
        judge = judge_of(name)
        return _first(
            entry.number
            for entry in run.received()
            if isinstance(entry.pdu, DeliverSm | DataSm) and judge(text_of(entry.pdu))
        )
    request = run.named(name)[0]
    if kind == "submit":
        return request.entry.number
    if kind == "answer":
        return 0 if request.entry.answer is None else request.entry.answer.number
    if kind == "receipt":
        return _first(each.entry.number for each in run.receipts_of(request))
    message = run.message_of(request)
    if message is None:
        return 0
    return _first(
        entry.number
        for entry in run.traffic.entries
        if entry.event is not None
        and entry.event.message_id == message.message_id
        and KIND_NAMES[entry.event.kind] == "arrived"
    )


def _first(numbers: Any) -> int:
    return next(iter(numbers), 0)


# Words.


def _status_words(request: Request) -> str:
    return "no answer" if request.status is None else status_name(request.status)


def listed(texts: list[str]) -> str:
    """The last of some texts."""
    if not texts:
        return "nothing"
    shown = ", ".join(repr(each) for each in texts[-LISTED_MAX:])
    return shown if len(texts) <= LISTED_MAX else f"{len(texts)}, the last of them {shown}"


def _tally(found: Counter[str]) -> str:
    return (
        ", ".join(f"{name} {number}" for name, number in sorted(found.items()) if number) or "none"
    )
