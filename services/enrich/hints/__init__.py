"""What the words of a post hint at of a visit, where nothing that is plainly said decides."""

from .table import Leaning, hinting, lean

__all__ = ["Leaning", "hinting", "lean"]
