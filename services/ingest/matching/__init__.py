"""Which museums a post concerns, and why."""

from .matcher import Matcher
from .tags import extract_hashtags, extract_mentions, tag_fold, tag_key

__all__ = ["Matcher", "extract_hashtags", "extract_mentions", "tag_fold", "tag_key"]
