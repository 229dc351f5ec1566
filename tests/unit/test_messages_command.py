"""Lists of messages: page after page from the API, and lines for people."""

from typing import Any

from carrierbox.api_client import CarrierApi
from carrierbox.messages_command import find_messages, message_lines


class Pages(CarrierApi):
    """A carrier with so many messages, the newest of which has the highest id."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.asked: list[dict[str, str | int]] = []

    def get(self, *segments: str, **query: str | int) -> dict[str, Any]:
        self.asked.append(query)
        newest = int(query.get("before", self.count + 1)) - 1
        last = max(newest - int(query["limit"]), 0)
        messages = [a_message(number) for number in range(newest, last, -1)]
        return {
            "messages": messages,
            "total": None if query.get("text") else self.count,
            "next": str(last + 1) if last else None,
        }


def a_message(number: int) -> dict[str, Any]:
    return {
        "message_id": f"{number:010d}",
        "accepted_at": "2027-01-15T12:00:00.100Z",
        "message_state": "ENROUTE",
        "source_addr": "ACME",
        "destination_addr": "33612345678",
        "msisdn": "+33612345678",
        "origin": "esme",
        "text": "Hello\n\x1b world" + "!" * 60 * (number % 2),
    }


def test_what_is_told_instead_of_the_truth_stands_behind_it() -> None:
    """A rule may let a carrier say that a text arrived which no phone got."""
    told = {"message_state": "DELIVERED"}
    found = [a_message(1) | {"told": each} for each in (told, None, {"message_state": "ENROUTE"})]
    lines = message_lines({"messages": found, "next": None})
    assert ["ENROUTE (told DELIVERED)" in line for line in lines] == [True, False, False]


def test_the_rule_that_decided_stands_there() -> None:
    """`open` is none."""
    told = {"message_state": "REJECTED"}
    found = [a_message(1) | {"rule": "quiet", "told": told}, a_message(2) | {"rule": "open"}]
    lines = message_lines({"messages": found, "next": None})
    assert "ENROUTE (told REJECTED)  quiet  ACME" in lines[0]
    assert lines[1].split()[2:5] == ["ENROUTE", "-", "ACME"]
    assert "-" not in message_lines({"messages": found[1:], "next": None})[0].split()


def test_pages_are_asked_for_until_there_are_enough() -> None:
    """A page of the API has a thousand at most."""
    api = Pages(2500)
    found = find_messages(api, {"to": None, "from": "ACME"}, 2200)
    assert len(found["messages"]) == 2200
    assert [one["limit"] for one in api.asked] == [1000, 1000, 200]
    assert api.asked[1] == {"limit": 1000, "from": "ACME", "before": "1501"}
    assert (found["total"], found["next"]) == (2500, "301")


def test_what_was_read_to_its_end_is_counted() -> None:
    """Although the carrier did not count it."""
    found = find_messages(Pages(1200), {"text": "hello"}, 5000)
    assert (len(found["messages"]), found["total"], found["next"]) == (1200, 1200, None)


def test_each_message_is_a_line_that_cannot_harm_a_terminal() -> None:
    """Long texts are cut, control characters are gone, and it is said that there are more."""
    lines = message_lines(find_messages(Pages(3), {}, 2))
    assert len(lines) == 3
    assert lines[0].startswith("0000000003  2027-01-15T12:00:00Z  ENROUTE  ACME  +33612345678  Hel")
    assert lines[0].endswith("...")
    assert "\x1b" not in "".join(lines)
    assert lines[2] == "the newest 2 of 3; there are older ones: --limit shows more"
    assert "of" not in message_lines(find_messages(Pages(9), {"text": "x"}, 1))[-1].split(";")[0]
    assert message_lines({"messages": [], "total": 0, "next": None}) == ["(no messages)"]
