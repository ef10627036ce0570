"""Logs: one line of text for people at a terminal, one JSON object a line for everything else."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(*, level: int = logging.INFO) -> None:
    """Set up logging to standard error, once, for a process that serves; less than `level` is left out."""
    to_people = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *((structlog.dev.ConsoleRenderer(),) if to_people else _AS_JSON),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


_AS_JSON = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
