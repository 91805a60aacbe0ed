"""A small folder of labelled texts, made up, with everything that training looks for."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "pt")
TELLING = {
    "neg": ("awful", "bad", "dirty", "rude"),
    "neu": ("opens", "monday", "floor", "garden"),
    "pos": ("great", "lovely", "superb", "kind"),
}
_FILLERS = [f"w{number}" for number in range(400)]
_SOURCES = (
    ("semeval17", "en", 600, ("neg", "neu", "pos")),
    ("elsahar_X", "ar", 90, ("neg", "neu", "pos")),
    ("multiemotions", "it", 90, ("neg", "neu", "pos")),
    ("mozetic_en", "en", 90, ("neg", "pos")),
    ("xed_it", "it", 90, ("neg", "pos")),
    ("allocine", "fr", 90, ("neg", "pos")),
)


def make_folder(folder: Path, *, seed: int = 3) -> Path:
    """Write the folder; two words of each text tell its label."""
    chance = random.Random(seed)
    for language in LANGUAGES:
        for split, count in (("train", 60), ("val", 15)):
            rows = make_rows(chance, language, count, ("neg", "neu", "pos"))
            write(folder / f"umsab_{language}.{split}.tsv.gz", rows)
    for name, language, count, labels in _SOURCES:
        write(folder / f"{name}.tsv.gz", make_rows(chance, language, count, labels))
    words = [(word, 1) for word in TELLING["pos"]] + [(word, -1) for word in TELLING["neg"]]
    write(folder / "lexicons.tsv.gz", (f"en\t{word}\t{weight}" for word, weight in words))
    return folder


def make_rows(
    chance: random.Random, language: str, count: int, labels: tuple[str, ...]
) -> Iterator[str]:
    """Yield lines of a file."""
    for number in range(count):
        label = labels[number % len(labels)]
        words = chance.choices(_FILLERS, k=6) + chance.choices(TELLING[label], k=2)
        smile = " 😀" if label == "pos" else ""
        yield f"{language}\t{label}\t{' '.join(words)}{smile}"


def write(path: Path, lines: Iterator[str]) -> None:
    """Write a gzipped file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
