"""Bad settings end a process with one sentence that shows no value."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("service", ["ingest", "enrich", "alerts"])
def test_a_fault_is_told_in_one_sentence(service: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}"],
        env={"PASSAPAROLA_HTTP__PORT": "not-a-port", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: settings: http.port: ")
    assert len(done.stderr.splitlines()) == 1
    assert "not-a-port" not in done.stderr
