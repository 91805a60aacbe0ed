"""What is said about a museum: the numbers at a tick, and alarms with the sentence that explains
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .burst import Level


@dataclass(frozen=True, slots=True)
class Outlook:
    """One museum at ``at``.

    ``state``: "learning" for the first 14 days; ``silent``: the first three, without alarms of
    bursts. ``hour`` is the local one that the usual range is for ("Sunday 15:00").
    ``burst_score``: 50 is the alarm line. ``biggest_in_days``: for so many days no hour was as
    big; ``as_big_before``: whether one before that is known. Negative posts are those of the last
    six hours; ``chance``: of so many or more by luck, where they were worth asking.
    """

    at: datetime
    state: Literal["learning", "ready"]
    silent: bool
    hour: str
    closed: bool
    posts_last_hour: int
    usual_low: int
    usual_high: int
    burst_score: float
    level: Level | None
    bursting: bool
    biggest_in_days: int
    as_big_before: bool
    judged: int
    negative: int
    negative_share: float | None
    usual_share_low: float
    usual_share_high: float
    chance: float | None

    @property
    def volume_sentence(self) -> str:
        """Say the last hour beside the usual."""
        said = (
            f"{_posts(self.posts_last_hour)} in the last hour; usual for {self.hour} is "
            f"{_range(self.usual_low, self.usual_high)}."
        )
        return f"{said} The museum is closed today." if self.closed else said

    @property
    def negative_sentence(self) -> str:
        """Say the negative posts beside the usual."""
        if self.negative_share is None:
            return "No post of the last six hours has a sentiment."
        usual = f"{100 * self.usual_share_low:.0f}% to {100 * self.usual_share_high:.0f}%"
        return (
            f"{self.negative} of the last {_posts(self.judged)} "
            f"({100 * self.negative_share:.0f}%) are negative; usual is {usual}."
        )


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing found: an episode of posts, or a spike of the negative share.

    ``since``: when it began, as an instant at the end of a bin; ``outlook``: the numbers when it
    was found.
    """

    kind: Literal["burst", "negative_share"]
    since: datetime
    level: Level
    sentence: str
    outlook: Outlook


def burst_alarm(outlook: Outlook, since: datetime) -> Alarm:
    """Return the alarm of a burst that began at ``since``."""
    return Alarm(
        kind="burst",
        since=since,
        level="major" if outlook.level == "major" else "alert",
        sentence=f"{outlook.volume_sentence}{_biggest(outlook)}",
        outlook=outlook,
    )


def negative_alarm(outlook: Outlook, since: datetime) -> Alarm:
    """Return the alarm of a negative share that is too high since ``since``."""
    luck = "" if not outlook.chance else f" Chance of this by luck: 1 in {1 / outlook.chance:,.0f}."
    return Alarm(
        kind="negative_share",
        since=since,
        level="alert",
        sentence=f"{outlook.negative_sentence}{luck}",
        outlook=outlook,
    )


def _biggest(outlook: Outlook) -> str:
    days = outlook.biggest_in_days
    if not days:
        return ""
    said = "1 day" if days == 1 else f"{days} days"
    more = "" if outlook.as_big_before else "at least "
    return f" Biggest hour in {more}{said}."


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count:,} posts"


def _range(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
