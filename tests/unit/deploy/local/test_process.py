from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.ports import HOST, free_port
from deploy.local.process import Died, Process
from tests import eventually

FOREVER = "import signal; print('up', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {FOREVER}"
POLITE = (
    "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit(3)));"
    f"{FOREVER}"
)


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "child.log"


@pytest.fixture
def child(log: Path) -> Iterator[Process]:
    child = Process("child", [sys.executable, "-c", POLITE], log=log)
    yield child
    child.kill()


async def up(process: Process) -> int:
    process.start()
    await eventually(lambda: process.log.exists() and "up" in process.log.read_text())
    assert process.pid is not None
    return process.pid


async def test_stop_asks_and_waits(child: Process) -> None:
    pid = await up(child)
    assert child.running
    await child.stop()
    assert child.returncode == 3
    assert "bye" in child.log.read_text()
    assert not child.running
    assert not alive(pid)


async def test_stop_kills_what_does_not_stop(log: Path) -> None:
    child = Process("child", [sys.executable, "-c", STUBBORN], log=log)
    pid = await up(child)
    await child.stop(within=0.2)
    assert child.returncode == -signal.SIGKILL
    assert not alive(pid)


async def test_a_cancelled_stop_leaves_nothing(log: Path) -> None:
    child = Process("child", [sys.executable, "-c", STUBBORN], log=log)
    pid = await up(child)
    stopping = asyncio.create_task(child.stop())
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert not alive(pid)


async def test_killed_and_started_again(child: Process) -> None:
    first = await up(child)
    child.kill()
    assert child.returncode == -signal.SIGKILL
    assert not alive(first)
    child.log.unlink()
    second = await up(child)
    assert second != first
    assert child.returncode is None


async def test_one_process_at_a_time(child: Process) -> None:
    await up(child)
    with pytest.raises(RuntimeError, match="runs already"):
        child.start()


async def test_before_the_start_there_is_nothing_to_stop(child: Process) -> None:
    await child.stop()
    child.kill()
    assert (child.pid, child.returncode, child.running) == (None, None, False)


async def test_run_to_its_end(log: Path) -> None:
    await Process("child", [sys.executable, "-c", "print('done')"], log=log).run(within=10)
    assert log.read_text() == "done\n"
    with pytest.raises(Died, match="ended with status 3"):
        await Process("child", [sys.executable, "-c", "exit(3)"], log=log).run(within=10)


async def test_what_does_not_end_in_time_is_killed(child: Process) -> None:
    with pytest.raises(TimeoutError):
        await child.run(within=0.1)
    assert not child.running


async def test_environment_and_folder(log: Path, tmp_path: Path) -> None:
    show = "import os; print(os.environ['ADDED'], os.environ['HOME'], os.getcwd())"
    child = Process(
        "child", [sys.executable, "-c", show], log=log, env={"ADDED": "x"}, cwd=tmp_path
    )
    child.start()
    assert await child.wait(within=10) == 0
    assert log.read_text().split() == ["x", os.environ["HOME"], str(tmp_path)]


async def test_ctrl_c_in_the_terminal_does_not_reach_it(child: Process) -> None:
    pid = await up(child)
    assert os.getsid(pid) == pid != os.getsid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a child with its parent")
async def test_dies_with_its_parent(tmp_path: Path) -> None:
    program = f"""
import signal, sys
from pathlib import Path
from deploy.local.process import Process
child = Process("child", [sys.executable, "-c", {STUBBORN!r}], log=Path({str(tmp_path)!r}, "log"))
child.start()
print(child.pid, flush=True)
signal.pause()
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert alive(pid)
        parent.kill()
    await eventually(lambda: not alive(pid))


@pytest.mark.parametrize("end", ["sys.exit(1)", "raise ValueError", "sys.exit(0)"])
async def test_ends_with_a_parent_that_forgets_it(tmp_path: Path, end: str) -> None:
    program = f"""
import sys
from pathlib import Path
from deploy.local.process import Process
child = Process("child", [sys.executable, "-c", {STUBBORN!r}], log=Path({str(tmp_path)!r}, "log"))
child.start()
print(child.pid, flush=True)
{end}
"""
    parent = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    pid = int(parent.stdout)
    await eventually(lambda: not alive(pid))


async def test_ready_when_the_url_answers_2xx(log: Path) -> None:
    port = free_port()
    server = f"""
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Handler.asked += 1
        self.send_response(503 if Handler.asked < 4 else 204)
        self.end_headers()
HTTPServer(({HOST!r}, {port}), Handler).serve_forever()
"""
    child = Process("child", [sys.executable, "-c", server], log=log)
    child.start()
    await child.wait_ready(f"http://{HOST}:{port}/readyz", within=10)
    child.kill()
    assert log.read_text().count("GET /readyz") == 4


async def test_says_why_it_died_before_it_was_ready(log: Path) -> None:
    words = "import sys; print(*range(100), sep='\\n'); sys.exit('no such topic: posts.raw')"
    child = Process("the service", [sys.executable, "-c", words], log=log)
    child.start()
    with pytest.raises(Died, match="the service ended with status 1") as died:
        await child.wait_ready(f"http://{HOST}:{free_port()}/readyz")
    said = str(died.value)
    assert said.endswith("no such topic: posts.raw")
    assert str(log) in said
    assert len(said.splitlines()) == 21


async def test_says_so_when_it_is_not_ready_in_time(child: Process) -> None:
    child.start()
    with pytest.raises(Died, match=r"child was not ready within 0\.3 s"):
        await child.wait_ready(f"http://{HOST}:{free_port()}/readyz", within=0.3)


async def test_a_command_that_does_not_exist(log: Path) -> None:
    child = Process("child", ["/no/such/program"], log=log)
    with pytest.raises(FileNotFoundError, match="/no/such/program"):
        child.start()
    assert not child.running
