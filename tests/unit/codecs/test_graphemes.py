"""Clusters of code points (UAX #29)."""

import pytest

from carrierbox.codecs.graphemes import cluster_starts, last_cluster_start


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", []),
        ("abc", [0, 1, 2]),
        ("\r\n\n\r", [0, 2, 3]),
        ("e\u0301a", [0, 2]),
        ("\u0301a", [0, 1]),
        ("👨\u200d👩\u200d👧a", [0, 5]),
        ("👍🏽👍", [0, 2]),
        ("❤\ufe0f\u200d🔥", [0]),
        ("a\u200d🔥", [0, 2]),
        ("🇫🇷🇩🇪🇫", [0, 2, 4]),
        ("\u1112\u1161\u11ab\u1112", [0, 3]),
        ("한글", [0, 1]),
        ("가\u11a8\u11a8", [0]),
        ("각\u1161", [0, 1]),
        ("क्षि", [0]),
        ("क\u094d\u200dष", [0]),
        ("कष", [0, 1]),
        ("ক্ষ", [0]),
        ("நி", [0]),
        ("กำ", [0]),
        ("\u0600\u0661", [0]),
        ("\u0600\r", [0, 1]),
        ("a\u0001\u0301", [0, 1, 2]),
    ],
)
def test_a_cluster_is_what_a_reader_takes_for_one_character(text: str, starts: list[int]) -> None:
    """UAX #29, GB3 to GB13: line ends, marks, emoji, flags, Hangul, Indic conjuncts, prefixes."""
    assert cluster_starts(text) == starts
    for limit in range(len(text) + 2):
        allowed = [start for start in [*starts, len(text)] if start <= limit]
        assert last_cluster_start(text, limit) == (max(allowed) if allowed else 0)
