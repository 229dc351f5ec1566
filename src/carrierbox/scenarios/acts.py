"""Doing the steps of a scenario, all but expectations and what is waited for."""

from collections.abc import Callable
from typing import Any, Final

from carrierbox.config_conditions import RuleError
from carrierbox.scenarios.application import Listener, Manner
from carrierbox.scenarios.carried import carried
from carrierbox.scenarios.conditions import status_number
from carrierbox.scenarios.phone_acts import perform_on_phone
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.register_acts import record_consent, set_sender
from carrierbox.scenarios.run_state import Request, Run
from carrierbox.scenarios.scenario import Step
from carrierbox.scenarios.steps_checked import rule_written
from carrierbox.scenarios.steps_written import (
    AdvanceStep,
    BindStep,
    CancelStep,
    FaultStep,
    ListenStep,
    PhoneStep,
    QueryStep,
    ReplaceStep,
    RespondStep,
    RestartStep,
    RuleStep,
    SubmitStep,
    TowerStep,
)
from carrierbox.scenarios.submissions import address_of, is_batch, submits_of, texts_of
from carrierbox.scenarios.times import next_time
from carrierbox.scenarios.times import written as written_time
from carrierbox.simulator.whereabouts import TOWER
from carrierbox.smpp.pdus import CancelSm, DataSm, Pdu, QuerySm, ReplaceSm, SubmitMulti, SubmitSm


def perform(run: Run, step: Step) -> None:
    """Do a step. NotHeldError tells why it cannot be done."""
    try:
        ACTS[step.kind](run, step.action)
    except NotHeldError:
        raise
    except (RuleError, ValueError) as error:
        raise NotHeldError(str(error)) from None


def _submit(run: Run, step: SubmitStep) -> None:
    requests: list[Request] = []
    if step.name:
        run.requests[step.name] = requests
    if is_batch(step):
        run.batches.add(step.name)
    gap_s = 0.0 if step.per_s is None else 1.0 / step.per_s
    start = run.world.now
    for index, written in enumerate(texts_of(step)):
        if index and gap_s:
            run.world.advance_to(start + index * gap_s)
        reference = run.next_reference() if step.parts is not None else 0
        for submit in submits_of(step, written, reference, run.world.now):
            pdu = carried(step, submit)
            requests.append(Request(run.applications.send(step.account, pdu)))
        if gap_s or not is_batch(step):
            run.world.settle()
    run.world.settle()


def _ask(run: Run, name: str, account: str, pdu: Pdu) -> None:
    entry = run.applications.send(account, pdu)
    if name:
        run.requests[name] = [Request(entry)]
    run.world.settle()


def _message(run: Run, name: str) -> SubmitSm | DataSm | SubmitMulti:
    """What carried a message."""
    pdu = run.one(name).entry.pdu
    if not isinstance(pdu, SubmitSm | DataSm | SubmitMulti):
        raise NotHeldError(f"{name} is no message")
    return pdu


def _source(run: Run, message: str) -> dict[str, Any]:
    """Whose message it is, as query_sm and the like want it."""
    submit = _message(run, message)
    return {
        "message_id": run.one(message).message_id,
        "source_addr_ton": submit.source_addr_ton,
        "source_addr_npi": submit.source_addr_npi,
        "source_addr": submit.source_addr,
    }


def _asking(run: Run, account: str, message: str) -> str:
    """Who asks about a message: whoever sent it, unless another account is named."""
    return account or run.one(message).entry.system_id


def query(run: Run, step: QueryStep) -> None:
    """Ask what became of a message."""
    account = _asking(run, step.account, step.message)
    _ask(run, step.name, account, QuerySm(**_source(run, step.message)))


def _cancel(run: Run, step: CancelStep) -> None:
    if step.message is None:
        source, destination = address_of(step.sender or ""), address_of(step.to or "")
        between = CancelSm(step.service_type, "", *source, *destination)
        _ask(run, step.name, step.account, between)
        return
    submit = _message(run, step.message)
    pdu = CancelSm(service_type=step.service_type, **_source(run, step.message))
    if not isinstance(submit, SubmitMulti):
        pdu.dest_addr_ton = submit.dest_addr_ton
        pdu.dest_addr_npi = submit.dest_addr_npi
        pdu.destination_addr = submit.destination_addr
    _ask(run, step.name, _asking(run, step.account, step.message), pdu)


def _replace(run: Run, step: ReplaceStep) -> None:
    submit = _message(run, step.message)
    # replace_sm has no data_coding: that of the message stays (SMPP 3.4 §4.10.1).
    like = SubmitStep(
        to="+1",
        text=step.text,
        data_coding=submit.data_coding,
        schedule=step.schedule,
        validity=step.validity,
    )
    (coded,) = submits_of(like, next(texts_of(like)), 0, run.world.now)
    pdu = ReplaceSm(
        **_source(run, step.message),
        schedule_delivery_time=coded.schedule_delivery_time,
        validity_period=coded.validity_period,
        registered_delivery=step.registered_delivery,
        short_message=coded.short_message,
    )
    _ask(run, step.name, _asking(run, step.account, step.message), pdu)


def _bind(run: Run, step: BindStep) -> None:
    entry = run.applications.bind(step.account, step.type, step.link, step.password)
    if step.name and entry is not None:
        run.requests[step.name] = [Request(entry)]


def _unbind(run: Run, link: str) -> None:
    run.applications.link(link).unbind()
    run.world.settle()


def _disconnect(run: Run, link: str) -> None:
    run.applications.link(link).cut()
    run.world.settle()


def _reconnect(run: Run, link: str) -> None:
    run.applications.reconnect(link)


def _listen(run: Run, step: ListenStep) -> None:
    listener = None if step.stop else Listener(step.type, step.password)
    run.applications.listen(step.account, listener)


def _outbind(run: Run, account: str) -> None:
    system_id = account or run.applications.first
    run.world.ask(lambda tell: run.world.box.centre.outbinds.request(system_id, tell))


def _respond(run: Run, step: RespondStep) -> None:
    name = step.account or run.applications.first
    links = [link for key, link in run.applications.links.items() if name in (key, link.system_id)]
    if not links:
        raise NotHeldError(f"{name} is not bound: let it bind first")
    for link in links:
        link.manner = Manner(status_number(step.command_status), step.nothing, step.times)


def _tower(run: Run, step: TowerStep) -> None:
    whereabouts = run.world.box.network.whereabouts
    cell = whereabouts.towers.cell(step.id)
    value = whereabouts.value_of_outage(cell.id, step.outage == "on")
    run.world.ask(lambda tell: run.world.box.centre.set_setting(TOWER + cell.id, value, tell))


def _rule(run: Run, step: RuleStep) -> None:
    if not step.remove:
        run.world.add_rule(rule_written(step))
    elif not run.world.remove_rule(step.remove):
        raise NotHeldError(f"no rule {step.remove!r} was added")
    run.world.settle()


def _fault(run: Run, step: FaultStep) -> None:
    if not step.remove:
        run.world.add_fault({"name": step.name, "when": step.when, "then": step.then})
    elif not run.world.remove_fault(step.remove):
        raise NotHeldError(f"there is no fault {step.remove!r}")
    run.world.settle()


def _advance(run: Run, action: float | AdvanceStep) -> None:
    now = run.world.now
    to = next_time(action.until, now) if isinstance(action, AdvanceStep) else now + action
    if to < now:
        raise NotHeldError(f"that is over: it is {written_time(now)} UTC already")
    run.world.advance_to(to)


def _settle(run: Run, action: None) -> None:
    run.world.settle()


def _restart(run: Run, step: RestartStep) -> None:
    bound = run.applications.cut_all()
    run.world.restart()
    run.world.settle()
    if step.reconnect:
        for name in bound:
            run.applications.reconnect(name)


def _phone(run: Run, step: PhoneStep) -> None:
    perform_on_phone(run.world, step)


def _note(run: Run, action: str) -> None:
    return


ACTS: Final[dict[str, Callable[[Run, Any], None]]] = {
    "submit": _submit,
    "query": query,
    "cancel": _cancel,
    "replace": _replace,
    "bind": _bind,
    "unbind": _unbind,
    "disconnect": _disconnect,
    "reconnect": _reconnect,
    "listen": _listen,
    "outbind": _outbind,
    "respond": _respond,
    "phone": _phone,
    "tower": _tower,
    "rule": _rule,
    "fault": _fault,
    "advance": _advance,
    "settle": _settle,
    "restart": _restart,
    "sender": set_sender,
    "consent": record_consent,
    "note": _note,
}
