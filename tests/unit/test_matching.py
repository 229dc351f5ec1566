"""Rules as they run: conditions, their order, the book of a box."""

from random import Random

import pytest

from carrierbox import matching
from carrierbox.identifiers import Address
from carrierbox.matching import Condition, Match, Rule, RuleBook, fits_glob
from carrierbox.relay import Submission, Verdict


def submission(
    system_id: str = "shop", text: bytes = b"Your code", country: str = "FR", msisdn: str = "336"
) -> Submission:
    return Submission(
        system_id,
        Address(5, 0, "ACME"),
        msisdn,
        country,
        "Orange" if country else "",
        0,
        b"",
        text,
        "data_sm",
        "CMT",
        17,
    )


class Asked:
    """Stands for a pattern, and counts how often it was searched for."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.asked = 0

    def search(self, text: str) -> bool:
        self.asked += 1
        return self.answer


def conditions(asked: tuple[Asked, ...]) -> list[Condition]:
    return [matching.FitsPattern(matching.TEXT, one.search) for one in asked]


def rule(name: str, *asked: Asked) -> Rule:
    return Rule(name, Match(conditions(asked)), Verdict(0x58, name), name)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (matching.ACCOUNT, "shop"),
        (matching.OPERATION, "data_sm"),
        (matching.SOURCE_ADDR, "ACME"),
        (matching.DESTINATION, "336"),
        (matching.COUNTRY, "FR"),
        (matching.CARRIER, "Orange"),
        (matching.SERVICE_TYPE, "CMT"),
        (matching.TEXT, "Your code"),
    ],
)
def test_every_field_of_text_can_be_asked_for(field: int, text: str) -> None:
    """Design §2, one Match: the whole, the beginning, a part, a glob, a pattern."""
    shown = submission()
    assert matching.IsOneOf(field, frozenset({text, "other"})).holds(shown)
    assert not matching.IsOneOf(field, frozenset({text + "x"})).holds(shown)
    assert matching.StartsWith(field, ("no", text[:2])).holds(shown)
    assert not matching.StartsWith(field, (text[1:],)).holds(shown)
    assert matching.Contains(field, text[1:]).holds(shown)
    assert not matching.Contains(field, text + text).holds(shown)
    assert matching.FitsGlob(field, text[0] + "*").holds(shown)
    assert not matching.FitsGlob(field, text[0]).holds(shown)
    asked: list[str] = []

    def search(given: str) -> bool:
        asked.append(given)
        return True

    assert matching.FitsPattern(field, search).holds(shown)
    assert asked == [text]


@pytest.mark.parametrize(
    ("field", "number"),
    [(matching.SOURCE_ADDR_TON, 5), (matching.DATA_CODING, 0), (matching.REGISTERED_DELIVERY, 17)],
)
def test_every_number_can_be_asked_for(field: int, number: int) -> None:
    """Design §2, one Match: one of some numbers."""
    assert matching.IsOneOfNumbers(field, frozenset({number, 99})).holds(submission())
    assert not matching.IsOneOfNumbers(field, frozenset({number + 1})).holds(submission())


def test_the_text_is_what_its_sender_meant() -> None:
    """T32: by the data_coding, by what 0 means to the account, without the header."""
    header = b"\x05\x00\x03\x01\x02\x01"
    address = Address(5, 0, "ACME")
    ucs2 = Submission("shop", address, "336", "FR", "", 8, header, "жЖ".encode("utf-16-be"))
    assert ucs2.text() == "жЖ"
    latin = Submission("shop", address, "336", "FR", "", 0, b"", b"\xe9", default_coding=2)
    assert latin.text() == "é"
    assert submission(text=b"\x00").text() == "@"


def test_a_match_asks_no_further_than_it_must() -> None:
    """All conditions must hold; the first that fails ends it, so that drawing can come last."""
    first, second, third = Asked(True), Asked(False), Asked(True)
    assert not Match(conditions((first, second, third))).holds(submission())
    assert (first.asked, second.asked, third.asked) == (1, 1, 0)
    assert Match([]).holds(submission())


def test_a_share_is_drawn_from_its_seed() -> None:
    """T49: the same seed gives the same draws, and about as many as were asked for."""
    draws = [
        [matching.IsDrawn(25.0, random).holds(submission()) for _ in range(4000)]
        for random in (Random(7), Random(7), Random(8))
    ]
    assert draws[0] == draws[1] != draws[2]
    assert 900 < sum(draws[0]) < 1100
    everything = matching.IsDrawn(100.0, Random(1))
    assert all(everything.holds(submission()) for _ in range(1000))


@pytest.mark.parametrize(
    ("text", "glob"),
    [
        ("", ""),
        ("", "*"),
        ("ACME", "ACME"),
        ("ACME", "*"),
        ("ACME", "A*"),
        ("ACME", "*E"),
        ("ACME", "A??E"),
        ("ACME", "*C*"),
        ("aXbXc", "a*X?"),
        ("ACME", "**A**C*M*E**"),
        ("a*b", "a*b"),
        ("a?b", "a?b"),
        ("[x]", "[x]"),
        ("abcabd", "*abd"),
    ],
)
def test_a_glob_fits(text: str, glob: str) -> None:
    """`*` is any characters, `?` is one, all else is itself."""
    assert fits_glob(text, glob)


@pytest.mark.parametrize(
    ("text", "glob"),
    [("", "?"), ("ACME", "ACM"), ("ACM", "ACME"), ("ACME", "a*"), ("ACME", "*X*"), ("A", "A?")],
)
def test_a_glob_does_not_fit(text: str, glob: str) -> None:
    """The whole text must fit, capitals are capitals."""
    assert not fits_glob(text, glob)


def test_a_glob_takes_bounded_time() -> None:
    """Everything from outside can be wrong: this one takes exponential time if done naively."""
    assert not fits_glob("a" * 2000, "*a" * 50 + "b")


def test_the_first_rule_that_holds_decides() -> None:
    """Design §2: test rules go before configured ones; each counts what it decided."""
    hit, other = Asked(True), Asked(True)
    book = RuleBook([rule("never", Asked(False)), rule("configured", hit)])
    verdict = book.verdict_on(submission())
    assert verdict is not None
    assert verdict.rule == "configured"
    book.add_test_rule(rule("test", other))
    verdict = book.verdict_on(submission())
    assert verdict is not None
    assert verdict.rule == "test"
    assert (hit.asked, other.asked) == (1, 1)
    assert [one.matched for one in book.in_order] == [1, 0, 1]
    assert book.remove_test_rule("test")
    assert not book.remove_test_rule("test")
    assert book.remove_test_rule("configured") is False
    again = book.verdict_on(submission())
    assert again is not None
    assert again.rule == "configured"


def test_without_a_rule_that_holds_there_is_no_verdict() -> None:
    """Then others are asked."""
    assert RuleBook().verdict_on(submission()) is None
    assert RuleBook([rule("never", Asked(False))]).verdict_on(submission()) is None


def test_built_in_rules_are_about_numbers_of_no_country_only() -> None:
    """Design §2: after all others, and never in the way of a number that a phone may have."""
    built_in = rule("magic", Asked(True))
    book = RuleBook(built_in=[built_in])
    assert book.verdict_on(submission()) is None
    verdict = book.verdict_on(submission(country=""))
    assert verdict is not None
    assert verdict.rule == "magic"
    book.add_test_rule(rule("test", Asked(True)))
    first = book.verdict_on(submission(country=""))
    assert first is not None
    assert first.rule == "test"


def test_names_are_given_once_and_the_book_is_bounded() -> None:
    """A name stands with what was decided; what users add has an end."""
    book = RuleBook([rule("configured")])
    book.add_test_rule(rule("one"))
    for taken in ("one", "configured"):
        with pytest.raises(ValueError, match=f"rule named '{taken}'"):
            book.add_test_rule(rule(taken))
    with pytest.raises(ValueError, match="rule named 'two'"):
        book.put_test_rules([rule("two"), rule("two")])
    assert [one.name for one in book.test_rules] == ["one"]
    many = [rule(str(number)) for number in range(matching.RULES_MAX + 1)]
    with pytest.raises(ValueError, match="at most 1000"):
        book.put_test_rules(many)
    book.put_test_rules(many[:-1])
    assert len(book.in_order) == matching.RULES_MAX + 1
    book.put_test_rules([])
    assert book.in_order == book.configured


def test_an_exception_and_what_counts_are_asked_in_their_order() -> None:
    """What counts is asked of what all others mean, and of nothing else."""
    when, unless, last = Asked(True), Asked(False), Asked(True)
    match = Match(conditions((when,)), conditions((unless,)), conditions((last,)))
    assert match.holds(submission())
    assert (when.asked, unless.asked, last.asked) == (1, 1, 1)
    unless.answer = True
    assert not match.holds(submission())
    assert (when.asked, unless.asked, last.asked) == (2, 2, 1)
    when.answer = False
    assert not match.holds(submission())
    assert (when.asked, unless.asked, last.asked) == (3, 2, 1)


def test_what_would_be_is_the_same_without_a_draw() -> None:
    """A share may hold."""
    drawn = matching.IsDrawn(0.0001, Random(1))
    match = Match([], conditions((Asked(True), Asked(False))), [drawn])
    assert match.would_hold(submission())
    assert (drawn.subject(), drawn.wanted(), drawn.found(submission())) == (
        "share",
        "0.0001 %, drawn",
        "not drawn",
    )
    assert not Match([], conditions((Asked(True),))).would_hold(submission())
    assert not Match(conditions((Asked(False),))).would_hold(submission())


def test_texts_are_told_so_that_they_can_be_read() -> None:
    """Quoted if nothing would be seen, cut if they are long, a few of many."""
    assert matching.shortened("ACME") == "ACME"
    assert matching.shortened("") == "''"
    assert matching.shortened(" a") == "' a'"
    assert matching.shortened("a\nb") == "'a\\nb'"
    assert matching.or_list([]) == ""
    assert matching.or_list(["a"]) == "a"
    assert matching.or_list(["a", "b", "c"]) == "a, b or c"
    assert matching.or_list(list("abcdefg")) == "a, b, c, d, e or 2 more"


def said(name: str, **fields: object) -> Verdict:
    """What a rule of that name says."""
    verdict = Verdict(0, name)
    for field, value in fields.items():
        setattr(verdict, field, value)
    return verdict


def test_the_last_rule_that_says_anything_has_the_last_word() -> None:
    """And what it leaves open is as noted before."""
    noted = said(
        "a",
        reason="First.",
        source=Address(5, 0, "A"),
        cause=6,
        failing_attempts=2,
        told_state=5,
        told_err="013",
        told_after_s=5.0,
        hold_until=50.0,
        answers=3,
        text="noted",
    )
    found = matching.merged(noted, said("b", reason="Then.", told_state=8, hold_until=20.0))
    assert (found.rule, found.reason) == ("a, b", "First. Then.")
    assert (found.source, found.text) == (Address(5, 0, "A"), "noted")
    assert (found.cause, found.failing_attempts) == (6, 2)
    assert (found.told_state, found.told_err, found.told_after_s) == (8, "013", 5.0)
    assert (found.hold_until, found.answers) == (50.0, 3)
    assert (noted.rule, noted.told_state) == ("a", 5)


@pytest.mark.parametrize(
    ("noted", "then", "is_told"),
    [
        ({"is_told": False}, {}, False),
        ({}, {"is_told": False}, False),
        ({"is_told": False}, {"told_state": 8}, True),
        ({"is_told": False}, {"copies": 2}, True),
        ({"told_state": 8}, {"is_told": False}, False),
    ],
)
def test_the_last_report_counts(
    noted: dict[str, object], then: dict[str, object], is_told: bool
) -> None:
    """`report: none` and another one contradict each other; the later rule decides."""
    assert matching.merged(said("a", **noted), said("b", **then)).is_told is is_told


def test_a_refusal_forgets_what_was_noted_but_the_names() -> None:
    """What is refused has no phone and no receipt."""
    noted = said("a", reason="First.", text="x", copies=2)
    refusal = said("b", command_status=8, answers=2)
    found = matching.merged(noted, refusal)
    assert (found.command_status, found.rule, found.reason) == (8, "a, b", "First.")
    assert (found.text, found.copies, found.answers) == (None, 1, 2)


def test_the_names_of_very_many_rules_are_bounded() -> None:
    """They stand in the journal with the message."""
    found = said("a")
    for _ in range(200):
        found = matching.merged(found, said("x" * 64))
    assert len(found.rule) == matching.DECIDERS_CHARACTERS_MAX
