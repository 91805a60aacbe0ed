"""The stories of one museum: finds the copies of a post among those that are remembered.

What it answers depends on the posts it holds alone, never on their order: it can be built anew
from them at any time.
"""

from __future__ import annotations

from base64 import b64decode
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Final

from .copies import REMEMBERED, Copy
from .fingerprint import ALIKE, bands, likeness
from .story import Story, tell

CROSS_POSTED_WITHIN: Final = timedelta(days=2)
"""An author who shares one link on two platforms later than this tells a new story."""

_Trace = int | str
"""A band of a fingerprint with its number in front, or the digest of a link."""


@dataclass(eq=False, slots=True)
class _Group:
    """The copies of one story by post id, and what was told of them."""

    copies: dict[str, Copy]
    told: Story | None = None


class Stories:
    """Copies by post id, grouped into stories as they come and go."""

    def __init__(self, copies: Iterable[Copy] = ()) -> None:
        """Begin with copies, each of another post."""
        self._groups: dict[str, _Group] = {}
        self._traces: dict[_Trace, str | set[str]] = {}
        """The posts by what they are found by. Most traces are one post's, and a set of one would
        take ten times the room of its name."""
        self._by_age: list[tuple[datetime, str]] = []
        """Times and ids of the posts, the oldest first: at each tick the first is asked for."""
        for copy in sorted(copies, key=attrgetter("at")):
            self._join(copy)

    def __len__(self) -> int:
        return len(self._groups)

    def __contains__(self, post_id: object) -> bool:
        return post_id in self._groups

    def put(self, copy: Copy) -> list[str]:
        """Take a post, or another version of it; a repeat changes nothing.

        Returns the posts whose story is another one now: what they weigh may have changed.
        """
        known = self._groups.get(copy.post_id)
        touched: set[str] = set()
        if known is not None:
            if known.copies[copy.post_id] == copy:
                return []
            touched.update(self.drop([copy.post_id]))
        self._join(copy)
        return sorted(touched.union(self._groups[copy.post_id].copies))

    def drop(self, post_ids: Iterable[str]) -> list[str]:
        """Forget posts; what only they held together falls apart.

        Returns the posts that stay and whose story is another one now.
        """
        gone = {post_id for post_id in post_ids if post_id in self._groups}
        touched: set[str] = set()
        for group in {self._groups[post_id] for post_id in gone}:
            staying = {key: copy for key, copy in group.copies.items() if key not in gone}
            touched.update(staying)
            leaving = [group.copies[post_id] for post_id in gone & group.copies.keys()]
            if _hold_together(staying.values(), without=leaving):
                for copy in leaving:
                    self._leave(copy)
                group.copies, group.told = staying, None
                continue
            for copy in group.copies.values():
                self._leave(copy)
            for copy in staying.values():
                self._join(copy)
        return sorted(touched)

    def outlived(self, now: datetime) -> list[str]:
        """The posts that are remembered no longer: it is too long ago to copy them."""
        end = bisect_right(self._by_age, now - REMEMBERED, key=itemgetter(0))
        return sorted(post_id for _, post_id in self._by_age[:end])

    def story(self, post_id: str) -> Story:
        """Return the story of a post. Raises ``KeyError`` for one that is not here.

        A reply that copies nothing is a story of its own under the name of its thread's story.
        """
        told = self._tell(self._groups[post_id])
        return replace(told, story_id=self._name(told))

    def weight(self, post_id: str) -> float:
        """Return how much a post counts among its copies. Raises ``KeyError`` as above."""
        return self._tell(self._groups[post_id]).weight

    def later(self, since: datetime) -> list[str]:
        """The posts that came after an instant, the oldest first."""
        begin = bisect_right(self._by_age, since, key=itemgetter(0))
        return [post_id for _, post_id in self._by_age[begin:]]

    def stories(self, posts: int = 1, since: datetime | None = None) -> list[Story]:
        """All stories of at least so many posts, one of them after ``since``; oldest first."""
        recent = self._groups if since is None else self.later(since)
        groups = {self._groups[post_id] for post_id in recent}
        told = (self._tell(group) for group in groups if len(group.copies) >= posts)
        named = (replace(story, story_id=self._name(story)) for story in told)
        return sorted(named, key=lambda story: (story.first_at, story.story_id, story.posts))

    def _tell(self, group: _Group) -> Story:
        if group.told is None:
            group.told = tell(group.copies.values())
        return group.told

    def _name(self, told: Story) -> str:
        """Follow threads to the story that they began with."""
        seen: set[str] = set()
        name = told.story_id
        while name in self._groups and name not in seen:
            seen.add(name)
            name = self._tell(self._groups[name]).story_id
        return name

    def _join(self, copy: Copy) -> None:
        """Add a post and merge the groups of all that it copies or that copy it."""
        group = _Group({copy.post_id: copy})
        for other in self._alike(copy):
            small, group = sorted((group, other), key=lambda one: len(one.copies))
            group.copies |= small.copies
            for post_id in small.copies:
                self._groups[post_id] = group
        group.told = None
        self._groups[copy.post_id] = group
        insort(self._by_age, (copy.at, copy.post_id))
        for trace in _traces(copy):
            known = self._traces.setdefault(trace, copy.post_id)
            if isinstance(known, set):
                known.add(copy.post_id)
            elif known != copy.post_id:
                self._traces[trace] = {known, copy.post_id}

    def _leave(self, copy: Copy) -> None:
        for trace in _traces(copy):
            known = self._traces.get(trace)
            if isinstance(known, set) and len(known) > 1:
                known.discard(copy.post_id)
            else:
                self._traces.pop(trace, None)
        del self._groups[copy.post_id]
        del self._by_age[bisect_left(self._by_age, (copy.at, copy.post_id))]

    def _alike(self, copy: Copy) -> list[_Group]:
        """Return the groups with a copy in them."""
        found: set[_Group] = set()
        for trace in _traces(copy):
            known = self._traces.get(trace, ())
            for post_id in (known,) if isinstance(known, str) else known:
                group = self._groups[post_id]
                if group not in found and _is_copy(copy, group.copies[post_id], trace):
                    found.add(group)
        return list(found)


def _traces(copy: Copy) -> Iterator[_Trace]:
    """By what a post is found: bands of its fingerprint, and links."""
    found = copy.fingerprint
    if found is not None:
        yield from bands(found)
    yield from copy.shared


def _hold_together(staying: Collection[Copy], *, without: Iterable[Copy]) -> bool:
    """Whether copies are one story still, as is plain where each that leaves has a twin that stays.

    So a raid of a thousand equal posts is not put together anew as often as one of them leaves.
    """
    return all(
        not copy.shared
        and copy.fingerprint is not None
        and any((one.imprint, one.scheme) == (copy.imprint, copy.scheme) for one in staying)
        for copy in without
    )


def _is_copy(one: Copy, other: Copy, trace: _Trace) -> bool:
    if isinstance(trace, str):
        return one.platform != other.platform and abs(one.at - other.at) <= CROSS_POSTED_WITHIN
    # What a band leads to has a fingerprint that can be compared.
    assert one.imprint is not None
    assert other.imprint is not None
    return _are_alike(one.imprint, other.imprint)


@lru_cache(maxsize=10_000)
def _are_alike(one: str, other: str) -> bool:
    """Whether imprints are those of near copies. Posts that say the same are asked for often: each
    band that a post has in common with others leads to all of them.
    """
    return likeness(b64decode(one), b64decode(other)) >= ALIKE
