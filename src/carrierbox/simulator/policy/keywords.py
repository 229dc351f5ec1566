"""The words by which the user of a phone opts out, opts in or asks for help, in many languages.

They and the replies to them stand in `data/keywords.json`; beside each word stands the document
that has it, or that it is only typical. A message is a keyword if it is one as a whole: letter
case, accents, punctuation and spaces around it do not matter. Where matching is loose, any
reasonable wording opts out: a message that begins with an opt-out keyword, or with a phrase of the
language.
"""

import json
import unicodedata
from pathlib import Path
from typing import Any, Final

TABLE_PATH: Final = Path(__file__).parents[2] / "data" / "keywords.json"

STOP: Final = "stop"
START: Final = "start"
HELP: Final = "help"
CONFIRM: Final = "confirm"
"""A question or an answer to it: it opts in as START does, and answers a double opt-in."""
MEANINGS: Final = (STOP, START, CONFIRM, HELP)

DEFAULT_LANGUAGE: Final = "en"
TYPICAL: Final = "typical"
MESSAGE_CHARACTERS_MAX: Final = 1000
"""What is longer is no keyword, whatever it begins with."""

_DOTLESS_I: Final = "ı"


class Keyword:
    """One word and what it means; `languages` in which it does, by ISO 639-1, as the table has
    them. `source` names the document that has it, `typical` if none is known to.
    """

    def __init__(self, word: str, meaning: str, language: str, source: str) -> None:
        self.word = word
        self.meaning = meaning
        self.languages = [language]
        self.source = source

    @property
    def is_documented(self) -> bool:
        """Whether a document has it."""
        return self.source != TYPICAL

    def __repr__(self) -> str:
        return f"Keyword({self.word!r}, {self.meaning!r}, {self.languages!r})"


class KeywordBook:
    """The table, given as what its JSON says."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.sources: dict[str, str] = dict(table["sources"])
        self.languages: list[str] = list(table["languages"])
        self._by_word: dict[str, Keyword] = {}
        self._phrases: list[tuple[str, Keyword]] = []
        self._replies: dict[str, dict[str, str]] = {}
        self._of_countries: dict[str, str] = dict(table["countries"])
        self._network: set[str] = set()
        for language, entry in table["languages"].items():
            self._replies[language] = dict(entry["replies"])
            for meaning in MEANINGS:
                for word, source in entry[meaning].items():
                    self._add(Keyword(word, meaning, language, source))
            for phrase in entry["phrases"]:
                self._phrases.append((folded(phrase), Keyword(phrase, STOP, language, TYPICAL)))
        network = table["network"]
        self._network_replies: dict[str, str] = dict(network["replies"])
        for word in network["words"]:
            self._network.add(folded(word))

    def _add(self, keyword: Keyword) -> None:
        """Note a word; one that several languages have means the same in all of them."""
        key = folded(keyword.word)
        present = self._by_word.get(key)
        if present is None:
            self._by_word[key] = keyword
            return
        if present.meaning != keyword.meaning:
            raise ValueError(
                f"{keyword.word} is {present.meaning} and {keyword.meaning}: the first to read it "
                "could not tell which"
            )
        present.languages.extend(keyword.languages)
        if not present.is_documented:
            present.source = keyword.source

    def find(self, text: str, is_loose: bool = False) -> Keyword | None:
        """The keyword that a message is; None if it is none."""
        if len(text) > MESSAGE_CHARACTERS_MAX:
            return None
        key = folded(text)
        found = self._by_word.get(key)
        if found is not None or not is_loose or not key:
            return found
        first = self._by_word.get(key.split(" ", 1)[0])
        if first is not None and first.meaning == STOP:
            return first
        for phrase, keyword in self._phrases:
            if key == phrase or key.startswith(phrase + " "):
                return keyword
        return None

    def find_network(self, text: str) -> Keyword | None:
        """The same of the few words that a network of toll-free numbers acts upon by itself."""
        if len(text) > MESSAGE_CHARACTERS_MAX:
            return None
        key = folded(text)
        return self._by_word.get(key) if key in self._network else None

    def all(self) -> list[Keyword]:
        """Every keyword, in the order of the table."""
        return list(self._by_word.values())

    def language_of_country(self, country: str) -> str:
        """In what language the people of a country are answered; English where none is known."""
        return self._of_countries.get(country, DEFAULT_LANGUAGE)

    def language_of(self, keyword: Keyword, country: str) -> str:
        """In what language to answer: that of the word, the country's where it has several."""
        of_country = self.language_of_country(country)
        return of_country if of_country in keyword.languages else keyword.languages[0]

    def reply(self, meaning: str, language: str, name: str) -> str:
        """The text of a reply; `name` is the sender's. English where the language has none."""
        replies = self._replies.get(language) or self._replies[DEFAULT_LANGUAGE]
        return replies[meaning].replace("{name}", name)

    def network_reply(self, meaning: str) -> str:
        """The text by which a network of toll-free numbers answers, always in English."""
        return self._network_replies[meaning]


def folded(text: str) -> str:
    """A text without what does not matter: case, accents, punctuation, spaces around it."""
    letters: list[str] = []
    for each in unicodedata.normalize("NFKD", text):
        kind = unicodedata.category(each)[0]
        if kind in ("L", "N"):
            letters.append("i" if each == _DOTLESS_I else each)
        elif kind != "M" and each not in ("'", "\u2019"):
            letters.append(" ")
    return " ".join("".join(letters).casefold().split())


def load_keywords() -> KeywordBook:
    """The book that comes with the package, read once."""
    if not _loaded:
        _loaded.append(KeywordBook(json.loads(TABLE_PATH.read_bytes())))
    return _loaded[0]


_loaded: Final[list[KeywordBook]] = []
