"""Batches kept together with their offsets, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from schemas import EnrichedPost
from services.alerts.erasure import TEXT_KEPT, Erasure
from services.alerts.store.database import Database
from services.alerts.store.notifications import State
from services.common.clock import SetClock
from tests.unit.services.alerts.desk import Desk
from tests.unit.services.alerts.samples import (
    AT,
    NEGATIVE,
    make_post,
    null_record,
    post_record,
    viral,
)


async def test_second_consumer_of_a_batch_changes_nothing(desk: Desk) -> None:
    records = [post_record(viral())]
    batch, events = desk.batch(records), desk.judge(records)
    assert await desk.casework.keep(batch, events) is not None
    late = [post_record(viral(post_id="bluesky:2"))]
    assert await desk.casework.keep(desk.batch(late), desk.judge(late)) is None
    assert [row.story_id for row in await desk.incidents()] == ["bluesky:1"]
    assert len(await desk.rows()) == 2


async def test_repeat_of_a_record_changes_nothing(desk: Desk) -> None:
    await desk.keep(viral())
    changes = await desk.keep(viral(), viral())
    assert changes.stories == []
    assert [row.revision for row in await desk.incidents()] == [1]


async def test_post_and_its_removal_in_one_batch_notify_nobody(desk: Desk) -> None:
    changes = await desk.keep(post_record(viral()), null_record(viral(), "author_delete"))
    assert len(changes.opened) == 1
    assert await desk.rows() == []
    [shown] = await desk.shown()
    assert (shown.excerpt, shown.gone) == (None, "author_delete")


async def test_nulls_of_unknown_posts_and_quiet_posts_leave_nothing(desk: Desk) -> None:
    changes = await desk.keep(post_record(make_post()), null_record(viral(), "author_delete"))
    assert changes.stories == []
    assert await desk.incidents() == []


async def test_one_post_at_two_museums_is_two_incidents(desk: Desk) -> None:
    await desk.keep(viral(), viral(museum_id="louvre"))
    assert {row.museum_id for row in await desk.incidents()} == {"museo-egizio", "louvre"}
    await desk.keep(null_record(viral(), "edit"))
    assert {row.museum_id: row.removed for row in await desk.incidents()} == {
        "museo-egizio": True,
        "louvre": False,
    }


async def test_removed_text_is_in_no_file_of_the_database(desk: Desk, database_path: Path) -> None:
    def in_files(word: bytes) -> bool:
        return any(word in f.read_bytes() for f in database_path.parent.glob("alerts.db*"))

    clock = SetClock(AT)
    erasure = Erasure(desk.database, clock)
    await desk.keep(viral(text="Zephyr quixotic", author={"display_name": "Quilla"}))
    assert in_files(b"Zephyr")
    assert in_files(b"Quilla")
    changes = await desk.remove(viral())
    erasure.erased(changes.erased)
    await erasure.run()
    assert not in_files(b"Zephyr")
    assert not in_files(b"Quilla")


async def test_text_of_old_incidents_is_erased_by_the_clock(desk: Desk, database: Database) -> None:
    clock = SetClock(AT)
    erasure = Erasure(database, clock)
    await desk.keep(viral(), viral(post_id="bluesky:2", observed_at=AT + timedelta(days=2)))
    clock.advance_to(AT + TEXT_KEPT)
    await erasure.run()
    assert all(post.excerpt for post in await desk.shown())
    clock.advance_to(AT + TEXT_KEPT + timedelta(hours=2))
    await erasure.run()
    assert {post.post_id: post.excerpt is None for post in await desk.shown()} == {
        "bluesky:1": True,
        "bluesky:2": False,
    }


async def keep_of_old(desk: Desk, *posts: EnrichedPost) -> None:
    """Keep posts as of before the database was made."""
    records = [post_record(post) for post in posts]
    events = [replace(event, pages=False) for event in desk.judge(records)]
    assert await desk.casework.keep(desk.batch(records), events) is not None
    desk.next += len(records)


async def test_what_is_older_than_the_database_is_kept_and_told_nobody(desk: Desk) -> None:
    second = viral(post_id="bluesky:2", story_id="bluesky:1")
    await keep_of_old(desk, viral(), second)
    assert len(await desk.incidents()) == 1
    # Said again, edited, one of its posts removed: none of it is news.
    await desk.keep(viral(), viral(version=2, text="Three hours in the queue."))
    await desk.remove(second)
    assert await desk.rows() == []
    assert [row.revision for row in await desk.incidents()] == [4]


async def test_story_older_than_the_database_is_told_when_something_new_is_found(
    desk: Desk,
) -> None:
    await keep_of_old(desk, viral())
    await desk.keep(viral(sentiment=NEGATIVE))
    assert await desk.states() == {"slack": State.PENDING, "email": State.PENDING}
    assert len(await desk.incidents()) == 1


async def test_published_revisions_are_noted_and_newer_ones_wait(desk: Desk) -> None:
    await desk.keep(viral())
    [first] = await desk.casework.unpublished(frozenset({0}))
    await desk.remove(viral())
    await desk.casework.mark_published([first])
    [second] = await desk.casework.unpublished(frozenset({0}))
    assert (second.revision, second.removed) == (2, True)
    assert await desk.casework.unpublished(frozenset({1})) == []
    await desk.casework.mark_published([second])
    assert await desk.casework.unpublished(frozenset({0})) == []
