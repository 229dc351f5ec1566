"""What the exit codes of every command mean."""

from typing import Final

EXIT_FINE: Final = 0
EXIT_NOT_HELD: Final = 1
"""The thing asked did not hold."""
EXIT_USAGE: Final = 2
"""Usage or configuration."""
EXIT_NO_CONNECTION: Final = 3
EXIT_REFUSED: Final = 4
"""By the peer."""
EXIT_INTERRUPTED: Final = 130
