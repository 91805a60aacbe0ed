"""Faust, handled as it must be. The only room that knows its private sides."""

from .app import Stage, StreamApp
from .rows import Rows

__all__ = ["Rows", "Stage", "StreamApp"]
