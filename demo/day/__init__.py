"""A museum's day with known truth: generated from a seed, or anybody's, read from a folder."""

from demo.day.compose import DATE, compose
from demo.day.folder import MUSEUMS, POSTS, TRUTH, Day, DayError, read_day, write_day
from demo.day.truth import Expected, Forbidden, Struck, Truth

__all__ = [
    "DATE",
    "MUSEUMS",
    "POSTS",
    "TRUTH",
    "Day",
    "DayError",
    "Expected",
    "Forbidden",
    "Struck",
    "Truth",
    "compose",
    "read_day",
    "write_day",
]
