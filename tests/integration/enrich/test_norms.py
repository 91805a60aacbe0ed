"""What is usual is learned when a day ends, holds from the second midnight after, and stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from schemas import EngagementSnapshot, EnrichedPost, Post
from schemas.topics import NORMS, POSTS_ENRICHED
from services.enrich.norms import ENOUGH_POSTS
from tests.integration.enrich.scene import PARTITIONS, Scene
from tests.support.events import museum, post, post_record, snapshot, snapshot_record, tick_records
from tests.support.ledger import Ledger, Round
from tests.support.observer import compacted

DAY = timedelta(days=1)
POSTS = ENOUGH_POSTS + 60


@pytest.mark.timeout(180)
async def test_norms_are_learned_and_in_force_after_the_second_midnight(scene: Scene) -> None:
    ledger = _three_days()
    await scene.write(ledger.register())
    worker = scene.worker()
    for number, closed in enumerate(ledger.rounds):
        # A day passes in an instant: no partition may be a whole day behind another.
        if closed.at == _midnight(2):
            await scene.handled()
        await scene.write(ledger.produced(number, PARTITIONS))
    await scene.ends_undisturbed(ledger)
    enriched = compacted(await scene.read(POSTS_ENRICHED.name))
    said = {key: EnrichedPost.model_validate_json(value) for key, value in enriched.items()}
    sources = {
        key.removeprefix("louvre/bluesky:"): one.engagement.norms
        for key, one in said.items()
        if one.engagement is not None
    }
    assert [sources[name] for name in ("day0-0", "day1", "day2")] == ["prior", "prior", "learned"]
    day, learned = str(_midnight(0).date()), compacted(await scene.read(NORMS.name))
    of_partitions = {key.rpartition("/")[2] for key in learned if f"/{day}/" in key}
    assert of_partitions == {str(partition) for partition in range(PARTITIONS)}

    # Another worker reads the same, and writes nothing anew.
    written = await scene.read(NORMS.name)
    worker.kill()
    scene.worker()
    at = ledger.end + timedelta(minutes=10)
    await scene.write([post_record(_post("again", at)), snapshot_record(_counted("again", at))])
    await scene.write(tick_records(at, PARTITIONS))
    await scene.handled()
    enriched = compacted(await scene.read(POSTS_ENRICHED.name))
    again = EnrichedPost.model_validate_json(enriched["louvre/bluesky:again"])
    assert again.engagement == said["louvre/bluesky:day2"].engagement
    assert await scene.read(NORMS.name) == written


def _midnight(day: int) -> datetime:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - 4 * DAY + day * DAY


def _post(name: str, at: datetime) -> Post:
    return post(name, ("louvre",), at - timedelta(minutes=70))


def _counted(name: str, at: datetime, likes: int = 40) -> EngagementSnapshot:
    return snapshot(f"bluesky:{name}", at, likes=likes)


def _three_days() -> Ledger:
    """A day with enough posts to learn from, and one post on each of the two days after."""
    rounds = []
    for day in range(3):
        noon = _midnight(day) + timedelta(hours=12)
        names = [f"day{day}-{n}" for n in range(POSTS)] if day == 0 else [f"day{day}"]
        rounds.append(Round(_midnight(day)))
        rounds.append(Round(noon, [post_record(_post(name, noon)) for name in names]))
        rounds[-1].records += [
            snapshot_record(_counted(name, noon, likes=n % 90 if day == 0 else 40))
            for n, name in enumerate(names)
        ]
    return Ledger((museum("louvre"),), tuple(rounds), ())
