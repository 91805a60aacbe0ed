"""What the shell says of Passaparola, and how a process that has servers of its own forgets it."""

from __future__ import annotations

import os

_PREFIX = "PASSAPAROLA_"
_KEPT = "PASSAPAROLA_CACHE"
"""Where downloads lie; it points at no server and changes no result."""


def forget_settings() -> None:
    """Take all settings out of the environment of this process and of those that it starts."""
    # Settings are found whatever the case of their names.
    for name in [name for name in os.environ if name.upper().startswith(_PREFIX)]:
        if name != _KEPT:
            del os.environ[name]
