"""The words stat and err of a receipt, from the state of its message and the error that ended it.

A dialect may fix them; else they are the carrier's. Open carriers have no words of their own: they
speak as SMPP 3.4 Appendix B, with the MAP error in three digits.
"""

from typing import Final

from carrierbox.codecs.receipt_dialect import ERR_OTHER, Dialect
from carrierbox.codecs.receipt_text import RECEIPT_WORDS

NO_WORDS: Final[dict[int, str]] = {}


def carrier_words(state: int, error: int, err_words: dict[int, str] = NO_WORDS) -> tuple[str, str]:
    """What the carrier says: the word after `stat:` and the one after `err:`.

    `state` is a message_state, `error` a MAP error, 0 for none; `err_words` are the carrier's own.
    """
    if not error:
        return RECEIPT_WORDS[state], "000"
    return RECEIPT_WORDS[state], err_words.get(error) or f"{error:03d}"


def receipt_words(
    dialect: Dialect, state: int, error: int, err_words: dict[int, str] = NO_WORDS
) -> tuple[str, str]:
    """What the receipt says: the carrier's words where the dialect fixes none."""
    words = carrier_words(state, error, err_words)
    if not dialect.fixes_words:
        return words
    stat = dialect.stat_words.get(state, words[0])
    err = dialect.err_words.get(error) or dialect.err_words.get(ERR_OTHER)
    if err is not None:
        return stat, err
    if dialect.err_width:
        return stat, f"{error:0{dialect.err_width}d}"
    return stat, words[1]
