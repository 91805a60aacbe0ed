"""Each image holds what it runs, and nothing of it imports what the image has not."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.common.settings import HttpSettings
from tests.unit.deploy.declared import ROOT, SERVICES, images

_COMMANDS = {
    "ingest": ("topics", "museums", "dlq", "replay"),
    "enrich": ("norms",),
    "alerts": ("alerts",),
}
"""The nouns of ``passaparola`` that an image is for."""

# Imports modules with only an image's own files and packages in sight.
_PROBE = """
import importlib, importlib.metadata, re, sys
from pathlib import Path

def plain(name): return re.sub(r"[-_.]+", "-", name).lower()

allowed = {plain(name) for name in sys.argv[1].split(",")}
owners = importlib.metadata.packages_distributions()

class OnlyTheImage:
    @staticmethod
    def find_spec(name, path=None, target=None):
        ours = (Path.cwd() / name).exists()
        if path is None and not ours and name in owners:
            if not any(plain(owner) in allowed for owner in owners[name]):
                raise ModuleNotFoundError(f"no {name} in the image", name=name)

# An editable installation would find our other rooms in the checkout.
finders = [found for found in sys.meta_path if "Editable" not in getattr(found, "__name__", "")]
sys.meta_path[:] = [OnlyTheImage, *finders]
sys.path.insert(0, str(Path.cwd()))
for module in sys.argv[2:]:
    importlib.import_module(module)
"""


def _packages(service: str) -> list[str]:
    text = (ROOT / f"requirements/{service}.txt").read_text()
    return re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)


def _modules(service: str) -> list[str]:
    """Every module of a service; what they need of the other rooms they import themselves."""
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / "services" / service).rglob("*.py"))
        if path.name not in ("__main__.py", "env.py")  # Alembic alone can run the latter
        and "versions" not in path.parts
        and not {"training", "transformer.py"} & set(path.parts)  # they need an extra
    ]


def _imported_when_run(noun: str) -> list[str]:
    """What a command imports only when it runs."""
    tree = ast.parse((ROOT / f"cli/{noun}.py").read_text())
    return [
        node.module
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and node.module
    ]


def _copy(service: str, tree: Path) -> None:
    for name in images()[service].copied:
        source, target = ROOT / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def _import(service: str, tree: Path, modules: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", _PROBE, ",".join(_packages(service)), *modules],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_there_is_a_stage_for_each_service() -> None:
    assert tuple(images()) == SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_starts_its_service(service: str) -> None:
    assert images()[service].command == ("python", "-m", f"services.{service}")
    assert (ROOT / "services" / service / "__main__.py").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_no_other_service(service: str) -> None:
    rooms = {name for name in images()[service].copied if name.startswith("services/")}
    assert rooms == {"services/__init__.py", "services/common", f"services/{service}"}


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_has_all_that_it_imports(service: str, tmp_path: Path) -> None:
    _copy(service, tmp_path)
    commands = [module for noun in _COMMANDS[service] for module in _imported_when_run(noun)]
    run = _import(service, tmp_path, ["cli.__main__", *_modules(service), *commands])
    assert run.returncode == 0, run.stderr[-2000:]


def test_a_missing_package_would_be_seen(tmp_path: Path) -> None:
    _copy("enrich", tmp_path)
    (tmp_path / "services/enrich/more.py").write_text("import sqlalchemy\n")
    run = _import("enrich", tmp_path, ["services.enrich.more"])
    assert "no sqlalchemy in the image" in run.stderr


def test_a_missing_service_would_be_seen(tmp_path: Path) -> None:
    _copy("ingest", tmp_path)
    run = _import("ingest", tmp_path, ["services.alerts.settings"])
    assert "No module named 'services.alerts'" in run.stderr


def test_a_command_of_another_image_says_so(tmp_path: Path) -> None:
    _copy("alerts", tmp_path)
    lines = (
        "import sys",
        "from cli.__main__ import main",
        "sys.argv = ['', 'score', 'x']",
        "main()",
    )
    (tmp_path / "call.py").write_text("\n".join(lines))
    run = _import("alerts", tmp_path, ["call"])
    assert run.returncode == 1
    assert run.stderr.startswith("error: this command needs services.")


def test_it_runs_as_nobody_who_may_write(tmp_path: Path) -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    final = lines[lines.index("FROM ${SERVICE}") :]
    (user,) = [line.split()[1] for line in final if line.startswith("USER ")]
    assert all(int(part) > 0 for part in user.split(":"))
    assert not any("--chown" in line for line in lines)


def test_packages_are_checked_against_their_hashes() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r /tmp/requirements.txt" in text
    for service in SERVICES:
        assert "--hash=sha256:" in (ROOT / f"requirements/{service}.txt").read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_the_set_environment_is_a_setting(service: str) -> None:
    """Both are set: a variable of a group gives the others of the group their plain default."""
    given = images()[service].environment
    assert given["PASSAPAROLA_HTTP__HOST"] == "0.0.0.0"  # noqa: S104
    assert int(given["PASSAPAROLA_HTTP__PORT"]) == HttpSettings().port


def test_the_context_lets_in_what_is_copied_and_no_more() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {name.split("/")[0] for image in images().values() for name in image.copied}
    assert "*" in lines
    assert let_in == copied | {"requirements"}
