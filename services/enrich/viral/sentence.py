"""The sentence that says what a forecast rests on, in words that a museum's team reads."""

from __future__ import annotations

import math
from functools import lru_cache

from ..engagement import say_age
from .forecast import Forecast
from .motion import Motion
from .status import LIKELY, UNLIKELY


def describe(motion: Motion, seen: Forecast) -> str:
    """Say how a post does, what is to be expected of it and from where it counts as viral."""
    usual = ""
    if seen.nine_of_ten is not None:
        usual = f"; at this age 9 of 10 posts have under {_about_all(seen.nine_of_ten)}"
    corrected = ""
    if motion.corrected_at is not None:
        corrected = " The platform has since taken back part of the counts."
    return (
        f"{_opening(motion, seen)}: {motion.weighted:,.0f} interactions in "
        f"{say_age(motion.age_hours)}, growing {_about(motion.growth)} an hour{usual}. "
        f"Expected about {_about(seen.expected)} ({_about(seen.low)}-{_about(seen.high)}) in two "
        f"days; viral here means {_about_all(seen.threshold)} or more.{corrected}"
    )


def _opening(motion: Motion, seen: Forecast) -> str:
    if motion.standing.status == "fading":
        return "Was called viral and is fading"
    if motion.weighted >= seen.threshold:
        return "Viral"
    # Rounded down: what is not yet likely is not said to be 60 %, and nothing is certain.
    percent = f"({math.floor(100 * min(seen.probability, 0.99) + 1e-9)}%)"
    if seen.probability >= LIKELY:
        return f"Likely to go viral {percent}"
    if seen.probability >= UNLIKELY:
        return f"May go viral {percent}"
    return f"Unlikely to go viral {percent}"


def _about(count: float) -> str:
    """Say a count with two digits that matter: more would promise what nobody knows."""
    if count >= 100:
        return f"{float(f'{count:.2g}'):,.0f}"
    return f"{count:.0f}"


_about_all = lru_cache(maxsize=256)(_about)
"""The same for what is said of all posts of an age, many times a day."""
