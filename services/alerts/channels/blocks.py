"""A message in Slack's Block Kit. Nothing in a post can ping, link, or leave its quotation."""

from __future__ import annotations

from typing import Any

from services.alerts.excerpt import cut, one_line
from services.alerts.messages import Message

MAX_HEADER = 150
MAX_SECTION = 3000
MAX_FALLBACK = 1000
_MAX_FIELDS = 10

Block = dict[str, Any]


def escape(text: str) -> str:
    """Escape as Slack asks: then ``<!channel>``, ``<@U1>`` and links are plain characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut_escaped(text: str, limit: int) -> str:
    """Escape, and cut so that no more than ``limit`` characters remain and no escape is torn."""
    length = limit
    while len(escaped := escape(cut(text, length))) > limit:
        length -= max(1, (len(escaped) - limit) // 5)
    return escaped


def fallback(message: Message) -> str:
    """Return what notifications and screen readers show; never any text of a post."""
    said = message.gone or (message.sentences[0] if message.sentences else "")
    return cut_escaped(one_line(f"{message.title}. {said}"), MAX_FALLBACK)


def blocks(message: Message) -> list[Block]:
    """Lay a message out: what, why, the words themselves, the numbers, and where it is."""
    if message.gone is not None:
        title = cut_escaped(one_line(message.title), MAX_HEADER).replace("~", "-")
        return [
            _section(f"~{title}~\n{cut_escaped(message.gone, MAX_SECTION // 2)}"),
            _context(_facts(message, "No action is needed any more.")),
        ]
    laid: list[Block] = []
    if message.thread is None:
        header = cut(one_line(message.title), MAX_HEADER)
        laid.append(
            {"type": "header", "text": {"type": "plain_text", "text": header, "emoji": False}}
        )
    else:
        laid.append(_section(f"*Now: {escape(message.severity)}*"))
    if said := "\n".join(message.sentences).strip():
        laid.append(_section(cut_escaped(said, MAX_SECTION)))
    if message.excerpt:
        laid.append(_section(_quote(message.excerpt)))
    if message.numbers:
        fields = message.numbers[:_MAX_FIELDS]
        laid.append(
            {
                "type": "section",
                "fields": [_mrkdwn(f"*{escape(name)}*\n{escape(value)}") for name, value in fields],
            }
        )
    if message.url is not None:
        where = f" on {escape(message.platform)}" if message.platform else ""
        laid.append(_section(f"<{escape(message.url)}|Open the post{where}>"))
    facts = _facts(message, *message.footer)
    if message.thread is None and facts:
        laid.append(_context(facts))
    return laid


def _facts(message: Message, *more: str) -> list[str]:
    known = (
        message.severity,
        message.museum,
        message.platform,
        f"by {message.author}" if message.author else None,
        message.posted,
        *more,
    )
    return [fact for fact in known if fact]


def _quote(text: str) -> str:
    return "\n".join(f">{line}" for line in cut_escaped(text, MAX_SECTION - 500).split("\n"))


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(facts: list[str]) -> Block:
    return {"type": "context", "elements": [_mrkdwn(cut_escaped(" · ".join(facts), MAX_SECTION))]}


def _mrkdwn(text: str) -> dict[str, Any]:
    # verbatim: Slack must not make links, channels or mentions out of plain words.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
