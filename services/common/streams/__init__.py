"""Faust, handled as it must be. The only room that knows its private sides."""

from .app import StreamApp
from .rows import Rows

__all__ = ["Rows", "StreamApp"]
