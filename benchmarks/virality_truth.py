"""What became of the posts of a file, and how what was said of them compares with it."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from benchmarks.virality_replay import Replay, Sight, final_engagement

Floats = NDArray[np.float64]


class Figures(BaseModel):
    """What one way of playing the file came to.

    ``delay_hours``: median, from the first snapshot that the file has of a post, lost or not;
    ``before_half``: the share of right calls before half of the final engagement.
    """

    model_config = ConfigDict(frozen=True)

    what: str
    posts: int
    viral: int
    called: int
    precision: float
    recall: float
    delay_hours: float
    before_half: float


class Hour(BaseModel):
    """Viral posts some hours after they were first seen.

    ``called`` and ``crossed``: which share was called, and which was past the threshold already;
    ``reached``: how much of its final engagement the median post had.
    """

    model_config = ConfigDict(frozen=True)

    hours: float
    called: float
    crossed: float
    reached: float


class Said(BaseModel):
    """Of posts at an age with a probability of at least ``least``: the mean, and what came true."""

    model_config = ConfigDict(frozen=True)

    hours: int
    least: float
    posts: int
    said: float
    true: float


class Truth:
    """What became of every post in the whole file, and when it was there first."""

    def __init__(
        self, sights: Sequence[Sight], share: float, weigh: Callable[[Sight], float]
    ) -> None:
        self._weigh = weigh
        self.finals = final_engagement(sights, weigh)
        self.threshold = float(np.quantile(list(self.finals.values()), share))
        self._first = {sight.post_id: sight.at for sight in reversed(sights)}

    def viral(self, post_id: str) -> bool:
        """Whether a post came to be viral."""
        return self.finals[post_id] >= self.threshold

    def judge(self, what: str, outcome: Replay) -> Figures | None:
        """Compare what was called with what came; ``None`` where nothing was called rightly."""
        viral = {post_id for post_id in outcome.judged if self.viral(post_id)}
        called = outcome.calls.keys() & outcome.judged
        right = viral & called
        if not right:
            return None
        return Figures(
            what=what,
            posts=len(outcome.judged),
            viral=len(viral),
            called=len(called),
            precision=len(right) / len(called),
            recall=len(right) / len(viral),
            delay_hours=statistics.median(self.delay(post_id, outcome) for post_id in right),
            before_half=statistics.mean(
                outcome.calls[post_id].weighted < self.finals[post_id] / 2 for post_id in right
            ),
        )

    def delay(self, post_id: str, outcome: Replay) -> float:
        """Return how many hours after its first snapshot in the file a post was called."""
        return (outcome.calls[post_id].at - self._first[post_id]).total_seconds() / 3600

    def calibration(self, outcome: Replay) -> tuple[Said, ...]:
        """Compare probabilities with what came true, at some ages."""
        rows = []
        for hours in (1, 3, 6):
            said = outcome.probabilities[hours]
            for least, below in ((0.1, 0.3), (0.3, 0.6), (0.6, 0.9), (0.9, 1.1)):
                posts = {post_id: p for post_id, p in said.items() if least <= p < below}
                if posts:
                    rows.append(
                        Said(
                            hours=hours,
                            least=least,
                            posts=len(posts),
                            said=statistics.mean(posts.values()),
                            true=statistics.mean(self.viral(post_id) for post_id in posts),
                        )
                    )
        return tuple(rows)

    def course(self, outcome: Replay, sights: Sequence[Sight]) -> tuple[Hour, ...]:
        """Follow the viral posts from when they were first seen."""
        viral = {post_id for post_id in outcome.judged if self.viral(post_id)}
        steps = np.arange(0, 24.5, 0.5)
        courses: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for sight in sights:
            if sight.post_id in viral:
                hours = (sight.at - self._first[sight.post_id]).total_seconds() / 3600
                courses[sight.post_id].append((hours, self._weigh(sight)))
        reached = np.array([_at(steps, course) for course in courses.values()])
        finals = np.array([[self.finals[post_id]] for post_id in courses])
        called = [self.delay(post_id, outcome) for post_id in viral & outcome.calls.keys()]
        return tuple(
            Hour(
                hours=float(hours),
                called=sum(delay <= hours for delay in called) / len(viral),
                crossed=float(np.mean(reached[:, n] >= self.threshold)),
                reached=float(np.median(reached[:, n] / finals[:, 0])),
            )
            for n, hours in enumerate(steps)
        )


def _at(steps: Floats, course: Sequence[tuple[float, float]]) -> Floats:
    """Read engagement at every step: before, between and after what was seen."""
    hours, weighted = np.array(course).T
    read: Floats = np.interp(steps, hours, weighted)
    return read
