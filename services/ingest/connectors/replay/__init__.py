"""Replays a file of posts, snapshots and removals through ingest's own pipeline."""

from .lines import ReplayRefused
from .run import Progress, ReplayOptions, ReplaySummary, run_replay

__all__ = ["Progress", "ReplayOptions", "ReplayRefused", "ReplaySummary", "run_replay"]
