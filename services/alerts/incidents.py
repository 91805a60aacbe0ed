"""Incidents as pure functions: what one more alert, edit or removal makes of a story.

Nothing here knows of databases or channels. A function returns the very same object where
nothing changes; each change raises the incident's revision by one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from schemas import Alert, EnrichedPost, Incident, IncidentState, Severity, incident_id

from .excerpt import excerpt, link, one_line

RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}
_AUTHOR_CHARS = 80
MAX_ALERTS = 100
"""Alerts that one incident keeps; more of a story that is on fire tell nothing new."""


@dataclass(frozen=True)
class ShownPost:
    """What of an alerted post is kept to be shown. ``gone``: why it must not be shown any more."""

    post_id: str
    platform: str
    version: int
    posted_at: datetime
    url: str | None
    author: str | None
    excerpt: str | None
    gone: str | None = None

    def without_text(self, reason: str) -> ShownPost:
        """Forget everything that tells what was said and by whom."""
        return replace(self, url=None, author=None, excerpt=None, gone=reason)


@dataclass(frozen=True)
class Story:
    """An incident with the posts that its alerts are about, oldest alert first."""

    incident: Incident
    posts: tuple[ShownPost, ...]

    @property
    def lead(self) -> ShownPost | None:
        """The post to show: that of the oldest alert among those that are still there."""
        return next((post for post in self.posts if post.gone is None), None)

    def post(self, post_id: str) -> ShownPost | None:
        """The kept post of this id."""
        return next((post for post in self.posts if post.post_id == post_id), None)


def shown_post(post: EnrichedPost) -> ShownPost:
    """Keep of a post what a message shows."""
    return ShownPost(
        post_id=post.post_id,
        platform=post.platform,
        version=post.version,
        posted_at=post.created_at,
        url=link(post.url),
        author=_author(post),
        excerpt=excerpt(post.text) or None,
    )


def _author(post: EnrichedPost) -> str | None:
    if post.author is None:
        return None
    name = post.author.display_name or post.author.handle or ""
    return one_line(name)[:_AUTHOR_CHARS].strip() or None


def with_alert(story: Story | None, alert: Alert, post: EnrichedPost) -> Story:
    """Open an incident, or add an alert to it.

    The same rule on the same post counts again only where it has become more severe, so that a
    repeat of a record changes nothing. A removed post that alerts again is shown again.
    """
    if story is None:
        opened = Incident(
            incident_id=incident_id(alert.museum_id, alert.story_id),
            museum_id=alert.museum_id,
            story_id=alert.story_id,
            state=IncidentState.OPENED,
            severity=alert.severity,
            opened_at=alert.found_at,
            updated_at=alert.found_at,
            alerts=(alert,),
            post_url=link(post.url),
            revision=1,
        )
        return Story(opened, (shown_post(post),))
    alerts = _with(story.incident.alerts, alert)
    known = story.post(alert.post_id)
    posts = story.posts
    if known is None and alerts != story.incident.alerts:
        posts = (*posts, shown_post(post))
    elif known is not None and known.gone is not None:
        posts = _exchange(posts, shown_post(post))
    if alerts == story.incident.alerts and posts == story.posts:
        return story
    return _changed(story, posts, alert.found_at, alerts)


def _with(alerts: tuple[Alert, ...], alert: Alert) -> tuple[Alert, ...]:
    for index, known in enumerate(alerts):
        if (known.rule, known.post_id) == (alert.rule, alert.post_id):
            if RANK[alert.severity] <= RANK[known.severity]:
                return alerts
            return (*alerts[:index], alert, *alerts[index + 1 :])
    worst = max(RANK[known.severity] for known in alerts)
    if len(alerts) >= MAX_ALERTS and RANK[alert.severity] <= worst:
        return alerts
    return (*alerts, alert)


def with_edit(story: Story, post: EnrichedPost) -> Story:
    """Show an edited post as it now reads; a post that is not shown stays so."""
    known = story.post(post.post_id)
    if known is None or known.gone is not None or known.excerpt is None:
        return story
    now = shown_post(post)
    if post.version <= known.version or (now.excerpt, now.url) == (known.excerpt, known.url):
        return story
    return _changed(story, _exchange(story.posts, now), post.observed_at)


def without_post(story: Story, post_id: str, reason: str, at: datetime) -> Story:
    """Forget a post's text for good; an incident without posts left counts as removed."""
    known = story.post(post_id)
    if known is None or known.gone is not None:
        return story
    return _changed(story, _exchange(story.posts, known.without_text(reason)), at)


def _exchange(posts: tuple[ShownPost, ...], post: ShownPost) -> tuple[ShownPost, ...]:
    return tuple(post if known.post_id == post.post_id else known for known in posts)


def _changed(
    story: Story,
    posts: tuple[ShownPost, ...],
    at: datetime,
    alerts: tuple[Alert, ...] | None = None,
) -> Story:
    alerts = alerts or story.incident.alerts
    after = Story(story.incident, posts)
    incident = story.incident.model_copy(
        update={
            "alerts": alerts,
            "severity": max((alert.severity for alert in alerts), key=RANK.__getitem__),
            "updated_at": max(at, story.incident.updated_at),
            "post_url": after.lead.url if after.lead is not None else None,
            "removed": after.lead is None,
            "revision": story.incident.revision + 1,
        }
    )
    return Story(incident, posts)
