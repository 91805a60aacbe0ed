"""Who speaks: by the account's marks, its names and its words, with what told.

The museum's own accounts come first, and are never a visitor. Nothing known means a visitor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from schemas import Speaker
from schemas.understanding import SpeakerKind

from ..phrases import Hit, Tokens
from .names import name_hints

_SURE, _HINT, _NAME = 2.0, 1.0, 1.6
_VISITOR = 1.1
_RANK: tuple[SpeakerKind, ...] = (
    "visitor",
    "prospect",
    "press",
    "trade",
    "promotion",
    "museum",
)
_EVIDENCE = 5
_UNKNOWN = Speaker(kind="visitor")
"""Whoever nothing is known about is a visitor."""


def tell_speaker(
    tokens: Tokens,
    hits: Sequence[Hit],
    handle: str | None,
    display_name: str | None,
    own: bool,
    is_bot: bool | None,
) -> Speaker:
    """Return who speaks. ``own``: the account is the museum's; ``is_bot``: the platform says so."""
    if own:
        return Speaker(kind="museum", evidence=("own_account",))
    if is_bot:
        return Speaker(kind="promotion", evidence=("bot_account",))
    hints = name_hints(handle, display_name)
    if not hints and not hits:
        return _UNKNOWN
    weights: dict[str, float] = defaultdict(float, visitor=_VISITOR)
    told: dict[str, list[str]] = defaultdict(list)
    for kind, name in hints:
        if kind not in told:
            weights[kind] += _NAME
        told[kind].append(f"name:{name}")
    for hit in hits:
        weights[hit.meaning.section] += _SURE if hit.meaning.mark == "!" else _HINT
        words = " ".join(tokens.words[number] for number in hit.numbers())
        told[hit.meaning.section].append(f"words:{words}")
    kind = max(_RANK, key=weights.__getitem__)
    return Speaker(kind=kind, evidence=tuple(dict.fromkeys(told[kind]))[:_EVIDENCE])
