"""An enriched post for people: its text with the words that decided it, and what was read in it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemas import EnrichedPost, Sentiment

_COLOURS = {"negative": "red", "neutral": "yellow", "positive": "green"}
_CONTROLS = {code: " " for code in (*range(32), *range(127, 160)) if chr(code) != "\n"}
"""A post could else steer the terminal; each gives way to one blank, so that spans hold."""


def explain_post(post: EnrichedPost) -> RenderableType:
    """Return a post's text with its words marked, over a table of what was read in it."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column()
    for name, said in _facts(post):
        facts.add_row(name, said)
    return Group(_marked(post), Text(), facts, Text())


def _facts(post: EnrichedPost) -> Iterable[tuple[str, Text]]:
    yield "museum", Text(post.museum_id)
    sure = "" if post.language.confidence == 0 else f" ({post.language.confidence:.0%} sure)"
    yield "language", Text(post.language.code + sure)
    yield "sentiment", _feeling(post.sentiment)
    if post.visit is not None and post.work is not None:
        yield "of the visit", _feeling(post.visit)
        yield "of the works", _feeling(post.work)
    for aspect in post.aspects:
        yield (
            aspect.aspect.replace("_", " "),
            _quote(post, aspect.start, aspect.end, aspect.polarity),
        )
    if post.urgency is not None:
        urgency = post.urgency
        what = f"{urgency.kind}, {urgency.confidence:.0%} sure"
        yield "urgent", _quote(post, urgency.start, urgency.end, what, "bold red")
    if post.speaker is not None:
        because = f" ({', '.join(post.speaker.evidence)})" if post.speaker.evidence else ""
        yield "who speaks", Text(post.speaker.kind + because)
    if post.sentiment.evidence:
        yield "words", _words(post)
    yield "model", Text(post.sentiment.model)


def _feeling(sentiment: Sentiment) -> Text:
    if sentiment.abstained:
        return Text("nothing to go by", style="dim")
    shares = ", ".join(
        f"{name} {share:.2f}"
        for name, share in (
            ("negative", sentiment.p_negative),
            ("neutral", sentiment.p_neutral),
            ("positive", sentiment.p_positive),
        )
    )
    label = Text(sentiment.label, style=_COLOURS[sentiment.label])
    return label.append(f"  {shares}", style="dim")


def _quote(post: EnrichedPost, start: int, end: int, said: str, style: str = "") -> Text:
    words = _spelled(post, start, end)
    return Text(said, style=style or _COLOURS[said]).append(f"  “{words}”", style="dim")


def _spelled(post: EnrichedPost, start: int, end: int) -> str:
    return post.text[start:end].translate(_CONTROLS).replace("\n", " ")


def _words(post: EnrichedPost) -> Text:
    line = Text()
    for word in post.sentiment.evidence:
        style = _COLOURS["positive" if word.weight > 0 else "negative"]
        line.append(f"{_spelled(post, word.start, word.end)} {word.weight:+.1f}  ", style=style)
    return line


def _marked(post: EnrichedPost) -> Text:
    text = Text(post.text.translate(_CONTROLS))
    for aspect in post.aspects:
        text.stylize(f"underline {_COLOURS[aspect.polarity]}", aspect.start, aspect.end)
    for word in post.sentiment.evidence:
        text.stylize("bold", word.start, word.end)
    if post.urgency is not None:
        text.stylize("reverse red", post.urgency.start, post.urgency.end)
    return text
