"""Counts what the stream says happened to tracked posts since their last look at the AppView.

A count is what the last look showed and each act since, once, less those undone; before the first
look, a post that was seen at its birth counts from zero. What may not have been heard whole (a
restart forgets acts, a stretch was lost, memory was full) is not counted: at the next act the post
is looked at instead, at once. So nothing that a look showed is ever lowered but by another look;
what the AppView had not indexed when it was asked is missing until it is asked again.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from schemas import Counters, EngagementSnapshot, Gap, Post, Removal, TrackedPost
from services.ingest.metrics import ACTS, ACTS_KEPT
from services.ingest.observations import AccountRemoval, Fact, Observation, Tally
from services.ingest.schedule import JITTER, growth, interval
from services.ingest.tracked import TrackedPosts

from .bluesky_acts import (
    Act,
    Undone,
    acts_of,
    hides_names,
    named_posts,
    read_act,
    undoes,
    undone_by,
)
from .bluesky_wire import PLATFORM

EVERY = timedelta(seconds=30)
"""A post is told of at most so often."""
BEHIND = timedelta(minutes=2)
"""While the stream is read so late or later, its counts are of the past, and none is told."""
INDEXED = timedelta(seconds=5)
"""So late after an act the AppView may be asked about it; earlier it may not have it yet."""
REMEMBERED = timedelta(minutes=1)
"""So long before a look an act is still known, or another host's later copy would count again."""
MOST_ACTS = 100_000
"""Acts in memory, some 700 bytes each."""

_COUNTED = ("likes", "reposts", "quotes", "replies")
_ONE_EACH = ("likes", "reposts")
_SWEPT = 100
_Key = tuple[str, str, str]
"""Counter, author, record."""


@dataclass(slots=True)
class _Heard:
    """What was heard of one post; ``looked_at`` is the look that it builds on."""

    acts: dict[_Key, datetime] = field(default_factory=dict)
    undone: set[_Key] = field(default_factory=set)
    born_at: datetime | None = None
    looked_at: datetime | None = None
    whole: bool = True
    said: Counters | None = None
    said_at: datetime | None = None

    def added(self) -> dict[str, int]:
        """Count by counter what came since; a like or repost counts once for each account."""
        since = self.looked_at
        valid = [
            key
            for key, at in self.acts.items()
            if key not in self.undone and (since is None or at > since)
        ]
        return {
            name: len({key[1] if name in _ONE_EACH else key for key in valid if key[0] == name})
            for name in _COUNTED
        }


class StreamCounts:
    """Acts by post, held in memory alone. It reads the rows of tracked posts and writes none."""

    def __init__(self, tracked: TrackedPosts, most_acts: int = MOST_ACTS) -> None:
        self._tracked = tracked
        self._most_acts = most_acts
        self._kept = 0
        self._posts: OrderedDict[str, _Heard] = OrderedDict()
        self._by_author: dict[str, set[str]] = defaultdict(set)
        self._newborn: dict[str, datetime] = {}
        """Posts of the batch in hand: whether they are tracked, the pipeline says."""
        self._changed: dict[str, None] = {}
        self._whole_since: datetime | None = None
        self._heard_to: datetime | None = None

    def note(self, at: datetime, gap: Gap | None = None) -> None:
        """Take the time of any frame: from the first on all is heard, but for gaps not filled."""
        if self._whole_since is None or (gap is not None and not gap.filled):
            self._whole_since = at
        self._heard_to = max(self._heard_to or at, at)

    def concerns(self, frame: bytes) -> bool:
        """Tell by the bytes whether a frame may change what is counted."""
        if any(self._is_ours(post_id) for post_id in named_posts(frame)) or hides_names(frame):
            return True
        return bool(self._by_author) and undoes(frame) in self._by_author

    def hear(self, frame: bytes, fact: Fact | None, now: datetime) -> None:
        """Take a frame and the fact that it was read as; likes and reposts are none."""
        match fact:
            case Post(edited_at=None):
                if fact.indexed_at is not None:
                    self._newborn[fact.post_id] = fact.indexed_at
                self._take(acts_of(fact), now)
            case Removal():
                self._undo(undone_by(fact))
            case AccountRemoval():
                # What becomes of its likes depends on why it went: the AppView decides.
                for post_id in self._by_author.get(fact.author_id, ()):
                    self._posts[post_id].whole = False
                    self._changed[post_id] = None
            case None:
                match read_act(frame):
                    case Act() as act:
                        self._take([act], now)
                    case Undone() as undone:
                        self._undo(undone)

    def settle(self) -> None:
        """Learn which of the posts heard are tracked; call it when the last batch is written."""
        for post_id, born_at in self._newborn.items():
            if post_id in self._tracked:
                self._heard(post_id).born_at = born_at
            else:
                self._forget_post(post_id)
        self._newborn.clear()

    def tallies(self, now: datetime, most: int = 500) -> list[Observation]:
        """Return what is to be told now: of each post that changed, and not too often."""
        self._sweep()
        if self._heard_to is None or now - self._heard_to > BEHIND:
            return []
        found: list[Observation] = []
        for post_id in list(self._changed):
            heard = self._posts.get(post_id)
            if heard is None:
                del self._changed[post_id]
                continue
            if post_id in self._newborn or (heard.said_at and now - heard.said_at < EVERY):
                continue
            row = self._row(post_id, heard)
            self._changed.pop(post_id, None)
            tally = None if row is None else self._tally(row, heard, now)
            if tally is not None:
                heard.said_at = now
                found.append(Observation(tally))
            if len(found) == most:
                break
        return found

    def _tally(self, row: TrackedPost, heard: _Heard, now: datetime) -> Tally | None:
        if row.missing_looks:
            return None
        since = row.looked_at or heard.born_at
        heard_all = since and self._whole_since and since >= self._whole_since and heard.whole
        if not heard_all:
            return Tally(row.post_id, row.looked_at, None, now + INDEXED)
        before = row.counters or Counters(**dict.fromkeys(_COUNTED, 0))
        shown = before.model_dump()
        for name, count in heard.added().items():
            if shown[name] is not None:
                shown[name] += count
        counters = Counters(**shown)
        if counters == (heard.said or before):
            return None
        heard.said = counters
        snapshot = EngagementSnapshot(
            post_id=row.post_id,
            platform=PLATFORM,
            observed_at=now,
            method="stream",
            is_lower_bound=row.looked_at is None,
            **shown,
        )
        grown = growth(before, counters)
        return Tally(row.post_id, row.looked_at, snapshot, _sooner(row, grown, now))

    def _is_ours(self, post_id: str) -> bool:
        return post_id in self._tracked or post_id in self._newborn

    @staticmethod
    def _is_over(row: TrackedPost | None) -> bool:
        """Whether a post will not be looked at again, so that nothing would end its acts."""
        return row is not None and row.next_look_at is None

    def _heard(self, post_id: str) -> _Heard:
        heard = self._posts.get(post_id)
        if heard is None:
            heard = self._posts[post_id] = _Heard()
            self._row(post_id, heard)
        return heard

    def _take(self, acts: Iterable[Act], now: datetime) -> None:
        for act in acts:
            if not self._is_ours(act.post_id) or self._is_over(self._tracked.get(act.post_id)):
                continue
            heard = self._heard(act.post_id)
            key = (act.counter, act.author_id, act.record)
            at = min(act.at, now)
            if key in heard.acts or (heard.looked_at and at <= heard.looked_at - REMEMBERED):
                continue
            if self._kept >= self._most_acts:
                heard.whole = False
                ACTS.labels(PLATFORM, "turned_away").inc()
            else:
                heard.acts[key] = at
                self._by_author[act.author_id].add(act.post_id)
                self._keep(+1)
                ACTS.labels(PLATFORM, "counted").inc()
            self._changed[act.post_id] = None

    def _undo(self, undone: Undone) -> None:
        for post_id in self._by_author.get(undone.author_id, ()):
            heard = self._posts[post_id]
            for counter in _COUNTED:
                key = (counter, undone.author_id, undone.record)
                if key in heard.acts and key not in heard.undone:
                    # It stays known: a repeat of the act must not bring it back.
                    heard.undone.add(key)
                    self._changed[post_id] = None
                    ACTS.labels(PLATFORM, "undone").inc()

    def _row(self, post_id: str, heard: _Heard) -> TrackedPost | None:
        """Return a post's row, and take over a look that it tells of."""
        row = self._tracked.get(post_id)
        if row is None or row.missing_looks or row.looked_at == heard.looked_at:
            return row
        heard.looked_at, heard.whole, heard.said = row.looked_at, True, None
        if row.looked_at is not None:
            before = row.looked_at - REMEMBERED
            self._forget(post_id, heard, [key for key, at in heard.acts.items() if at <= before])
        if heard.acts:
            self._changed[post_id] = None
        return row

    def _sweep(self) -> None:
        """Forget of the posts that were longest left alone what nobody needs any more."""
        for post_id in list(islice(self._posts, _SWEPT)):
            self._posts.move_to_end(post_id)
            if post_id in self._newborn:
                continue
            heard = self._posts[post_id]
            row = self._row(post_id, heard)
            if (
                row is None
                or self._is_over(row)
                or (row.looked_at and heard.whole and not heard.acts)
            ):
                self._forget_post(post_id)

    def _forget_post(self, post_id: str) -> None:
        heard = self._posts.pop(post_id, None)
        if heard is not None:
            self._forget(post_id, heard, list(heard.acts))
            self._changed.pop(post_id, None)

    def _forget(self, post_id: str, heard: _Heard, keys: list[_Key]) -> None:
        for key in keys:
            del heard.acts[key]
            heard.undone.discard(key)
        self._keep(-len(keys))
        left = {author for _, author, _ in heard.acts}
        for author in {author for _, author, _ in keys} - left:
            self._by_author[author].discard(post_id)
            if not self._by_author[author]:
                del self._by_author[author]

    def _keep(self, more: int) -> None:
        self._kept += more
        ACTS_KEPT.labels(PLATFORM).set(self._kept)


def _sooner(row: TrackedPost, grown: float, now: datetime) -> datetime | None:
    """Return when to look again, now that it grew; ``None`` where that is not sooner."""
    wait = interval(now - row.created_at, 0, grown)
    if wait is None or row.looked_at is None or row.next_look_at is None:
        return None
    planned = row.next_look_at - row.looked_at
    if wait * (1 + JITTER) >= planned:
        return None
    return max(row.looked_at + wait, now + INDEXED)
