"""A transformer of your own as ONNX, behind the same interface: slower, and often better.

It judges texts; the words that decided come from the shipped tables, which it does not explain.
Everything that can be wrong with its folder is found when it is opened.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from services.common.errors import Fatal

from ..reading import Pull, Reading, SentimentModel, Text
from .answers import answers, nothing_said
from .features import Floats
from .table import LABELS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

GRAPHS = ("model.onnx", "model_quantized.onnx")
"""Either is the graph; the first that is there counts."""
TOKENS = 128
"""What is read of a text."""

_BATCH = 32
_READ = 2_000
_FLOOR = 0.4
_LINK, _ACCOUNT = re.compile(r"https?://\S+"), re.compile(r"@\w+")
_STARS = re.compile(r"([1-5])(?: stars?)?")


@dataclass(frozen=True)
class _Folder:
    """What a folder holds: a graph and its inputs, a tokenizer, and what each output says.

    ``pad``: the token that fills up short texts.
    """

    session: InferenceSession
    inputs: tuple[str, ...]
    tokenizer: Tokenizer
    pad: int
    labels: tuple[int, ...]
    name: str


class TransformerModel:
    """Reads texts with a transformer. ``words``: the model that tells how each word pulls."""

    def __init__(self, folder: Path, words: SentimentModel) -> None:
        self._folder = _open(folder)
        self._words = words
        self.name = self._folder.name

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Judge texts, one answer each, in order; those of like length at once."""
        logits = np.zeros((len(texts), len(LABELS)))
        encodings = self._folder.tokenizer.encode_batch([_plain(text.text) for text in texts])
        order = sorted(range(len(texts)), key=lambda at: len(encodings[at].ids))
        for first in range(0, len(order), _BATCH):
            some = order[first : first + _BATCH]
            logits[some] = _judge(self._folder, [encodings[at] for at in some])
        pulls = [reading.pulls for reading in self._words.read(texts)]
        return self._readings(texts, logits, pulls)

    def _readings(
        self, texts: Sequence[Text], logits: Floats, pulls: list[tuple[Pull, ...]]
    ) -> list[Reading]:
        floors = np.full(len(texts), _FLOOR)
        judged = answers(self.name, logits, floors, pulls)
        return [
            Reading(sentiment if text.text.strip() else nothing_said(self.name), own)
            for text, sentiment, own in zip(texts, judged, pulls, strict=True)
        ]


def _plain(text: str) -> str:
    """Mask links and accounts, as the public models for posts have learned them."""
    known = text[:_READ].encode("utf-8", "replace").decode("utf-8")
    return _ACCOUNT.sub("@user", _LINK.sub("http", known))


def _judge(folder: _Folder, encodings: Sequence[Encoding]) -> Floats:
    """Return the log-odds of the three labels, a row an encoding."""
    longest = max(1, *(len(one.ids) for one in encodings))
    shape = (len(encodings), longest)
    fed = {
        "input_ids": np.zeros(shape, np.int64),
        "attention_mask": np.zeros(shape, np.int64),
        "token_type_ids": np.zeros(shape, np.int64),
    }
    fed["input_ids"][:] = folder.pad
    for row, one in enumerate(encodings):
        fed["input_ids"][row, : len(one.ids)] = one.ids
        fed["attention_mask"][row, : len(one.ids)] = 1
        fed["token_type_ids"][row, : len(one.ids)] = one.type_ids
    outputs = folder.session.run(None, {name: fed[name] for name in folder.inputs})[0]
    return _in_three(np.asarray(outputs, np.float64), folder.labels)


def _in_three(outputs: Floats, labels: Sequence[int]) -> Floats:
    """Add up what says the same: five kinds of stars, for instance, are three labels."""
    if outputs.shape[1:] != (len(labels),):
        raise ValueError(f"{len(labels)} labels for outputs of the shape {outputs.shape}")
    three = np.full((len(outputs), len(LABELS)), -np.inf)
    for column, label in enumerate(labels):
        three[:, label] = np.logaddexp(three[:, label], outputs[:, column])
    return np.asarray(np.maximum(three, outputs.min(axis=1, keepdims=True) - 20))


def _open(folder: Path) -> _Folder:
    try:
        from onnxruntime import InferenceSession
        from tokenizers import Tokenizer
    except ImportError as error:
        raise Fatal(
            f"a transformer needs {error.name}, which no image has: see docs/sentiment.md; "
            "`make install` in a checkout has it"
        ) from error
    graph = next((folder / name for name in GRAPHS if (folder / name).exists()), None)
    if graph is None:
        raise Fatal(f"no transformer in {folder}: it has no {' or '.join(GRAPHS)}")
    labels = _labels(folder / "config.json")
    try:
        session = InferenceSession(graph, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises what it likes
        raise Fatal(f"{graph} is not an ONNX model that can be run: {error}") from error
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        pad = (tokenizer.padding or {}).get("pad_id", 0)
        tokenizer.no_padding()  # we fill up only to the longest of those judged at once
        tokenizer.enable_truncation(TOKENS)
    except Exception as error:  # so does this one
        raise Fatal(f"{folder / 'tokenizer.json'} cannot be read: {error}") from error
    digest = hashlib.sha256()  # of all files: labels, words and outside weights change answers too
    for path in sorted(folder.iterdir()):
        if path.is_file():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    opened = _Folder(
        session,
        tuple(one.name for one in session.get_inputs()),
        tokenizer,
        pad,
        labels,
        f"{folder.resolve().name}-{digest.hexdigest()[:8]}",
    )
    _try(opened, graph)
    return opened


def _try(folder: _Folder, graph: Path) -> None:
    """Judge a word and a long text at once, so that what does not fit is found now."""
    try:
        _judge(folder, folder.tokenizer.encode_batch(["museum", "museum " * TOKENS]))
    except Exception as error:
        raise Fatal(f"{graph} does not work with its tokenizer and labels: {error}") from error


def _labels(path: Path) -> tuple[int, ...]:
    """Return which of our labels each of the model's outputs is. Raises ``Fatal``."""
    try:
        config: Any = json.loads(path.read_bytes())
        names = {int(number): str(name) for number, name in config["id2label"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Fatal(f"{path} does not name the model's labels in id2label: {error}") from error
    if sorted(names) != list(range(len(names))) or len(names) < 2:
        raise Fatal(f"{path}: id2label must number its labels from 0")
    return tuple(_label(names[number], path) for number in range(len(names)))


def _label(name: str, path: Path) -> int:
    told = name.strip().lower()
    if told in LABELS:
        return LABELS.index(told)
    if stars := _STARS.fullmatch(told):
        return (0, 0, 1, 2, 2)[int(stars[1]) - 1]
    raise Fatal(
        f"{path}: the label {name!r} is none of {', '.join(LABELS)}, nor 1 to 5 stars: "
        "name the labels in id2label"
    )
