"""py3langid's tables for some languages, kept beside the code, as Python keeps its own: to unpack
the library's takes most of a second a start.

What is kept goes by the library's version, the languages and this code; where nothing can be kept,
or what was kept cannot be read, the tables are unpacked again.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from .keeping import keep

_BYTES = 256
_FOLDER = Path(__file__).parent / "__pycache__"


class Tables(NamedTuple):
    """The automaton: the class of each byte, where each state's row begins in all steps, and the
    feature that it has found (or -1); and of the languages' columns: features' weights, the usual,
    codes, and the pairs of columns that are one language.

    Bytes of a class lead on alike from everywhere: a row holds one step for all of them.
    """

    classes: NDArray[np.uint8]
    rows: NDArray[np.uint32]
    steps: NDArray[np.uint32]
    features: NDArray[np.int32]
    weights: NDArray[np.float16]
    usual: NDArray[np.float64]
    codes: NDArray[np.str_]
    again: NDArray[np.int64]


def tables_of(languages: Sequence[str]) -> Tables:
    """Return the tables for some languages, as they were kept, or unpacked and kept from now on."""
    made_of = [version("py3langid"), *sorted(languages), Path(__file__).read_text("utf-8")]
    digest = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]
    path = _FOLDER / f"languages-{digest}.npz"
    try:
        with path.open("rb") as file, np.load(file) as kept:
            return Tables(**kept)
    except (OSError, EOFError, ValueError, TypeError, zipfile.BadZipFile):
        pass  # not kept yet, or half of it
    tables = _unpack(languages)
    data = io.BytesIO()
    np.savez(data, **tables._asdict())
    keep(path, data.getvalue())
    return tables


def _unpack(languages: Sequence[str]) -> Tables:
    model: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(languages)
    steps = np.frombuffer(model.tk_nextmove, np.uint32).reshape(-1, _BYTES)
    _, bytes_kept, classes = np.unique(steps, axis=1, return_index=True, return_inverse=True)
    return Tables(
        classes=classes.ravel().astype(np.uint8),
        rows=np.array(model._rowbase, np.uint32) // _BYTES * len(bytes_kept),
        steps=steps[:, bytes_kept].ravel(),
        features=np.array(model.tk_output, np.int32),
        weights=np.ascontiguousarray(model.nb_ptc),  # a feature is a row
        usual=model.nb_pc.astype(np.float64),
        codes=np.array(model.nb_classes),
        again=np.array(model._alias_pairs, np.int64).reshape(-1, 2),
    )
