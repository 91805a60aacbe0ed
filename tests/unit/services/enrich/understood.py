"""What a text says, read with the plain model: for tests of single texts."""

from __future__ import annotations

from services.enrich.understanding import Item, Reader, Understanding

from .plain_model import PlainModel

READER = Reader(PlainModel())


def understand(text: str, lang: str = "en", **given: object) -> Understanding:
    item = Item(text, lang=lang, **given)  # type: ignore[arg-type]
    return READER.understand([item])[0]
