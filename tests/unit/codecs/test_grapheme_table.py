"""The table of grapheme clusters: generated, and the same as the library it is made from."""

import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from carrierbox.codecs import grapheme_table
from carrierbox.codecs.graphemes import cluster_starts

REPOSITORY = Path(__file__).parents[3]
CODE_POINTS = 0x110000


def library() -> ModuleType:
    """The library, or a skip that says how to get it."""
    module = pytest.importorskip("regex", reason="not installed: pip install regex")
    assert isinstance(module, ModuleType)
    return module


@pytest.mark.slow
def test_the_table_is_what_the_tool_makes() -> None:
    """`make tables`; with another version of the library another Unicode would be there."""
    regex = library()
    if f"library regex {regex.__version__}." not in (grapheme_table.__doc__ or ""):
        pytest.skip("another version of regex: pip install the one in pyproject.toml")
    done = subprocess.run(
        [sys.executable, REPOSITORY / "tools" / "make_grapheme_table.py", "--print"],
        capture_output=True,
        check=True,
    )
    table = REPOSITORY / "src" / "carrierbox" / "codecs" / "grapheme_table.py"
    if not table.exists():
        pytest.skip("no sources here: the tests run on an installed wheel")
    assert done.stdout == table.read_bytes()


def test_clusters_are_those_of_the_library() -> None:
    """UAX #29: random texts of code points that join, and of any others."""
    regex = library()
    if f"library regex {regex.__version__}." not in (grapheme_table.__doc__ or ""):
        pytest.skip("another version of regex: pip install the one in pyproject.toml")
    source = random.Random(29)
    joining: list[int] = []
    end = 0
    for word in grapheme_table.GRAPHEME_RANGES.split():
        gap, _, more = word[1:].partition("-")
        first = end + int(gap, 16)
        end = first + int(more or "0", 16) + 1
        joining += {first, end - 1}
    joining += [0xAC00, 0xAC01, 0xD7A3, 0x61, 0x20]
    for _ in range(4000):
        text = "".join(
            chr(source.choice(joining) if source.random() < 0.9 else source.randrange(CODE_POINTS))
            for _ in range(source.randrange(1, 9))
        )
        expected = [found.start() for found in regex.finditer(r"\X", text)]
        assert cluster_starts(text) == expected, [hex(ord(each)) for each in text]
