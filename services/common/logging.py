"""Structured logs on standard error, one event a line. Post text and secrets never come here."""

from __future__ import annotations

import logging
import sys
import traceback

import structlog

from .settings import ServiceSettings


def frames_of(error: BaseException) -> list[str]:
    """Return where an error came from, without its message: that may hold what a post says."""
    return traceback.format_tb(error.__traceback__)


def configure_logging(settings: ServiceSettings, service: str) -> None:
    """Send our logs and those of the libraries to standard error in one format."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    # These libraries tell at INFO what only their own developers need.
    noisy = (
        "aiokafka",
        "alembic",
        "faust",
        "mode",
        "uvicorn",
        "httpx2",
        "httpcore2",
        "services.common.streams",
    )
    for name in noisy:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.contextvars.bind_contextvars(service=service)
