"""What `carrierbox messages` does: list messages of a running carrier, or search for some."""

from collections.abc import Mapping
from typing import Any, Final

from carrierbox.api_client import CarrierApi
from carrierbox.terminal import aligned, printable

PAGE: Final = 1000
TEXT_CHARACTERS: Final = 60
NO_RULE: Final = "open"


def find_messages(api: CarrierApi, wanted: Mapping[str, str | None], limit: int) -> dict[str, Any]:
    """The newest `limit` messages of a kind, as the API lists them; it is asked page by page.

    `wanted` are conditions by the API's names. Raises what `CarrierApi` does.
    """
    query: dict[str, str | int] = {name: each for name, each in wanted.items() if each}
    messages: list[dict[str, Any]] = []
    total: int | None = None
    following: str | None = None
    while True:
        page = api.get("messages", limit=min(PAGE, limit - len(messages)), **query)
        if "before" not in query:
            total = page.get("total")
        messages += page.get("messages") or []
        following = page.get("next")
        if following is None or len(messages) >= limit:
            break
        query["before"] = following
    if following is None:
        total = len(messages)
    return {"messages": messages, "total": total, "next": following}


def message_lines(found: dict[str, Any]) -> list[str]:
    """Messages as lines for people, and how many more there are."""
    messages = found["messages"]
    if not messages:
        return ["(no messages)"]
    # The column of rules is there if any decided about one of them.
    has_rules = any(_rule(message) for message in messages)
    lines = aligned([_columns(message, has_rules) for message in messages], "")
    if found["next"] is not None:
        total = found["total"]
        of = "" if total is None else f" of {total}"
        lines.append(f"the newest {len(messages)}{of}; there are older ones: --limit shows more")
    return lines


def _columns(message: dict[str, Any], has_rules: bool) -> list[str]:
    """Id, when it was accepted, state, rule, from, to, and the beginning of its text."""
    accepted_at = str(message.get("accepted_at") or "")
    text = printable(" ".join(str(message.get("text") or "").split()))
    if len(text) > TEXT_CHARACTERS:
        text = text[: TEXT_CHARACTERS - 3] + "..."
    to = message.get("msisdn") if message.get("origin") != "phone" else ""
    return [
        printable(str(message.get("message_id", ""))),
        accepted_at[:19] + "Z" if len(accepted_at) > 19 else accepted_at,
        printable(_states(message)),
        *([_rule(message) or "-"] if has_rules else []),
        printable(str(message.get("source_addr", ""))),
        printable(str(to or message.get("destination_addr", ""))),
        text,
    ]


def _states(message: dict[str, Any]) -> str:
    """The state, and what its sender is told instead, if that is another."""
    state = str(message.get("message_state", ""))
    told = message.get("told") or {}
    state_told = str(told.get("message_state") or state)
    return state if state_told == state else f"{state} (told {state_told})"


def _rule(message: dict[str, Any]) -> str:
    """The rules that had a say about it; "" if none had."""
    rule = printable(str(message.get("rule") or NO_RULE))
    return "" if rule == NO_RULE else rule
