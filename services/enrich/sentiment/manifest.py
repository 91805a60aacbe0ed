"""What a model folder says of itself: what it was made of and with, and how good it was found."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from schemas import explain
from services.common.errors import Fatal

MANIFEST, WEIGHTS = "manifest.json", "weights.npz"
OTHER = "other"
"""Stands for every language without a table of its own."""
FORMAT = 2
"""Grows when features or arrays change, so that weights never meet features of another kind."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """Texts that were learned from: how many, after near-duplicates were dropped; their terms."""

    name: str
    rows: int
    origin: str
    terms: str


class Measured(_Part):
    """What a model of this recipe reached on texts that it had not seen.

    ``macro_f1``: from 0 to 100, by language. ``calibration_error``: expected, from 0 to 1.
    """

    how: str
    rows: int
    average_macro_f1: float
    macro_f1: dict[str, float]
    calibration_error: dict[str, float]


class Manifest(_Part):
    """All that is known of a model. ``sha256`` is that of the weights' file."""

    format: int
    name: str
    version: str
    sha256: str
    size: int
    languages: tuple[str, ...]
    seed: int
    libraries: dict[str, str]
    sources: tuple[Source, ...]
    measured: tuple[Measured, ...]

    @field_validator("languages")
    @classmethod
    def _other_is_last(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if languages[-1:] != (OTHER,):
            raise ValueError(f"the last must be {OTHER!r}")
        return languages

    @property
    def full_name(self) -> str:
        """Name and version, as the events carry it."""
        return f"{self.name}-{self.version}"


def read_manifest(folder: Path) -> Manifest:
    """Read a folder's manifest. Raises ``Fatal`` where it is missing or not one."""
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise Fatal(f"no sentiment model in {folder}: it has no {MANIFEST}") from error
    except OSError as error:
        raise Fatal(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise Fatal(f"{path}: {explain(error)}") from error
    if manifest.format != FORMAT:
        raise Fatal(
            f"the sentiment model in {folder} has format {manifest.format}, this program reads "
            f"{FORMAT}: train it again with `passaparola model train`"
        )
    return manifest


def read_weights(folder: Path, manifest: Manifest) -> bytes:
    """Read the weights' file. Raises ``Fatal`` where it is not the one of the manifest."""
    path = folder / WEIGHTS
    try:
        weights = path.read_bytes()
    except OSError as error:
        raise Fatal(f"the sentiment model's {path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(weights).hexdigest()
    if found != manifest.sha256:
        raise Fatal(
            f"{path} is not the file that its manifest names (sha256 {found[:12]}…, expected "
            f"{manifest.sha256[:12]}…): install it again or train it with `passaparola model train`"
        )
    return weights
