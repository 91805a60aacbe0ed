"""Every snapshot through everything: counters that jump, vanish, go back or come too soon."""

import math
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import TypeAdapter

from schemas import COUNTERS, Counters, EngagementSnapshot
from services.enrich.engagement import age_bucket, score_engagement, weigh
from services.enrich.norms import prior
from services.enrich.viral import PRIOR_ROWS, Forecast, Motion, Outlook, describe, fold
from services.enrich.viral.motion import FUTURE, PURGED_BELOW
from services.enrich.viral.status import CALL_AGAIN_AFTER, LEAST_ENGAGEMENT

T0 = datetime(2026, 5, 3, 10, tzinfo=UTC)
LARGEST_STATE = 1024
MOTIONS = TypeAdapter(Motion)
OUTLOOK = Outlook(PRIOR_ROWS, 900, (60.0,) * 16, 500, "learned")

counts = st.none() | st.integers(0, 300) | st.integers(0, 10**9)
counters = st.builds(Counters, **dict.fromkeys(COUNTERS, counts))


def outlook(platform: str, day: date) -> Outlook:
    return OUTLOOK


def shot(at: datetime, shown: Counters, *, lower_bound: bool = False) -> EngagementSnapshot:
    return EngagementSnapshot(
        post_id="instagram:1",
        platform="instagram",
        observed_at=at,
        method="poll",
        is_lower_bound=lower_bound,
        **shown.model_dump(),
    )


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


class Cascade(RuleBasedStateMachine):
    """One post under all that can happen to its counters."""

    motion: Motion | None = None
    seen: Forecast | None = None

    @initialize(created_at=st.none() | st.integers(-5000, 90).map(lambda n: T0 + hours(n / 30)))
    def born(self, created_at: datetime | None) -> None:
        self.created_at = created_at
        self.now = T0
        self.calls: list[datetime] = []

    def fold(self, snapshot: EngagementSnapshot) -> None:
        before, as_it_was = self.motion, deepcopy(self.motion)
        self.motion, self.seen = fold(before, snapshot, self.created_at, outlook, self.now)
        assert before == as_it_was
        if self.motion and self.motion.standing.calls > (before.standing.calls if before else 0):
            assert self.motion.weighted >= LEAST_ENGAGEMENT
            self.calls.append(snapshot.observed_at)

    @rule(after=st.floats(0.005, 30), shown=counters, lower_bound=st.booleans())
    def jumps(self, after: float, shown: Counters, lower_bound: bool) -> None:
        self.now += hours(after)
        self.fold(shot(self.now, shown, lower_bound=lower_bound))
        assert self.motion is not None
        assert self.motion.seen_at == self.now

    @rule(after=st.floats(0.1, 3), factor=st.floats(1, 3))
    def grows(self, after: float, factor: float) -> None:
        marks = self.motion.marks if self.motion else Counters(likes=20)
        self.now += hours(after)
        likes = min(int(factor * ((marks.likes or 0) + 1)), 10**12)
        self.fold(shot(self.now, marks.model_copy(update={"likes": likes})))

    @rule(after=st.floats(0.1, 3), share=st.floats(0, 1), times=st.integers(1, 3))
    def is_purged(self, after: float, share: float, times: int) -> None:
        before = self.motion
        if before is None or not before.marks.likes:
            return
        left = int(share * before.marks.likes)
        for _ in range(times):
            self.now += hours(after)
            self.fold(shot(self.now, Counters(likes=left)))
        assert self.motion is not None
        believed = times >= 2 or (times == 1 and "likes" in before.low)
        purged = believed and left < PURGED_BELOW * before.marks.likes
        assert self.motion.marks.likes == (left if purged else before.marks.likes)

    @rule(back=st.floats(0, 60), shown=counters)
    def goes_back(self, back: float, shown: Counters) -> None:
        before = self.motion
        if before is None:
            return
        late = shot(before.seen_at - hours(back), shown)
        self.fold(late)
        assert self.motion is not None
        assert self.motion.weighted >= before.weighted
        assert replace(self.motion, marks=before.marks, weighted=before.weighted) == before
        self.repeats(late)

    @rule(ahead=st.floats(0.1, 1000), shown=counters)
    def comes_from_the_future(self, ahead: float, shown: Counters) -> None:
        before = self.motion
        self.fold(shot(self.now + FUTURE + hours(ahead), shown))
        assert self.motion is before

    @rule(shown=counters, after=st.floats(0.01, 2))
    def comes_twice(self, shown: Counters, after: float) -> None:
        self.now += hours(after)
        snapshot = shot(self.now, shown)
        self.fold(snapshot)
        self.repeats(snapshot)

    def repeats(self, snapshot: EngagementSnapshot) -> None:
        motion, seen = self.motion, self.seen
        self.fold(snapshot)
        assert (self.motion, self.seen) == (motion, seen)

    @invariant()
    def is_sound(self) -> None:
        motion, seen = self.motion, self.seen
        if motion is None or seen is None:
            return
        assert 0 <= seen.probability <= 1
        assert 0 <= motion.standing.probability <= 1
        numbers = (motion.growth, motion.peak, motion.day_growth, seen.expected, seen.high)
        assert all(map(math.isfinite, numbers))
        assert min(numbers) >= 0
        assert motion.weighted == weigh(motion.marks, "instagram")
        assert motion.peak >= motion.growth
        buckets = [bucket for bucket, _, _ in motion.looks]
        assert buckets == sorted(set(buckets))
        assert set(buckets) <= set(range(15))
        assert motion.age_hours >= 0
        assert "nan" not in describe(motion, seen)

    @invariant()
    def is_called_once_a_day_at_most(self) -> None:
        for first, second in zip(self.calls, self.calls[1:], strict=False):
            assert second - first >= CALL_AGAIN_AFTER
        if self.motion is not None:
            assert len(self.calls) == self.motion.standing.calls <= self.motion.regime + 1

    @invariant()
    def is_kept_small_and_read_again(self) -> None:
        if self.motion is not None:
            stored = MOTIONS.dump_json(self.motion)
            assert len(stored) <= LARGEST_STATE
            assert MOTIONS.validate_json(stored) == self.motion


TestCascade = Cascade.TestCase
TestCascade.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(
    history=st.lists(st.tuples(st.floats(0.02, 30), st.integers(0, 2000)), max_size=6),
    last=st.floats(0.02, 30),
    shown=counters,
    more=st.sampled_from(COUNTERS),
    extra=st.integers(1, 5000),
)
@settings(deadline=None)
def test_more_at_the_same_age_never_lowers_the_probability_or_the_score(
    history: list[tuple[float, int]], last: float, shown: Counters, more: str, extra: int
) -> None:
    motion, at = None, T0
    for after, likes in history:
        at += hours(after)
        motion, _ = fold(motion, shot(at, Counters(likes=likes)), T0, outlook, None)
    at += hours(last)
    shown = shown.model_copy(update={more: getattr(shown, more) or 0})  # absent is not zero
    risen = shown.model_copy(update={more: getattr(shown, more) + extra})
    _, lower = fold(motion, shot(at, shown), T0, outlook, None)
    _, higher = fold(motion, shot(at, risen), T0, outlook, None)
    assert lower is not None
    assert higher is not None
    assert higher.probability >= lower.probability - 1e-12
    age = (at - T0).total_seconds() / 3600
    score = partial(
        score_engagement,
        platform="instagram",
        followers=800,
        hours=age,
        norm=prior(age_bucket(age)),
    )
    before, after_more = score(shown), score(risen)
    if more != "views" and before is not None:  # views are audience: more of them ask for more
        assert after_more is not None
        assert after_more.score >= before.score


def test_a_photo_goes_viral_is_called_once_and_fades() -> None:
    motion: Motion | None = None
    statuses: list[str] = []
    calls: list[tuple[float, int]] = []
    for n in range(1, 100):
        at = T0 + hours(n / 4)
        likes = round(2000 * (1 - math.exp(-n / 16)))
        motion, seen = fold(motion, shot(at, Counters(likes=likes)), T0, outlook, at)
        assert motion is not None
        assert seen is not None
        if motion.standing.status not in statuses:
            statuses.append(motion.standing.status)
        if motion.standing.calls > len(calls):
            calls.append((n / 4, likes))
    assert statuses == ["off", "viral", "fading"]
    [(age, likes)] = calls
    assert age <= 1
    assert likes < 900


def test_a_snapshot_from_the_future_of_an_unknown_post_is_nothing() -> None:
    assert fold(None, shot(T0 + hours(1), Counters(likes=1)), T0, outlook, T0) == (None, None)
