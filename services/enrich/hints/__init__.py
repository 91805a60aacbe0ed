"""What the words of a post hint at, of a visit and of a danger, beside what is said plainly."""

from .table import Leaning, alarm_near, hinting, lean, most_alarming, read_hints

__all__ = ["Leaning", "alarm_near", "hinting", "lean", "most_alarming", "read_hints"]
