"""What a message is about: what who submitted it says, else what the words of its text suggest."""

import unicodedata
from typing import Final

from carrierbox.matching import Condition, or_list
from carrierbox.relay import SAID_BY_ACCOUNT, SAID_BY_SUBMISSION, Submission

WORDS_MAX: Final = 10_000
"""Of one set of word lists."""
WORD_CHARACTERS_MAX: Final = 100
TEXT_CHARACTERS_MAX: Final = 10_000
"""So much of a text is looked at."""

# Scripts that are written without blanks between words: there a word is found anywhere.
_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # Han and kana
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def folded(text: str) -> str:
    """A text with small letters only and without accents: `ÉLÉPHANT` is `elephant`.

    What looks different and is the same, such as letters of full width, becomes the same.
    """
    if text.isascii():
        return text.lower()
    plain = [
        each
        for each in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(each)
    ]
    return unicodedata.normalize("NFC", "".join(plain))


def words_of(text: str) -> list[str]:
    """The words of a folded text: letters, digits and the marks that belong to them."""
    spaced: list[str] = []
    for each in text:
        is_part = each.isalnum() or (not each.isascii() and unicodedata.category(each)[0] == "M")
        spaced.append(each if is_part else " ")
    return "".join(spaced).split()


class Classification:
    """The class of a message; `said_by` is SAID_BY_SUBMISSION, SAID_BY_ACCOUNT or `word …`."""

    def __init__(self, content_class: str, said_by: str) -> None:
        self.content_class = content_class
        self.said_by = said_by


NOT_CLASSIFIED: Final = Classification("", "")


class WordLists:
    """Words and phrases by class: the first class of which one stands in a text is the text's.

    Words stand by themselves, small and capital letters and accents are the same; in scripts
    without blanks between words they stand anywhere.
    """

    def __init__(self, by_class: dict[str, list[str]] | None = None) -> None:
        self._classes: list[str] = []
        # By the first word of a phrase: the whole phrase and the place of its class.
        self._phrases: dict[str, list[tuple[list[str], int]]] = {}
        self._anywhere: list[tuple[str, int]] = []
        self.size: int = 0
        if by_class is not None:
            for content_class, words in by_class.items():
                self._add(content_class, words)
        self._last_text: str = ""
        self._last: Classification = NOT_CLASSIFIED

    def _add(self, content_class: str, words: list[str]) -> None:
        """Raises ValueError for too many words, and for one without letters and digits."""
        place = len(self._classes)
        self._classes.append(content_class)
        for word in words:
            self.size += 1
            if self.size > WORDS_MAX:
                raise ValueError(f"must be at most {WORDS_MAX} words in all")
            plain = folded(word[:WORD_CHARACTERS_MAX])
            if any(_is_unspaced(each) for each in plain):
                self._anywhere.append((plain, place))
                continue
            phrase = words_of(plain)
            if not phrase:
                raise ValueError(f"{word[:40]!r} has neither letters nor digits")
            self._phrases.setdefault(phrase[0], []).append((phrase, place))

    def classify(self, text: str) -> Classification:
        """The class that the words of a text suggest, and the word; NOT_CLASSIFIED for none."""
        # Every rule about classes asks the same of one message.
        if text != self._last_text:
            self._last = self._classify(text)
            self._last_text = text
        return self._last

    def _classify(self, text: str) -> Classification:
        plain = folded(text[:TEXT_CHARACTERS_MAX])
        best = len(self._classes)
        word = ""
        words = words_of(plain)
        for start, first in enumerate(words):
            for phrase, place in self._phrases.get(first, _NO_PHRASES):
                if place < best and words[start : start + len(phrase)] == phrase:
                    best = place
                    word = " ".join(phrase)
        for part, place in self._anywhere:
            if place < best and part in plain:
                best = place
                word = part
        if best == len(self._classes):
            return NOT_CLASSIFIED
        return Classification(self._classes[best], f"word {word!r}")


_NO_PHRASES: Final[list[tuple[list[str], int]]] = []
NO_WORDS: Final = WordLists()


def _is_unspaced(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _UNSPACED)


def classified(submission: Submission, words: WordLists) -> Classification:
    """The class that a submission or its account says, else the one that its words suggest."""
    if submission.content_class:
        return Classification(submission.content_class, submission.class_said_by)
    return words.classify(submission.text()) if words.size else NOT_CLASSIFIED


class ClassIs(Condition):
    """A message is about one of some things."""

    def __init__(self, classes: frozenset[str], words: WordLists = NO_WORDS) -> None:
        self._classes = classes
        self.words = words

    def holds(self, submission: Submission) -> bool:
        """Whether it is."""
        if submission.content_class:
            return submission.content_class in self._classes
        if not self.words.size:
            return False
        return self.words.classify(submission.text()).content_class in self._classes

    def subject(self) -> str:
        """The name of the condition."""
        return "content_class"

    def wanted(self) -> str:
        """The classes."""
        return or_list(sorted(self._classes))

    def found(self, submission: Submission) -> str:
        """The class, and what decided it."""
        return told_class(classified(submission, self.words))


def told_class(found: Classification) -> str:
    """A class with what decided it, for people."""
    if not found.content_class:
        return "unknown"
    if found.said_by == SAID_BY_SUBMISSION:
        return f"{found.content_class} (said by the submission)"
    if found.said_by == SAID_BY_ACCOUNT:
        return f"{found.content_class} (of the account)"
    return f"{found.content_class} ({found.said_by})" if found.said_by else found.content_class
