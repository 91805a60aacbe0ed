"""A service as a real process: probes from the first moment, a graceful stop, status 70 else."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest

PROGRAM = """
import asyncio, os, sys
from services.common.errors import Fatal
from services.common.health import Health
from services.common.http import create_api
from services.common.process import run_service
from services.common.settings import HttpSettings, ServiceSettings

health = Health("tables")

async def fail(error):
    raise error

async def work(stop):
    print("working", flush=True)
    match sys.argv[1]:
        case "wait":
            await stop.wait()
            print("finishing", flush=True)
        case "fatal":
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(stop.wait())
                tasks.create_task(fail(Fatal("Kafka took nothing for 90 s")))
        case "crash":
            raise RuntimeError("a slip of ours")
    print("finished", flush=True)

settings = ServiceSettings(http=HttpSettings(port=int(sys.argv[2])))
run_service("test", settings, create_api("test", health), work)
"""

Start = Callable[[str, int], Awaitable[Process]]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    started: list[Process] = []

    async def begin(what: str, port: int) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, what, str(port), stdout=PIPE, stderr=PIPE
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def events_of(process: Process) -> tuple[str, list[dict[str, Any]]]:
    out, err = await process.communicate()
    return out.decode(), [json.loads(line) for line in err.decode().splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_service_answers_works_and_ends_when_it_is_told(
    start: Start, port: int, number: signal.Signals
) -> None:
    process = await start("wait", port)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"working\n"
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/startupz")).json() == {"starting": ["tables"]}
        assert (await client.get("/healthz")).status_code == 200
    process.send_signal(number)
    out, events = await events_of(process)
    assert process.returncode == 0
    assert out == "finishing\nfinished\n"
    assert [event["event"] for event in events] == ["service_started", "service_stopped"]
    assert events[0]["settings"]["http"]["port"] == port


async def test_after_a_fatal_fault_it_ends_at_once_with_status_70(start: Start, port: int) -> None:
    process = await start("fatal", port)
    out, events = await events_of(process)
    assert process.returncode == 70
    assert "finished" not in out
    assert events[-1]["event"] == "service_failed"
    assert events[-1]["detail"] == "Kafka took nothing for 90 s"
    assert "service_crashed" not in {event["event"] for event in events}


async def test_a_crash_ends_it_too_and_tells_where(start: Start, port: int) -> None:
    process = await start("crash", port)
    _, events = await events_of(process)
    assert process.returncode == 70
    assert (events[-1]["event"], events[-1]["error"]) == ("service_crashed", "RuntimeError")
    assert "in work" in events[-1]["frames"][-1]
    assert "a slip of ours" not in json.dumps(events)  # it might hold what a post says


async def test_a_port_that_is_taken_is_said_plainly(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await start("wait", port)
        out, events = await events_of(process)
    assert process.returncode == 70
    assert out == ""
    assert events[-1]["event"] == "service_failed"
    assert f"127.0.0.1:{port}" in events[-1]["detail"]
    assert "PASSAPAROLA_HTTP__PORT" in events[-1]["detail"]
    assert "exception" not in events[-1]
