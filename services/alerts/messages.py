"""A message in words: what happened, why it matters, what can be read, in plain language.

It is made anew from the story each time that it is sent, so that no copy of a text is kept.
Channels turn it into their own form, and escape it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from schemas import Alert, Museum, Severity

from .excerpt import one_line
from .incidents import RANK, Story
from .rules import RULES

_SEVERITY = {
    Severity.INFO: "Good to know",
    Severity.WARNING: "Worth a look",
    Severity.CRITICAL: "Urgent",
}
_GONE = {
    "author_delete": "The author removed this post.",
    "account_deleted": "The author removed this post.",
    "account_deactivated": "The author closed the account; the post is no longer public.",
    "account_suspended": "The platform closed the author's account; the post is no longer public.",
    "missing_on_refresh": "The post is no longer on the platform.",
    "retention_expired": "The text of this post is no longer kept.",
    "user_request": "This post was taken out on request.",
    "museum_request": "This post was taken out on request.",
    "edit": "The author changed this post; it is no longer about {museum}.",
}
_GONE_OTHERWISE = "This post is no longer available."
_NUMBERS = {
    "likes": "Likes",
    "reposts": "Reposts",
    "quotes": "Quotes",
    "replies": "Replies",
    "views": "Views",
    "bookmarks": "Bookmarks",
    "followers": "Followers of the author",
    "score": "Engagement score (50 is usual)",
}
_PLATFORMS = {"x": "X", "tiktok": "TikTok", "youtube": "YouTube", "tripadvisor": "Tripadvisor"}

_MOST_SENTENCES = 5


class Kind(StrEnum):
    """Which message about an incident: the one that shows it, or a reply that it got worse."""

    MESSAGE = "message"
    REPLY = "reply"


@dataclass(frozen=True)
class Subject:
    """What a message is about, for machines that read it: ids, rules, and the record behind it.

    ``caused_at`` is the timestamp of the record that made the incident due.
    """

    incident_id: str
    story_id: str
    post_id: str
    rules: tuple[str, ...]
    caused_at: datetime

    def facts(self) -> dict[str, str]:
        """Return it as words, as metadata and headers carry them."""
        return {
            "incident_id": self.incident_id,
            "story_id": self.story_id,
            "post_id": self.post_id,
            "rules": ",".join(self.rules),
            "record_timestamp": str(int(self.caused_at.timestamp() * 1000)),
        }


@dataclass(frozen=True)
class Message:
    """All that a channel shows. ``gone``: the post must not be shown, and why.

    ``thread``: id and reference of the notification that a reply belongs to. ``trial``: a test
    by hand, to be marked as such.
    """

    notification_id: str
    museum_id: str
    museum: str
    title: str
    severity: str
    sentences: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...] = ()
    excerpt: str | None = None
    author: str | None = None
    platform: str | None = None
    url: str | None = None
    posted: str | None = None
    gone: str | None = None
    thread: tuple[str, Mapping[str, Any]] | None = None
    trial: bool = False
    footer: tuple[str, ...] = ()
    subject: Subject | None = None


def incident_message(
    notification_id: str, story: Story, museum: Museum | None, caused_at: datetime
) -> Message:
    """Write the message that shows an incident as it now stands."""
    name = museum.name if museum is not None else story.incident.museum_id
    lead = story.lead
    gone = None
    if lead is None:
        reason = next((post.gone for post in story.posts if post.gone is not None), "")
        gone = _GONE.get(reason, _GONE_OTHERWISE).format(museum=name)
    more = sum(post.gone is None for post in story.posts) - 1
    sentences = _sentences(story.incident.alerts[:_MOST_SENTENCES])
    footer = (f"{more} more post(s) of the same conversation were alerted.",) if more > 0 else ()
    return Message(
        notification_id=notification_id,
        museum_id=story.incident.museum_id,
        museum=name,
        title=_title(story.incident.alerts, name),
        severity=_SEVERITY[story.incident.severity],
        sentences=sentences,
        numbers=() if gone else _numbers(story.incident.alerts),
        excerpt=lead.excerpt if lead is not None else None,
        author=lead.author if lead is not None else None,
        platform=platform_name(story.posts[0].platform),
        url=lead.url if lead is not None else None,
        posted=_local_time(lead.posted_at, museum) if lead is not None else None,
        gone=gone,
        footer=footer,
        subject=_subject(story, caused_at),
    )


def reply_message(
    notification_id: str,
    story: Story,
    museum: Museum | None,
    severity: Severity,
    thread: tuple[str, Mapping[str, Any]],
    caused_at: datetime,
) -> Message:
    """Write the short reply that says that an incident has become more severe.

    It has nothing of the post in it, no link either: a removal strikes the message, not replies.
    """
    name = museum.name if museum is not None else story.incident.museum_id
    worst = [alert for alert in story.incident.alerts if alert.severity == severity]
    return Message(
        notification_id=notification_id,
        museum_id=story.incident.museum_id,
        museum=name,
        title=_title(story.incident.alerts, name),
        severity=_SEVERITY[severity],
        sentences=_sentences(worst[:_MOST_SENTENCES]),
        thread=thread,
        subject=_subject(story, caused_at),
    )


def _subject(story: Story, caused_at: datetime) -> Subject:
    incident = story.incident
    return Subject(
        incident_id=incident.incident_id,
        story_id=incident.story_id,
        post_id=incident.alerts[0].post_id,
        rules=tuple(sorted({alert.rule for alert in incident.alerts})),
        caused_at=caused_at,
    )


def trial_message(notification_id: str, receiver: str) -> Message:
    """Write the message by which a person sees that a receiver is reached."""
    return Message(
        notification_id=notification_id,
        museum_id="trial",
        museum="Passaparola",
        title="This is a test from Passaparola",
        severity="Test",
        sentences=(
            f"Alerts for the receiver “{receiver}” will arrive here. There is nothing to do.",
        ),
        trial=True,
    )


def _title(alerts: tuple[Alert, ...], museum: str) -> str:
    worst = max(alerts, key=lambda alert: RANK[alert.severity])
    rule = RULES.get(worst.rule)
    return f"{museum}: {rule.headline if rule is not None else 'a post needs a look'}"


def _sentences(alerts: Iterable[Alert]) -> tuple[str, ...]:
    said = dict.fromkeys(one_line(alert.summary) for alert in alerts)
    return tuple(sentence for sentence in said if sentence)


def _numbers(alerts: tuple[Alert, ...]) -> tuple[tuple[str, str], ...]:
    newest = max(alerts, key=lambda alert: alert.found_at).numbers
    return tuple(
        (label, f"{newest[name]:,.0f}") for name, label in _NUMBERS.items() if name in newest
    )


def platform_name(platform: str) -> str:
    """Return a platform's name as people write it."""
    return _PLATFORMS.get(platform, platform.replace("_", " ").capitalize())


def _local_time(instant: datetime, museum: Museum | None) -> str | None:
    zone = museum.timezone if museum is not None else "UTC"
    try:
        local = instant.astimezone(ZoneInfo(zone))
    except OverflowError:  # an author's claim may lie at the ends of time
        return None
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({zone})"
