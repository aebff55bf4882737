"""Logs: lines for people on a terminal, JSON elsewhere; one event a line, and no secret in any."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from digest.settings import LoggingSettings, Secrets

Log = structlog.stdlib.BoundLogger

NOISY = (
    *("httpx", "httpcore", "httpx2", "httpcore2", "aiohttp", "asyncio"),
    *("telegram", "slack_bolt", "slack_sdk", "openai", "apscheduler"),
)
TWICE = ("telegram.request.BaseRequest",)  # logs, with a traceback, what it raises as well


def set_up(settings: LoggingSettings, secrets: Secrets) -> None:
    """For the whole process: our own events and the libraries' warnings go to standard error in one form."""
    human = settings.format == "text" or (settings.format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,  # as text, and without the values of variables: tokens are among them
        without_secrets(secrets.redact),
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        if human
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    if settings.level != "debug":
        handler.addFilter(_is_worth_a_line)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in TWICE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Our own events, and of a library, whichever it is, what it warns of."""
    return record.levelno >= logging.WARNING or isinstance(record.msg, dict)


def log(name: str) -> Log:
    """A logger for events: `log("bot").info("published", edition="vla", cards=5)`."""
    logger: Log = structlog.stdlib.get_logger(name)
    return logger


def without_secrets(redact: Callable[[str], str]) -> Processor:
    """Takes every secret out of an event's strings, whoever put it there."""

    def clean(value: object) -> object:
        match value:
            case str():
                return redact(value)
            case BaseException():
                return redact(f"{type(value).__name__}: {value}")
            case dict():
                return {key: clean(inner) for key, inner in value.items()}
            case list() | tuple():
                return [clean(inner) for inner in value]
        return value

    def process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        reserved_keys = ("exc_info", "_record", "_from_structlog")
        return {key: value if key in reserved_keys else clean(value) for key, value in event.items()}

    return process
