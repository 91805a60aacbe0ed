"""A story: posts that say the same, who said it, and how much they count together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from .copies import Copy

RAID_AUTHORS: Final = 5
"""So many authors with one text ..."""
RAID_WITHIN: Final = timedelta(hours=6)
"""... within so short a time ..."""
RAID_SHARE: Final = 2 / 3
"""... of whom so many are young or unknown, are coordinated."""


@dataclass(frozen=True, slots=True)
class Story:
    """Posts that are one story. ``story_id``: its oldest post's thread.

    ``weight``: how much each of its posts counts in the negative share. An author counts once,
    however often and wherever; coordinated copies count as one voice together.
    """

    story_id: str
    posts: int
    authors: int
    platforms: int
    first_at: datetime
    last_at: datetime
    coordinated: bool

    @property
    def weight(self) -> float:
        """How much one of its posts counts, between 0 and 1."""
        return (1 if self.coordinated else self.authors) / self.posts


def tell(copies: Collection[Copy]) -> Story:
    """Return the story of some copies. Raises ``ValueError`` for none."""
    if not copies:
        raise ValueError("no story without a post")
    ordered = sorted(copies, key=attrgetter("at", "post_id"))
    return Story(
        story_id=ordered[0].thread,
        posts=len(ordered),
        authors=len({copy.author for copy in ordered}),
        platforms=len({copy.platform for copy in ordered}),
        first_at=ordered[0].at,
        last_at=ordered[-1].at,
        coordinated=_is_raid(ordered),
    )


def _is_raid(ordered: Sequence[Copy]) -> bool:
    """Look for a stretch of time in which many wrote the same, most of them young or unknown."""
    texts = [copy for copy in ordered if copy.imprint is not None]
    if len({copy.author for copy in texts if not copy.established}) < RAID_SHARE * RAID_AUTHORS:
        return False
    authors: Counter[str] = Counter()
    suspects: Counter[str] = Counter()
    begin = 0
    for last in texts:
        authors[last.author] += 1
        if not last.established:
            suspects[last.author] += 1
        while last.at - texts[begin].at > RAID_WITHIN:
            _forget_one(authors, texts[begin].author)
            if not texts[begin].established:
                _forget_one(suspects, texts[begin].author)
            begin += 1
        if len(authors) >= RAID_AUTHORS and len(suspects) >= RAID_SHARE * len(authors):
            return True
    return False


def _forget_one(posts: Counter[str], author: str) -> None:
    posts[author] -= 1
    if not posts[author]:
        del posts[author]
