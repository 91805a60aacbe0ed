"""Keeps compiled books beside the code, as Python keeps its own: to compile takes seconds a start.

What is kept goes by a hash of the phrases, of the code that reads them and of the Python that wrote
it; where nothing can be kept, or what was kept cannot be read, the book is compiled again.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from ..keeping import keep
from .compiled import Compiled

_HERE = Path(__file__).parent


def kept(name: str, texts: Iterable[str], compile_book: Callable[[], Compiled]) -> Compiled:
    """Return the book of some phrase files: as it was kept, or compiled and kept from now on."""
    tag = sys.implementation.cache_tag
    digest = hashlib.sha256(f"{tag} {sys.version}".encode())
    for path in sorted(_HERE.glob("*.py")):
        digest.update(path.read_bytes())
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    path = _HERE / "__pycache__" / f"book-{name}.{tag}"
    try:
        found = marshal.loads(path.read_bytes())  # noqa: S302 - as trusted as the .pyc beside it
        if found[0] == digest.digest():
            return Compiled(*found[1:])
    except (OSError, EOFError, ValueError, TypeError, IndexError):
        pass  # not kept yet, or half of it
    compiled = compile_book()
    keep(path, marshal.dumps((digest.digest(), *compiled)))
    return compiled
