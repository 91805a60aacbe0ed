"""Shows messages in a terminal as a workspace shows them: blocks, links, struck text, threads.

Text from outside cannot steer the terminal: control characters are left out.
"""

from __future__ import annotations

import html
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from demo.slack.messages import BOT_NAME

STROKE = "\u0336"
"""Combining long stroke: struck text where there are no terminal styles."""

_STYLES = {"*": "bold", "_": "italic", "~": "strike", "`": "reverse"}
_MARKUP = re.compile(
    r"<(?P<link>[^<>\n]+)>"
    r"|(?<!\w)(?P<mark>[*_~`])(?P<inside>(?=\S)(?:<[^<>\n]*>|[^<>\n])+?(?<=\S))(?P=mark)(?!\w)"
)


def render_message(message: Mapping[str, Any], *, width: int = 80, ansi: bool = False) -> str:
    """One message as readable text; with ``ansi`` in a terminal's own styles."""
    return _print(_message(message, ansi), width, ansi)


def render_channel(
    name: str,
    messages: Iterable[Mapping[str, Any]],
    *,
    width: int = 80,
    ansi: bool = False,
) -> str:
    """A channel, oldest message first, replies indented under their thread."""
    parts: list[RenderableType] = [Rule(Text(f"#{_clean(name)}"), align="left", style="dim")]
    for message in sorted(messages, key=_place):
        is_reply = str(message.get("thread_ts", message.get("ts"))) != str(message.get("ts"))
        parts.append(Padding(_message(message, ansi), (0, 0, 1, 4 if is_reply else 0)))
    return _print(Group(*parts), width, ansi)


def _place(message: Mapping[str, Any]) -> tuple[str, str]:
    return str(message.get("thread_ts", message.get("ts"))), str(message.get("ts"))


def _print(shown: RenderableType, width: int, ansi: bool) -> str:
    output = io.StringIO()
    Console(
        file=output,
        width=width,
        force_terminal=ansi,
        color_system="standard" if ansi else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    ).print(shown)
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines()) + "\n"


def _message(message: Mapping[str, Any], ansi: bool) -> Group:
    blocks = message.get("blocks")
    parts: list[RenderableType] = [Text(_byline(message), style="dim")]
    if isinstance(blocks, list) and blocks:
        for block in blocks:
            parts.extend(_block(block, ansi))
    else:
        parts.append(_mrkdwn(message.get("text"), ansi))
    return Group(*parts)


def _byline(message: Mapping[str, Any]) -> str:
    try:
        posted = datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M")
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        posted = "--:--"
    edited = " (edited)" if message.get("edited") else ""
    return f"{BOT_NAME}  {posted} UTC{edited}"


def _block(block: Any, ansi: bool) -> Iterator[RenderableType]:
    if not isinstance(block, Mapping):
        return
    kind = block.get("type")
    if kind == "header":
        header = _text(block.get("text"), ansi)
        header.stylize("bold")
        yield header
    elif kind == "divider":
        yield Rule(style="dim")
    elif kind == "section":
        yield from _section(block, ansi)
    elif kind == "context":
        elements = (_element(element, ansi) for element in _items(block.get("elements")))
        context = Text("  ").join(elements)
        context.stylize("dim")
        yield context
    elif kind == "actions":
        yield Text("  ").join(_element(element, ansi) for element in _items(block.get("elements")))
    elif kind == "image":
        yield _element(block, ansi)
    elif kind == "markdown":
        yield Text(_clean(block.get("text")))
    else:
        yield Text(f"[{_clean(kind)}]", style="dim")


def _section(block: Mapping[str, Any], ansi: bool) -> Iterator[RenderableType]:
    if block.get("text"):
        yield _text(block["text"], ansi)
    if fields := _items(block.get("fields")):
        grid = Table.grid(padding=(0, 4), expand=False)
        shown = [_text(field, ansi) for field in fields]
        for left, right in zip(shown[::2], [*shown[1::2], Text()], strict=False):
            grid.add_row(left, right)
        yield grid
    if block.get("accessory"):
        yield _element(block["accessory"], ansi)


def _element(element: Any, ansi: bool) -> Text:
    if not isinstance(element, Mapping):
        return Text()
    if element.get("type") == "image":
        return Text(f"[image: {_clean(element.get('alt_text'))}]")
    if element.get("type") in ("plain_text", "mrkdwn"):
        return _text(element, ansi)
    shown = Text("[ ").append_text(_text(element.get("text"), ansi)).append(" ]")
    if element.get("url"):
        shown.append(f" {_clean(element['url'])}", style="underline")
    return shown


def _text(value: Any, ansi: bool) -> Text:
    if not isinstance(value, Mapping):
        return Text()
    if value.get("type") == "mrkdwn":
        return _mrkdwn(value.get("text"), ansi)
    return Text(_clean(value.get("text")))


def _mrkdwn(value: Any, ansi: bool) -> Text:
    shown = Text()
    _append_mrkdwn(shown, _clean(value), (), ansi)
    return shown


def _append_mrkdwn(shown: Text, source: str, styles: tuple[str, ...], ansi: bool) -> None:
    at = 0
    for match in _MARKUP.finditer(source):
        _append(shown, source[at : match.start()], styles, ansi)
        if match["link"] is not None:
            _append(shown, _link(match["link"]), (*styles, "underline"), ansi)
        elif match["mark"] == "`":
            _append(shown, match["inside"], (*styles, _STYLES["`"]), ansi)
        else:
            _append_mrkdwn(shown, match["inside"], (*styles, _STYLES[match["mark"]]), ansi)
        at = match.end()
    _append(shown, source[at:], styles, ansi)


def _append(shown: Text, words: str, styles: tuple[str, ...], ansi: bool) -> None:
    words = _clean(html.unescape(words))
    if "strike" in styles and not ansi:
        words = "".join(c if c.isspace() else c + STROKE for c in words)
    shown.append(words, style=" ".join(styles))


def _link(link: str) -> str:
    target, _, label = link.partition("|")
    if target.startswith(("#", "@", "!")):
        name = label or target[1:]
        return name if target.startswith("!date") else f"{'#' if target[0] == '#' else '@'}{name}"
    return f"{label} ({target})" if label else target


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _clean(value: Any) -> str:
    """Without control, direction and lone surrogate characters; a new line stays."""
    return "".join(
        c
        for c in ("" if value is None else str(value))
        if c == "\n" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _DIRECTIONS)
    )


_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
