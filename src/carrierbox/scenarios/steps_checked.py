"""What no schema can tell of the steps of a scenario, and numbers as SMPP people write them."""

import re
from typing import Any, Final

import msgspec
from msgspec import Struct

from carrierbox.config_conditions import RuleError
from carrierbox.config_faults import compile_fault, fault_of
from carrierbox.config_network import read_position
from carrierbox.config_problems import field_problem
from carrierbox.config_responders import read_responders
from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.config_senders import (
    ConsentDefinition,
    SenderDefinition,
    consent_definition,
    sender_definition,
)
from carrierbox.config_values import Problems
from carrierbox.identifiers import msisdn_or_none
from carrierbox.scenarios.conditions import judge_of
from carrierbox.scenarios.steps_written import (
    DATA_SM,
    HEXADECIMAL,
    SMPP_NUMBERS,
    SUBMIT_MULTI,
    SUBMIT_SM,
    CancelStep,
    DistributionList,
    FaultStep,
    PhoneStep,
    RuleStep,
    SubmitStep,
)
from carrierbox.simulator.phone_state import Subscription, check_subscription

NOWHERE: Final = "none"
DESTINATIONS_MAX: Final = 254
"""Of a submit_multi (SMPP 3.4 §5.2.24)."""
_HEXADECIMAL: Final = re.compile(HEXADECIMAL)
_NOT_READ: Final = ("each", "tlvs")
"""Keys under which stand names that somebody chose."""


def check_step(shape: Struct) -> None:
    """Raises RuleError with the path inside the step, or ValueError, for what cannot be."""
    if isinstance(shape, RuleStep) and not shape.remove:
        compile_rule(definition_of(rule_written(shape)))
    elif isinstance(shape, FaultStep) and not shape.remove:
        written = {"name": shape.name, "when": shape.when, "then": shape.then}
        compile_fault(fault_of(written))
    elif isinstance(shape, SubmitStep):
        _check_submit(shape)
        _check_operation(shape)
    elif isinstance(shape, CancelStep):
        _check_cancel(shape)
    elif isinstance(shape, SenderDefinition):
        sender_definition(msgspec.to_builtins(shape))
    elif isinstance(shape, ConsentDefinition):
        consent_definition(msgspec.to_builtins(shape))
    elif isinstance(shape, PhoneStep):
        _check_phone(shape)


def rule_written(shape: RuleStep) -> dict[str, object]:
    """A rule of a step, as the configuration would have it."""
    written: dict[str, object] = {"name": shape.name, "then": shape.then}
    if shape.when:
        written["when"] = shape.when
    if shape.unless:
        written["unless"] = shape.unless
    if shape.why:
        written["why"] = shape.why
    return written


def with_numbers(value: Any) -> Any:
    """The same with numbers of SMPP where they are written in hexadecimal, as `0x0B`."""
    if isinstance(value, list):
        return [with_numbers(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: int(each, 16)
        if key in SMPP_NUMBERS and isinstance(each, str) and _HEXADECIMAL.match(each)
        else each
        if key in _NOT_READ
        else with_numbers(each)
        for key, each in value.items()
    }


def subscription_problem(changes: dict[str, Any]) -> str:
    """Why a subscription cannot be changed so; "" if it can."""
    known = Subscription.__struct_fields__
    for name in changes:
        if name not in known:
            return f"{name}: unknown key; known: {', '.join(known)}"
    try:
        return check_subscription(msgspec.convert(changes, Subscription))
    except msgspec.ValidationError as error:
        return ": ".join(field_problem(error, Subscription))


def _check_submit(shape: SubmitStep) -> None:
    if shape.text and shape.octets is not None:
        raise RuleError("octets", "goes without a text")
    if shape.octets is not None:
        try:
            bytes.fromhex(shape.octets)
        except ValueError:
            raise RuleError("octets", "must be hexadecimal digits, two for an octet") from None
    for tag, digits in shape.tlvs.items():
        try:
            is_tag = 0 <= int(tag, 0) <= 0xFFFF
            bytes.fromhex(digits)
        except ValueError:
            is_tag = False
        if not is_tag:
            raise RuleError("tlvs", f'{tag}: must be as "0x1401": "0a", in hexadecimal digits')
    if isinstance(shape.to, list) and (shape.count > 1 or shape.each):
        raise RuleError("to", "a list makes a batch by itself: leave count and each out")
    if shape.each and shape.count > 1:
        raise RuleError("count", "goes without each")
    if shape.parts is None and (shape.only_parts is not None or shape.reference is not None):
        raise RuleError("parts", "must be udh or sar where only_parts or reference is given")


def _check_operation(shape: SubmitStep) -> None:
    """What the PDU that carries a text cannot say."""
    if shape.operation == DATA_SM:
        for key in ("schedule", "protocol_id", "priority_flag"):
            if getattr(shape, key):
                raise RuleError(key, "a data_sm has none: leave it out, or submit with submit_sm")
    lists = isinstance(shape.to, list) and any(
        isinstance(each, DistributionList) for each in shape.to
    )
    if shape.operation != SUBMIT_MULTI:
        if lists:
            raise RuleError("to", f"a distribution list goes with operation: {SUBMIT_MULTI}")
        return
    if shape.count > 1 or shape.each:
        raise RuleError("operation", f"{SUBMIT_MULTI} is one PDU: leave count and each out")
    if isinstance(shape.to, list) and len(shape.to) > DESTINATIONS_MAX:
        raise RuleError("to", f"a submit_multi has {DESTINATIONS_MAX} destinations at most")
    if shape.per_s is not None:
        raise RuleError("per_s", f"goes with a batch of {SUBMIT_SM}")


def _check_cancel(shape: CancelStep) -> None:
    addresses = shape.sender is not None and shape.to is not None
    if shape.message is None and not addresses:
        raise RuleError("message", "missing; or give from and to, whose waiting ones are cancelled")
    if shape.message is not None and (shape.sender is not None or shape.to is not None):
        raise RuleError("message", "goes without from and to")


def _check_phone(shape: PhoneStep) -> None:
    if msisdn_or_none(shape.msisdn) is None:
        raise RuleError("msisdn", f"{shape.msisdn!r} is no phone number: write +33612345678")
    if shape.position is not None and shape.path is not None:
        raise RuleError("path", "goes without a position")
    places = [] if shape.position in (None, NOWHERE) else [("position", shape.position)]
    if shape.path is not None:
        places += [(f"path.points[{at}]", each) for at, each in enumerate(shape.path.points)]
    for path, place in places:
        try:
            read_position(place)
        except ValueError as error:
            raise RuleError(path, str(error)) from None
    problem = "" if shape.subscription is None else subscription_problem(shape.subscription)
    if problem:
        raise RuleError(f"subscription.{problem.partition(': ')[0]}", problem.partition(": ")[2])
    if shape.responders is not None:
        _check_responders(shape.responders)
    if shape.refused is not None and not isinstance(shape.refused, bool):
        judge_of(shape.refused, "refused")


def _check_responders(written: list[dict[str, Any]]) -> None:
    try:
        read_responders(written)
    except Problems as problems:
        path, problem = problems.found[0]
        raise RuleError(f"responders{path}", problem) from None
    except ValueError as error:
        raise RuleError("responders", str(error)) from None
