"""A mobile carrier in a box: an SMPP 3.4 message centre with a simulated network behind it."""

from typing import Final

__version__: Final = "0.1.0"
