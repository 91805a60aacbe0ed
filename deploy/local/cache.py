"""The one folder outside the checkout that we write to: what was downloaded and may be deleted."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """``PASSAPAROLA_CACHE``, else ``passaparola`` in ``XDG_CACHE_HOME`` or ``~/.cache``."""
    if own := os.environ.get("PASSAPAROLA_CACHE"):
        return Path(own).expanduser().absolute()
    # The XDG specification says that a relative XDG_CACHE_HOME is to be ignored.
    shared = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (shared if shared.is_absolute() else Path.home() / ".cache") / "passaparola"
