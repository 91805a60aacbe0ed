"""A museum's state: the same end and the same alarms whatever is repeated, split or restarted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.enrich.unusual.bins import bin_of
from services.enrich.unusual.layout import read, write
from services.enrich.unusual.museum import Watch
from services.enrich.unusual.outlook import Alarm
from tests.unit.services.enrich.unusual.worlds import (
    BIN,
    CALENDAR,
    START,
    Event,
    Posted,
    Removed,
    Ticked,
    apply,
    in_order,
    play,
    posts,
    sentences,
    ticks,
)

DAYS = 8
BURST_AT = START + timedelta(days=7, hours=12)


@cache
def a_week(seed: int) -> list[Event]:
    """Return a week with a burst of complaints at its end, some edits and removals."""
    chance = Random(seed)
    usual = posts(chance, DAYS, 4)
    burst = [
        replace(post, negative=chance.random() < 0.8)
        for post in posts(chance, 0.1, 60, name="b", start=BURST_AT)
    ]
    said = [*usual, *burst]
    edits = [
        replace(post, negative=not post.negative, seen=post.at + timedelta(minutes=40))
        for post in chance.sample(said, 20)
    ]
    removals = [
        Removed(post.post_id, post.at + timedelta(minutes=90)) for post in chance.sample(said, 20)
    ]
    return in_order([*said, *edits, *removals, *ticks(DAYS)])


@cache
def undisturbed(seed: int) -> tuple[bytes, list[Alarm]]:
    """Play a week as it is; return the state at its end, and the alarms."""
    watch, alarms = play(a_week(seed))
    return write(watch), alarms


def doubled(events: list[Event], chance: Random) -> list[Event]:
    return [event for event in events for _ in (0, 1)]


def shuffled_between_ticks(events: list[Event], chance: Random) -> list[Event]:
    """Shuffle what lies between two ticks; a post's own events keep their order."""
    found: list[Event] = []
    for is_tick, group in groupby(events, key=lambda event: isinstance(event, Ticked)):
        near = list(group)
        if is_tick:
            found += near
            continue
        by_post: dict[str, list[Event]] = {}
        for event in near:
            assert not isinstance(event, Ticked)
            by_post.setdefault(event.post_id, []).append(event)
        queues = list(by_post.values())
        while queues:
            queue = chance.choice(queues)
            found.append(queue.pop(0))
            queues = [one for one in queues if one]
    return found


def repeated_late(events: list[Event], chance: Random) -> list[Event]:
    """Let every post come again up to two hours later, unless it changes or goes."""
    changed = {e.post_id for e in events if isinstance(e, Removed)}
    changed |= {e.post_id for e in events if isinstance(e, Posted) and e.seen}
    again = [
        replace(event, seen=event.at + timedelta(minutes=chance.uniform(0, 119)))
        for event in events
        if isinstance(event, Posted) and event.post_id not in changed
    ]
    last = max(event.comes for event in events)
    return in_order([*events, *(event for event in again if event.comes <= last)])


@pytest.mark.parametrize("change", [doubled, shuffled_between_ticks, repeated_late])
@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_repeats_change_nothing(
    change: Callable[[list[Event], Random], list[Event]], seed: int
) -> None:
    end, alarms = undisturbed(seed)
    again, same = play(change(a_week(seed), Random(seed)))
    assert {alarm.kind for alarm in alarms} == {"burst", "negative_share"}
    assert same == alarms
    assert write(again) == end


@pytest.mark.parametrize("every", [1, 7, 501])
def test_a_restart_at_any_event_changes_nothing(every: int) -> None:
    end, alarms = undisturbed(3)
    again, same = play(a_week(3), restart_every=every)
    assert same == alarms
    assert write(again) == end


@given(cut=st.integers(0, len(a_week(4))))
@settings(max_examples=15, deadline=None)
def test_a_split_anywhere_changes_nothing(cut: int) -> None:
    events = a_week(4)
    end, alarms = undisturbed(4)
    half, early = play(events[:cut])
    again, late = play(events[cut:], watch=read(write(half)))
    assert early + late == alarms
    assert write(again) == end


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_posts_late_within_the_horizon_come_to_the_same_end(seed: int) -> None:
    """Late posts may delay an alarm, for nothing can be called before it is known."""
    chance = Random(seed)
    said = [*posts(chance, 7.8, 4), *posts(chance, 0.1, 60, name="b", start=BURST_AT)]
    late = [
        replace(post, seen=post.at + timedelta(minutes=chance.uniform(0, 119)))
        if chance.random() < 0.3
        else post
        for post in said
    ]
    watch, alarms = play(in_order([*said, *ticks(DAYS)]))
    again, others = play(in_order([*late, *ticks(DAYS)]))
    assert write(again) == write(watch)
    assert [alarm.kind for alarm in others] == [alarm.kind for alarm in alarms] == ["burst"]
    assert timedelta(0) <= others[0].outlook.at - alarms[0].outlook.at <= timedelta(hours=2)


def test_ticks_left_out_are_made_up_for() -> None:
    events = a_week(8)
    watch, alarms = play(events)
    seldom = [e for n, e in enumerate(events) if not isinstance(e, Ticked) or n % 5 == 0]
    again, same = play([*seldom, Ticked(START + timedelta(days=DAYS))])
    assert watch.now == again.now
    assert len(same) >= len(alarms) - 1


def test_nothing_is_learned_from_more_than_a_week_without_ticks() -> None:
    events = a_week(8)
    watch, _ = play(events)
    before = read(write(watch)).course.burst.whole
    end = START + timedelta(days=DAYS + 30)
    assert watch.tick(end, CALENDAR) == ()
    assert watch.course.burst.whole.level == pytest.approx(before.level)
    assert not watch.bins.posts
    watch.put("p-new", end, negative=True)
    watch.tick(end + BIN, CALENDAR)
    assert watch.read(CALENDAR).posts_last_hour == 1
    assert read(write(watch)).read(CALENDAR) == watch.read(CALENDAR)


def test_an_old_tick_changes_nothing() -> None:
    events = a_week(9)
    watch, _ = play(events)
    before = write(watch)
    assert watch.tick(START, CALENDAR) == ()
    assert write(watch) == before


def test_an_alarm_says_its_numbers() -> None:
    _, alarms = play(a_week(1))
    burst, negative = sorted(alarms, key=lambda alarm: alarm.kind)
    numbers = burst.outlook
    assert burst.sentence == (
        f"{numbers.posts_last_hour} posts in the last hour; usual for Monday 12:00 is "
        f"{numbers.usual_low} to {numbers.usual_high}. Biggest hour in at least 7 days."
    )
    assert numbers.burst_score >= 50
    assert burst.since - BURST_AT < timedelta(minutes=40)
    assert "are negative; usual is" in negative.sentence
    assert "by luck: 1 in" in negative.sentence


def test_a_removal_takes_a_post_out_of_the_current_windows() -> None:
    watch, _ = play(ticks(1))
    now = START + timedelta(days=1)
    for number in range(9):
        watch.put(f"p{number}", now, negative=number < 6)
    watch.tick(now + BIN, CALENDAR)
    full = watch.read(CALENDAR)
    watch.remove("p0")
    less = watch.read(CALENDAR)
    assert (full.posts_last_hour, full.judged, full.negative) == (9, 9, 6)
    assert (less.posts_last_hour, less.judged, less.negative) == (8, 8, 5)


def test_an_alarm_that_a_removal_undid_is_not_raised_again_by_its_rest() -> None:
    events: list[Event] = [*posts(Random(1), 4, 4), *ticks(4)]
    watch, _ = play(in_order(events))
    now = START + timedelta(days=4)
    raised: list[Alarm] = []
    for number in range(40):
        watch.put(f"x{number}", now, negative=None)
    raised += watch.tick(now + BIN, CALENDAR)
    for number in range(35):
        watch.remove(f"x{number}")
    raised += watch.tick(now + 2 * BIN, CALENDAR)
    assert not watch.read(CALENDAR).bursting
    for number in range(40):
        watch.put(f"y{number}", now + 2 * BIN, negative=None)
    raised += watch.tick(now + 3 * BIN, CALENDAR)
    assert len(raised) == 1


def test_copies_weigh_less_in_the_negative_share_and_count_as_posts() -> None:
    watch, _ = play(ticks(1))
    now = START + timedelta(days=1)
    for number in range(30):
        watch.put(f"copy{number}", now, negative=True, weight=0.1)
    watch.tick(now + BIN, CALENDAR)
    seen = watch.read(CALENDAR)
    assert (seen.posts_last_hour, seen.judged, seen.negative) == (30, 4, 4)


def test_before_the_first_tick_there_is_nothing_to_read() -> None:
    watch = Watch()
    watch.put("p1", START, negative=True)
    with pytest.raises(ValueError, match="no tick"):
        watch.read(CALENDAR)
    watch.tick(START + BIN, CALENDAR)
    assert watch.read(CALENDAR).posts_last_hour == 1


class WatchMachine(RuleBasedStateMachine):
    """Three states side by side: one plain, one told everything twice, one always restarted."""

    @initialize()
    def start(self) -> None:
        self.plain, self.twice, self.restarted = Watch(), Watch(), Watch()
        self.clock = START
        self.heard: tuple[list[str], list[str], list[str]] = ([], [], [])

    def _all(self, event: Event) -> None:
        self.heard[0].extend(sentences(apply(self.plain, event)))
        for _ in (0, 1):
            self.heard[1].extend(sentences(apply(self.twice, event)))
        self.restarted = read(write(self.restarted))
        self.heard[2].extend(sentences(apply(self.restarted, event)))

    @rule(
        number=st.integers(0, 30),
        back=st.integers(-3 * 86_400, 10 * 3600),
        negative=st.none() | st.booleans(),
        weight=st.floats(-1, 2),
    )
    def post(self, number: int, back: int, negative: bool | None, weight: float) -> None:
        at: datetime = self.clock - timedelta(seconds=back)
        self._all(Posted(f"p{number}", at, negative, weight))

    @rule(first=st.integers(100, 10_000), count=st.integers(5, 60))
    def burst(self, first: int, count: int) -> None:
        for number in range(first, first + count):
            self._all(Posted(f"p{number}", self.clock, number % 2 == 0))

    @rule(number=st.integers(0, 30))
    def remove(self, number: int) -> None:
        self._all(Removed(f"p{number}", self.clock))

    @rule(bins=st.integers(-2, 1200))
    def tick(self, bins: int) -> None:
        self.clock = max(self.clock, self.clock + bins * BIN)
        self._all(Ticked(self.clock + min(bins, 0) * BIN))

    @invariant()
    def all_agree(self) -> None:
        data = write(self.plain)
        assert write(self.twice) == data
        assert write(self.restarted) == data
        assert self.heard[0] == self.heard[1] == self.heard[2]
        if self.plain.now is not None:
            seen = self.plain.read(CALENDAR)
            assert seen == self.twice.read(CALENDAR) == self.restarted.read(CALENDAR)
            assert 0 <= seen.negative <= seen.judged
            assert 0 <= seen.burst_score <= 100
            assert seen.usual_low <= seen.usual_high
            assert bin_of(seen.at) == self.plain.now + 1


TestWatchMachine = WatchMachine.TestCase
TestWatchMachine.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
