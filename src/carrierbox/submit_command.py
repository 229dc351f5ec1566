"""What `carrierbox submit` does: submit a text to a running carrier as one of its accounts."""

from collections.abc import Mapping
from typing import Any

from carrierbox.api_client import CarrierApi, RequestRefusedError
from carrierbox.terminal import counted, printable


def submit_text(api: CarrierApi, said: Mapping[str, object], box: str = "") -> dict[str, Any]:
    """What the carrier answers to a submission of what is said, what is None left out.

    Raises what `CarrierApi` does.
    """
    body = {name: value for name, value in said.items() if value is not None}
    query = {"box": box} if box else {}
    return api.post("messages", body=body, **query)


def refusal_of(refused: RequestRefusedError) -> dict[str, Any]:
    """How the centre refused it, and what became of each part; {} if it was never asked."""
    found = refused.document.get("refusal")
    return found if isinstance(found, dict) else {}


def submitted_lines(found: Mapping[str, Any]) -> list[str]:
    """A line for each message that was taken in: its id, its parts, its alphabet.

    Of a refusal, which names no alphabet, those that were not refused.
    """
    messages = found.get("messages") or []
    alphabet = printable(str(found.get("alphabet") or ""))
    lines = []
    for message in messages:
        if message.get("message_id") is None:
            continue
        parts = (
            f"part {message.get('part')} of {len(messages)}"
            if len(messages) > 1
            else counted(int(found.get("parts") or 1), "part")
        )
        columns = [printable(str(message["message_id"])), parts, alphabet]
        lines.append("  ".join(each for each in columns if each))
    return lines
