"""The demo from the outside: the command, on the real system, judged by what arrived."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import eventually

CI_SEEDS = (7, 11)
SOAK_SEEDS = tuple(range(20))


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "demo", "--folder", str(folder), *options]


def processes_of(folder: Path) -> list[str]:
    """Command lines and environments of live processes that name a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words:
            found.append(words.replace(b"\0", b" ").decode(errors="replace")[:200])
    return found


def play(folder: Path, seed: int) -> None:
    done = subprocess.run(
        command(folder, "--seed", str(seed)),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"seed {seed}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    assert "All as expected." in done.stdout
    assert list((folder / "mails").glob("*.eml"))
    assert not processes_of(folder)


@pytest.mark.timeout(450)
@pytest.mark.parametrize("seed", CI_SEEDS)
def test_the_day_is_as_its_truth_says(seed: int, tmp_path: Path) -> None:
    play(tmp_path / "demo", seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAK_SEEDS)
def test_many_days_are_as_their_truths_say(seed: int, tmp_path: Path) -> None:
    play(tmp_path / "demo", seed)


def test_a_folder_that_is_no_day_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path / "demo", "--day", str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "a day is a folder with" in " ".join(done.stdout.split())


@pytest.mark.timeout(200)
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    demo = subprocess.Popen(command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await eventually((folder / "system" / "replay.log").exists, within=120)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 130
    finally:
        demo.kill()
        demo.wait()
    await eventually(lambda: not processes_of(folder), within=20)
