"""Whether this installation runs compiled or interpreted.

A wheel that was built where a C compiler was at hand has the hot rooms compiled with mypyc;
otherwise the same files run as plain Python, with the same behaviour and less speed.
"""

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from typing import Final

COMPILED: Final = "compiled"
INTERPRETED: Final = "interpreted"

# Modules that a compiled wheel always has as extension modules; the first that exists answers.
WITNESSES: Final = ("carrierbox.smpp.session", "carrierbox.relay")


def build_mode() -> str:
    """`COMPILED` or `INTERPRETED`, told by where a hot module would be loaded from.

    The module itself is not imported.
    """
    for name in WITNESSES:
        spec = find_spec(name)
        if spec is not None:
            return COMPILED if is_extension(spec.origin or "") else INTERPRETED
    return INTERPRETED


def is_extension(origin: str) -> bool:
    """Whether a module loaded from this file is machine code."""
    return origin.endswith(tuple(EXTENSION_SUFFIXES))
