"""A ledger of input with known truth: rounds of posts, snapshots, edits and removals, each round
closed by its ticks. The same seed writes the same ledger.

It holds what real input does: snapshots that overtake their post or each other, repeats, versions
and snapshots that come after the removal, posts of two museums, edits that take a post away.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas import EngagementSnapshot, Match, MatchKind, Museum, Post
from services.common.records import Record
from tests.support.events import (
    museum,
    museum_record,
    post,
    post_record,
    removal,
    removal_record,
    snapshot,
    snapshot_record,
    tick_records,
)

ROUND = timedelta(minutes=5)
WINDOW = timedelta(hours=6)

_TEXTS = (
    "Due ore di coda sotto il sole, che peccato",
    "A wonderful morning, the new rooms are a joy",
    "L'aria condizionata è rotta, si soffoca",
    "Quel beau musée, on y reviendra avec les enfants",
    "Schlechter Service an der Kasse, wir sind enttäuscht",
    "Qué maravilla de exposición, no os la perdáis",
    "Opening hours this weekend?",
    "😍😍😍",
)


@dataclass
class Round:
    """What was produced between two ticks, and the tick that closes it."""

    at: datetime
    records: list[Record] = field(default_factory=list)


@dataclass(frozen=True)
class Lasting:
    """A post that stays with a museum to the ledger's end, made at ``at``, produced in a round."""

    museum_id: str
    at: datetime
    round: int


@dataclass
class _Life:
    """One post while the ledger is written."""

    post: Post
    round: int
    museum_ids: set[str]
    snapshots: list[EngagementSnapshot] = field(default_factory=list)
    removed: bool = False

    @property
    def own(self) -> bool:
        return any(match.kind is MatchKind.OWN for match in self.post.matches)


@dataclass(frozen=True)
class Ledger:
    """Input in the order in which it is produced, and what must come of it."""

    museums: tuple[Museum, ...]
    rounds: tuple[Round, ...]
    lasting: tuple[Lasting, ...]

    @property
    def end(self) -> datetime:
        """The time of the last tick."""
        return self.rounds[-1].at

    def register(self) -> list[Record]:
        """The museums as records."""
        return [museum_record(known, self.rounds[0].at) for known in self.museums]

    def produced(self, number: int, partitions: int) -> list[Record]:
        """The records of one round, with its ticks behind them."""
        closed = self.rounds[number]
        return [*closed.records, *tick_records(closed.at, partitions)]

    def at_least(self, museum_id: str, at: datetime) -> int:
        """How many posts a museum's activity at a time must count: those of its window that were
        produced before the first tick that reached this time, and that nothing takes away."""
        closing = next((i for i, r in enumerate(self.rounds) if r.at >= at), len(self.rounds))
        return sum(
            one.museum_id == museum_id and one.round <= closing and at - WINDOW < one.at <= at
            for one in self.lasting
        )


def write_ledger(
    seed: int,
    end: datetime,
    *,
    posts: int,
    snapshots: int,
    museums: int = 20,
    rounds: int = 40,
) -> Ledger:
    """Write a ledger whose last tick is at ``end``."""
    return _Writer(seed, end, museums, rounds).write(posts, snapshots)


class _Writer:
    def __init__(self, seed: int, end: datetime, museums: int, rounds: int) -> None:
        self._random = random.Random(seed)
        self._museums = tuple(museum(f"museum-{i:02}") for i in range(museums))
        self._rounds = tuple(Round(end - (rounds - 1 - i) * ROUND) for i in range(rounds))
        self._lives: list[_Life] = []

    def write(self, posts: int, snapshots: int) -> Ledger:
        count = len(self._rounds)
        for number, closed in enumerate(self._rounds):
            for _ in range(posts * (number + 1) // count - posts * number // count):
                self._publish(number, closed)
            for _ in range(snapshots * (number + 1) // count - snapshots * number // count):
                self._look(closed)
            for _ in range(posts // count // 15 + 1):
                self._edit(closed)
                self._remove(closed)
        lasting = tuple(
            Lasting(museum_id, life.post.created_at, life.round)
            for life in self._lives
            if not life.removed and not life.own
            for museum_id in sorted(life.museum_ids)
        )
        return Ledger(self._museums, self._rounds, lasting)

    def _publish(self, number: int, closed: Round) -> None:
        about = self._random.sample(self._museums, 2 if self._random.random() < 0.15 else 1)
        at = self._moment(closed)
        text = f"{self._random.choice(_TEXTS)} #{about[0].museum_id} {len(self._lives)}"
        made = post(f"p{len(self._lives)}", tuple(m.museum_id for m in about), at, text)
        if self._random.random() < 0.02:
            own = Match(museum_id=about[0].museum_id, kind=MatchKind.OWN, value="official")
            made = made.model_copy(update={"matches": (*made.matches, own)})
        life = _Life(made, number, set(made.museum_ids))
        self._lives.append(life)
        if self._random.random() < 0.1:
            self._count(closed, life, at)  # it overtakes its post
        closed.records.append(post_record(made))
        if self._random.random() < 0.05:
            closed.records.append(post_record(made))

    def _look(self, closed: Round) -> None:
        life = self._someone()
        if life is not None:
            self._count(closed, life, self._moment(closed))

    def _count(self, closed: Round, life: _Life, at: datetime) -> None:
        if life.snapshots and self._random.random() < 0.05:
            at = life.snapshots[-1].observed_at - timedelta(seconds=self._random.randint(0, 90))
        step = self._random.choice((1, 2, 5, 400)) if len(life.snapshots) % 5 else 1
        likes = sum(s.likes or 0 for s in life.snapshots[-1:]) + self._random.randint(0, 9) * step
        taken = snapshot(life.post.post_id, at, likes=likes, replies=likes // 4)
        life.snapshots.append(taken)
        closed.records.append(snapshot_record(taken))

    def _edit(self, closed: Round) -> None:
        life = self._someone()
        if life is None or life.post.observed_at > closed.at - ROUND:
            return
        before = life.post
        matches = before.matches
        fate = self._random.random()
        if fate < 0.2:
            matches = ()
        elif fate < 0.5:
            other = self._random.choice(self._museums).museum_id
            matches = (Match(museum_id=other, kind=MatchKind.WORDS, value=other),)
        after = before.model_copy(
            update={
                "version": before.version + 1,
                "text": f"{before.text} (edit)",
                "matches": matches,
                "observed_at": self._moment(closed),
            }
        )
        life.post = after
        life.museum_ids &= set(after.museum_ids)
        closed.records.append(post_record(after))
        if self._random.random() < 0.2:
            closed.records.append(post_record(before))  # an older version comes late

    def _remove(self, closed: Round) -> None:
        life = self._someone()
        if life is None or life.post.observed_at > closed.at - ROUND:
            return
        life.removed = True
        closed.records.append(removal_record(removal(life.post.post_id, closed.at)))
        closed.records.append(post_record(life.post))  # both come too late and must not
        closed.records += [snapshot_record(s) for s in life.snapshots[-1:]]  # bring it back

    def _someone(self) -> _Life | None:
        some = self._random.sample(self._lives, min(9, len(self._lives)))
        return next((life for life in some if not life.removed), None)

    def _moment(self, closed: Round) -> datetime:
        return closed.at - timedelta(seconds=self._random.randint(1, int(ROUND.total_seconds())))
