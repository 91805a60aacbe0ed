"""What one language has to say: sentences with slots, sorted by who may say them.

Slots: ``{at}`` ("at the Louvre"), ``{work}`` (as the object of a verb) and ``{who}``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stock:
    """The sentences of one language."""

    language: str
    """ISO 639-1."""
    praise: tuple[str, ...]
    """Content or plain; anybody may say them, with any reach."""
    grumbles: tuple[str, ...]
    """Negative or two-edged; only for accounts that few people follow."""
    dark: tuple[str, ...]
    """Praise of a work in dark words, which a simple reader takes for a complaint."""
    elsewhere: tuple[str, ...]
    """About no museum that we listen for."""
    endings: tuple[str, ...]
    """What may follow a sentence."""
    companions: tuple[str, ...]
