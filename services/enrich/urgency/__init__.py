"""Dangers to people, works or the property: rather one too many than one missed."""

from .dangers import ASPECTS, Danger, Dangers

__all__ = ["ASPECTS", "Danger", "Dangers"]
