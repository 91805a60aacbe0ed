"""The stand-in as a process."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from demo.ledger import read_ledger
from demo.slack import Call


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, stop: signal.Signals) -> None:
    ledger = tmp_path / "slack.jsonl"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "demo.slack", "--ledger", str(ledger)),
        *("--token", "xoxb-other", "--channel", "louvre"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        first = (await process.stdout.readline()).decode()
        base_url = first.removeprefix("Slack stand-in: ").strip()
        client = AsyncWebClient(token="xoxb-other", base_url=base_url)
        await client.chat_postMessage(channel="louvre", text="x")
        process.send_signal(stop)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    assert [call.accepted for call in read_ledger(ledger, Call)] == [True]


async def test_a_taken_port_is_said_in_a_line() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, asyncio.timeout(20):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "demo.slack", "--port", str(port)),
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode().startswith(f"cannot listen on port {port}: ")
