"""What `carrierbox phone` does: look at a simulated phone, switch it, let it send a text, let its
user acknowledge one.
"""

from typing import Any

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.identifiers import msisdn_or_none
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

    def show(self) -> dict[str, Any]:
        """The phone as it is."""
        return self._api.get("phones", self.number)

    def switch(self, power: str) -> dict[str, Any]:
        """Turn it `on` or `off`; the phone as it is then."""
        return self._api.put("phones", self.number, "power", body={"power": power})

    def send(
        self, to: str, text: str, languages: str = "none", ask: str = "none"
    ) -> dict[str, Any]:
        """Let it send a text; how many parts it took.

        `languages` are those whose national alphabets it may use: names with commas between, `all`
        or `none`. `ask` is the acknowledgement it wants: `delivery`, `user`, `both` or `none`.
        """
        body: dict[str, Any] = {"to": to, "text": text}
        if languages != "none":
            body["languages"] = languages.split(",")
        if ask != "none":
            body["ask"] = ask
        return self._api.post("phones", self.number, "messages", body=body)

    def acknowledge(self, number: int | None, code: int | None) -> dict[str, Any]:
        """Let its user acknowledge a text; without a number the newest that asks for it."""
        said = {"number": number, "user_response_code": code}
        body = {name: value for name, value in said.items() if value is not None}
        return self._api.post("phones", self.number, "acknowledgements", body=body)


def heading(phone: dict[str, Any]) -> str:
    """Number, carrier and country, on or off."""
    where = ", ".join(str(phone[key]) for key in ("carrier", "country") if phone.get(key))
    said = [printable(str(phone.get("msisdn", ""))), printable(where), str(phone.get("power", ""))]
    return "   ".join(each for each in said if each)


def screen_lines(phone: dict[str, Any], columns: int = TEXT_COLUMNS) -> list[str]:
    """What the screen of a phone shows, the newest text last."""
    lines: list[str] = []
    for text in phone.get("texts") or []:
        sender = printable(str(text.get("sender", "")))
        at = clock_time(str(text.get("received_at") or ""))
        gap = max(1, columns - width_columns(sender) - len(at))
        if lines:
            lines.append("")
        lines.append(f"{sender}{' ' * gap}{at}".rstrip())
        for sign in [*_acknowledgement_signs(text), *(text.get("signs") or [])]:
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
    return lines


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
