"""What becomes of each kind of fact."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from schemas import (
    Counters,
    EngagementSnapshot,
    Gap,
    GapReason,
    Post,
    RemovalReason,
    RemovalScope,
    decode,
)
from schemas import cloudevents as ce
from services.ingest.observations import (
    AccountRemoval,
    Fate,
    Look,
    Outcome,
    Tally,
)
from tests.unit.services.ingest.builders import NOW, make_post, make_world
from tests.unit.services.ingest.facts import (
    DLQ,
    EGIZIO,
    RAW,
    about_egizio,
    fates,
    handle,
    removal,
    snapshot,
)


async def test_what_concerns_no_museum_is_dropped() -> None:
    world = make_world([EGIZIO])
    found = await handle(world, make_post("#other"), snapshot(likes=1), removal())
    assert fates(found) == [Fate.UNMATCHED, Fate.UNTRACKED, Fate.UNTRACKED]
    assert world.broker.records == []


async def test_an_edit_that_no_longer_matches_is_passed_on_without_matches() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio())
    (outcome,) = await handle(world, make_post("never mind", version=2))
    assert outcome.fate is Fate.RELEASED
    value = world.broker.of(RAW)[-1].value
    assert value is not None
    assert decode(Post, value).matches == ()
    row = world.tracked.get("x:1")
    assert row is not None
    assert (row.version, row.museum_ids) == (2, ())
    # It stays tracked: the next edit may bring it back, and a delete must still be passed on.
    assert fates(await handle(world, removal(version=2))) == [Fate.REMOVED]


async def test_an_older_version_is_not_passed_on_behind_a_newer_one() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio(version=5))
    written = len(world.broker.of(RAW))
    assert await handle(world, about_egizio(version=3)) == [Outcome(Fate.UNTRACKED, "superseded")]
    assert len(world.broker.of(RAW)) == written
    row = world.tracked.get("x:1")
    assert row is not None
    assert row.version == 5


async def test_a_row_is_kept_from_its_last_edit_on_as_long_as_that_of_a_new_post() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio())
    world.clock.advance_to(NOW + timedelta(days=40))
    await handle(world, about_egizio(version=2))
    assert world.tracked.expired(NOW + timedelta(days=65)) == []
    assert fates(await handle(world, removal(version=3))) == [Fate.REMOVED]


async def test_counters_of_what_was_never_passed_on_are_no_dead_letters() -> None:
    world = make_world([EGIZIO])
    ahead = EngagementSnapshot(
        post_id="x:9", platform="x", observed_at=NOW + timedelta(days=7), method="replay", likes=1
    )
    assert fates(await handle(world, ahead)) == [Fate.UNTRACKED]


async def test_a_removal_from_the_future_goes_through_as_of_now() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio())
    await handle(world, removal(version=9, observed_at=NOW + timedelta(days=400)))
    told = ce.removal_of(dict(world.broker.of(RAW)[-1].headers))
    assert told is not None
    assert told.observed_at == NOW


async def test_a_removal_of_an_older_version_does_not_take_the_newer_away() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio(version=5))
    assert await handle(world, removal(version=4)) == [Outcome(Fate.UNTRACKED, "superseded")]
    assert "x:1" in world.tracked


async def test_an_accounts_removal_takes_each_of_its_tracked_posts() -> None:
    world = make_world([EGIZIO])
    ana, ben = {"native_id": "ana"}, {"native_id": "ben"}
    account = AccountRemoval("x", "ana", RemovalReason.ACCOUNT_DELETED, NOW, NOW)
    found = await handle(
        world,
        about_egizio(post_id="x:1", author=ana),
        about_egizio(post_id="x:2", author=ben),
        about_egizio(post_id="x:3", author=ana),
        account,  # in the same batch as the posts, on purpose
        account,
    )
    assert fates(found)[3:] == [Fate.REMOVED, Fate.UNTRACKED]
    nulls = [record for record in world.broker.of(RAW) if record.value is None]
    assert [record.key for record in nulls] == ["x:1", "x:3"]
    told = ce.removal_of(dict(nulls[0].headers))
    assert told is not None
    assert told.scope is RemovalScope.ACCOUNT
    assert list(world.tracked.of_author("x", "ben")) == ["x:2"]


async def test_snapshots_of_tracked_posts_only() -> None:
    world = make_world([EGIZIO])
    found = await handle(world, about_egizio(), snapshot(likes=3), snapshot("x:2", likes=4))
    assert fates(found)[1:] == [Fate.COUNTED, Fate.UNTRACKED]
    assert world.broker.keys("posts.engagement") == ["x:1"]


def tally(looked_at: datetime | None, look_at: datetime | None, likes: int | None = 5) -> Tally:
    said = None if likes is None else snapshot(likes=likes)
    return Tally("x:1", looked_at, said, look_at)


async def test_a_tally_is_a_snapshot_and_brings_the_next_look_forward() -> None:
    world = make_world([EGIZIO])
    later = NOW + timedelta(hours=1)
    look = Look("x:1", NOW, later, 0, 0, Counters(likes=3))
    soon = NOW + timedelta(minutes=5)
    found = await handle(world, about_egizio(), look, tally(NOW, soon), tally(NOW, later, 6))
    assert fates(found)[2:] == [Fate.COUNTED, Fate.COUNTED]
    said = [decode(EngagementSnapshot, r.value or b"") for r in world.broker.of("posts.engagement")]
    assert [counters.likes for counters in said] == [5, 6]
    row = world.tracked.get("x:1")
    assert row is not None
    assert row.next_look_at == soon
    assert row.counters == Counters(likes=3)  # the base stays the look's


async def test_a_tally_without_counters_asks_for_a_look_alone() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio(), Look("x:1", NOW, NOW + timedelta(hours=1), 0, 0, None))
    assert fates(await handle(world, tally(NOW, NOW, None))) == [Fate.NOTED]
    assert world.broker.keys("posts.engagement") == []
    assert [row.post_id for row in world.tracked.due("x", NOW, 9)] == ["x:1"]


async def test_where_looks_have_stopped_a_tally_starts_none() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio(), tally(None, NOW))
    assert world.tracked.due("x", NOW + timedelta(days=99), 9) == []


async def test_a_tally_upon_an_older_look_is_void() -> None:
    world = make_world([EGIZIO])
    look = Look("x:1", NOW, NOW + timedelta(hours=1), 0, 0, Counters(likes=9))
    found = await handle(world, about_egizio(), look, tally(None, NOW), tally(NOW, None, 10))
    assert found[2:] == [Outcome(Fate.UNTRACKED, "superseded"), Outcome(Fate.COUNTED)]
    removed = await handle(world, removal(version=1), tally(NOW, None))
    assert fates(removed) == [Fate.REMOVED, Fate.UNTRACKED]
    assert len(world.broker.of("posts.engagement")) == 1


async def test_a_gap_is_a_record() -> None:
    world = make_world([EGIZIO])
    gap = Gap(
        connector="test",
        subscription="all",
        from_at=NOW,
        to_at=NOW,
        reason=GapReason.DISCONNECTED,
        filled=True,
    )
    await handle(world, gap)
    assert world.broker.keys("ingest.gaps") == ["test:all"]


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (about_egizio(created_at=NOW + timedelta(hours=25)), "from_the_future"),
        (about_egizio(post_id="x:1\x00"), "unclean_id"),
        (about_egizio(post_id="x:\u202e1"), "unclean_id"),
        (about_egizio(links=["https://x.example/" + "a" * 300_000]), "too_large"),
        (about_egizio(native_ref={"uri": "\ud800"}), "not_utf8"),
    ],
)
async def test_what_cannot_be_is_parked_and_the_rest_goes_on(post: Post, reason: str) -> None:
    world = make_world([EGIZIO])
    found = await handle(world, post, about_egizio(post_id="x:good"))
    assert found[0] == Outcome(Fate.DEAD_LETTER, reason)
    assert found[1].fate is Fate.PUBLISHED
    (letter,) = world.broker.of(DLQ)
    headers = dict(letter.headers)
    assert letter.value == b"the bytes"
    assert headers["dlq_reason"] == reason.encode()
    assert headers["dlq_line"] == b"7"
    assert headers["dlq_source"] == b"/ingest/test"
    assert "x:1" not in world.tracked


async def test_posts_of_2015_are_fine() -> None:
    world = make_world([EGIZIO])
    old = NOW.replace(year=2015)
    assert fates(await handle(world, about_egizio(created_at=old, observed_at=old))) == [
        Fate.PUBLISHED
    ]


async def test_hostile_text_is_cleaned() -> None:
    world = make_world([EGIZIO])
    await handle(world, make_post("a\x00b\u202ec\r\nde\u0301", hashtags=["egizio"]))
    value = world.broker.of(RAW)[0].value
    assert value is not None
    assert decode(Post, value).text == "abc\ndé"


async def test_live_a_post_is_observed_when_it_is_handled() -> None:
    world = make_world([EGIZIO], stamps=True)
    world.clock.advance_to(NOW + timedelta(seconds=9))
    await handle(world, about_egizio())
    value = world.broker.of(RAW)[0].value
    assert value is not None
    assert decode(Post, value).observed_at == NOW + timedelta(seconds=9)


async def test_matching_follows_the_register() -> None:
    world = make_world([])
    assert fates(await handle(world, about_egizio())) == [Fate.UNMATCHED]
    world.register.current = make_world([EGIZIO]).register.current
    assert fates(await handle(world, about_egizio())) == [Fate.PUBLISHED]
