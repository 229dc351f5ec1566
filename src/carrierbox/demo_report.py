"""What the demo saw: whether everything arrived, the path of each message, the phones' screens."""

from datetime import datetime
from typing import Any, Final

from carrierbox.phone_command import heading, screen_lines
from carrierbox.smpp.values import status_name
from carrierbox.terminal import aligned, counted, printable

# Who does it, and what it is called in a path, by the kind of the carrier's event.
_STEPS: Final = {
    "submitted": ("centre", "submitted"),
    "accepted": ("centre", "accepted"),
    "routed": ("centre", "routed to carrier"),
    "attempt": ("network", "attempt"),
    "failed": ("network", "failed"),
    "alert": ("network", "alert: phone is back"),
    "phone": ("phone", "switched"),
    "arrived": ("phone", "arrived"),
    "concluded": ("centre", "concluded"),
    "receipt_sent": ("centre", "receipt sent"),
    "receipt_acknowledged": ("centre", "receipt acknowledged"),
    "receipt_refused": ("centre", "receipt refused"),
}
DELIVERED: Final = "DELIVRD"


class Part:
    """One submit_sm of the client. Times are seconds since 1970 by the client's clock, 0 if not."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.submitted_at = 0.0
        self.answered_at = 0.0
        self.status = -1
        self.message_id = ""


class Receipt:
    """One deliver_sm: the id and state of its text, and the id of its TLV."""

    def __init__(self, at: float, message_id: str, stat: str, receipted_message_id: str) -> None:
        self.at = at
        self.message_id = message_id
        self.stat = stat
        self.receipted_message_id = receipted_message_id


class Text:
    """One text of the demo and the parts the client made of it."""

    def __init__(
        self,
        title: str,
        to: str,
        text: str,
        parts: list[Part],
        data_coding: int,
        esm_class: int,
    ) -> None:
        self.title = title
        self.to = to
        self.text = text
        self.parts = parts
        self.data_coding = data_coding
        self.esm_class = esm_class
        self.seen_waiting = ""
        self.seen_waiting_at = 0.0


class Step:
    """One line of a path: when, who, what."""

    def __init__(self, at_ms: int, who: str, what: str, detail: str) -> None:
        self.at_ms = at_ms
        self.who = who
        self.what = what
        self.detail = detail


class Outcome:
    """All that was sent and received, and what the API says of it; `check` fills `problems`."""

    def __init__(self, texts: list[Text], receipts: list[Receipt], sender: str) -> None:
        self.texts = texts
        self.receipts = receipts
        self.sender = sender
        self.messages: dict[str, dict[str, Any]] = {}
        self.phones: dict[str, dict[str, Any]] = {}
        self.phone_events: list[dict[str, Any]] = []
        self.problems: list[str] = []
        self.took_s = 0.0

    def check(self, missing: str = "") -> None:
        """Hold what arrived against what was sent. `missing` is what the wait was ended by."""
        if missing:
            self.problems.append(missing)
        for number, text in enumerate(self.texts, 1):
            for part in text.parts:
                self._check_part(f"text {number}", part)
            self._check_screen(f"text {number}", text)
        ids = {part.message_id for text in self.texts for part in text.parts}
        for receipt in self.receipts:
            if receipt.message_id not in ids:
                name = printable(receipt.message_id)
                self.problems.append(f"a receipt for {name!r} came, which was never sent")

    def _check_part(self, name: str, part: Part) -> None:
        if part.status != 0:
            said = status_name(part.status) if part.status > 0 else "no answer"
            self.problems.append(f"{name}: submit_sm was not accepted: {said}")
            return
        found = [each for each in self.receipts if each.message_id == part.message_id]
        if len(found) != 1:
            count = counted(len(found), "receipt")
            self.problems.append(f"{name}: {count} for message {part.message_id} instead of 1")
        for receipt in found:
            if receipt.stat != DELIVERED:
                self.problems.append(f"{name}: its receipt says {printable(receipt.stat)}")
            if receipt.receipted_message_id not in ("", part.message_id):
                self.problems.append(f"{name}: the two ids of its receipt differ")

    def _check_screen(self, name: str, text: Text) -> None:
        shown = self.phones.get(text.to, {}).get("texts", [])
        if len(shown) != 1:
            count = counted(len(shown), "text")
            self.problems.append(f"{name}: {count} on the screen of {text.to} instead of 1")
        for each in shown:
            if each.get("text") != text.text or each.get("sender") != self.sender:
                self.problems.append(f"{name}: {text.to} shows something else than was sent")
            if each.get("parts") != len(text.parts):
                self.problems.append(f"{name}: {text.to} counts {each.get('parts')} parts")


def report_lines(outcome: Outcome) -> list[str]:
    """The whole report: paths, screens, result."""
    lines = ["", "Paths (UTC, and milliseconds since the client sent it)"]
    for number, text in enumerate(outcome.texts, 1):
        for index, part in enumerate(text.parts, 1):
            lines.extend(["", *_path_lines(outcome, number, text, index, part)])
    lines.extend(["", "Phones"])
    for text in outcome.texts:
        phone = outcome.phones.get(text.to)
        if phone is not None:
            lines.extend(["", f"  {heading(phone)}"])
            lines.extend(f"  | {line}".rstrip() for line in screen_lines(phone))
    return [*lines, "", *_result_lines(outcome)]


def path_of(outcome: Outcome, text: Text, part: Part) -> list[Step]:
    """The steps of one message in their order: the carrier's events and what the client saw."""
    message = outcome.messages.get(part.message_id, {})
    own = message.get("events", [])
    numbers = [event["number"] for event in own]
    around = [
        event
        for event in outcome.phone_events
        if event["msisdn"] == text.to and numbers and min(numbers) < event["number"] < max(numbers)
    ]
    events = sorted([*own, *around], key=lambda event: event["number"])
    return _merged([_carrier_step(event) for event in events], _client_steps(outcome, text, part))


def _client_steps(outcome: Outcome, text: Text, part: Part) -> list[Step]:
    steps = [Step(_ms(part.submitted_at), "client", "submit_sm", "")]
    if part.answered_at:
        said = f"{status_name(part.status)} {printable(part.message_id)}".rstrip()
        steps.append(Step(_ms(part.answered_at), "client", "submit_sm_resp", said))
    if text.seen_waiting_at:
        steps.append(Step(_ms(text.seen_waiting_at), "message", "waits", text.seen_waiting))
    for receipt in outcome.receipts:
        if part.message_id and receipt.message_id == part.message_id:
            stat = printable(receipt.stat)
            steps.append(Step(_ms(receipt.at), "client", "receipt", stat))
    return steps


def _carrier_step(event: dict[str, Any]) -> Step:
    kind = str(event["kind"])
    who, what = _STEPS.get(kind, ("carrier", printable(kind)))
    at = datetime.fromisoformat(str(event["at"]))
    return Step(round(at.timestamp() * 1000), who, what, printable(str(event["detail"])))


def _merged(carrier: list[Step], client: list[Step]) -> list[Step]:
    """Two lists by time; within a millisecond the client asks first and hears last, but it has its
    receipt before the centre can have the acknowledgement.
    """
    merged: list[Step] = []
    waiting = list(carrier)
    for step in client:
        while waiting and not _goes_before(step, waiting[0]):
            merged.append(waiting.pop(0))
        merged.append(step)
    return merged + waiting


def _goes_before(client: Step, carrier: Step) -> bool:
    if client.at_ms != carrier.at_ms:
        return client.at_ms < carrier.at_ms
    return client.what == "submit_sm" or carrier.what in ("receipt acknowledged", "switched")


def _path_lines(outcome: Outcome, number: int, text: Text, index: int, part: Part) -> list[str]:
    message = outcome.messages.get(part.message_id, {})
    of_how_many = f", part {index} of {len(text.parts)}" if len(text.parts) > 1 else ""
    state = printable(str(message.get("message_state", "not accepted")))
    name = f"message {printable(part.message_id)} " if part.message_id else ""
    lines = [f"  {number}  {text.title}{of_how_many}: {name}{state}"]
    steps = path_of(outcome, text, part)
    first_ms = steps[0].at_ms
    rows = [
        [_clock(step.at_ms), f"{step.at_ms - first_ms:>+7}", step.who, step.what, step.detail]
        for step in steps
    ]
    return lines + aligned(rows, indent="     ")


def _result_lines(outcome: Outcome) -> list[str]:
    if outcome.problems:
        return ["Something is missing:", *(f"  {problem}" for problem in outcome.problems)]
    parts = sum(len(text.parts) for text in outcome.texts)
    return [
        f"All {len(outcome.texts)} texts arrived as they were sent: {counted(parts, 'message')}, "
        f"{counted(len(outcome.receipts), 'receipt')} {DELIVERED}, in {outcome.took_s:.1f} s."
    ]


def _ms(at: float) -> int:
    """Whole milliseconds, rounded down."""
    return int(at * 1000)


def _clock(at_ms: int) -> str:
    seconds, ms = divmod(at_ms, 1000)
    hours, seconds = divmod(seconds % 86400, 3600)
    return f"{hours:02d}:{seconds // 60:02d}:{seconds % 60:02d}.{ms:03d}"
