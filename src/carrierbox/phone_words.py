"""What `carrierbox phone` prints beside a screen: lists, conversations, memory, responders."""

from typing import Any, Final

from carrierbox.terminal import TEXT_COLUMNS, aligned, counted, printable, wrapped

_ARROWS: Final = {"received": "<", "sent": ">"}


def list_lines(found: dict[str, Any]) -> list[str]:
    """Phones, a line for each: number, carrier, country, on or off, what waits for it."""
    phones = found.get("phones") or []
    if not phones:
        return ["(no phones)"]
    rows = []
    for phone in phones:
        waiting = int(phone.get("waiting") or 0)
        rows.append(
            [
                printable(str(phone.get(key, "")))
                for key in ("msisdn", "carrier", "country", "power")
            ]
            + [f"{counted(waiting, 'message')} waiting" if waiting else ""]
        )
    lines = [line.rstrip() for line in aligned(rows, "")]
    more = int(found.get("total") or 0) - len(phones)
    return [*lines, f"… and {more:,} more: --limit"] if more > 0 else lines


def thread_lines(found: dict[str, Any], columns: int = TEXT_COLUMNS) -> list[str]:
    """Conversations: whose, and each text with its direction, number, time and report."""
    lines: list[str] = []
    for thread in found.get("threads") or []:
        if lines:
            lines.append("")
        lines.append(printable(str(thread.get("other", ""))))
        for text in thread.get("texts") or []:
            report = str(text.get("report", "none"))
            lines.append(
                f"  {_ARROWS.get(str(text.get('direction')), '?')} {text.get('number', '')}"
                f"  {str(text.get('at', ''))[11:19]}"
                f"{'' if report == 'none' else f'  [{report_words(report)}]'}"
            )
            lines.extend(
                f"    {line}".rstrip() for line in wrapped(str(text.get("text", "")), columns)
            )
    return lines or ["(no texts)"]


def sent_lines(phone: dict[str, Any], newest: int = 5) -> list[str]:
    """The newest texts that a phone sent, a line for each."""
    lines = []
    for text in (phone.get("sent") or [])[-newest:]:
        report = str(text.get("report", "none"))
        said = "" if report == "none" else f"  [{report_words(report)}]"
        beginning = str(text.get("text", ""))
        shown = beginning if len(beginning) <= 40 else beginning[:39] + "…"
        lines.append(f"sent to {printable(str(text.get('to', '')))}: {printable(shown)}{said}")
    return lines


def report_words(report: str) -> str:
    """What the status report of a text says, for people."""
    words = {
        "awaited": "report awaited",
        "trying": "the centre still tries",
        "failed": "not delivered",
    }
    return words.get(report, printable(report))


def memory_words(phone: dict[str, Any]) -> str:
    """How full the memory of a phone is; "" for one that keeps its newest texts."""
    memory = phone.get("memory")
    if not memory:
        return ""
    dummies = int(memory.get("dummies") or 0)
    filled = f", {counted(dummies, 'dummy text')} among them" if dummies else ""
    phone_used, sim_used = int(memory["phone_used"]), int(memory["sim_used"])
    is_full = phone_used >= int(memory["phone"]) and sim_used >= int(memory["sim"])
    full = ""
    if is_full:
        full = "; full: it refuses" if memory.get("when_full") == "refuse" else "; full: it forgets"
    return (
        f"memory: {phone_used} of {memory['phone']} on the phone, "
        f"{sim_used} of {memory['sim']} on the SIM{filled}{full}"
    )


def memory_lines(phone: dict[str, Any]) -> list[str]:
    """How full its memory is, with its number."""
    words = memory_words(phone) or "it keeps its newest texts"
    return [f"{printable(str(phone.get('msisdn', '')))}   {words}"]


def deleted_line(number: str, answer: dict[str, Any]) -> str:
    """What became of texts that were to be deleted."""
    return f"{counted(int(answer.get('deleted') or 0), 'text')} deleted from {number}"


def responder_lines(found: dict[str, Any]) -> list[str]:
    """What a phone answers by itself, in the order in which it is asked."""
    rows = [
        [*_columns(responder), whose]
        for key, whose in (("responders", ""), ("of_all_phones", "all phones"))
        for responder in found.get(key) or []
    ]
    if not rows:
        return ["(it answers nothing by itself)"]
    return [line.rstrip() for line in aligned(rows, "")]


def _columns(responder: dict[str, Any]) -> list[str]:
    times = responder.get("times")
    return [
        f"when {words_of(responder.get('when')) or 'any text'}",
        f"answer {printable(str(responder.get('answer', '')))!r}",
        f"after {responder.get('after', '0s')}",
        "" if times is None else f"{times} times at most",
    ]


def words_of(value: object) -> str:
    """A condition as it is written."""
    if isinstance(value, dict):
        return ", ".join(f"{printable(str(key))}: {_word(each)}" for key, each in value.items())
    return _word(value) if value else ""


def _word(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_word(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{words_of(value)}}}"
    return printable(str(value))
