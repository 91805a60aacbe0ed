"""Matches posts to many museums at once: dictionaries, one automaton and one tree, no scan.

It reads the post alone and decides nothing about what becomes of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from schemas import Match, MatchKind, Museum, Post

from .places import Places
from .tags import FOLDING_PLATFORMS, tag_fold, tag_key
from .words import Words

_Found = dict[int, set[tuple[MatchKind, str, float | None]]]


class Matcher:
    """The register of museums, laid out for looking up. Pure and never changed: build a new one."""

    def __init__(self, museums: Iterable[Museum]) -> None:
        """Lay out the museums; their order does not matter."""
        self._museums: Sequence[Museum] = sorted(museums, key=lambda museum: museum.museum_id)
        numbered = list(enumerate(self._museums))
        self._tags = _Tags(numbered, tag_key)
        self._folded_tags = _Tags(numbered, tag_fold)
        self._accounts = _Accounts(numbered)
        self._words = Words((n, word) for n, museum in numbered for word in museum.words)
        self._places = Places((n, m.geofence) for n, m in numbered if m.geofence is not None)

    @property
    def museums(self) -> Sequence[Museum]:
        """The museums that are matched, sorted by id."""
        return self._museums

    def tags_suffice(self, platform: str) -> bool:
        """Tell whether a post of this platform without hashtag or place can match nothing."""
        return not self._words and not self._accounts.knows(platform)

    def match(self, post: Post) -> tuple[Match, ...]:
        """Return every reason why the post concerns a museum, sorted; empty where none does."""
        found: _Found = defaultdict(set)
        tags = self._folded_tags if post.platform in FOLDING_PLATFORMS else self._tags
        excluded, strong, weak = tags.look_up(post.hashtags)
        for number, tag in strong:
            if number not in excluded:
                found[number].add((MatchKind.HASHTAG, tag, None))
        for number, word in self._words.find(post.text):
            if number not in excluded:
                found[number].add((MatchKind.WORDS, word, None))
        self._match_accounts(post, found)
        if post.geo is not None:
            for number, metres in self._places.find(post.geo).items():
                found[number].add((MatchKind.GEO, "geofence", metres))
        for number, tag in weak:
            if number in found and number not in excluded:
                found[number].add((MatchKind.HASHTAG, tag, None))
        return tuple(
            Match(
                museum_id=self._museums[number].museum_id, kind=kind, value=value, distance_m=metres
            )
            for number in sorted(found)
            for kind, value, metres in sorted(found[number], key=lambda reason: reason[:2])
        )

    def _match_accounts(self, post: Post, found: _Found) -> None:
        look_up = self._accounts.look_up
        for mention in post.mentions:
            for number, name in look_up(post.platform, mention.native_id, mention.handle):
                found[number].add((MatchKind.HANDLE, name, None))
        if post.author is not None:
            author = post.author
            for number, name in look_up(post.platform, author.native_id, author.handle):
                found[number].add((MatchKind.OWN, name, None))


class _Tags:
    """Hashtags under one of the two keys. A tag that is both strong and weak is strong."""

    def __init__(self, museums: Iterable[tuple[int, Museum]], key: Callable[[str], str]) -> None:
        self._key = key
        self._strong: dict[str, dict[int, str]] = defaultdict(dict)
        self._weak: dict[str, dict[int, str]] = defaultdict(dict)
        self._excluded: dict[str, set[int]] = defaultdict(set)
        for number, museum in museums:
            for tag in museum.hashtags:
                kind = self._weak if tag.weak else self._strong
                kind[key(tag.raw)].setdefault(number, tag_key(tag.raw))
            for raw in museum.exclude_hashtags:
                self._excluded[key(raw)].add(number)
        for index in (self._strong, self._weak, self._excluded):
            index.pop("", None)

    def look_up(
        self, hashtags: Sequence[str]
    ) -> tuple[set[int], list[tuple[int, str]], list[tuple[int, str]]]:
        """Return museums that exclude a tag, and the strong and weak tags of museums."""
        keys = {self._key(tag) for tag in hashtags}
        excluded = {number for key in keys for number in self._excluded.get(key, ())}
        strong = [pair for key in keys for pair in self._strong.get(key, {}).items()]
        weak = [pair for key in keys for pair in self._weak.get(key, {}).items()]
        return excluded, strong, weak


class _Accounts:
    """Museums' accounts. The id decides; a name counts only where one side has no id."""

    def __init__(self, museums: Iterable[tuple[int, Museum]]) -> None:
        self._by_id: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
        self._by_name: dict[tuple[str, str], dict[int, bool]] = defaultdict(dict)
        self._platforms = set()
        for number, museum in museums:
            for platform, handles in museum.handles.items():
                for handle in handles:
                    self._platforms.add(platform)
                    if handle.id is not None:
                        shown = _name(handle.name) if handle.name else handle.id
                        self._by_id[platform, handle.id].setdefault(number, shown)
                    if handle.name is not None:
                        named = self._by_name[platform, _name(handle.name)]
                        named[number] = named.get(number, True) and handle.id is not None

    def knows(self, platform: str) -> bool:
        """Tell whether any museum has an account there."""
        return platform in self._platforms

    def look_up(
        self, platform: str, native_id: str | None, name: str | None
    ) -> Iterable[tuple[int, str]]:
        """Yield museums whose account this is, with the account's name (or id)."""
        if platform not in self._platforms:
            return
        if native_id is not None:
            yield from self._by_id.get((platform, native_id), {}).items()
        if name is not None:
            for number, has_id in self._by_name.get((platform, _name(name)), {}).items():
                # A name may have passed to somebody else; two ids that differ say so.
                if not (has_id and native_id is not None):
                    yield number, _name(name)


def _name(name: str) -> str:
    return name.strip().lstrip("@").casefold()
