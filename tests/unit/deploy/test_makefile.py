"""The Makefile where make is old: what fails is not taken for done."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.deploy.declared import ROOT

PYTHON = """#!/bin/sh
case "$*" in *pip*) exit {status};; esac
"""


@pytest.mark.skipif(shutil.which("make") is None, reason="no make")
@pytest.mark.parametrize("status", [0, 1])
def test_packages_that_were_not_installed_are_not_stamped(tmp_path: Path, status: int) -> None:
    """Flags without pipefail are those of a make that does not know of others."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(PYTHON.format(status=status))
    python.chmod(0o755)
    stamp = tmp_path / ".requirements"
    variables = (f"VENV={tmp_path}", f"PYTHON={python}", ".SHELLFLAGS=-c")
    done = subprocess.run(
        ["make", "--directory", str(ROOT), *variables, str(stamp)], capture_output=True, check=False
    )
    assert (done.returncode == 0) is stamp.exists() is (status == 0), done.stderr
