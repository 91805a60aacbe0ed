"""The stars of a review win over its words, also those that it gives in its text."""

from __future__ import annotations

import re

from schemas import Rating, Sentiment
from schemas.understanding import Polarity

_SURE = 0.9
_LOW, _HIGH = 0.45, 0.7

_MOST_STARS = 5
_DRAWN = re.compile("(?:[★⭐]\ufe0f?)+(?:☆\ufe0f?)*|(?:☆\ufe0f?)+")
_STARS = r"(?:stars?|stell[ae]|étoiles?|sterne?n?|estrellas?)"
_WRITTEN = re.compile(
    r"(?<![\w.,/])(?P<value>\d\d?(?:[.,]5)?)(?:"
    r"\s?/\s?(?P<slash>5|10)(?![\w/-])"
    rf"|\s(?:out of|su|sur|von|de)\s(?P<most>5|10)(?=\s*(?:{_STARS}\b|[.,;:!?)]|$))"
    rf"|(?=[\s-]?{_STARS}\b))"
    r"(?![\s-]?\w+[\s-]*(?:h[oô]tel|restaurant|ristorante|general))",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WISHED = re.compile(
    r"\b(?:if|would|se|avrei|si|aurais|wenn|hätte|würde|habría|daría)\b", re.IGNORECASE
)


def written_rating(text: str) -> Rating | None:
    """Return the stars that a text gives in its own words or signs, if it does.

    ``3/5`` may be a day in May: a fraction counts where the text begins with it, and full marks.
    What would be given is not given.
    """
    for drawn in _DRAWN.finditer(text) if "★" in text or "⭐" in text else ():
        full = sum(sign in "★⭐" for sign in drawn.group())
        if full + drawn.group().count("☆") == _MOST_STARS:
            return Rating(value=full, max=_MOST_STARS)
    for found in _WRITTEN.finditer(text) if _DIGIT.search(text) else ():
        value = float(found["value"].replace(",", "."))
        most = int(found["slash"] or found["most"] or _MOST_STARS)
        a_day = found["slash"] and value not in (0, most) and text[: found.start()].strip()
        if value <= most and not a_day and not (value > most / 2 and _WISHED.search(text)):
            return Rating(value=value, max=most)
    return None


def by_stars(rating: Rating | None, sentiment: Sentiment) -> Sentiment:
    """Return a sentiment as the stars say, or as it was where there are none."""
    label = _label(rating)
    return sentiment if label is None else _agree(sentiment, label)


def _label(rating: Rating | None) -> Polarity | None:
    if rating is None:
        return None
    if rating.value is not None and rating.max is not None and rating.max > 0:
        share = rating.value / rating.max
        return "negative" if share < _LOW else "positive" if share > _HIGH else "neutral"
    if rating.recommends is not None:
        return "positive" if rating.recommends else "negative"
    return None


def _agree(sentiment: Sentiment, label: Polarity) -> Sentiment:
    rest = (1 - _SURE) / 2
    shares = {"negative": rest, "neutral": rest, "positive": rest, label: _SURE}
    return sentiment.model_copy(
        update={
            "label": label,
            "p_negative": shares["negative"],
            "p_neutral": shares["neutral"],
            "p_positive": shares["positive"],
            "confidence": _SURE,
            "abstained": False,
        }
    )
