"""The judge passes on many days, with the services' own pipelines in one process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from demo.day import DATE, Day, compose
from schemas import EnrichedPost, decode
from schemas.topics import POSTS_ENRICHED
from tests.e2e.in_memory import Played, play_in_memory

FIRST, *OTHERS = range(100, 118)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The first day, for all that is asked about it."""
    return asyncio.run(play_in_memory(compose(FIRST, DATE), tmp_path_factory.mktemp("day")))


def _is_as_its_truth_says(day: Day, played: Played) -> None:
    assert played.verdict.findings == ()
    assert played.verdict.sent == played.verdict.expected > 0
    assert {fate: count for fate, count in played.fates.items() if count} == day.truth.lines


def test_the_first_day_is_as_its_truth_says(played: Played) -> None:
    _is_as_its_truth_says(compose(FIRST, DATE), played)


@pytest.mark.timeout(300)  # a quarter of a minute, but ten times as long beside ten others
@pytest.mark.parametrize("seed", OTHERS)
async def test_other_days_are_as_their_truths_say(seed: int, tmp_path: Path) -> None:
    day = compose(seed, DATE)
    _is_as_its_truth_says(day, await play_in_memory(day, tmp_path, partitions=1 + seed % 2))


def test_complaints_come_out_with_what_they_are_about(played: Played) -> None:
    posts = [
        decode(EnrichedPost, record.value)
        for record in played.kafka.all[POSTS_ENRICHED.name]
        if record.value is not None
    ]
    for words, aspect, said in (
        ("Air conditioning broken", "air_conditioning", "Air conditioning"),
        ("31 degrees", "heat", "31 degrees"),
        ("calor horrible y ni una", "heat", "calor horrible"),
        ("Deux heures de queue", "queue", "heures de queue"),
        ("Coda di due ore", "queue", "Coda di due ore"),
    ):
        post = next(post for post in posts if words in post.text)
        found = [each for each in post.aspects if each.aspect == aspect]
        assert found, (words, post.aspects)
        spans = [post.text[each.start : each.end] for each in found]
        assert any(span in said or said in span for span in spans), spans
        assert {each.polarity for each in found} == {"negative"}
        assert post.visit is not None
        assert post.visit.label == "negative"


def test_dark_works_read_as_works(played: Played) -> None:
    war = [
        decode(EnrichedPost, record.value)
        for record in played.kafka.all[POSTS_ENRICHED.name]
        if record.value is not None and b"bombs, hunger" in record.value
    ]
    assert war
    assert all(post.visit is not None and post.visit.label != "negative" for post in war)


def test_the_viral_photo_is_called_before_half_of_its_engagement_has_come(
    played: Played,
) -> None:
    looks = [
        post
        for record in played.kafka.all[POSTS_ENRICHED.name]
        if record.value is not None and b"Galleria dei Re era tutta per me" in record.value
        if (post := decode(EnrichedPost, record.value)).engagement is not None
    ]
    weighted = [post.engagement.weighted for post in looks if post.engagement is not None]
    called = next(
        post.engagement.weighted
        for post in looks
        if post.engagement is not None and post.virality is not None and post.virality.calls
    )
    assert called < max(weighted) / 2
