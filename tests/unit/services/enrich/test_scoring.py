"""Stage 1 at its seams: the order of what it writes, what it drops, its ticks and its sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from schemas import EnrichedPost, NormSums
from schemas import cloudevents as ce
from schemas.codec import decode
from schemas.topics import ENGAGEMENT, NORMS, POST_ROWS, POSTS_ENRICHED, POSTS_RAW, is_tick_key
from services.common.errors import Poison
from services.common.records import Received
from services.enrich.understanding import Item, Understanding
from services.enrich.usual import Usual
from tests.unit.services.enrich.worlds import (
    POST_ID,
    READER,
    Kafka,
    Worker,
    at,
    make_post,
    make_removal,
    make_snapshot,
    received,
    said,
    tick,
)


@pytest.fixture
def worker() -> Worker:
    return Worker(Kafka())


def published(worker: Worker) -> list[tuple[str, str | None, bool]]:
    return [(r.topic.name, r.key, r.value is not None) for r in worker.kafka.records]


async def test_a_post_is_kept_and_told_to_each_museum_that_is_known(worker: Worker) -> None:
    await worker.handle(received(make_post(1, "louvre", "unheard-of", "uffizi")))
    assert published(worker) == [
        ("enrich-posts-changelog", POST_ID, True),
        ("posts.enriched", f"louvre/{POST_ID}", True),
        ("posts.enriched", f"uffizi/{POST_ID}", True),
    ]


async def test_a_post_of_no_museum_leaves_no_trace(worker: Worker) -> None:
    await worker.handle(received(make_post(1, "unheard-of")))
    assert published(worker) == []
    assert worker.rows.held == {}


async def test_a_museum_that_is_not_known_yet_is_waited_for(worker: Worker) -> None:
    register: Any = worker.stage._register

    async def read_on() -> None:
        register.apply(Received("museums", 0, 0, b"new", b"{}", {}, 0))

    register.read_present_end = read_on
    await worker.handle(received(make_post(1, "new")))
    assert list(said(worker.kafka)) == [f"new/{POST_ID}"]


async def test_a_repeat_says_it_again_and_changes_nothing(worker: Worker) -> None:
    event = received(make_post(1, "louvre"))
    await worker.handle(event)
    rows = dict(worker.rows.held)
    worker.kafka.records.clear()
    await worker.handle(event)
    assert published(worker) == [("posts.enriched", f"louvre/{POST_ID}", True)]
    assert worker.rows.held == rows


async def test_what_comes_too_late_says_what_is_now(worker: Worker) -> None:
    await worker.handle(received(make_post(2, "louvre", text="new")))
    worker.kafka.records.clear()
    await worker.handle(received(make_post(1, "louvre", text="old")))
    [record] = worker.kafka.of(POSTS_ENRICHED)
    assert record.value is not None
    assert decode(EnrichedPost, record.value).text == "new"


async def test_nulls_are_on_kafka_before_the_row_forgets(worker: Worker) -> None:
    await worker.handle(received(make_post(1, "louvre", "uffizi")))
    worker.kafka.records.clear()
    await worker.stage.handle(received(make_removal()))
    assert published(worker) == [
        ("posts.enriched", f"louvre/{POST_ID}", False),
        ("posts.enriched", f"uffizi/{POST_ID}", False),
    ]
    await worker.out.finish()
    assert published(worker)[2:] == [("enrich-posts-changelog", POST_ID, True)]
    headers = dict(worker.kafka.records[0].headers)
    assert ce.reason_of(headers) == "author_delete"


async def test_a_removal_of_what_was_never_seen_leaves_a_mark(worker: Worker) -> None:
    await worker.handle(received(make_removal(3)), received(make_post(2, "louvre")))
    assert said(worker.kafka) == {}
    await worker.handle(received(make_post(4, "louvre")))
    assert list(said(worker.kafka)) == [f"louvre/{POST_ID}"]


async def test_the_trace_goes_on(worker: Worker) -> None:
    event = received(make_post(1, "louvre"), headers=(("traceparent", b"00-a-b-01"),))
    await worker.handle(event)
    [record] = worker.kafka.of(POSTS_ENRICHED)
    assert ce.traceparent(dict(record.headers)) == "00-a-b-01"


async def test_poison_changes_nothing(worker: Worker) -> None:
    bad = Received(POSTS_RAW.name, 0, 0, b"mastodon:1", b"{", {}, 0)
    with pytest.raises(Poison):
        await worker.stage.handle(bad)
    await worker.out.finish()
    assert worker.kafka.records == []


def ticks(worker: Worker) -> list[tuple[int | None, Any]]:
    return [
        (record.partition, ce.ce_time(dict(record.headers)))
        for record in worker.kafka.of(POSTS_ENRICHED)
        if record.key is not None and is_tick_key(record.key)
    ]


async def test_a_tick_goes_on_when_both_topics_have_it_and_to_every_partition(
    worker: Worker,
) -> None:
    await worker.handle(tick(POSTS_RAW, 9))
    assert ticks(worker) == []
    await worker.handle(tick(ENGAGEMENT, 5))
    assert ticks(worker) == [(partition, at(5)) for partition in range(4)]
    [kind] = {
        ce.tick_kind(dict(r.headers)) for r in worker.kafka.of(POSTS_ENRICHED) if r.key == "tick/0"
    }
    assert kind == "replay"


async def test_a_tick_comes_after_all_that_it_covers(worker: Worker) -> None:
    await worker.handle(
        tick(POSTS_RAW, 1),
        tick(ENGAGEMENT, 1),
        received(make_post(1, "louvre")),
        tick(POSTS_RAW, 2),
    )
    keys = [record.key for record in worker.kafka.of(POSTS_ENRICHED)]
    assert keys == [f"louvre/{POST_ID}", *["tick/0"] * 4]


async def test_after_a_rebalance_time_is_unknown_until_both_topics_tick(worker: Worker) -> None:
    await worker.handle(tick(POSTS_RAW, 5), tick(ENGAGEMENT, 5))
    worker.stage.forget_time()
    worker.kafka.records.clear()
    await worker.handle(tick(POSTS_RAW, 9))
    assert worker.kafka.of(POSTS_ENRICHED) == []


async def day_ends(worker: Worker, days: int = 1) -> None:
    await worker.handle(tick(POSTS_RAW, days * 1_440), tick(ENGAGEMENT, days * 1_440))


def sums(worker: Worker) -> dict[str | None, NormSums | None]:
    return {
        record.key: None if record.value is None else decode(NormSums, record.value)
        for record in worker.kafka.of(NORMS)
    }


async def test_a_day_that_ends_leaves_its_sums(worker: Worker) -> None:
    await worker.handle(tick(POSTS_RAW, 0), tick(ENGAGEMENT, 0))
    await worker.handle(
        received(make_post(1, "louvre", author={"followers": 99})),
        received(make_snapshot(20, likes=3)),
    )
    await day_ends(worker)
    [(key, found)] = sums(worker).items()
    assert key == "mastodon/1/2026-06-01/0"
    assert found is not None
    assert (found.known.n, found.unknown.n, found.followers.n) == (1, 0, 1)


async def test_the_first_sums_of_a_day_stay(worker: Worker) -> None:
    usual = Usual()
    other = Worker(worker.kafka, usual)
    await other.handle(received(make_post(1, "louvre")), received(make_snapshot(20, likes=3)))
    await day_ends(other)
    for key, found in sums(other).items():
        assert key is not None
        usual.norms.put(key, found)
    worker.kafka.records.clear()
    again = Worker(worker.kafka, usual)
    again.rows.held.update(other.rows.held)
    await again.handle(received(make_snapshot(25, likes=99)))
    await day_ends(again)
    assert sums(again) == {}


@pytest.mark.parametrize("removed_first", [True, False])
async def test_sums_do_not_hang_on_how_far_ahead_removals_are_read(
    worker: Worker, removed_first: bool
) -> None:
    removal = received(make_removal(minutes=1_500))
    await worker.handle(received(make_post(1, "louvre")), received(make_snapshot(20, likes=3)))
    if removed_first:
        await worker.handle(removal)
    await day_ends(worker)
    assert list(sums(worker)) == ["mastodon/1/2026-06-01/0"]


async def test_rows_and_marks_go_31_days_after_their_last_change(worker: Worker) -> None:
    await worker.handle(received(make_post(1, "louvre")), received(make_removal(minutes=60)))
    await day_ends(worker, 31)
    assert worker.rows.held
    await worker.handle(tick(POSTS_RAW, 31 * 1_440 + 60), tick(ENGAGEMENT, 31 * 1_440 + 60))
    assert worker.rows.held == {}
    assert worker.kafka.compacted(POST_ROWS)[0, POST_ID] is None


async def test_something_is_appended_to_the_changelog_every_hour(worker: Worker) -> None:
    for minutes in (0, 30, 59, 60, 90, 180):
        await worker.handle(tick(POSTS_RAW, minutes), tick(ENGAGEMENT, minutes))
    beats = [record for record in worker.kafka.of(POST_ROWS) if record.key == "heartbeat"]
    assert len(beats) == 3
    assert {(record.partition, record.value) for record in beats} == {(0, None)}


class Choosy:
    """A reader that one text breaks, whatever stands beside it."""

    def understand(self, items: Sequence[Item]) -> list[Understanding]:
        if any("breaks" in item.text for item in items):
            raise KeyError("breaks")
        return READER.understand(items)


@pytest.mark.parametrize("size", [3, 60])
async def test_a_text_that_breaks_the_reader_is_left_to_the_guard_alone(
    worker: Worker, size: int
) -> None:
    stage: Any = worker.stage
    stage._reader = Choosy()
    posts = [make_post(1, "uffizi") for _ in range(size)]
    texts = ["it breaks", *(f"Lovely {number}" for number in range(size - 1))]
    batch = [
        received(post.model_copy(update={"post_id": f"x:{number}", "text": text}))
        for number, (post, text) in enumerate(zip(posts, texts, strict=True))
    ]
    await worker.stage.foresee(batch)
    with pytest.raises(KeyError):
        await worker.stage.handle(batch[0])
    for one in batch[1:]:
        await worker.stage.handle(one)
    assert len(worker.rows.held) == size - 1
