"""Keywords: what a message of a phone means to its carrier, and in which language it answers."""

import re

import pytest

from carrierbox.simulator.policy.keywords import (
    CONFIRM,
    HELP,
    MEANINGS,
    START,
    STOP,
    KeywordBook,
    folded,
    load_keywords,
)

BOOK = load_keywords()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("STOP", STOP),
        ("stop", STOP),
        (" Stop! ", STOP),
        ("STOP ALL", STOP),
        ("stopall", STOP),
        ("opt-out", STOP),
        ("Arrêt", STOP),
        ("ARRET", STOP),
        ("STOPP", STOP),
        ("Abmelden.", STOP),
        ("BAJA", STOP),
        ("Alto", STOP),
        ("sair", STOP),
        ("PARE", STOP),
        ("annulla", STOP),
        ("stoppen", STOP),
        ("avsluta", STOP),
        ("İptal", STOP),
        ("ıptal", STOP),
        ("стоп", STOP),
        ("停止", STOP),
        ("START", START),
        ("unstop", START),
        ("YES", CONFIRM),
        ("oui", CONFIRM),
        ("Sí", CONFIRM),
        ("sim", CONFIRM),
        ("Ja", CONFIRM),
        ("HELP", HELP),
        ("Info?", HELP),
        ("aide", HELP),
        ("ayuda", HELP),
        ("AJUDA", HELP),
        ("hilfe", HELP),
        ("aiuto", HELP),
        ("hjälp", HELP),
    ],
)
def test_a_whole_message_is_a_keyword_however_it_is_written(text: str, meaning: str) -> None:
    """R12: letter case, accents, punctuation and spaces around it do not matter."""
    found = BOOK.find(text)
    assert found is not None
    assert found.meaning == meaning


@pytest.mark.parametrize("text", ["", "...", "STOP PLEASE", "please stop", "don't stop", "ST OP"])
def test_more_than_the_keyword_is_none_where_matching_is_strict(text: str) -> None:
    """The documented rule of most providers: the whole message."""
    assert BOOK.find(text) is None


@pytest.mark.parametrize(
    "text", ["STOP PLEASE", "Stop sending me this", "Please stop.", "Don’t text me!", "opt me out"]
)
def test_any_reasonable_wording_opts_out_where_matching_is_loose(text: str) -> None:
    """The rules of the United States since April 2025."""
    found = BOOK.find(text, is_loose=True)
    assert found is not None
    assert found.meaning == STOP


@pytest.mark.parametrize("text", ["Help me with this", "Yes I would like it", "don't stop", "Hi"])
def test_only_an_opt_out_may_be_loose(text: str) -> None:
    """Nobody opts in by a sentence that begins with a yes."""
    assert BOOK.find(text, is_loose=True) is None


def test_what_is_very_long_is_no_keyword() -> None:
    """A text is looked at by its length first, whatever it begins with."""
    assert BOOK.find("stop " * 1000, is_loose=True) is None
    assert BOOK.find_network("stop" + " " * 1000) is None


def test_there_are_ten_languages_and_each_has_every_meaning_and_reply() -> None:
    """Each keyword says where it is documented, or that it is typical."""
    assert len(BOOK.languages) >= 10
    for language in BOOK.languages:
        for meaning in MEANINGS:
            assert any(language in each.languages for each in BOOK.all() if each.meaning == meaning)
            reply = BOOK.reply(meaning, language, "ACME")
            assert reply.startswith("ACME")
            assert "{" not in reply
    assert {each.source for each in BOOK.all()} <= set(BOOK.sources)
    assert sum(each.is_documented for each in BOOK.all()) >= 12


def test_replies_name_keywords_that_do_what_they_say() -> None:
    """Whoever answers a reply as it says is understood: words in capitals are keywords."""
    for language in BOOK.languages:
        for meaning in MEANINGS:
            text = BOOK.reply(meaning, language, "")
            named = re.findall(r"「(.+?)」", text) or [
                each for each in re.findall(r"\w{2,}", text) if each.isupper() and each.isalpha()
            ]
            assert named
            for word in named:
                found = BOOK.find(word)
                assert found is not None, (language, word)
                assert language in found.languages


@pytest.mark.parametrize(
    ("text", "country", "language"),
    [
        ("STOP", "FR", "fr"),
        ("STOP", "US", "en"),
        ("STOP", "ZZ", "en"),
        ("ARRET", "US", "fr"),
        ("CANCEL", "FR", "en"),
        ("SI", "IT", "it"),
        ("SI", "US", "es"),
        ("JA", "SE", "sv"),
    ],
)
def test_the_answer_is_in_the_language_of_the_word_else_of_the_country(
    text: str, country: str, language: str
) -> None:
    """A word that several languages have leaves it to the number's country."""
    found = BOOK.find(text)
    assert found is not None
    assert BOOK.language_of(found, country) == language


def test_the_network_of_toll_free_numbers_knows_three_words() -> None:
    """AWS: toll-free numbers act upon STOP, UNSTOP and START alone."""
    assert [bool(BOOK.find_network(each)) for each in ("stop", "UNSTOP", "Start", "QUIT")] == [
        True,
        True,
        True,
        False,
    ]
    assert BOOK.network_reply(STOP).startswith("NETWORK MSG")


def test_a_word_means_one_thing() -> None:
    """A table in which it would mean two is refused."""
    entry: dict[str, dict[str, str] | list[str]] = {
        "start": {},
        "confirm": {},
        "help": {},
        "phrases": [],
        "replies": {},
    }
    table = {
        "sources": {},
        "network": {"words": {}, "replies": {}},
        "countries": {},
        "languages": {
            "en": entry | {"stop": {"END": "typical"}},
            "xx": entry | {"stop": {}, "help": {"END": "typical"}},
        },
    }
    with pytest.raises(ValueError, match="END is stop and help"):
        KeywordBook(table)


def test_a_document_that_has_a_word_is_named_though_another_language_has_none() -> None:
    """STOP is documented, whoever else only typically uses it."""
    found = BOOK.find("arret")
    assert found is not None
    assert (found.source, found.is_documented) == ("aws", True)


def test_what_does_not_matter_is_left_out() -> None:
    """Decomposed and composed accents are the same, as are apostrophes of both kinds."""
    assert folded("ÉTÉ") == folded("E\u0301te\u0301") == "ete"
    assert folded("don’t") == folded("don't") == "dont"
    assert folded("🛑 STOP 🛑") == "stop"
