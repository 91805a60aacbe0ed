"""A broker's new folder as Kafka's formatter leaves it, without a Java started for it each time.

What the formatter writes is the same for every folder of one version of Kafka, but for two names:
``python -m deploy.local.storage`` asks it once, for whoever raises the version.
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import tempfile
import uuid
from pathlib import Path

from deploy.local import jars
from deploy.local.java import Java

NODE = 1
CHECKPOINT = Path(__file__).with_name("kafka.checkpoint")
"""The features of Kafka that are switched on in a new cluster, as a snapshot of its metadata."""

_SETTINGS = f"""\
process.roles=broker,controller
node.id={NODE}
controller.quorum.voters={NODE}@127.0.0.1:9093
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
log.dirs=topics
"""


def format_folder(folder: Path) -> None:
    """Make a cluster's only folder, under another name first: it is there whole or not at all."""
    half = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    shutil.copyfile(CHECKPOINT, half / "bootstrap.checkpoint")
    (half / "meta.properties").write_text(
        f"version=1\ncluster.id={_name()}\nnode.id={NODE}\ndirectory.id={_name()}\n"
    )
    half.rename(folder)


async def ask_formatter(folder: Path) -> Path:
    """Have Kafka format ``topics`` in ``folder``, and return that.

    :raises Died: it did not; with the end of its log.
    """
    java = Java(await jars.install(print))
    folder.mkdir(exist_ok=True)
    (folder / "format.properties").write_text(_SETTINGS)
    formatter = java.program(
        "Kafka's formatter",
        "kafka.tools.StorageTool",
        "format",
        f"--cluster-id={_name()}",
        "-c",
        "format.properties",
        folder=folder,
    )
    await formatter.run(within=60)
    return folder / "topics"


def _name() -> str:
    """A new name, as Kafka spells its own."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def main() -> None:
    """Write the checkpoint anew."""
    with tempfile.TemporaryDirectory(prefix="passaparola-") as folder:
        topics = asyncio.run(ask_formatter(Path(folder)))
        shutil.copyfile(topics / "bootstrap.checkpoint", CHECKPOINT)
    print(f"{CHECKPOINT}: {CHECKPOINT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
