"""What a day makes due: which receiver is told of which story, in whose words, and what is not."""

from __future__ import annotations

from collections.abc import Sequence

from demo.day import Day
from demo.day.truth import Channel, Expected, Struck
from demo.judge.arrivals import Notice, SlackNotice
from demo.judge.words import shows_any
from demo.receivers import address_of, receivers_of, told_about

Key = tuple[str | None, str | None, str | None]
"""Museum, story and receiver; for an address that is no receiver's, the address."""


class Due:
    """What is due on one channel."""

    def __init__(self, day: Day, channel: Channel) -> None:
        told = {museum.museum_id: told_about(museum) for museum in day.museums}
        self.expected: dict[Key, Expected] = {
            (fact.museum_id, fact.story_id, receiver): fact
            for fact in day.truth.expected
            for receiver in told[fact.museum_id]
        }
        self._stories = {key[:2] for key in self.expected}
        self._struck: dict[tuple[str | None, str | None], Struck] = {
            (fact.museum_id, fact.story_id): fact for fact in day.truth.struck
        }
        self._forbidden = {fact.story_id: fact.why for fact in day.truth.forbidden}
        self._texts = day.texts
        self._receivers: dict[str | None, str] = {
            address_of(name, channel): name for name in receivers_of(day)
        }

    def key(self, notice: Notice) -> Key:
        """What a notification is about, and who got it."""
        receiver = self._receivers.get(notice.address, notice.address)
        return notice.museum_id, notice.story_id, receiver

    def struck(self, notice: Notice) -> Struck | None:
        """What must be struck of a notification in the end, if anything."""
        return self._struck.get((notice.museum_id, notice.story_id))

    def fault(self, key: Key, first: Notice) -> str | None:
        """Say why the first notification of a key should not be, or not be as it is."""
        fact = self.expected.get(key)
        if None in key:
            return "it names no museum or no story"
        if fact is None:
            if key[:2] in self._stories:
                return "this receiver is not to be told of it"
            return self._forbidden.get(str(key[1]), "nobody is to be told of this story")
        if unnamed := set(fact.rules) - first.rules:
            named = ", ".join(sorted(first.rules)) or "no rule"
            return f"it names {named}, and not {', '.join(sorted(unnamed))}"
        if isinstance(first, SlackNotice) and first.struck and self.struck(first) is None:
            return "it is struck, but its post is still there"
        forms = self._forms(first)
        if not forms or not all(shows_any(form, self._texts[fact.story_id]) for form in forms):
            return "it shows nothing of the post"
        return None

    def _forms(self, notice: Notice) -> Sequence[str]:
        """What must show the post: what stands in the end, unless that must be struck."""
        if isinstance(notice, SlackNotice) and self.struck(notice) is None:
            return (notice.shown,)
        return notice.forms
