"""Puts a day together: ordinary posts and stories in the order in which they reach us."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from demo.day.folder import MUSEUMS, Day
from demo.day.lines import Line
from demo.day.ordinary import ordinary_lines
from demo.day.stage import Stage, together
from demo.day.stories import STORIES
from demo.day.truth import Truth
from services.ingest.register_file import read_register

REGISTER = Path(__file__).parents[2] / MUSEUMS
"""The sample register; a day is told about its museums."""
DATE = date(2026, 11, 21)


def compose(seed: int, day: date = DATE) -> Day:
    """Make a day: the same seed and date give the same bytes."""
    register = REGISTER.read_bytes()
    museums = tuple(read_register(REGISTER))
    stage = Stage(seed, day, {museum.museum_id: museum for museum in museums})
    told = together(*(tell(stage) for tell in STORIES))
    lines: list[Line] = sorted([*ordinary_lines(stage), *told.lines], key=lambda line: line.at)
    fates = Counter(line.fate for line in lines)
    return Day(
        posts=b"".join(line.data + b"\n" for line in lines),
        register=register,
        museums=museums,
        truth=Truth(
            expected=told.expected,
            struck=told.struck,
            forbidden=told.forbidden,
            lines={fate: fates[fate] for fate in sorted(fates)},
            seed=seed,
        ),
    )
