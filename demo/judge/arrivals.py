"""What arrived: Slack messages from the calls that were accepted, mails from their files.

Which museum, story and rules a notification is about, it says itself: Slack's in its metadata,
a mail in its ``X-Passaparola-*`` headers. In which channel or mailbox it is and what it shows,
the receivers alone know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from demo.inbox import Mail
from demo.judge.words import seen_in_html
from demo.slack import Call, render_message
from demo.slack.arguments import read_list, read_metadata
from demo.slack.render import STROKE


@dataclass(frozen=True)
class Notice:
    """One notification that arrived; of one that names no museum and no story, both are None."""

    museum_id: str | None
    story_id: str | None
    rules: frozenset[str]
    arrived_at: datetime | None
    recorded_at: datetime | None
    """When Kafka took the record that set it off."""
    message_id: str | None
    """A mail's Message-ID; a Slack message's channel and ``ts``."""
    in_reply_to: str | None
    """The Message-ID that a mail answers."""
    address: str | None
    """The id of the channel, or the mailbox, in which it arrived."""
    forms: tuple[str, ...]
    """Its words as they arrived, in each form that it has: a mail's as text and as HTML."""

    @property
    def seconds(self) -> float | None:
        """From that record to its arrival."""
        if self.arrived_at is None or self.recorded_at is None:
            return None
        return (self.arrived_at - self.recorded_at).total_seconds()


@dataclass(frozen=True)
class SlackNotice(Notice):
    """A message that its channel shows by itself, not in a thread."""

    shown: str
    """Its words as they stand in the end, struck ones with a stroke; empty once deleted."""

    @property
    def struck(self) -> bool:
        """Whether words of it are struck."""
        return STROKE in self.shown


def read_notices(calls: Sequence[Call]) -> list[SlackNotice]:
    """The messages that stand in channels by themselves, in order of arrival."""
    changes = {
        (call.channel, call.ts): call
        for call in calls
        if call.accepted and call.method in ("chat.update", "chat.delete")
    }
    return [
        _slack_notice(call, changes.get((call.channel, call.ts), call))
        for call in calls
        if call.accepted and call.method == "chat.postMessage" and _stands_alone(call)
    ]


def read_letters(folder: Path, mails: Iterable[Mail]) -> list[Notice]:
    """The mails that an inbox took, in order of arrival, once for each mailbox they came to."""
    parser: BytesParser[EmailMessage] = BytesParser(policy=policy.default)
    return [
        _letter(parser.parsebytes((folder / mail.file).read_bytes()), recipient, mail.arrived_at)
        for mail in mails
        if mail.file is not None
        for recipient in mail.recipients
    ]


def _stands_alone(call: Call) -> bool:
    return not call.arguments.get("thread_ts") or bool(call.arguments.get("reply_broadcast"))


def _slack_notice(call: Call, last: Call) -> SlackNotice:
    payload = read_metadata(call.arguments.get("metadata")).get("event_payload", {})
    posted = _shown_by(call)
    return SlackNotice(
        museum_id=_word(payload.get("museum_id")),
        story_id=_word(payload.get("story_id")),
        rules=_rules(payload.get("rules")),
        arrived_at=call.arrived_at,
        recorded_at=_instant(payload.get("record_timestamp")),
        message_id=f"{call.channel} {call.ts}",
        in_reply_to=None,
        address=call.channel,
        forms=(posted,),
        shown=posted if last is call else _shown_by(last),
    )


def _shown_by(call: Call) -> str:
    if call.method == "chat.delete":
        return ""
    blocks = read_list(call.arguments, "blocks", "invalid_blocks_format")
    return render_message({**call.arguments, "ts": call.ts, "blocks": blocks}, width=10_000)


def _letter(mail: EmailMessage, recipient: str, arrived_at: datetime) -> Notice:
    return Notice(
        museum_id=_word(mail["X-Passaparola-Museum"]),
        story_id=_word(mail["X-Passaparola-Story"]),
        rules=_rules(mail["X-Passaparola-Rules"]),
        arrived_at=arrived_at,
        recorded_at=_instant(mail["X-Passaparola-Record-Timestamp"]),
        message_id=_word(mail["Message-ID"]),
        in_reply_to=_word(mail["In-Reply-To"]),
        address=recipient,
        forms=tuple(_form(part) for part in mail.walk() if part.get_content_maintype() == "text"),
    )


def _form(part: EmailMessage) -> str:
    text = str(part.get_content())
    return seen_in_html(text) if part.get_content_subtype() == "html" else text


def _word(value: Any) -> str | None:
    """A value that names something; a folded header may have white space around it."""
    return None if value is None else str(value).strip()


def _rules(value: Any) -> frozenset[str]:
    """A list of names, or names with commas between them."""
    names = value if isinstance(value, list) else str(value or "").split(",")
    return frozenset(name.strip() for name in map(str, names)) - {""}


def _instant(milliseconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
