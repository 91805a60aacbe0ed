"""Dangers to people, works or the property: rather one too many than one missed."""

from .belief import Danger
from .dangers import ASPECTS, Dangers

__all__ = ["ASPECTS", "Danger", "Dangers"]
