"""``passaparola museums apply`` on a real Kafka: what differs is written, and nothing else."""

from __future__ import annotations

from pathlib import Path

from schemas import Museum, decode
from schemas import cloudevents as ce
from schemas.topics import MUSEUMS
from services.common.publisher import Publisher
from services.common.records import Record
from services.common.settings import KafkaSettings
from tests.integration.cli.conftest import Command
from tests.integration.cli.reading import compacted, read


def write(path: Path, **names: str) -> str:
    museums = (
        f"  - {{museum_id: {museum_id}, name: {name}, timezone: Europe/Rome, words: [{name}]}}\n"
        for museum_id, name in names.items()
    )
    path.write_text("museums:\n" + "".join(museums))
    return str(path)


async def in_force(settings: KafkaSettings) -> dict[str, str]:
    found = compacted(await read(settings, "museums"))
    return {key: decode(Museum, value).name for key, value in found.items() if value is not None}


async def test_it_adds_changes_and_prunes(
    settings: KafkaSettings, passaparola: Command, tmp_path: Path
) -> None:
    register = write(tmp_path / "museums.yaml", one="First", two="Second", three="Third")
    added = await passaparola("museums", "apply", register)
    assert (added.status, added.err) == (0, "")
    assert added.lines == [
        *("+ one", "+ three", "+ two"),
        "3 added, 0 changed, 0 removed, 0 as they were",
    ]
    assert await in_force(settings) == {"one": "First", "two": "Second", "three": "Third"}

    again = await passaparola("museums", "apply", register)
    assert again.lines == ["0 added, 0 changed, 0 removed, 3 as they were"]
    assert len(await read(settings, "museums")) == 3

    register = write(tmp_path / "museums.yaml", one="First", two="Renamed", four="Fourth")
    changed = await passaparola("museums", "apply", register)
    assert changed.lines == [
        "+ four",
        "~ two",
        "1 added, 1 changed, 0 removed, 1 as they were",
        "1 are in force and not in the register: three; remove them with --prune",
    ]
    names = {"one": "First", "two": "Renamed", "four": "Fourth"}
    assert await in_force(settings) == names | {"three": "Third"}

    pruned = await passaparola("museums", "apply", register, "--prune")
    assert pruned.lines == ["- three", "0 added, 0 changed, 1 removed, 3 as they were"]
    assert await in_force(settings) == names
    records = await read(settings, "museums")
    assert len(records) == 6
    assert (records[-1].key, records[-1].value) == (b"three", None)
    assert {ce.ce_type(record.headers) for record in records} == {ce.MUSEUM}

    last = await passaparola("museums", "apply", register, "--prune")
    assert last.lines == ["0 added, 0 changed, 0 removed, 3 as they were"]
    assert len(await read(settings, "museums")) == 6


async def test_a_museum_that_was_pruned_can_come_back(
    settings: KafkaSettings, passaparola: Command, tmp_path: Path
) -> None:
    both = write(tmp_path / "both.yaml", one="First", two="Second")
    less = write(tmp_path / "less.yaml", one="First")
    for arguments in ([both], [less, "--prune"]):
        assert (await passaparola("museums", "apply", *arguments)).status == 0
    said = await passaparola("museums", "apply", both)
    assert said.lines[:1] == ["+ two"]
    assert await in_force(settings) == {"one": "First", "two": "Second"}


async def test_what_stands_there_unreadable_is_replaced(
    settings: KafkaSettings, passaparola: Command, tmp_path: Path
) -> None:
    async with Publisher(settings, "test") as publisher:
        await publisher.publish([Record(MUSEUMS, "one", b"\xff not a museum")])
    said = await passaparola("museums", "apply", write(tmp_path / "m.yaml", one="First"))
    assert said.lines[:1] == ["~ one"]
    assert await in_force(settings) == {"one": "First"}


async def test_without_its_topic_it_says_what_to_do(
    bare: KafkaSettings, passaparola: Command, tmp_path: Path
) -> None:
    said = await passaparola("museums", "apply", write(tmp_path / "m.yaml", one="First"))
    assert (said.status, said.out) == (1, "")
    assert said.err == "error: topic museums does not exist; run `passaparola topics create`\n"
