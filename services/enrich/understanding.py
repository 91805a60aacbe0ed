"""What a text says, all together: language, sentiment, visit and works, aspects, urgency, speaker.

It reads one post at a time and knows nothing of any other: the same post always gives the same
answer, alone or among others. No text makes it raise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas import Aspect, Language, MatchKind, Model, Post, Rating, Sentiment, Speaker, Urgency

from .aspects import POLARITIES, AspectFinder, Found, about, find_judgements
from .clauses import Clauses
from .here import Here
from .hints import lean, read_hints
from .language import UNDETERMINED, detect_languages
from .phrases import Hit, Tokens
from .phrases.library import find_phrases, taxonomy
from .reading import Reading, SentimentModel, Source, Text
from .speaker import tell_speaker
from .stars import by_stars, written_rating
from .subject import judge_sides
from .urgency import ASPECTS, Danger, Dangers
from .verdict import abstain

_SAFETY = "safety"
_IN_DANGER = frozenset("staff other_visitors discrimination heat mobility cloakroom".split())
"""Aspects that are spoken of beside a danger: who acts, who is hurt, and by what."""
_ALARMS = ("danger", "theft", "lost_child")
"""Aspects that are none where nothing is urgent: a wallet "robbed" by the shop."""
_HARMED = ("damage", "theft")
"""Aspects of dangers that works are in."""
_MOST_ASPECTS = 50
_KNOWN = 0.55
"""A language that is less sure is read by the phrases of all."""
_NOT_THERE = ("prospect", "press")
_REPORTS = ("museum", "press", "promotion")
"""Who tells of a visit without having made one; what is dangerous stays so, whoever tells it."""
_SOURCES: dict[str, Source] = {"review": "review", "comment": "comment", "reply": "comment"}


@dataclass(frozen=True, slots=True)
class Item:
    """What is needed of a post. ``own``: the museum's own account posted it; ``here``: the names by
    which its museums are known.
    """

    text: str
    lang: str | None = None
    kind: str = "post"
    rating: Rating | None = None
    handle: str | None = None
    display_name: str | None = None
    is_bot: bool | None = None
    own: bool = False
    here: tuple[str, ...] = ()

    @property
    def source(self) -> Source:
        """The kind of source that it is judged as."""
        return _SOURCES.get(self.kind, "post")


class Understanding(Model):
    """What a text says. All spans are code points of the text as it is."""

    language: Language
    sentiment: Sentiment
    visit: Sentiment
    work: Sentiment
    aspects: tuple[Aspect, ...]
    urgency: Urgency | None = None
    speaker: Speaker


def item_of(post: Post) -> Item:
    """Take what is needed of a post."""
    author = post.author
    return Item(
        text=post.text,
        lang=post.lang,
        kind=post.kind,
        rating=post.rating,
        handle=author.handle if author else None,
        display_name=author.display_name if author else None,
        is_bot=author.is_bot if author else None,
        own=any(match.kind is MatchKind.OWN for match in post.matches),
        here=tuple(sorted({name for m in post.matches for name in (m.museum_id, m.value)})),
    )


class Reader:
    """Understands posts by a sentiment model and the phrases of the data files."""

    def __init__(self, model: SentimentModel) -> None:
        self._model = model
        self._families = dict(taxonomy())
        read_hints()  # a broken file is told at the start, not at the first post

    @property
    def model(self) -> str:
        """Name and version of the sentiment model."""
        return self._model.name

    def understand(self, items: Sequence[Item]) -> list[Understanding]:
        """Understand posts, one answer each, in order."""
        languages = detect_languages([(item.text, item.lang) for item in items])
        texts = [
            Text(item.text, language.code, item.source)
            for item, language in zip(items, languages, strict=True)
        ]
        readings = self._model.read(texts)
        phrases = find_phrases(
            [
                (item.text, language.code if language.confidence >= _KNOWN else UNDETERMINED)
                for item, language in zip(items, languages, strict=True)
            ]
        )
        return [
            self._understand(item, language, reading, tokens, hits)
            for item, language, reading, (tokens, hits) in zip(
                items, languages, readings, phrases, strict=True
            )
        ]

    def _understand(
        self,
        item: Item,
        language: Language,
        reading: Reading,
        tokens: Tokens,
        hits: Mapping[str, Sequence[Hit]],
    ) -> Understanding:
        here = Here(item.here)
        cues = _without(hits.get("cues", []), "elsewhere", here, tokens)
        urgent = _without(hits.get("urgency", []), "told", here, tokens)
        clauses = Clauses(tokens, cues)
        clauses.weigh(reading.pulls, [hit for hit in cues if hit.meaning.section == "dark"])
        leaning, alarm = lean(tokens, item.source)
        dangers = Dangers(tokens, clauses, urgent, cues, item.source, alarm)
        urgency = dangers.first()
        danger = None if urgency is None else urgency.hit
        speaker = tell_speaker(
            tokens, hits.get("speaker", []), item.handle, item.display_name, item.own, item.is_bot
        )
        spoken = [hit for hit in hits.get("aspects", []) if self._counts(hit, dangers, danger)]
        rating = item.rating or written_rating(item.text)
        whole = by_stars(rating, reading.sentiment)
        clauses.spend(hit for hit in spoken if hit.meaning.mark == "+")
        judgements = find_judgements(clauses, cues, spoken)
        finder = AspectFinder(
            clauses,
            spoken,
            judgements,
            _margin(whole),
            informs=speaker.kind in ("museum", "promotion"),
            asks=speaker.kind in _NOT_THERE,
            endangered=danger is not None,
        )
        sells = speaker.kind == "promotion" and danger is None  # it judges and describes nothing
        found = [] if sells else finder.find()[:_MOST_ASPECTS]
        if danger is not None and ASPECTS[danger.meaning.section] not in {f.aspect for f in found}:
            found.append(finder.of_danger(ASPECTS[danger.meaning.section], danger))
        sides = judge_sides(
            tokens,
            clauses,
            cues,
            found,
            judgements,
            self.model,
            leaning,
            danger,
            0.5 if speaker.kind == "visitor" else 1.0,
        )
        if danger is None and speaker.kind in _REPORTS:
            sides["visit"] = abstain(self.model)
            rating = None  # somebody else's
        if sells:
            sides["work"] = abstain(self.model)
        if speaker.kind in _NOT_THERE and sides["visit"].label == "positive":
            sides["visit"] = abstain(self.model)
        if item.rating is None and sides["visit"].abstained and not sides["work"].abstained:
            rating = None  # written of a picture
        return Understanding.model_validate(
            {
                "language": language,
                "sentiment": whole,
                "visit": by_stars(rating, sides["visit"]),
                "work": sides["work"],
                "aspects": [self._aspect(tokens, each) for each in found],
                "urgency": _urgency(tokens, urgency),
                "speaker": speaker,
            }
        )

    def _counts(self, hit: Hit, dangers: Dangers, danger: Hit | None) -> bool:
        """Whether an aspect is spoken of. In danger, places and things only say where it is."""
        aspect = hit.meaning.section
        if self._families[aspect] == _SAFETY:
            return danger is not None or not (aspect in _ALARMS or dangers.is_told(hit))
        if danger is None:
            return True
        if aspect == "works":
            return ASPECTS[danger.meaning.section] in _HARMED
        return hit.meaning.mark != "=" and aspect in _IN_DANGER

    def _aspect(self, tokens: Tokens, found: Found) -> dict[str, object]:
        return {
            "aspect": found.aspect,
            "family": self._families[found.aspect],
            "polarity": POLARITIES[found.polarity],
            "about": about(found.aspect),
            "start": tokens.starts[found.hit.first],
            "end": tokens.ends[found.hit.last],
        }


def _without(hits: Sequence[Hit], section: str, here: Here, tokens: Tokens) -> Sequence[Hit]:
    """Leave out what would put the museum itself elsewhere."""
    if not here:
        return hits
    return [hit for hit in hits if hit.meaning.section != section or not here.names(tokens, hit)]


def _urgency(tokens: Tokens, danger: Danger | None) -> dict[str, object] | None:
    if danger is None:
        return None
    return {
        "kind": danger.hit.meaning.section,
        "start": tokens.starts[danger.hit.first],
        "end": tokens.ends[danger.hit.last],
        "confidence": round(danger.confidence, 3),
    }


def _margin(sentiment: Sentiment) -> float:
    return 0.0 if sentiment.abstained else sentiment.p_positive - sentiment.p_negative
