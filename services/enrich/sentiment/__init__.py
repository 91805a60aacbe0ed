"""How a text feels. Every model answers the same question through the same interface."""

from .base import SentimentModel
from .lexicon import LexiconModel

__all__ = ["LexiconModel", "SentimentModel", "load_model"]


def load_model() -> SentimentModel:
    """Return the model in use. Raises ``Fatal`` where its files are missing or broken."""
    return LexiconModel()
