"""A system counts who died in it; its services are small programs here, its Kafka is not asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local import system as local
from deploy.local.system import System
from services.common.errors import Fatal
from tests import eventually

READY = """
import http.server, os

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

server = http.server.HTTPServer(("127.0.0.1", int(os.environ["PASSAPAROLA_HTTP__PORT"])), Ready)
"""
PROGRAMS = {"lasts": READY + "server.serve_forever()", "dies": READY + "server.handle_request()"}


@pytest.fixture
async def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    programs = tmp_path / "programs"
    (programs / "services").mkdir(parents=True)
    for name, program in PROGRAMS.items():
        (programs / "services" / f"{name}.py").write_text(program)
    monkeypatch.setattr(local, "SERVICES", tuple(PROGRAMS))
    monkeypatch.setattr(local, "_PATH", str(programs))
    monkeypatch.setattr(local, "_FIRST_PAUSE", 0.1)
    monkeypatch.delenv("PASSAPAROLA_DATABASE__URL", raising=False)
    async with System(tmp_path / "data") as system:
        yield system


async def test_who_dies_is_counted_whether_started_again_or_not(system: System) -> None:
    assert system.deaths == {}
    await system.start_services()
    await eventually(lambda: system.deaths == {"dies": 1})
    said: list[str] = []
    system.tell(said.append)
    supervising = asyncio.create_task(system.supervise())
    await eventually(lambda: said)
    assert "dies ended with status 0" in said[0]

    async def is_back_and_dies_again() -> bool:
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", int(system.urls["dies"].rpartition(":")[2])
            )
        except OSError:
            return False
        writer.write(b"GET /readyz HTTP/1.0\r\n\r\n")
        await reader.read()
        writer.close()
        return True

    await eventually(is_back_and_dies_again)
    await eventually(lambda: system.deaths == {"dies": 2})
    supervising.cancel()


async def test_a_folder_is_for_one_system_at_a_time(system: System) -> None:
    with pytest.raises(Fatal, match="in use by another system"):
        await System(system.data).__aenter__()
