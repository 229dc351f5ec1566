"""Whether the application did what is expected of it, by what it said on its links."""

from carrierbox.scenarios.conditions import judge_of, status_number
from carrierbox.scenarios.expectations import HOLDS
from carrierbox.scenarios.expectations_written import ApplicationExpectation
from carrierbox.scenarios.run_state import Run
from carrierbox.scenarios.steps_written import Traffic
from carrierbox.scenarios.traffic import Entry, destinations_of, text_of
from carrierbox.smpp.pdus import BindResponse, DataSm, DeliverSm, SubmitMulti, SubmitSm
from carrierbox.smpp.values import command_name, status_name


def application(run: Run, said: ApplicationExpectation) -> str:
    """See `ApplicationExpectation`."""
    if said.bound is not None:
        is_bound = said.application in bound_accounts(run)
        if is_bound != said.bound:
            return "it is bound" if is_bound else "it is not bound"
    if said.submits is not None:
        wanted = said.submits
        found = [
            entry
            for entry in run.submits()
            if entry.system_id == said.application and is_submission_like(entry, wanted)
        ]
        if said.count is not None and len(found) != said.count:
            return f"{len(found)} submissions like this"
        if not found and said.count is None:
            return "no submission like this"
    return HOLDS if said.answers is None else _answers(run, said)


def _answers(run: Run, said: ApplicationExpectation) -> str:
    """How the application answered what it was delivered."""
    if said.answers == "receipt":
        requests = run.named(said.application)
        delivered = [each.entry for one in requests for each in run.receipts_of(one)]
    else:
        delivered = [each for each in run.received() if each.system_id == said.application]
    if said.text is not None:
        judge = judge_of(said.text)
        delivered = [each for each in delivered if judge(_text(each))]
    if not delivered and said.count is None:
        return f"nothing like this was delivered: no {said.answers}"
    answered = [each.answer for each in delivered if each.answer is not None]
    if len(answered) < len(delivered) and said.count is None:
        return f"{len(delivered) - len(answered)} of {len(delivered)} have no answer"
    statuses = [each.pdu.command_status for each in answered if each.pdu is not None]
    wanted = 0 if said.command_status is None else status_number(said.command_status)
    fitting = [status for status in statuses if status == wanted]
    if said.count is not None:
        return HOLDS if len(fitting) == said.count else f"{len(fitting)} answers like this"
    told = ", ".join(status_name(status) for status in statuses if status != wanted)
    return HOLDS if len(fitting) == len(statuses) else f"answered {told}"


def bound_accounts(run: Run) -> set[str]:
    """The accounts that are bound now, by the carrier's own book."""
    return {binding.system_id for binding in run.world.box.centre.bindings.all()}


def is_submission_like(entry: Entry, said: Traffic) -> bool:
    """Whether a submission is as it was described."""
    pdu = entry.pdu
    if not isinstance(pdu, SubmitSm | DataSm | SubmitMulti):
        return False
    if said.operation is not None and said.operation != command_name(pdu.command_id):
        return False
    if said.to is not None:
        judge = judge_of(said.to)
        if not any(judge(each) or judge(f"+{each}") for each in destinations_of(pdu)):
            return False
    for wanted, value in (
        (said.sender, pdu.source_addr),
        (said.text, text_of(pdu)),
        (said.service_type, pdu.service_type),
        (said.account, entry.system_id),
    ):
        if wanted is not None:
            judge = judge_of(wanted)
            if not (judge(value) or (wanted is not said.text and judge(f"+{value}"))):
                return False
    for number, found in (
        (said.registered_delivery, pdu.registered_delivery),
        (said.data_coding, pdu.data_coding),
    ):
        if number is not None and number != found:
            return False
    return True


def was_bound(entry: Entry) -> bool:
    """Whether this tells that somebody was bound."""
    return isinstance(entry.pdu, BindResponse) and entry.pdu.command_status == 0


def _text(entry: Entry) -> str:
    pdu = entry.pdu
    return text_of(pdu) if isinstance(pdu, DeliverSm | DataSm) else ""
