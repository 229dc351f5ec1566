"""The log: one line per event of the process, none per message.

structlog is imported with the first line that is logged, so that the SMPP port opens before it.
"""

import sys
from typing import Any, Final

_OWN_KEYS: Final = frozenset({"timestamp", "level", "event"})

_loggers: Final[list[Any]] = []


def log(event: str, fields: dict[str, object], level: str = "info") -> None:
    """Write one line to stderr: the time, the level, what happened, and its fields."""
    if not _loggers:
        _loggers.append(_make_logger())
    getattr(_loggers[0], level)(event, **{_key(name): value for name, value in fields.items()})


def _key(name: str) -> str:
    """A field's name as logfmt can write it, and none of the line's own."""
    key = "".join(each if each.isprintable() and each not in ' ="' else "_" for each in name)
    return f"{key}_" if key in _OWN_KEYS else key or "_"


def _make_logger() -> Any:
    import structlog

    # Wrapped, not configured: a program that embeds a carrier keeps its own settings.
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.BoundLogger,
    )
