"""Apache Kafka's jars: fetched once into the cache, each held against its hash in ``kafka.lock``.

It hands out no folder whose jars are not exactly the locked ones, and resolves no versions:
``python -m deploy.local.jars lock`` does that once, for whoever raises ``VERSION``.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.cache import cache_folder
from deploy.local.lock import in_turn
from services.common.errors import Fatal

VERSION = "4.3.1"
_LOG4J = "2.24.3"
_ROOTS = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    f"org.apache.kafka:kafka-clients:{VERSION}",  # unnamed, the resolver takes an older one
    f"org.apache.logging.log4j:log4j-slf4j-impl:{_LOG4J}",
    f"org.apache.logging.log4j:log4j-core:{_LOG4J}",
    f"org.apache.logging.log4j:log4j-api:{_LOG4J}",
)
LOCK = Path(__file__).with_name("kafka.lock")
_HEADER = f"""\
# Apache Kafka {VERSION} and all that it needs: coordinate, file, bytes, sha256.
# Written by `python -m deploy.local.jars lock`; not edited by hand.
"""

Progress = Callable[[str], None]


class JarsUnavailable(Fatal):
    """The jars are not in the cache and could not be fetched."""


class JarsWrong(Fatal):
    """A jar is missing, too many, or not the one that the lock names."""


@dataclass(frozen=True)
class Jar:
    """One line of the lock. ``coordinate`` is group:artifact:version, ``size`` in bytes."""

    coordinate: str
    file: str
    size: int
    sha256: str


def read_lock(lock: Path = LOCK) -> list[Jar]:
    """The locked jars in the order of the class path."""
    lines = (line.split() for line in lock.read_text().splitlines() if line[:1] not in ("", "#"))
    return [Jar(coordinate, file, int(size), sha256) for coordinate, file, size, sha256 in lines]


def faults(folder: Path, jars: Sequence[Jar]) -> list[str]:
    """What keeps ``folder`` from holding exactly these jars; empty if nothing does."""
    locked = {jar.file: jar.sha256 for jar in jars}
    found = {path.name: _sha256(path) for path in folder.iterdir()}
    return sorted(
        [
            *(f"{name} is missing" for name in locked.keys() - found.keys()),
            *(f"{name} is not in the lock" for name in found.keys() - locked.keys()),
            *(
                f"{name} has sha256 {found[name]}, not {locked[name]}"
                for name in locked.keys() & found.keys()
                if found[name] != locked[name]
            ),
        ]
    )


async def install(progress: Progress, *, lock: Path = LOCK) -> list[Path]:
    """The class path of Kafka: from the cache, or fetched into it first; verified either way.

    ``progress`` is told in plain sentences what takes long. Two processes may do this at once.

    :raises JarsUnavailable: no network, no such jar, or a cache folder that cannot be written.
    :raises JarsWrong: one jar or more is not as locked; the message says which and what to do.
    """
    jars = read_lock(lock)
    name = f"kafka-{VERSION}-{_sha256(lock)[:12]}"
    folder = cache_folder() / name
    if not folder.exists():
        try:
            async with in_turn(cache_folder() / f"{name}.flock", progress):
                if not folder.exists():  # the process that we waited for may have done it
                    await _fetch_all(jars, folder, progress)
        except OSError as error:
            raise JarsUnavailable(
                f"Cannot write the cache folder: {error}. Set PASSAPAROLA_CACHE to one that can be."
            ) from error
    if wrong := await asyncio.to_thread(faults, folder, jars):
        raise JarsWrong(
            f"The jars of Apache Kafka in {folder} are not those of {lock.name}: "
            f"{'; '.join(wrong)}. Delete that folder and try again."
        )
    return [folder / jar.file for jar in jars]


async def _fetch_all(jars: Sequence[Jar], folder: Path, progress: Progress) -> None:
    """Fetch into a folder beside it, verify, and only then give it its name."""
    staging = folder.with_name(f"{folder.name}.part")
    maven = folder.with_name(f"{folder.name}.maven")
    for leftover in (staging, maven):
        shutil.rmtree(leftover, ignore_errors=True)
    staging.mkdir()
    total = sum(jar.size for jar in jars)
    progress(f"Resolving Apache Kafka {VERSION} ({len(jars)} jars, {total / 1e6:.0f} MB)...")
    done = 0

    async def fetch(jar: Jar) -> None:
        nonlocal done
        path = await asyncio.to_thread(_fetch, jar.coordinate, maven)
        path.rename(staging / jar.file)
        if (done + jar.size) * 4 // total > done * 4 // total:  # at each quarter
            progress(f"Resolving Apache Kafka {VERSION}: {(done + jar.size) / 1e6:.0f} MB")
        done += jar.size

    try:
        async with asyncio.TaskGroup() as group:
            for jar in jars:
                group.create_task(fetch(jar))
        if wrong := faults(staging, jars):
            raise JarsWrong(
                f"What was fetched is not what {LOCK.name} names: {'; '.join(wrong)}. Trust neither"
                " the network nor the mirror that it came from."
            )
        staging.rename(folder)
    except* (OSError, RuntimeError) as errors:  # what the resolver and the disk raise
        raise JarsUnavailable(
            f"Could not fetch Apache Kafka: {errors.exceptions[0]}. Check the network (behind a"
            " proxy, HTTPS_PROXY) and the disk, and try again; or set"
            " PASSAPAROLA_KAFKA__BOOTSTRAP to a Kafka that you have."
        ) from errors
    finally:
        for leftover in (staging, maven):
            shutil.rmtree(leftover, ignore_errors=True)


def _fetch(coordinate: str, maven: Path) -> Path:
    from jgo.maven import MavenContext  # 0.3 s that only a first start has to pay

    group, artifact, version = coordinate.split(":")
    context = MavenContext(repo_cache=maven, timeout=30)
    return context.project(group, artifact).at_version(version).artifact().resolve()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_lock(lock: Path = LOCK) -> list[Jar]:
    """Resolve the newest fitting versions of all that Kafka needs, and write them down."""
    from jgo.maven import MavenContext

    with tempfile.TemporaryDirectory(prefix="passaparola-") as maven:
        context = MavenContext(repo_cache=Path(maven), timeout=30)
        wanted = [context.create_dependency(root) for root in _ROOTS]
        roots, others = context.resolver.resolve(wanted)
        runtime = (other for other in others if other.scope in ("compile", "runtime"))
        jars = []
        for artifact in (dependency.artifact for dependency in (*roots, *runtime)):
            path = artifact.resolve()
            coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
            jars.append(Jar(coordinate, path.name, path.stat().st_size, _sha256(path)))
    rows = (f"{jar.coordinate} {jar.file} {jar.size} {jar.sha256}\n" for jar in jars)
    lock.write_text(_HEADER + "".join(rows))
    return jars


def main(arguments: Sequence[str]) -> None:
    """``install`` fetches the jars into the cache, ``lock`` writes the lock anew."""
    if list(arguments) == ["lock"]:
        print(f"{LOCK}: {len(write_lock())} jars")
    elif list(arguments) == ["install"]:
        print(asyncio.run(install(print))[0].parent)
    else:
        sys.exit("usage: python -m deploy.local.jars install|lock")


if __name__ == "__main__":
    main(sys.argv[1:])
