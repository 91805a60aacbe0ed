"""``passaparola up`` refuses what it can refuse before it starts anything."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from cli.__main__ import app
from services.ingest.register_file import RegisterRefused


def test_a_register_with_a_fault_starts_nothing(tmp_path: Path) -> None:
    data, register = tmp_path / "data", tmp_path / "museums.yaml"
    register.write_text("museums: [{name: Egizio}]")
    called = CliRunner().invoke(app, ["up", "--data", str(data), "--museums", str(register)])
    assert isinstance(called.exception, RegisterRefused)
    assert not data.exists()
