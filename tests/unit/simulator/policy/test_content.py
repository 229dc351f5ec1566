"""Classes of content: who says it wins, then words."""

import pytest

from carrierbox.identifiers import Address
from carrierbox.relay import SAID_BY_ACCOUNT, SAID_BY_SUBMISSION, Submission
from carrierbox.simulator.policy.content import (
    WORDS_MAX,
    ClassIs,
    WordLists,
    classified,
    folded,
    told_class,
)

WORDS = {
    "otp": ["verification code", "código"],
    "gambling": ["casino", "free spins", "カジノ"],
    "marketing": ["sale", "50%", "скидка"],
}


def submission(text: str, content_class: str = "", said_by: str = "") -> Submission:
    return Submission(
        "shop",
        Address(5, 0, "ACME"),
        "33612345678",
        "FR",
        "",
        8,
        b"",
        text.encode("utf-16-be"),
        content_class=content_class,
        class_said_by=said_by,
    )


@pytest.mark.parametrize(
    ("text", "content_class"),
    [
        ("Best CASINO in town", "gambling"),
        ("casinos everywhere", ""),
        ("Free  spins!", "gambling"),
        ("free wild spins", ""),
        ("Tu Codigo: 1234", "otp"),
        ("TU CÓDIGO: 1234", "otp"),
        ("Ｓａｌｅ today", "marketing"),
        ("50% off", "marketing"),
        ("Большая СКИДКА", "marketing"),
        ("新しいカジノです", "gambling"),
        ("Sale at the casino", "gambling"),
        ("", ""),
    ],
)
def test_words_suggest_a_class(text: str, content_class: str) -> None:
    """Whole words, any case, accents folded; the first class in the order of the lists."""
    assert WordLists(WORDS).classify(text).content_class == content_class


def test_who_submits_says_first_what_a_message_is_about() -> None:
    """The submission or its account goes before words, and explain tells which."""
    words = WordLists(WORDS)
    said = classified(submission("casino", "otp", SAID_BY_SUBMISSION), words)
    assert told_class(said) == "otp (said by the submission)"
    of_account = classified(submission("casino", "otp", SAID_BY_ACCOUNT), words)
    assert told_class(of_account) == "otp (of the account)"
    assert told_class(classified(submission("Casino"), words)) == "gambling (word 'casino')"
    assert told_class(classified(submission("Hi"), words)) == "unknown"


def test_a_rule_asks_for_a_class() -> None:
    """docs/rules.md."""
    condition = ClassIs(frozenset({"gambling", "adult"}), WordLists(WORDS))
    assert condition.holds(submission("casino"))
    assert not condition.holds(submission("casino", "otp"))
    assert condition.holds(submission("Hi", "adult"))
    assert not ClassIs(frozenset({"gambling"})).holds(submission("casino"))
    assert condition.wanted() == "adult or gambling"


def test_too_many_words_are_refused() -> None:
    """Bounded, and said."""
    with pytest.raises(ValueError, match="at most 10000 words"):
        WordLists({"otp": [f"word{number}" for number in range(WORDS_MAX + 1)]})


def test_a_word_without_letters_is_refused() -> None:
    """It would stand everywhere or nowhere."""
    with pytest.raises(ValueError, match="neither letters nor digits"):
        WordLists({"otp": ["!!!"]})


def test_folding_keeps_what_other_scripts_need() -> None:
    """Vowel signs of Devanagari are no accents; those of Latin and Greek letters are."""
    assert folded("ÉLÉPHANT ΆΛΦΑ") == "elephant αλφα"
    assert folded("कासीनो") == "कासीनो"
    assert WordLists({"gambling": ["कासीनो"]}).classify("नया कासीनो!").content_class == "gambling"
