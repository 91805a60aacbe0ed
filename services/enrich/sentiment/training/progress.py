"""How training tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told the stage that training is in, and how much of it is done."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Hear of one step."""
        ...


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
