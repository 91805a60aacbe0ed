"""What a text says: language, sentiment, aspects, urgency, who speaks, and the words that decided.

Every span counts in Unicode code points of the post's ``text`` as it is, the end exclusive.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Count, Model

Probability = Annotated[float, Field(ge=0, le=1)]
Polarity = Literal["negative", "neutral", "positive"]
Subject = Literal["visit", "work"]
"""The visit (the museum as a place and a service), or the works (what it shows)."""
UrgencyKind = Literal[
    "fire",
    "injury",
    "attack",
    "harassment",
    "lost_child",
    "leak",
    "vandalism",
    "theft",
    "unclear",
]
"""``unclear``: the words tell of a danger, but not of which."""
SpeakerKind = Literal["visitor", "prospect", "press", "trade", "museum", "promotion"]


class Span(Model):
    """A stretch of the post's text: ``start`` to before ``end``, in code points."""

    start: Count
    end: Count


class Evidence(Span):
    """Words that decided; ``weight`` above 0 speaks for positive, below for negative."""

    weight: float


class Language(Model):
    """Detected language (ISO 639-1), or ``und`` where the text does not tell."""

    code: str
    confidence: Probability


class Sentiment(Model):
    """How a text feels; the three shares sum to 1. ``model`` names what judged it.

    ``abstained``: too little to go by; then ``label`` is ``neutral`` and no rule may rely on it.
    ``evidence``: the words that decided it, in their order; those that weigh most.
    """

    label: Polarity
    p_negative: Probability
    p_neutral: Probability
    p_positive: Probability
    confidence: Probability
    abstained: bool
    model: str
    evidence: tuple[Evidence, ...] = ()


class Aspect(Span):
    """Something that the text speaks of, such as ``queue``, with what it says of it.

    ``family`` groups aspects (``arrival``); ``about`` tells the visit from the works.
    """

    aspect: str
    family: str
    polarity: Polarity
    about: Subject


class Urgency(Span):
    """A danger to people, works or the property, at the words that tell of it.

    ``confidence``: how likely it is one. Rather one too many is told: who wants fewer asks for more
    of it.
    """

    kind: UrgencyKind
    confidence: Probability = 1.0


class Speaker(Model):
    """Who speaks; ``evidence`` names what told, such as ``own_account`` or ``words:tomorrow``."""

    kind: SpeakerKind
    evidence: tuple[str, ...] = ()
