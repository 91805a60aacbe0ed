"""Turns a batch of judged posts and removals into incidents and notifications, in one transaction.

It decides nothing: rules have judged, ``incidents`` says what changes, ``following`` who is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from schemas import Incident, incident_id
from services.alerts.incidents import Story, with_alert, with_edit, without_post
from services.alerts.reading import Event, Gone, Judged, Tick
from services.alerts.routing import Route
from services.common.clock import Clock

from . import incidents, offsets
from .database import Database
from .following import follow
from .incidents import PostKey
from .reader import Batch


@dataclass(frozen=True)
class Changes:
    """What a batch has changed, for metrics and for wiping: the stories before and after."""

    stories: Sequence[tuple[Story | None, Story]] = ()

    @property
    def opened(self) -> list[Incident]:
        """The incidents that were opened."""
        return [after.incident for before, after in self.stories if before is None]

    @property
    def erased(self) -> int:
        """How many posts were removed or edited, so that old text must not linger."""
        return sum(
            after.post(post.post_id) != post
            for before, after in self.stories
            if before is not None
            for post in before.posts
        )


@dataclass
class _Fold:
    owners: dict[PostKey, str]
    stories: dict[str, Story]
    caused_at: dict[str, datetime] = field(default_factory=dict)
    paging: set[str] = field(default_factory=set)

    def take(self, event: Judged | Gone) -> None:
        key = _key(event)
        if isinstance(event, Judged):
            owner = self.owners.get(key)
            if owner is not None:
                self._put(key, event, with_edit(self.stories[owner], event.post))
            for alert in event.alerts:
                owner = self.owners.get(key) or incident_id(alert.museum_id, alert.story_id)
                changed = self._put(
                    key, event, with_alert(self.stories.get(owner), alert, event.post)
                )
                if changed and event.pages:
                    self.paging.add(owner)
        elif (owner := self.owners.get(key)) is not None:
            story = self.stories[owner]
            self._put(key, event, without_post(story, event.post_id, event.reason, event.at))

    def _put(self, key: PostKey, event: Judged | Gone, story: Story) -> bool:
        owner = story.incident.incident_id
        if self.stories.get(owner) is story:
            return False
        self.stories[owner] = story
        self.owners[key] = owner
        produced = datetime.fromtimestamp(event.timestamp / 1000, UTC)
        self.caused_at.setdefault(owner, produced)
        return True


class Casework:
    """Keeps batches. ``updatable``: the channels that can change what they have accepted."""

    def __init__(
        self,
        database: Database,
        routes: Callable[[str], Sequence[Route]],
        updatable: frozenset[str],
        clock: Clock,
    ) -> None:
        """``routes``: who is told about a museum. ``clock``: the wall's, for the outbox."""
        self._database = database
        self._routes = routes
        self._updatable = updatable
        self._clock = clock

    async def keep(self, batch: Batch, events: Sequence[Event]) -> Changes | None:
        """Keep what a batch means together with its offset, all or nothing.

        Returns ``None`` where another consumer was first. Raises ``Retryable`` where the database
        is away.
        """
        async with self._database.transaction() as session:
            if not await offsets.advance(session, batch.place, batch.expected, batch.next):
                await session.rollback()
                return None
            about_posts = [event for event in events if not isinstance(event, Tick)]
            return await self._apply(session, about_posts, batch.place.partition)

    async def _apply(
        self, session: AsyncSession, events: Sequence[Judged | Gone], partition: int
    ) -> Changes:
        owners = dict(await incidents.incidents_of(session, {_key(event) for event in events}))
        alerts = (alert for event in events if isinstance(event, Judged) for alert in event.alerts)
        named = {incident_id(alert.museum_id, alert.story_id) for alert in alerts}
        before = await incidents.load(session, named | set(owners.values()), for_change=True)
        folded = _Fold(owners, dict(before))
        for event in events:
            folded.take(event)
        now = self._clock.now()
        changed = []
        for owner, caused_at in folded.caused_at.items():
            old, new = before.get(owner), folded.stories[owner]
            await incidents.save(session, new, partition)
            routes = self._routes(new.incident.museum_id) if owner in folded.paging else ()
            await follow(session, old, new, routes, self._updatable, now, caused_at)
            changed.append((old, new))
        return Changes(changed)

    async def unpublished(self, partitions: frozenset[int]) -> Sequence[Incident]:
        """Return the incidents of these partitions that the topic does not have as they are."""
        async with self._database.transaction() as session:
            return await incidents.unpublished(session, partitions)

    async def mark_published(self, published: Sequence[Incident]) -> None:
        """Note what the broker has acknowledged."""
        async with self._database.transaction() as session:
            await incidents.mark_published(session, published)


def _key(event: Judged | Gone) -> PostKey:
    if isinstance(event, Judged):
        return event.post.museum_id, event.post.post_id
    return event.museum_id, event.post_id
