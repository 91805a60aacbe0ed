"""The stars of a review win over its words."""

from __future__ import annotations

from schemas import Rating, Sentiment
from schemas.understanding import Polarity

_SURE = 0.9
_LOW, _HIGH = 0.45, 0.7


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
