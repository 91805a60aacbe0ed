"""Runs a service as a process: probes first, then the work, a graceful stop on SIGTERM or SIGINT.

On a fault after which nothing may be acknowledged the process ends at once with status 70: a
graceful stop would commit what was not done.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import NoReturn

import structlog
import uvicorn
from fastapi import FastAPI

from .errors import FATAL_STATUS, Fatal, PassaparolaError
from .logging import configure_logging, frames_of
from .settings import HttpSettings, ServiceSettings, redacted

log = structlog.get_logger(__name__)

Work = Callable[[asyncio.Event], Awaitable[None]]
"""A service's work: runs until the event is set, then ends cleanly."""


def run_service(service: str, settings: ServiceSettings, api: FastAPI, work: Work) -> None:
    """Run a service until it is told to stop; never returns normally after a fault."""
    configure_logging(settings, service)
    log.info("service_started", settings=redacted(settings))
    asyncio.run(_serve(settings, api, work))
    log.info("service_stopped")


def exit_fatal(error: BaseException) -> NoReturn:
    """End the process at once with status 70, with nothing acknowledged and nothing flushed."""
    name = type(error).__name__
    if isinstance(error, (PassaparolaError, OSError)):
        log.critical("service_failed", error=name, detail=str(error))
    else:
        log.critical("service_crashed", error=name, frames=frames_of(error))
    logging.shutdown()
    sys.stderr.flush()
    os._exit(FATAL_STATUS)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the work stops before the probes do."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to us."""
        yield


async def _serve(settings: ServiceSettings, api: FastAPI, work: Work) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        listening = _listen(settings.http)
    except Fatal as error:
        exit_fatal(error)
    server = _Server(
        uvicorn.Config(
            api,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    )
    serving = asyncio.create_task(server.serve([listening]))
    working = asyncio.ensure_future(work(stop))
    try:
        await asyncio.wait({serving, working}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Fatal("the HTTP server ended")
        working.result()
    except Exception as error:
        exit_fatal(_cause(error))
    server.should_exit = True
    await asyncio.wait({serving}, timeout=5)


def _listen(settings: HttpSettings) -> socket.socket:
    """Bind before uvicorn does: where it cannot, it ends the process with a trace of its own."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise Fatal(
            f"health and metrics cannot be served at {settings.host}:{settings.port}: "
            f"{os.strerror(error.errno or 0)}; "
            "set PASSAPAROLA_HTTP__HOST and PASSAPAROLA_HTTP__PORT"
        ) from error


def _cause(error: BaseException) -> BaseException:
    """Return the first error in a group of tasks: the others were cancelled because of it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
