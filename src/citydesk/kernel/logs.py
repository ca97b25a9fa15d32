"""Logs: one JSON object a line, UTC, with the request id that jobs and mails carry on. No personal data.

Addresses hold tokens and search words, so routes are logged by name; exceptions by type and place, without the text in
which a database quotes the row. JSON escapes line breaks, so no input can forge a line.
"""

import json
import logging
import traceback
from typing import Any

import structlog

from citydesk.kernel.trace import current_request_id

# Django's loggers whose messages quote the address asked for.
_QUOTING = ("django.request", "django.security", "django.server", "django.channels")


def add_request_id(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The id of the request or job the line belongs to."""
    identity = current_request_id.get()
    if identity:
        event["request_id"] = identity
    return event


def shorten_exception(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """An exception as its type and the places it passed."""
    info = event.pop("exc_info", None)
    if info is True:
        import sys

        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = type(error).__qualname__
        frames = traceback.extract_tb(error.__traceback__)
        event["at"] = [f"{frame.filename.rpartition('/src/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


class WithoutAddresses(logging.Filter):
    """Take the quoted address out of Django's own messages, keep the status."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(_QUOTING):
            record.msg = f"{record.name} {getattr(record, 'status_code', '')}".strip()
            record.args = ()
        return True


_BEFORE: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    add_request_id,
    shorten_exception,
]


def _dumps(event: Any, **more: Any) -> str:
    return json.dumps(event, ensure_ascii=True, default=lambda value: f"<{type(value).__name__}>")


def logging_settings(level: str = "INFO") -> dict[str, Any]:
    """Django's `LOGGING`; sets structlog up on the way."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_BEFORE,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_addresses": {"()": WithoutAddresses}},
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _BEFORE,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(serializer=_dumps),
                ],
            }
        },
        "handlers": {
            "lines": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["without_addresses"]},
        },
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "procrastinate": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
        },
    }
