"""Logs: one line of text for people at a terminal, one JSON object a line for everything else.

No address of anybody stands in them, whoever has said it: a relay, a database, or a bug.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

_INNER: Final = r"[^\s\"<>()\[\],;:\\@]"
_FIRST: Final = r"[^\s\"<>()\[\],;:\\@'{}=|]"

_ADDRESS: Final = re.compile(rf"(?:\"[^\"\n]{{1,64}}\"|{_FIRST}{_INNER}{{0,255}})(?:@|%40)(?=[\w\[])")
"""What may stand before an @: atext and more (RFC 5321 section 4.1.2), also as addresses of pages write it.

Quotes and braces before the first other character are more likely those of whoever wrote the line.
"""


def configure_logs(*, level: int = logging.INFO) -> None:
    """Set up logging to standard error, once, for a process that serves; less than `level` is left out."""
    to_people = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_addresses,
            _FOR_PEOPLE if to_people else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def without_addresses(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave of every address in a line what stands after its @, which says where the trouble is."""
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: object) -> object:
    if isinstance(value, str):
        return _ADDRESS.sub("…@", value)
    return value if isinstance(value, bool | int | float | None) else _ADDRESS.sub("…@", str(value))


_FOR_PEOPLE: Final = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
"""Without the values of variables, which may be anything."""
