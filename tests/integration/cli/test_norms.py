"""``passaparola norms`` on a real Kafka: shown, out of one installation and into another."""

from __future__ import annotations

from pathlib import Path

from services.common.publisher import Publisher
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from services.enrich.usual import Usual
from tests.integration.cli.conftest import Command
from tests.integration.topics import delete_topics
from tests.unit.services.enrich.test_usual import DAY, sums


async def test_an_installation_hands_on_what_it_has_learned(
    settings: KafkaSettings, passaparola: Command, tmp_path: Path
) -> None:
    before = await passaparola("norms", "show")
    assert "nothing is learned yet" in before.out
    async with Publisher(settings, "tests") as publisher:
        await publisher.publish(sums(Usual()))
    assert f"learned since {DAY}" in (await passaparola("norms", "show")).out
    exported = await passaparola("norms", "export", "norms.jsonl")
    assert (exported.status, exported.out[:15]) == (0, "norms.jsonl: 2 ")

    await delete_topics(settings.bootstrap, "enrich.norms")
    await create_topics(settings)
    for _ in range(2):
        imported = await passaparola("norms", "import", "norms.jsonl")
        assert (imported.status, imported.out[:15]) == (0, "norms.jsonl: 2 ")
    again = await passaparola("norms", "export", "again.jsonl")
    assert again.out[:15] == "again.jsonl: 2 "
    assert f"learned since {DAY}" in (await passaparola("norms", "show")).out


async def test_a_platform_of_which_nothing_is_known(
    settings: KafkaSettings, passaparola: Command
) -> None:
    said = await passaparola("norms", "show", "--platform", "flickr")
    assert (said.status, said.out[:37]) == (1, "nothing is learned of flickr yet: its")
