"""What stage 2 knows of one museum: the voices of a week, their stories, and what is usual.

It depends on the voices and the ticks alone, never on their order. Its row is what voices cannot
tell again: what was learned from bins that are closed. Pure.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from schemas import Model, MuseumActivity
from schemas.codec import encode

from .activity import WINDOW, activity
from .stories import Stories
from .unusual import layout
from .unusual.bins import FULL_WEIGHT, Bins, bin_of, start_of
from .unusual.calendar import Calendar
from .unusual.museum import Watch
from .unusual.outlook import Alarm, burst_alarm, negative_alarm
from .voice import Voice


class MuseumRow(Model):
    """A museum's row: its watch without the posts, in base64."""

    layout: int = 1
    watch: str


class MuseumState:
    """One museum. ``put`` takes what is said and unsaid, ``advance`` the time; ``speak`` tells."""

    def __init__(self, museum_id: str, row: bytes | None, voices: Mapping[str, Voice]) -> None:
        """Recover a museum from its row, if it has one, and its voices by post id."""
        self.museum_id = museum_id
        self._watch = Watch()
        if row is not None:
            self._watch = layout.read(b64decode(MuseumRow.model_validate_json(row).watch))
        self._voices = dict(voices)
        self._stories = Stories(said.imprint for said in voices.values())
        self._weights: dict[str, int] = {}
        """What each post was last counted with, in steps: most that touches a story changes none,
        and a raid of thousands is counted again as often as one of them comes or goes."""
        for post_id in voices:
            self._count(post_id)

    @property
    def silent(self) -> bool:
        """Whether nothing of the last week is known."""
        return not self._voices

    def put(self, post_id: str, said: Voice | None) -> Voice | None:
        """Take a voice, what has become of it, or that it is gone; a repeat changes nothing.

        Returns what is kept of it: a post does not become younger.
        """
        known = self._voices.get(post_id)
        if said is not None and known is not None and known.at < said.at:
            said = said.model_copy(update={"at": known.at})
        if said == known:
            return said
        if said is None:
            self._voices.pop(post_id, None)
            self._weights.pop(post_id, None)
            self._watch.remove(post_id)
            touched = self._stories.drop([post_id])
        else:
            self._voices[post_id] = said
            touched = self._stories.put(said.imprint)
            self._count(post_id)
        for each in touched:
            if _steps(self._stories.weight(each)) != self._weights[each]:
                self._count(each)
        return said

    def _count(self, post_id: str) -> None:
        voice, weight = self._voices[post_id], self._stories.weight(post_id)
        self._weights[post_id] = _steps(weight)
        negative = None if voice.label is None else voice.label == "negative"
        self._watch.put(post_id, voice.at, negative=negative, weight=weight)

    def outlived(self, at: datetime) -> list[str]:
        """The posts of voices that are too old to keep: nothing refers to them any more."""
        return self._stories.outlived(at)

    def advance(self, at: datetime, calendar: Calendar) -> tuple[Alarm, ...]:
        """Go on to an instant; return the alarms that were raised since the last one."""
        self._watch.begin(at)
        return self._watch.tick(at, calendar)

    def speak(self, at: datetime, calendar: Calendar) -> MuseumActivity:
        """Return the activity at the instant up to which time has advanced."""
        outlook, course = self._watch.read(calendar), self._watch.live(calendar)
        going_on = []
        if course.burst.open:
            going_on.append(burst_alarm(outlook, start_of(course.burst.opened + 1)))
        if course.share.alarmed(bin_of(at) - 1):
            going_on.append(negative_alarm(outlook, start_of(course.share.opened + 1)))
        begin = at - WINDOW
        # No voice is later than its imprint, which an edit may move ahead.
        recent = {post_id: self._voices[post_id] for post_id in self._stories.later(begin)}
        stories = self._stories.stories(posts=2, since=begin)
        return activity(self.museum_id, recent, stories, outlook, going_on, at)

    def row(self) -> bytes:
        """Return the museum's row. Its posts are left out: they have rows of their own."""
        known = self._watch.bins
        bare = Bins(known.first, known.frozen, known.tail)
        watch = layout.write(replace(self._watch, bins=bare))
        return encode(MuseumRow(watch=b64encode(watch).decode("ascii")))


def _steps(weight: float) -> int:
    return round(weight * FULL_WEIGHT)
