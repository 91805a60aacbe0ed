"""alerts as a process: what it cannot work with ends it as every other fault does."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize("address", ["mysql://a", "postgresql://u:p@ss:hunter2@host/x"])
def test_a_wrong_address_of_the_database_is_told_before_kafka_is_asked(address: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.alerts"],
        env={
            "PASSAPAROLA_DATABASE__URL": address,
            "PASSAPAROLA_KAFKA__BOOTSTRAP": "127.0.0.1:1",
            "PASSAPAROLA_HTTP__PORT": "0",
            "PATH": "",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 70
    *_, last = (json.loads(line) for line in done.stderr.splitlines())
    assert last["event"] == "service_failed"
    assert "PASSAPAROLA_DATABASE__URL" in last["detail"]
    assert "hunter2" not in done.stderr
