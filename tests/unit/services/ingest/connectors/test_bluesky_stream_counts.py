"""What the stream adds to a look: each act once, in any order, whatever is said again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from schemas import Counters, Gap, GapReason
from services.ingest.connectors.bluesky_stream_counts import EVERY, INDEXED
from services.ingest.connectors.bluesky_wire import read_frame
from tests.unit.services.ingest.connectors.listening import NOTHING, POST, START, Listening
from tests.unit.services.ingest.frames import (
    ANA,
    BEN,
    account,
    commit,
    like,
    quote,
    reply,
    repost,
    undone,
    uri,
)


def only_a_look(heard: Listening) -> None:
    """The post is to be looked at, and no counter is told."""
    (tally,) = heard.tallies()
    assert tally.snapshot is None
    assert tally.look_at == heard.clock + INDEXED


def acts_kept() -> float | None:
    return REGISTRY.get_sample_value("passaparola_ingest_acts_kept", {"connector": "bluesky"})


@pytest.fixture
def heard() -> Listening:
    """One post, seen at its birth."""
    heard = Listening()
    heard.born()
    heard.now = 1
    return heard


def test_a_post_that_was_born_here_counts_from_zero(heard: Listening) -> None:
    assert heard.tallies() == []
    heard.hear(
        like("a", uri("1"), did=BEN),
        like("b", uri("1"), did=ANA),
        repost("c", uri("1"), did=BEN),
        reply("d", uri("1"), did=BEN),
        reply("e", uri("1"), did=BEN),
        quote("f", uri("1"), did=BEN),
        like("g", uri("other"), did=BEN),
    )
    (snapshot,) = heard.snapshots()
    assert snapshot.counters == Counters(likes=2, reposts=1, quotes=1, replies=2)
    assert (snapshot.views, snapshot.bookmarks) == (None, None)
    assert (snapshot.method, snapshot.is_lower_bound) == ("stream", True)
    assert snapshot.observed_at == heard.clock


def test_acts_add_to_the_last_look_and_what_it_did_not_show_stays_unknown(
    heard: Listening,
) -> None:
    heard.hear(like("a", uri("1"), did=BEN))
    heard.now = 60
    heard.look(Counters(likes=5, replies=1, bookmarks=2))
    heard.hear(like("b", uri("1"), did=ANA, at=61), repost("c", uri("1"), did=BEN, at=61))
    (tally,) = heard.tallies()
    assert tally.snapshot is not None
    assert tally.snapshot.counters == Counters(likes=6, replies=1, bookmarks=2)
    assert tally.snapshot.is_lower_bound is False
    assert tally.looked_at == START + timedelta(seconds=60)


def test_what_a_look_has_covered_is_not_added_to_it(heard: Listening) -> None:
    heard.hear(like("a", uri("1"), did=BEN, at=1))
    heard.now = 10
    heard.look(Counters(likes=1))
    assert heard.tallies() == []
    # The same act from another host, a little later by its clock; and one that was late.
    heard.hear(like("a", uri("1"), did=BEN, at=10.2), like("b", uri("1"), did=ANA, at=9))
    assert heard.tallies() == []
    heard.hear(like("c", uri("1"), did="did:plc:cleo", at=11))
    assert heard.counted() == Counters(likes=2)


def test_a_frame_whose_time_is_ahead_of_our_clock_counts_as_of_now(heard: Listening) -> None:
    heard.hear(like("a", uri("1"), did=BEN, at=600), ahead=True)
    assert heard.counted().likes == 1
    heard.now = 60
    heard.look(Counters(likes=1))
    assert heard.tallies() == []


def test_a_post_that_was_not_seen_born_is_looked_at_before_it_is_counted() -> None:
    heard = Listening()
    heard.row()
    heard.hear(like("a", uri("1"), did=BEN, at=1))
    only_a_look(heard)
    heard.now = 5
    heard.look(Counters(likes=1))
    heard.hear(like("b", uri("1"), did=ANA, at=31))
    assert heard.counted() == Counters(likes=2)


def test_a_like_of_one_account_counts_once_and_its_delete_takes_it_back(heard: Listening) -> None:
    heard.hear(like("a", uri("1"), did=BEN), like("b", uri("1"), did=BEN), like("c", uri("1")))
    assert heard.counted() == Counters(**NOTHING.model_dump() | {"likes": 2})
    heard.now += EVERY.total_seconds()
    heard.hear(
        undone("like", "a", did=BEN), undone("like", "c"), undone("like", "a", did="did:plc:x")
    )
    assert heard.counted().likes == 1
    heard.now += EVERY.total_seconds()
    heard.hear(undone("like", "b", did=BEN))
    assert heard.counted().likes == 0
    heard.now += EVERY.total_seconds()
    heard.hear(like("a", uri("1"), did=BEN))  # said again after its delete
    assert heard.tallies() == []


def test_a_deleted_reply_is_taken_back_and_one_that_quotes_too_counts_for_both() -> None:
    heard = Listening()
    heard.born()
    heard.born("2")
    ref = {"uri": uri("1"), "cid": "c"}
    embed = {"record": {"uri": uri("2"), "cid": "c"}}
    heard.hear(commit("9", "x", did=BEN, reply={"root": ref, "parent": ref}, embed=embed))
    told = {snapshot.post_id: snapshot for snapshot in heard.snapshots()}
    assert told[POST].replies == 1
    assert told[f"bluesky:{uri('2')}"].quotes == 1
    heard.now += EVERY.total_seconds()
    heard.hear(undone("post", "9", did=BEN))
    assert [snapshot.counters for snapshot in heard.snapshots()] == [NOTHING, NOTHING]


def test_a_post_is_told_of_at_once_and_then_each_30_seconds(heard: Listening) -> None:
    told = []
    for second in range(1, 121):
        heard.now = second
        heard.hear(like(f"l{second}", uri("1"), did=f"did:plc:{second}", at=second))
        told += [(second, snapshot.likes) for snapshot in heard.snapshots()]
    assert told == [(1, 1), (31, 31), (61, 61), (91, 91)]


def test_what_came_after_a_look_is_told_again_upon_it(heard: Listening) -> None:
    heard.hear(*(like(f"{n}", uri("1"), did=f"did:plc:{n}", at=5) for n in range(3)))
    heard.now = 6
    assert heard.counted().likes == 3
    heard.row(looked_at=START + timedelta(seconds=3), counters=Counters(likes=2))
    heard.now = 36
    assert heard.counted() == Counters(likes=5)


def test_while_a_post_is_missing_it_is_not_told_of(heard: Listening) -> None:
    heard.look(Counters(likes=4))
    heard.now = 30
    heard.row(looked_at=heard.clock, missing_looks=1)
    heard.hear(like("a", uri("1"), did=BEN, at=31))
    assert heard.tallies() == []
    heard.row(looked_at=START + timedelta(seconds=1), missing_looks=0)
    heard.now = 61
    assert heard.counted() == Counters(likes=5)


def test_what_is_read_far_behind_the_clock_is_not_told_until_it_has_caught_up(
    heard: Listening,
) -> None:
    heard.now = 3600
    heard.hear(like("a", uri("1"), did=BEN, at=5))
    assert heard.tallies() == []
    heard.hear(commit("x", "of the present", at=3599))
    assert heard.counted().likes == 1


# --- what may not have been heard whole ---------------------------------------------------------


def test_after_a_restart_a_post_is_looked_at_before_it_is_counted(heard: Listening) -> None:
    heard.look(Counters(likes=5))
    heard.now = 100
    heard.restart()
    heard.hear(like("b", uri("1"), did=BEN, at=99))
    only_a_look(heard)
    heard.hear(like("c", uri("1"), did=ANA, at=100))
    assert heard.tallies() == []  # asked for once in 30 s
    heard.look(Counters(likes=12))
    heard.now = 131
    heard.hear(like("d", uri("1"), did="did:plc:cleo", at=131))
    assert heard.counted() == Counters(likes=13)


def test_after_a_lost_stretch_too(heard: Listening) -> None:
    heard.look(Counters(likes=5))
    heard.now = 200
    gap = Gap(
        connector="bluesky",
        subscription="posts",
        from_at=START,
        to_at=heard.clock,
        reason=GapReason.CURSOR_TOO_OLD,
        filled=False,
    )
    heard.stream.note(heard.clock, gap.model_copy(update={"filled": True}))
    heard.hear(like("a", uri("1"), did=BEN, at=199))
    assert heard.counted().likes == 6
    heard.now = 231
    heard.stream.note(heard.clock, gap)
    heard.hear(like("b", uri("1"), did=ANA, at=231))
    only_a_look(heard)


def test_an_account_that_is_gone_makes_its_posts_be_looked_at(heard: Listening) -> None:
    heard.look(Counters(likes=5))
    heard.hear(like("a", uri("1"), did=BEN, at=2))
    heard.now = 3
    assert heard.counted().likes == 6
    heard.now = 40
    heard.hear(account("deleted", did=BEN, at=39))
    only_a_look(heard)


def test_where_memory_is_full_the_post_is_looked_at_instead() -> None:
    heard = Listening(most_acts=3)
    heard.born()
    heard.born("2")
    heard.now = 1
    heard.hear(*(like(f"{n}", uri("1"), did=f"did:plc:{n}") for n in range(3)))
    heard.hear(like("z", uri("2"), did=BEN))
    first, second = heard.tallies()
    assert first.snapshot is not None
    assert first.snapshot.likes == 3
    assert (second.post_id, second.snapshot) == (f"bluesky:{uri('2')}", None)
    # A look makes room again.
    heard.now = 120
    heard.look(Counters(likes=3))
    heard.look(Counters(likes=1), f"bluesky:{uri('2')}")
    assert heard.tallies() == []
    heard.hear(like("y", uri("2"), did=ANA, at=121))
    assert heard.counted().likes == 2


def test_what_a_look_has_covered_is_forgotten_and_in_time_all_of_it(heard: Listening) -> None:
    heard.hear(*(like(f"{n}", uri("1"), did=f"did:plc:{n}") for n in range(5)))
    assert heard.counted().likes == 5
    heard.now = 30
    heard.look(Counters(likes=5))
    assert heard.tallies() == []
    assert acts_kept() == 5  # for a minute, in case that they are said again
    heard.now = 300
    heard.look(Counters(likes=5))
    assert heard.tallies() == []
    assert acts_kept() == 0
    assert not heard.stream._posts
    assert not heard.stream._by_author


def test_what_is_no_longer_tracked_is_forgotten(heard: Listening) -> None:
    heard.hear(like("a", uri("1"), did=BEN))
    heard.tracked.wrote(POST, None, 0, -1)
    assert heard.tallies() == []
    assert not heard.stream.concerns(undone("like", "a", did=BEN))
    assert not heard.stream.concerns(like("b", uri("1"), did=ANA))


def test_acts_upon_a_post_of_the_same_batch_count_if_it_is_tracked() -> None:
    heard = Listening()
    frames = [commit("1", "#louvre"), like("a", uri("1"), did=BEN), commit("2", "#other")]
    frames.append(like("b", uri("2"), did=BEN))
    for frame in frames:
        heard.stream.note(START)
        heard.stream.hear(frame, read_frame(frame, START), START)
    assert heard.tallies() == []
    heard.row()  # the pipeline tracks one of the two
    heard.stream.settle()
    assert [(tally.post_id, tally.looked_at) for tally in heard.tallies()] == [(POST, None)]


# --- when to look next --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "likes", "next_look", "expected"),
    [
        (10, 2, timedelta(minutes=10), timedelta(minutes=5)),  # grown by a fifth
        (100, 2, timedelta(minutes=10), None),
        (100, 2, timedelta(minutes=10.9), None),  # no more than the jitter
        (100, 2, timedelta(hours=2), timedelta(minutes=10)),  # it had been quiet
    ],
)
def test_a_post_that_grows_is_looked_at_sooner(
    before: int, likes: int, next_look: timedelta, expected: timedelta | None
) -> None:
    heard = Listening()
    heard.born()
    heard.now = 60
    looked_at = heard.clock
    heard.look(Counters(likes=before), next_look_at=looked_at + next_look)
    heard.now = 61
    heard.hear(*(like(f"{n}", uri("1"), did=f"did:plc:{n}", at=61) for n in range(likes)))
    (tally,) = heard.tallies()
    assert tally.look_at == (None if expected is None else looked_at + expected)


def test_acts_upon_a_post_that_nobody_looks_at_any_more_take_no_room() -> None:
    heard = Listening(most_acts=10)
    heard.born()
    heard.hear(*(like(f"{n}", uri("1"), did=f"did:plc:{n}", at=1) for n in range(10)))
    heard.now = 60
    heard.look(Counters(likes=10), next_look_at=None)
    assert heard.tallies() == []
    assert acts_kept() == 0
    heard.hear(*(like(f"{n}", uri("1"), did=f"did:plc:{n}", at=61) for n in range(10, 20)))
    assert heard.tallies() == []
    heard.born("2")
    heard.hear(like("a", uri("2"), did=BEN, at=62))
    assert heard.counted().likes == 1


def test_a_quiet_post_that_wakes_is_looked_at_as_soon_as_the_appview_may_know() -> None:
    heard = Listening()
    heard.born()
    heard.now = 60
    heard.look(Counters(likes=1), next_look_at=heard.clock + timedelta(hours=40))
    heard.now = 20 * 3600
    heard.hear(like("a", uri("1"), did=BEN, at=heard.now))
    (tally,) = heard.tallies()
    assert tally.look_at == heard.clock + INDEXED


# --- any order, repetition and restart ----------------------------------------------------------
