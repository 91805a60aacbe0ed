from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections import Counter
from pathlib import Path

import pytest

from deploy.local import jars
from deploy.local.jars import JarsUnavailable, JarsWrong

CONTENTS = {f"org.example:part-{n}:1.{n}": f"bytes of part {n}".encode() * n for n in range(1, 9)}


def file_of(coordinate: str) -> str:
    _, artifact, version = coordinate.split(":")
    return f"{artifact}-{version}.jar"


class Repository:
    """Stands in for the network: hands out ``CONTENTS``, and counts."""

    def __init__(self) -> None:
        self.contents = dict(CONTENTS)
        self.fetched: Counter[str] = Counter()
        self.broken: set[str] = set()

    def fetch(self, coordinate: str, maven: Path) -> Path:
        self.fetched[coordinate] += 1
        path = maven / file_of(coordinate)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.contents[coordinate])
        if coordinate in self.broken:
            raise ConnectionError("the line is down")
        return path


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Repository:
    repository = Repository()
    monkeypatch.setattr(jars, "_fetch", repository.fetch)
    return repository


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PASSAPAROLA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "kafka.lock"
    rows = (
        f"{coordinate} {file_of(coordinate)} {len(content)} {hashlib.sha256(content).hexdigest()}\n"
        for coordinate, content in CONTENTS.items()
    )
    path.write_text("# a comment\n\n" + "".join(rows))
    return path


async def test_fetches_once_and_then_never_again(
    repository: Repository, cache: Path, lock: Path
) -> None:
    said: list[str] = []
    first = await jars.install(said.append, lock=lock)
    assert [path.name for path in first] == [file_of(coordinate) for coordinate in CONTENTS]
    assert [path.read_bytes() for path in first] == list(CONTENTS.values())
    assert said[0].startswith("Resolving Apache Kafka 4.3.1 (8 jars, ")
    said.clear()
    assert await jars.install(said.append, lock=lock) == first
    assert set(repository.fetched.values()) == {1}
    assert said == []
    # The jars and the file that kept others out; no Maven folder.
    assert len(list(cache.iterdir())) == 2


async def test_two_at_once_fetch_once(repository: Repository, cache: Path, lock: Path) -> None:
    said: list[str] = []
    one, other = await asyncio.gather(
        jars.install(said.append, lock=lock), jars.install(said.append, lock=lock)
    )
    assert one == other
    assert set(repository.fetched.values()) == {1}


async def test_a_broken_download_leaves_nothing_to_be_taken_for_whole(
    repository: Repository, cache: Path, lock: Path
) -> None:
    repository.broken = {"org.example:part-5:1.5"}
    with pytest.raises(JarsUnavailable, match="the line is down") as failed:
        await jars.install(lambda _: None, lock=lock)
    assert "PASSAPAROLA_KAFKA__BOOTSTRAP" in str(failed.value)
    assert [path.suffix for path in cache.iterdir()] == [".flock"]
    repository.broken = set()
    paths = await jars.install(lambda _: None, lock=lock)
    assert [path.read_bytes() for path in paths] == list(CONTENTS.values())


async def test_what_a_killed_process_left_is_not_taken_for_whole(
    repository: Repository, cache: Path, lock: Path
) -> None:
    paths = await jars.install(lambda _: None, lock=lock)
    paths[0].write_bytes(b"half of")
    for name in (f"{paths[0].parent.name}.part", f"{paths[0].parent.name}.maven"):
        shutil.copytree(paths[0].parent, cache / name)
    shutil.rmtree(paths[0].parent)
    await jars.install(lambda _: None, lock=lock)
    assert [path.read_bytes() for path in paths] == list(CONTENTS.values())


async def test_other_bytes_from_the_network_are_refused(
    repository: Repository, cache: Path, lock: Path
) -> None:
    repository.contents["org.example:part-2:1.2"] = b"something else"
    with pytest.raises(JarsWrong, match=r"part-2-1\.2\.jar has sha256"):
        await jars.install(lambda _: None, lock=lock)
    with pytest.raises(JarsWrong):  # and are not taken from the cache the second time
        await jars.install(lambda _: None, lock=lock)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda jar: jar.write_bytes(b"tampered"), "part-1-1.1.jar has sha256"),
        (lambda jar: jar.unlink(), "part-1-1.1.jar is missing"),
        (lambda jar: jar.with_name("evil.jar").touch(), "evil.jar is not in the lock"),
    ],
    ids=["tampered", "missing", "extra"],
)
async def test_a_changed_cache_is_refused_with_what_to_do(  # type: ignore[no-untyped-def]
    repository: Repository, cache: Path, lock: Path, change, fault: str
) -> None:
    jar, *_ = await jars.install(lambda _: None, lock=lock)
    change(jar)
    with pytest.raises(JarsWrong) as refused:
        await jars.install(lambda _: None, lock=lock)
    assert fault in str(refused.value)
    assert f"in {jar.parent} " in str(refused.value)
    assert "Delete that folder" in str(refused.value)


async def test_a_new_lock_has_a_folder_of_its_own(
    repository: Repository, cache: Path, lock: Path
) -> None:
    old = await jars.install(lambda _: None, lock=lock)
    lock.write_text(lock.read_text() + "\n")
    new = await jars.install(lambda _: None, lock=lock)
    assert old[0].parent != new[0].parent


async def test_a_cache_folder_that_cannot_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lock: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PASSAPAROLA_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(JarsUnavailable, match="Set PASSAPAROLA_CACHE"):
        await jars.install(lambda _: None, lock=lock)


def test_the_committed_lock_holds_what_is_asked_for() -> None:
    locked = jars.read_lock()
    assert {jar.coordinate for jar in locked} >= set(jars._ROOTS)
    assert len({jar.file for jar in locked}) == len(locked)
    assert all(
        jar.file == file_of(jar.coordinate) and len(jar.sha256) == 64 and jar.size > 0
        for jar in locked
    )
