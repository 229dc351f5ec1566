"""The command line: arguments in, exit code out. What a command needs is imported when it runs.

Exit codes: 0 fine, 1 the thing asked did not hold, 2 usage or configuration, 3 cannot connect,
4 refused by the peer, 130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from carrierbox import __version__

EXIT_FINE: Final = 0
EXIT_NOT_HELD: Final = 1
EXIT_USAGE: Final = 2
EXIT_NO_CONNECTION: Final = 3
EXIT_REFUSED: Final = 4
EXIT_INTERRUPTED: Final = 130

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A log in ASCII shows an emoji as its number rather than end the command.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        code = _run(argv)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough. The interpreter must not write to it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FINE


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else EXIT_USAGE
    command: Command = arguments.command
    from carrierbox.errors import CarrierboxError

    try:
        return command(arguments)
    except CarrierboxError as error:
        return _fail(error)


def _fail(error: Exception) -> int:
    """Say what went wrong; the exit code for it."""
    from carrierbox import errors

    for line in str(error).splitlines():
        print(f"carrierbox: {line}", file=sys.stderr)
    status = getattr(error, "status", None)
    if isinstance(status, int):
        if status == 400:
            return EXIT_USAGE
        return EXIT_REFUSED if status < 500 else EXIT_NOT_HELD
    if type(error).__name__ == "CarrierUnreachableError":
        return EXIT_NO_CONNECTION
    usage = (errors.ConfigurationError, errors.StoreError, errors.CodecError, errors.ProtocolError)
    return EXIT_USAGE if isinstance(error, usage) else EXIT_NOT_HELD
