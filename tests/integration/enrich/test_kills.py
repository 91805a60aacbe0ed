"""Workers and the broker killed at random moments: the end is that of an undisturbed run."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest

from schemas.activity import MuseumActivity
from schemas.topics import ACTIVITY, POSTS_ENRICHED, TOPICS
from tests.integration.enrich.scene import PARTITIONS, SOAK, Scene, seeded
from tests.support.ledger import Ledger, write_ledger
from tests.support.observer import ends, partitions_by_key
from tests.support.waiting import until_complete

KILLS_OF_EACH = 8 if SOAK else 2
POSTS, SNAPSHOTS = (5_000, 10_000) if SOAK else (800, 1_600)


@pytest.mark.timeout(1200 if SOAK else 300)
async def test_killed_workers_and_broker_leave_the_end_of_an_undisturbed_run(
    scene: Scene,
) -> None:
    chance = seeded()
    ledger = write_ledger(
        chance.randrange(10**6),
        datetime.now(UTC).replace(second=0, microsecond=0),
        posts=POSTS,
        snapshots=SNAPSHOTS,
    )
    await scene.write(ledger.register())
    victims = [scene.worker(), scene.worker()]
    killings = [0, 1] * KILLS_OF_EACH + [2] * (KILLS_OF_EACH if SOAK else 1)
    chance.shuffle(killings)
    parts = len(killings) + 1
    rounds = len(ledger.rounds)
    for number, whom in enumerate([*killings, None]):
        share = range(rounds * number // parts, rounds * (number + 1) // parts)
        feeding = asyncio.create_task(_feed(scene, ledger, share))
        if whom is not None:
            # Somewhere while this part is on its way through.
            await _written_more(scene, chance.randint(1, POSTS // parts))
            if whom == 2:
                scene.kafka.kill()
                await scene.kafka.start()
            else:
                victims[whom].kill()
                victims[whom].start()
        await feeding
    await scene.handled(within=120)
    await scene.ends_undisturbed(ledger)
    await _is_sound(scene, ledger)


async def _feed(scene: Scene, ledger: Ledger, share: range) -> None:
    for number in share:
        await scene.write(ledger.produced(number, PARTITIONS))


async def _written_more(scene: Scene, records: int) -> None:
    async def written() -> int:
        return sum((await ends(scene.settings.bootstrap, POSTS_ENRICHED.name)).values())

    before = await written()

    async def lack() -> str | None:
        more = await written() - before
        return None if more >= records else f"{records - more} of {records} enriched posts"

    await until_complete(lack, within=90, every=0.05)


async def _is_sound(scene: Scene, ledger: Ledger) -> None:
    """What must hold of all that was written on the way, not only of its end."""
    placed = partitions_by_key(await scene.read(POSTS_ENRICHED.name))
    astray = {key: seen for key, seen in placed.items() if len(seen) > 1}
    assert not astray, "keys in several partitions"
    early = [
        (said.museum_id, said.at, said.posts_window)
        for said in [
            MuseumActivity.model_validate(json.loads(record.value or b""))
            for record in await scene.read(ACTIVITY.name)
        ]
        if said.posts_window < ledger.at_least(said.museum_id, said.at)
    ]
    assert not early, "activities that ran ahead of their data"
    letters = await scene.read(*(t.name for t in TOPICS if t.name.endswith(".dlq")))
    assert not letters, "dead letters"
