"""How a text feels. Every model answers the same question through the same interface."""

from __future__ import annotations

from pathlib import Path

from services.common.errors import Fatal

from ..reading import SentimentModel
from .manifest import MANIFEST
from .model import SHIPPED, TableModel
from .transformer import GRAPHS, TransformerModel

__all__ = ["SentimentModel", "load_model"]


def load_model(folder: Path | None = None) -> SentimentModel:
    """Return the shipped model, or that of a folder: tables of your own or a transformer.

    Raises ``Fatal`` where the folder is missing or what it holds does not work.
    """
    shipped = TableModel.open(SHIPPED)
    if folder is None:
        return shipped
    if (folder / MANIFEST).exists():
        return TableModel.open(folder)
    if not any((folder / name).exists() for name in GRAPHS):
        raise Fatal(
            f"no sentiment model in {folder}: it has neither {MANIFEST} nor {' nor '.join(GRAPHS)}"
        )
    return TransformerModel(folder, shipped)
