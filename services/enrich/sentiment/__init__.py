"""How a text feels. Every model answers the same question through the same interface."""

from __future__ import annotations

from pathlib import Path

from services.common.errors import Fatal

from ..reading import SentimentModel
from .manifest import MANIFEST, Manifest, read_manifest
from .model import SHIPPED, TableModel
from .transformer import GRAPHS, TransformerModel

__all__ = ["SentimentModel", "load_model", "manifest_of"]


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


def manifest_of(folder: Path | None = None) -> Manifest | None:
    """Return what a folder's tables, or the shipped ones, say of themselves; none of a transformer.

    Raises ``Fatal`` where the manifest cannot be read.
    """
    folder = folder or SHIPPED
    if any((folder / name).exists() for name in GRAPHS) and not (folder / MANIFEST).exists():
        return None
    return read_manifest(folder)
