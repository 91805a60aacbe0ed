"""The wheel of the contract: built offline, installed alone, and able to read an event there."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from schemas.jsonschema import EVENTS
from schemas.version import VERSION
from tests.contract.golden_records import golden

ROOT = Path(__file__).parents[2]
NEEDS = (
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_extensions",
    "typing_inspection",
)
"""pydantic and what it needs itself, taken from where these tests run."""

READER = """
import json, sys
from importlib import resources

import passaparola_schemas as schemas
from passaparola_schemas import cloudevents, jsonschema, topics

record = json.load(sys.stdin)
post = schemas.decode(schemas.EnrichedPost, json.dumps(record["value"]).encode())
headers = {name: text.encode() for name, text in record["headers"].items()}
print(json.dumps({
    "key": post.key,
    "label": post.sentiment.label,
    "time": cloudevents.ce_time(headers).isoformat(),
    "partition": topics.partition_for(topics.POSTS_ENRICHED, post.key, 12),
    "schemas": sorted(p.name for p in resources.files("passaparola_schemas.json").iterdir()),
    "from": schemas.__file__,
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
}))
"""


def run(*command: str | Path, cwd: Path, stdin: str | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        input=stdin,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: building leaves files behind."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "schemas"
    shutil.copytree(ROOT / "schemas", source, ignore=shutil.ignore_patterns("__pycache__"))
    said = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source,
        cwd=folder,
    )  # fmt: skip
    assert "Warning" not in said
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and pydantic, and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    run(
        sys.executable, "-m", "pip", "--python", python, "install",
        "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", wheel,
        cwd=folder,
    )  # fmt: skip
    lent = folder / "lent"
    lent.mkdir()
    for name in NEEDS:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        path = Path(found.origin)
        path = path.parent if path.name == "__init__.py" else path
        (lent / path.name).symlink_to(path)
    [site] = (folder / "venv").glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(f"{lent}\n")
    return python


def test_it_reads_an_event_alone(python: Path, tmp_path: Path) -> None:
    record = golden("passaparola.post.enriched.v1")
    asked = json.dumps({"value": record.value, "headers": record.headers})
    said = json.loads(run(python, "-I", "-c", READER, cwd=tmp_path, stdin=asked))
    assert said["key"] == record.key
    assert said["label"] == "negative"
    assert said["time"] == "2026-06-01T15:00:00+00:00"
    assert 0 <= said["partition"] < 12
    assert said["schemas"] == [f"{ce_type}.json" for ce_type in sorted(EVENTS)]
    assert str(python.parents[1]) in said["from"]
    foreign = set(said["modules"]) - sys.stdlib_module_names
    assert {name for name in foreign if not name.startswith("_")} <= {
        "passaparola_schemas",
        *NEEDS,
    }


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "passaparola_schemas/py.typed" in names
    assert "passaparola_schemas/asyncapi.json" in names
    modules = {path.name for path in (ROOT / "schemas").glob("*.py")}
    assert {
        name.removeprefix("passaparola_schemas/") for name in names if name.endswith(".py")
    } == (modules)
    assert {name.partition("/")[0].removesuffix(f"-{VERSION}.dist-info") for name in names} == {
        "passaparola_schemas"
    }


def test_it_asks_for_pydantic_only(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = archive.read(name).decode().splitlines()
    needed = [line for line in lines if line.startswith("Requires-Dist: ")]
    assert len(needed) == 1
    assert needed[0].startswith("Requires-Dist: pydantic")
    assert f"Version: {VERSION}" in lines


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project.get("version", VERSION) == VERSION


def left_behind(folder: Path) -> Sequence[Path]:
    return [*folder.glob("*.egg-info"), *folder.glob("build"), *folder.glob("dist")]


def test_building_left_nothing_in_the_tree(wheel: Path) -> None:
    assert wheel.exists()
    assert left_behind(ROOT / "schemas") == []
