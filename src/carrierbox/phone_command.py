"""What `carrierbox phone` does: look at a simulated phone and steer it."""

from typing import Any

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.identifiers import msisdn_or_none
from carrierbox.phone_words import memory_words, sent_lines
from carrierbox.strict_yaml import parse_yaml
from carrierbox.terminal import TEXT_COLUMNS, counted, printable, width_columns, wrapped


class Phone:
    """One phone of a running carrier."""

    def __init__(self, api: CarrierApi, number: str) -> None:
        """Raises ConfigurationError for what is no number."""
        msisdn = msisdn_or_none(number)
        if msisdn is None:
            raise ConfigurationError(
                "", f"{printable(number)!r} is no phone number: write it as +33612345678"
            )
        self.number = f"+{msisdn}"
        self._api = api

    def subscription(
        self, changes: dict[str, object] | None = None, reset: bool = False
    ) -> dict[str, Any]:
        """What the register knows of it, after it was changed or reset."""
        where = ("phones", self.number, "subscription")
        if reset:
            return self._api.delete(*where)
        return self._api.patch(*where, body=changes) if changes else self._api.get(*where)

    def show(self) -> dict[str, Any]:
        """The phone as it is."""
        return self._api.get("phones", self.number)

    def switch(self, power: str) -> dict[str, Any]:
        """Turn it `on` or `off`; the phone as it is then."""
        return self._api.put("phones", self.number, "power", body={"power": power})

    def send(
        self,
        to: str,
        text: str,
        languages: str = "none",
        ask: str = "none",
        report: bool = False,
    ) -> dict[str, Any]:
        """Let it send a text; how many parts it took.

        `languages` are those whose national alphabets it may use: names with commas between, `all`
        or `none`. `ask` is the acknowledgement it wants: `delivery`, `user`, `both` or `none`;
        `report` asks the centre for a status report.
        """
        body: dict[str, Any] = {"to": to, "text": text}
        if languages != "none":
            body["languages"] = languages.split(",")
        if ask != "none":
            body["ask"] = ask
        if report:
            body["report"] = True
        return self._api.post("phones", self.number, "messages", body=body)

    def acknowledge(self, number: int | None, code: int | None) -> dict[str, Any]:
        """Let its user acknowledge a text; without a number the newest that asks for it."""
        said = {"number": number, "user_response_code": code}
        body = {name: value for name, value in said.items() if value is not None}
        return self._api.post("phones", self.number, "acknowledgements", body=body)

    def reply(self, text: str, number: int | None = None, report: bool = False) -> dict[str, Any]:
        """Let it answer a text; without a number the newest that can be answered."""
        body: dict[str, Any] = {"text": text}
        if number is not None:
            body["number"] = number
        if report:
            body["report"] = True
        return self._api.post("phones", self.number, "replies", body=body)

    def threads(self) -> dict[str, Any]:
        """Its conversations."""
        return self._api.get("phones", self.number, "threads")

    def delete(self, number: int | None) -> dict[str, Any]:
        """Delete a text, or without a number all; how many went."""
        if number is None:
            return self._api.delete("phones", self.number, "texts")
        return self._api.delete("phones", self.number, "texts", str(number))

    def set_memory(
        self, phone: int | None, sim: int | None, when_full: str | None
    ) -> dict[str, Any]:
        """Say how much it holds; the phone as it is then."""
        said = {"phone": phone, "sim": sim, "when_full": when_full}
        body = {name: value for name, value in said.items() if value is not None}
        return self._api.put("phones", self.number, "memory", body=body)

    def reset_memory(self) -> dict[str, Any]:
        """Let it hold what it holds by the configuration."""
        return self._api.delete("phones", self.number, "memory")

    def fill(self, texts: int | None) -> dict[str, Any]:
        """Fill its memory with dummy texts, without a number all of it."""
        body = {} if texts is None else {"texts": texts}
        return self._api.post("phones", self.number, "fill", body=body)

    def responders(self) -> dict[str, Any]:
        """What it answers by itself."""
        return self._api.get("phones", self.number, "responders")

    def set_responders(self, responders: list[Any]) -> dict[str, Any]:
        """Let it answer these, and nothing else of its own."""
        return self._api.put("phones", self.number, "responders", body={"responders": responders})

    def add_responder(
        self, answer: str, when: str, after: str, times: int | None
    ) -> dict[str, Any]:
        """Let it also answer what `when` says, in YAML: `text: {contains: STOP}`."""
        responder: dict[str, Any] = {"answer": answer, "after": after}
        if when.strip():
            responder["when"] = mapping_of(when, "--when")
        if times is not None:
            responder["times"] = times
        present = self.responders().get("responders") or []
        return self.set_responders([*present, responder])


def mapping_of(text: str, option: str) -> dict[str, Any]:
    """What an option says: the entries of a mapping, with braces around them or without."""
    text = text.strip()
    value = parse_yaml(text if text.startswith("{") else f"{{{text}}}", option)
    if not isinstance(value, dict):
        raise ConfigurationError(option, "must be KEY: VALUE, with commas between several")
    return value


def heading(phone: dict[str, Any]) -> str:
    """Number, carrier and country, on or off."""
    where = ", ".join(str(phone[key]) for key in ("carrier", "country") if phone.get(key))
    said = [printable(str(phone.get("msisdn", ""))), printable(where), str(phone.get("power", ""))]
    return "   ".join(each for each in said if each)


def screen_lines(phone: dict[str, Any], columns: int = TEXT_COLUMNS) -> list[str]:
    """What the screen of a phone shows, the newest text last."""
    lines: list[str] = []
    flash = phone.get("flash")
    for text in [*(phone.get("texts") or []), *([flash] if flash else [])]:
        sender = printable(str(text.get("sender", "")))
        at = clock_time(str(text.get("received_at") or ""))
        gap = max(1, columns - width_columns(sender) - len(at))
        if lines:
            lines.append("")
        lines.append(f"{sender}{' ' * gap}{at}".rstrip())
        protocol = [str(text["protocol"])] if text.get("protocol") else []
        for sign in [*_acknowledgement_signs(text), *(text.get("signs") or []), *protocol]:
            lines.extend(wrapped(f"[{sign}]", columns))
        content = text.get("content")
        if content:
            for name, value in content.items():
                lines.extend(wrapped(f"{str(name).replace('_', ' ')}: {value}", columns))
        else:
            lines.extend(wrapped(str(text.get("text", "")), columns))
    return lines or ["(no texts)"]


def _acknowledgement_signs(text: dict[str, Any]) -> list[str]:
    """That a text acknowledges something, or that its user is asked to."""
    signs = []
    if text.get("kind", "text") != "text":
        code = text.get("user_response_code")
        kind = printable(str(text["kind"]).replace("_", " "))
        signs.append(kind if code is None else f"{kind}, code {code}")
    if text.get("acknowledgement") == "wanted":
        signs.append(f"asks its user to acknowledge: ack {text.get('number', '')}")
    elif text.get("acknowledgement") == "sent":
        signs.append("acknowledged by its user")
    return signs


def status_lines(phone: dict[str, Any]) -> list[str]:
    """What else is to be said of a phone: texts that wait for it, copies it dropped, its signs."""
    lines = []
    for kind, count in (phone.get("indicators") or {}).items():
        lines.append(f"sign on its screen: {count} {printable(str(kind))} waiting")
    if phone.get("waiting"):
        lines.append(f"{counted(int(phone['waiting']), 'message')} waiting for it")
    if phone.get("duplicates"):
        lines.append(f"{counted(int(phone['duplicates']), 'duplicate')} dropped")
    if phone.get("silent"):
        silent = counted(int(phone["silent"]), "silent message")
        lines.append(f"{silent} (type 0) acknowledged and not shown")
    if phone.get("parts_held"):
        held = counted(int(phone["parts_held"]), "part")
        lines.append(f"{held} held until the others come")
    memory = memory_words(phone)
    return [*lines, *([memory] if memory else []), *sent_lines(phone)]


def plain_phone(phone: dict[str, Any]) -> list[str]:
    """A phone as lines for a terminal without looks, or a log."""
    lines = [heading(phone), ""]
    lines.extend(f"  | {line}".rstrip() for line in screen_lines(phone))
    status = status_lines(phone)
    return [*lines, *([""] if status else []), *(f"  {line}" for line in status)]


def sent_line(phone: Phone, to: str, answer: dict[str, Any]) -> str:
    """What became of a text that a phone was told to send."""
    parts = counted(int(answer.get("parts") or 1), "part")
    return f"{phone.number} sent a text to {printable(to)} in {parts}"


def acknowledged_line(phone: Phone, answer: dict[str, Any]) -> str:
    """What became of an acknowledgement."""
    return f"the user of {phone.number} acknowledged text {answer.get('number', '')}"


def clock_time(at: str) -> str:
    """The hour, minute and second of a time as the API writes it."""
    return at[11:19] if len(at) >= 19 else at
