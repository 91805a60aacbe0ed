"""What happens in a day besides the ordinary. A new story is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable

from demo.day.stage import Stage, Story
from demo.day.stories import (
    air_conditioning,
    big_account,
    dark_words,
    deletions,
    edits,
    garbage,
    nobody,
    queue,
    two_museums,
    viral_photo,
    viral_place,
    war_exhibition,
)

STORIES: tuple[Callable[[Stage], Story], ...] = (
    viral_photo.tell,
    viral_place.tell,
    big_account.tell,
    air_conditioning.tell,
    queue.tell,
    two_museums.tell,
    edits.tell,
    deletions.tell,
    nobody.tell,
    dark_words.tell,
    war_exhibition.tell,
    garbage.tell,
)
