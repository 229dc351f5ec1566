"""The log: one line per event of the process, none per message.

structlog is imported with the first line that is logged, so that the SMPP port opens before it.
"""

import sys
from typing import Any, Final

LEVELS: Final = ("debug", "info", "warning", "error")

_loggers: Final[list[Any]] = []


def log(event: str, fields: dict[str, object], level: str = "info") -> None:
    """Write one line to stderr: the time, the level, what happened, and its fields."""
    if not _loggers:
        _loggers.append(_make_logger())
    getattr(_loggers[0], level)(event, **fields)


def _make_logger() -> Any:
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    return structlog.get_logger()
