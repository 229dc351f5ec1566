"""Traffic that was heard becomes a scenario that has it again.

What applications sent is sent again; what the carrier answered is expected. Where a carrier does
by itself what the recorded one did, nothing more is needed; what it would not do, such as a refusal
or a receipt that says UNDELIV, a rule makes it do, just for that message.
"""

from typing import Any, Final

import yaml

from carrierbox.codecs.data_coding import DATA_CODING_DEFAULT, DATA_CODING_UCS2, encode_ucs2
from carrierbox.codecs.gsm7 import encode_gsm7
from carrierbox.codecs.receipt_text import RECEIPT_WORDS
from carrierbox.codecs.time_format import parse_smpp_time
from carrierbox.errors import CodecError
from carrierbox.identifiers import TON_INTERNATIONAL, msisdn_or_none
from carrierbox.lint.traffic import Spoken, Traffic
from carrierbox.scenarios.recorded import Answers, Delivered
from carrierbox.scenarios.scenario import STEPS_MAX, WE_SEND, YOUR_APPLICATION
from carrierbox.scenarios.steps_written import DATA_SM, SUBMIT_SM
from carrierbox.scenarios.submissions import address_of
from carrierbox.scenarios.traffic import is_message, is_receipt, text_of
from carrierbox.smpp.pdus import (
    BindRequest,
    CancelSm,
    DataSm,
    Pdu,
    QuerySm,
    ReplaceSm,
    SubmitSm,
    Unbind,
)
from carrierbox.smpp.states import ESME
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, TAG_QOS_TIME_TO_LIVE, tlv_octets
from carrierbox.smpp.values import (
    BIND_RECEIVER,
    BIND_TRANSMITTER,
    COMMAND_NAMES,
    DELIVERED,
    ESM_CLASS_UDHI,
    ESME_ROK,
    MESSAGE_STATE_NAMES,
    RESPONSE_BIT,
    STATUS_NAMES,
)
from carrierbox.smsc.conversions import submit_of_data_sm

KEPT: Final = 1.0
"""The timing that keeps all pauses; 0 leaves them out, 0.1 makes them a tenth."""
PAUSE_MIN_S: Final = 0.2
RECEIPT_MIN_S: Final = 1.0
"""A receipt that comes later than this is made to."""
PATIENCE_S: Final = 60.0
TEXT_CHARACTERS_MAX: Final = 300
UNKNOWN_ACCOUNT: Final = "unknown"

_BIND_TYPES: Final = {BIND_RECEIVER: "receiver", BIND_TRANSMITTER: "transmitter"}
_HIDDEN: Final = "*"
_STATES: Final = {word: MESSAGE_STATE_NAMES[state] for state, word in RECEIPT_WORDS.items()}


class Recording:
    """One scenario in the making. `timing` is KEPT, 0, or by how much pauses are made shorter."""

    def __init__(
        self, traffic: Traffic, name: str, role: str = WE_SEND, timing: float = KEPT
    ) -> None:
        self._traffic = traffic
        self._name = name
        self._is_theirs = role == YOUR_APPLICATION
        self._timing = timing
        self._answers = Answers(traffic.spoken)
        self._steps: list[tuple[str, Any]] = []
        self._accounts: dict[str, str] = {}
        self._bound: dict[int, str] = {}
        self._bound_before: list[str] = []
        self._messages: dict[int, str] = {}
        self._requests = 0
        self._last_at = traffic.spoken[0].time if traffic.spoken else 0.0
        self.left_out: dict[str, int] = {}
        """What no step can say, and how often it came."""

    def scenario(self, why: str = "") -> dict[str, Any]:
        """The scenario as it is written; `left_out` is known afterwards."""
        for one in self._traffic.spoken:
            self._take(one)
            if len(self._steps) >= STEPS_MAX - 4:
                self._leave_out("more than a scenario may have")
                break
        steps = self._steps or [("note", "no SMPP traffic was heard")]
        accounts = [
            {"system_id": system_id, "password": password}
            for system_id, password in self._accounts.items()
        ]
        written: dict[str, Any] = {"scenario": self._name}
        if why:
            written["why"] = why
        if self._is_theirs:
            written["role"] = YOUR_APPLICATION
        setup: dict[str, Any] = {"accounts": accounts} if accounts else {}
        if not self._is_theirs:
            setup["bound"] = self._bound_before
        return {**written, "setup": setup, "steps": [{kind: said} for kind, said in steps]}

    # One thing after the other.

    def _take(self, one: Spoken) -> None:
        pdu = one.pdu
        if pdu.command_id & RESPONSE_BIT:
            return
        if not isinstance(pdu, BindRequest) and one.link not in self._bound:
            # Its bind was before.
            system_id = self._bound[one.link] = self._account(one.link)
            if system_id not in self._bound_before:
                self._bound_before.append(system_id)
        if one.sender == ESME:
            self._from_application(one, pdu)
        elif is_receipt(pdu):
            self._receipt(one)
        elif is_message(pdu):
            self._from_phone(one)
        else:
            self._leave_out(COMMAND_NAMES.get(pdu.command_id, "unknown command"))

    def _from_application(self, one: Spoken, pdu: Pdu) -> None:
        if isinstance(pdu, BindRequest):
            self._bind(one, pdu)
        elif isinstance(pdu, SubmitSm):
            self._submit(one, pdu, SUBMIT_SM)
        elif isinstance(pdu, DataSm):
            self._submit(one, _like_data_sm(pdu), DATA_SM)
        elif isinstance(pdu, QuerySm | CancelSm | ReplaceSm):
            self._request(one, pdu)
        elif isinstance(pdu, Unbind):
            if not self._is_theirs:
                self._pause(one.time)
                self._step("unbind", self._bound[one.link])
        else:
            self._leave_out(COMMAND_NAMES.get(pdu.command_id, "unknown command"))

    def _bind(self, one: Spoken, pdu: BindRequest) -> None:
        system_id = self._account(one.link)
        if pdu.password.strip(_HIDDEN):
            self._accounts[system_id] = pdu.password
        answer = self._answers.to(one)
        self._pause(one.time)
        if self._is_theirs:
            self._bound[one.link] = system_id
            if answer is not None and answer.pdu.command_status == ESME_ROK:
                self._step("wait", {"bound": system_id})
            return
        self._requests += 1
        link = system_id if system_id not in self._bound.values() else f"link-{one.link}"
        self._bound[one.link] = link
        name = f"bind{self._requests}"
        said: dict[str, Any] = {"as": name, "account": system_id}
        if pdu.command_id in _BIND_TYPES:
            said["type"] = _BIND_TYPES[pdu.command_id]
        if link != system_id:
            said["link"] = link
        self._step("bind", said)
        self._expect_answer(name, answer, "answer")

    def _submit(self, one: Spoken, pdu: SubmitSm, operation: str) -> None:
        self._pause(one.time)
        name = f"m{len(self._messages) + 1}"
        self._messages[id(one)] = name
        answer = self._answers.to(one)
        then = self._outcome(one, answer)
        rule = f"recorded {name}"
        if then:
            when: dict[str, Any] = {}
            if pdu.source_addr:
                when["source_addr"] = pdu.source_addr
            msisdn = msisdn_or_none(pdu.destination_addr)
            if msisdn is not None:
                when["destination"] = f"+{msisdn}"
            self._step("rule", {"name": rule, "when": when, "then": then})
        if self._is_theirs:
            traffic = {"from": pdu.source_addr, "to": pdu.destination_addr}
            text = text_of(pdu)
            if 0 < len(text) <= TEXT_CHARACTERS_MAX:
                traffic["text"] = text
            self._step("wait", {"as": name, "submit": traffic})
        else:
            said = self._submission(one, pdu, name)
            self._step(
                "submit", said if operation == SUBMIT_SM else {**said, "operation": operation}
            )
            self._expect_answer(name, answer, "submit")
        if then:
            self._step("rule", {"remove": rule})

    def _outcome(self, one: Spoken, answer: Spoken | None) -> dict[str, Any]:
        """What a carrier must be told to do so that this message ends as it did; often nothing."""
        if answer is None:
            return {}
        if answer.pdu.command_status != ESME_ROK:
            return {"command_status": _status(answer.pdu.command_status)}
        receipt = self._answers.receipt_of(answer)
        if receipt is None:
            return {}
        state = _STATES.get(receipt.stat, "")
        report: dict[str, Any] = {}
        if state and state != MESSAGE_STATE_NAMES[DELIVERED]:
            report["state"] = state
            if receipt.err:
                report["err"] = receipt.err
        delay_s = (receipt.spoken.time - answer.time) * self._timing
        if delay_s >= RECEIPT_MIN_S:
            report["after"] = _duration(delay_s)
        if not report:
            return {}
        return {"deliver": False, "report": report} if "state" in report else {"report": report}

    def _submission(self, one: Spoken, pdu: SubmitSm, name: str) -> dict[str, Any]:
        sender = _written(pdu.source_addr_ton, pdu.source_addr)
        ton, npi, _ = address_of(sender)
        said: dict[str, Any] = {"as": name}
        if len(self._accounts) > 1:
            said["account"] = self._account(one.link)
        if sender:
            said["from"] = sender
        if (pdu.source_addr_ton, pdu.source_addr_npi) != (ton, npi):
            said |= {"source_addr_ton": pdu.source_addr_ton, "source_addr_npi": pdu.source_addr_npi}
        said["to"] = _written(pdu.dest_addr_ton, pdu.destination_addr)
        said |= _content(pdu)
        for key in ("registered_delivery", "service_type", "protocol_id", "priority_flag"):
            if getattr(pdu, key):
                said[key] = getattr(pdu, key)
        if pdu.esm_class:
            said["esm_class"] = pdu.esm_class
        for key, written in (
            ("validity", pdu.validity_period),
            ("schedule", pdu.schedule_delivery_time),
        ):
            seconds = _seconds_until(written, one.time)
            if seconds is not None:
                said[key] = _duration(seconds)
        if pdu.tlvs:
            said["tlvs"] = {f"0x{tlv.tag:04x}": tlv.value.hex() for tlv in pdu.tlvs}
        return said

    def _request(self, one: Spoken, pdu: QuerySm | CancelSm | ReplaceSm) -> None:
        if self._is_theirs:
            return
        about = self._answers.message_of(pdu.message_id)
        kind = {QuerySm: "query", CancelSm: "cancel", ReplaceSm: "replace"}[type(pdu)]
        if isinstance(pdu, CancelSm) and not pdu.message_id:
            self._cancel_between(one, pdu)
            return
        if about is None or id(about) not in self._messages:
            self._leave_out(f"{kind}_sm about a message that was not heard")
            return
        self._pause(one.time)
        self._requests += 1
        name = f"{kind}{self._requests}"
        said: dict[str, Any] = {"as": name, "message": self._messages[id(about)]}
        if isinstance(pdu, ReplaceSm):
            said["text"] = pdu.short_message.decode("latin-1")
        self._step(kind, said)
        self._expect_answer(name, self._answers.to(one), "answer")

    def _cancel_between(self, one: Spoken, pdu: CancelSm) -> None:
        """cancel_sm of all that wait between two ends."""
        self._pause(one.time)
        self._requests += 1
        said = {
            "as": f"cancel{self._requests}",
            "from": _written(pdu.source_addr_ton, pdu.source_addr),
            "to": _written(pdu.dest_addr_ton, pdu.destination_addr),
        }
        if len(self._accounts) > 1:
            said["account"] = self._account(one.link)
        if pdu.service_type:
            said["service_type"] = pdu.service_type
        self._step("cancel", said)
        self._expect_answer(said["as"], self._answers.to(one), "answer")

    def _receipt(self, one: Spoken) -> None:
        receipt = self._answers.receipts.get(id(one))
        about = None if receipt is None else receipt.about
        if receipt is None or about is None or id(about) not in self._messages:
            self._leave_out("receipts of messages that were not heard")
            return
        name = self._messages[id(about)]
        self._pause(one.time)
        response = self._answers.to(one)
        status = ESME_ROK if response is None else response.pdu.command_status
        if self._is_theirs:
            said = {"application": name, "answers": "receipt", "command_status": _status(status)}
            self._step("expect", {**said, "within": _duration(PATIENCE_S)})
            return
        expected: dict[str, Any] = {"receipt": name, "stat": receipt.stat}
        if receipt.stat not in ("", "DELIVRD") and receipt.err:
            expected["err"] = receipt.err
        if not receipt.stat:
            del expected["stat"]
        self._step("expect", {**expected, "within": _duration(PATIENCE_S)})

    def _from_phone(self, one: Spoken) -> None:
        delivered = Delivered(one)
        msisdn = msisdn_or_none(delivered.source_addr)
        if msisdn is None or not delivered.text or not delivered.destination_addr:
            self._leave_out("messages that no phone can have written")
            return
        self._pause(one.time)
        sending = {
            "to": _written(delivered.dest_addr_ton, delivered.destination_addr),
            "text": delivered.text,
        }
        self._step("phone", {"msisdn": f"+{msisdn}", "send": sending})
        received = {"text": delivered.text}
        self._step("expect", {"received": received, "within": _duration(PATIENCE_S)})

    # What steps have in common.

    def _expect_answer(self, name: str, answer: Spoken | None, key: str) -> None:
        if answer is not None:
            status = _status(answer.pdu.command_status)
            self._step("expect", {key: name, "command_status": status})

    def _account(self, link: int) -> str:
        system_id = self._traffic.system_id(link) or UNKNOWN_ACCOUNT
        self._accounts.setdefault(system_id, system_id)
        return system_id

    def _pause(self, time: float) -> None:
        pause_s = (time - self._last_at) * self._timing
        if pause_s >= PAUSE_MIN_S:
            self._last_at = time
            if not self._is_theirs:
                self._step("advance", _duration(pause_s))

    def _step(self, kind: str, said: Any) -> None:
        self._steps.append((kind, said))

    def _leave_out(self, what: str) -> None:
        self.left_out[what] = self.left_out.get(what, 0) + 1


def scenario_yaml(scenario: dict[str, Any]) -> str:
    """A scenario as people write it: a step on a line."""
    lines = [
        f"{key}: {_line(value)}" for key, value in scenario.items() if key not in ("setup", "steps")
    ]
    lines.append("setup:")
    lines += [f"  {key}: {_line(value)}" for key, value in scenario["setup"].items()]
    if not scenario["setup"]:
        lines[-1] = "setup: {}"
    lines.append("steps:")
    for step in scenario["steps"]:
        ((kind, said),) = step.items()
        lines.append(f"  - {kind}: {_line(said)}")
    return "\n".join(lines) + "\n"


def _line(value: Any) -> str:
    written: str = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1 << 30
    )
    return written.removesuffix("\n").removesuffix("\n...").strip()


def _status(command_status: int) -> str | int:
    return STATUS_NAMES.get(command_status, command_status)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f}s" if seconds >= 10 else f"{max(seconds, 0.1):.1f}s"


def _seconds_until(written: str, now: float) -> float | None:
    """What an SMPP time is from then on; None where none is given, or it is no time."""
    if not written:
        return None
    try:
        at = parse_smpp_time(written, now)
    except CodecError:
        return None
    return None if at is None or at <= now else at - now


def _written(ton: int, address: str) -> str:
    """An address as scenarios have it."""
    return f"+{address}" if ton == TON_INTERNATIONAL and address.isdigit() else address


def _like_data_sm(pdu: DataSm) -> SubmitSm:
    """The submit_sm that says the same; only what is no plain text stays in its payload."""
    submit = submit_of_data_sm(pdu)
    submit.short_message = tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) or b""
    gone = [TAG_MESSAGE_PAYLOAD, TAG_QOS_TIME_TO_LIVE]
    if "text" not in _content(submit):
        submit.short_message = b""
        gone.remove(TAG_MESSAGE_PAYLOAD)
    submit.tlvs = [tlv for tlv in pdu.tlvs if tlv.tag not in gone]
    return submit


def _content(pdu: SubmitSm) -> dict[str, Any]:
    """The text, where the same octets come of it again, else the octets."""
    octets, data_coding = pdu.short_message, pdu.data_coding
    if not octets:
        return {"data_coding": data_coding, "octets": ""} if data_coding else {}
    if not pdu.esm_class & ESM_CLASS_UDHI:
        text = text_of(pdu)
        if data_coding == DATA_CODING_DEFAULT and encode_gsm7(text) == octets:
            return {"text": text, "data_coding": data_coding}
        if data_coding == DATA_CODING_UCS2 and encode_ucs2(text) == octets:
            return {"text": text, "data_coding": data_coding}
    return {"data_coding": data_coding, "octets": octets.hex()}
