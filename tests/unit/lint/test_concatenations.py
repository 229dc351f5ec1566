"""Long messages that clients cut themselves (T41)."""

from carrierbox.codecs.user_data_header import Concatenation
from carrierbox.lint import rule_tables as rules
from carrierbox.lint.concatenations import OPEN_MAX, WAIT_S, Concatenations, Missing
from carrierbox.lint.dissection import Found
from carrierbox.lint.findings import Example
from carrierbox.smpp.states import ESME


class Parts:
    """An account's parts, and what was found."""

    def __init__(self) -> None:
        self.all = Concatenations()
        self.found: list[Found] = []
        self.missing: list[Missing] = []

    def part(
        self,
        number: int,
        total: int = 2,
        reference: int = 7,
        text: bytes = b"text",
        data_coding: int = 0,
        time: float = 1.0,
        to: str = "336",
    ) -> None:
        self.missing += self.all.part(
            ("ACME", to),
            Concatenation(reference, total, number, False),
            data_coding,
            text,
            Example(time, ESME, "a > b", b""),
            self.found,
        )


def test_parts_in_any_order_and_again_are_fine() -> None:
    """A part that was refused is sent again."""
    parts = Parts()
    for number in (3, 1, 1, 2):
        parts.part(number, total=3)
    assert (parts.found, parts.missing, parts.all.all_open()) == ([], [], [])


def test_references_are_of_one_sender_and_receiver() -> None:
    """The same one towards two phones is two messages."""
    parts = Parts()
    parts.part(1, to="336")
    parts.part(2, to="337")
    assert [each.detail for each in parts.all.all_open()] == ["1 of 2 sent"] * 2


def test_contradictions_are_told() -> None:
    """Another total, another data_coding, another text under one number."""
    for other in ({"total": 3}, {"data_coding": 8}, {"number": 1, "text": b"other"}):
        parts = Parts()
        parts.part(1, total=2)
        parts.part(**{"number": 2, **other})  # type: ignore[arg-type]
        assert [rule for rule, _ in parts.found] == [rules.PARTS_CONTRADICT]


def test_a_part_that_does_not_come_is_missing_after_a_while() -> None:
    """Told with the first part that did come."""
    parts = Parts()
    parts.part(1, time=1.0)
    parts.part(1, reference=8, time=1.0 + WAIT_S + 1)
    assert [each.detail for each in parts.missing] == ["1 of 2 sent"]
    assert parts.missing[0].first.time == 1.0


def test_messages_that_wait_are_bounded() -> None:
    """The oldest one is given up."""
    parts = Parts()
    for number in range(OPEN_MAX + 3):
        parts.part(1, to=str(number))
    assert len(parts.missing) == 3
    parts.all.forget()
    assert parts.all.all_open() == []
