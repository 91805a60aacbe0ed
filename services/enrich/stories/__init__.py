"""Which posts are one story: copies of one text, by one author on two platforms or by many."""

from .copies import Copy, copy_of, is_established
from .fingerprint import fingerprint, likeness
from .index import Stories
from .story import Story, tell

__all__ = [
    "Copy",
    "Stories",
    "Story",
    "copy_of",
    "fingerprint",
    "is_established",
    "likeness",
    "tell",
]
