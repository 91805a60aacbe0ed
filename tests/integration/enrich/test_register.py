"""Posts and museums race: a post waits for what the register holds when it comes, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas import EnrichedPost
from schemas.topics import POSTS_ENRICHED, TOPICS
from tests.integration.enrich.scene import Scene
from tests.support.events import museum, museum_record, post, post_record
from tests.support.observer import compacted

NOW = datetime.now(UTC)
_UNKNOWN = "passaparola_enrich_unknown_museum_total"


async def test_a_post_right_behind_its_museum_finds_it(scene: Scene) -> None:
    worker = scene.worker(run=("tests.integration.enrich.late_register",))
    await worker.started()
    for number in range(10):
        name = f"museum-{number}"
        await scene.write([museum_record(museum(name), NOW)])
        await scene.write([post_record(post(f"p{number}", (name,), NOW))])
    await scene.handled()
    enriched = compacted(await scene.read(POSTS_ENRICHED.name))
    assert enriched.keys() == {f"museum-{number}/bluesky:p{number}" for number in range(10)}
    assert await worker.metric(_UNKNOWN) == 0


async def test_a_museum_that_nobody_knows_is_dropped_and_counted(scene: Scene) -> None:
    await scene.write([museum_record(museum("louvre"), NOW)])
    worker = scene.worker()
    both = post("both", ("louvre", "atlantis"), NOW)
    await scene.write([post_record(both), post_record(post("none", ("atlantis",), NOW))])
    await scene.handled()
    enriched = compacted(await scene.read(POSTS_ENRICHED.name))
    assert enriched.keys() == {"louvre/bluesky:both"}
    found = EnrichedPost.model_validate_json(enriched["louvre/bluesky:both"])
    assert {match.museum_id for match in found.matches} == {"louvre"}
    assert await worker.metric(_UNKNOWN) == 2
    assert not await scene.read(*(t.name for t in TOPICS if t.name.endswith(".dlq")))

    # Once it is known, what comes again finds it.
    await scene.write([museum_record(museum("atlantis"), NOW)])
    again = both.model_copy(update={"version": 2})
    await scene.write([post_record(again)])
    await scene.handled()
    enriched = compacted(await scene.read(POSTS_ENRICHED.name))
    assert enriched.keys() == {"louvre/bluesky:both", "atlantis/bluesky:both"}
