"""What the words of a post hint at of a visit, beside what is plainly said, or alone."""

from .table import Leaning, hinting, lean, read_hints

__all__ = ["Leaning", "hinting", "lean", "read_hints"]
