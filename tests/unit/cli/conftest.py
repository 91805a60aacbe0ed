"""What the tests of the commands share: no settings of the machine, and a small register."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REGISTER = """
museums:
  - museum_id: louvre
    name: Musée du Louvre
    hashtags: [{raw: Louvre}]
    timezone: Europe/Paris
  - museum_id: moma
    name: MoMA
    hashtags: [{raw: MoMA}]
    timezone: America/New_York
"""


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PASSAPAROLA_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "museums.yaml"
    path.write_text(REGISTER)
    return path
