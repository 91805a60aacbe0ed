"""Virality: a forecast in the words of the contract, with the sentence that says so."""

from __future__ import annotations

from schemas import Virality

from .viral import Forecast, Motion, describe


def tell_virality(motion: Motion, seen: Forecast) -> Virality:
    """Say what a post is called and what is expected of it."""
    standing = motion.standing
    return Virality(
        viral=standing.status == "viral",
        since=standing.since if standing.status == "viral" else None,
        explanation=describe(motion, seen),
        status=standing.status,
        probability=round(seen.probability, 4),
        expected=round(seen.expected, 1),
        low=round(seen.low, 1),
        high=round(seen.high, 1),
        threshold=round(seen.threshold, 1),
        growth_per_hour=round(motion.growth, 2),
        calls=standing.calls,
        corrected_at=motion.corrected_at,
    )
