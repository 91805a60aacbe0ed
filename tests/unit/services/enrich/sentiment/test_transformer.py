"""A tiny ONNX model, made here, behind the same interface; and all that can be wrong with one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from services.common.errors import Fatal
from services.enrich.reading import Text
from services.enrich.sentiment import load_model
from services.enrich.sentiment.transformer import TOKENS, TransformerModel

WORDS = ("[PAD]", "[UNK]", "[CLS]", "@user", "http", "bad", "so", "good")
NAMES = {"0": "Negative", "1": "NEUTRAL", "2": "positive"}
THREE = ((0, 0, 0), (0, 1, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), (3, 0, 0), (0, 0, 0), (0, 0, 3))


def make(
    folder: Path,
    names: dict[str, str] | None = None,
    weights: Sequence[Sequence[float]] = THREE,
    *,
    graph: str = "model.onnx",
    inputs: tuple[str, ...] = ("input_ids", "attention_mask"),
    padded: bool = False,
) -> Path:
    """Write a model whose logits are the sums of its words' weights."""
    folder.mkdir(exist_ok=True)
    onnx.save(_graph(weights, inputs), folder / graph)
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 2)]
    )
    if padded:
        tokenizer.enable_padding(pad_id=7, pad_token="good", length=20)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"id2label": NAMES if names is None else names}))
    return folder


def _graph(weights: Sequence[Sequence[float]], inputs: tuple[str, ...]) -> onnx.ModelProto:
    table = numpy_helper.from_array(np.array(weights, np.float32), "table")
    axes = numpy_helper.from_array(np.array([1], np.int64), "axes")
    last = numpy_helper.from_array(np.array([2], np.int64), "last")
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["rows", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "axes"], ["logits"], keepdims=0),
    ]
    shape = ["batch", "length"]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(weights[0])])],
        [table, axes, last],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def labels(folder: Path, *texts: str) -> list[str]:
    model = load_model(folder)
    return [one.sentiment.label for one in model.read([Text(text, "en") for text in texts])]


def test_it_judges_texts_of_any_length_in_their_order(tmp_path: Path) -> None:
    folder = make(tmp_path / "tiny")
    texts = ["good", "so " * 50 + "bad", "nothing known", "", "good so good"] * 20
    assert (
        labels(folder, *texts) == [*("positive", "negative", "neutral", "neutral", "positive")] * 20
    )


def test_alone_and_together(tmp_path: Path) -> None:
    model = load_model(make(tmp_path / "tiny"))
    texts = [Text(f"{'so ' * count}good bad unknown", "en") for count in range(70)]
    assert model.read(texts) == [model.read([text])[0] for text in texts]


def test_its_name_tells_folder_and_version(tmp_path: Path) -> None:
    first, second = make(tmp_path / "tiny"), make(tmp_path / "other", weights=THREE[::-1])
    assert load_model(first).name.startswith("tiny-")
    assert load_model(first).name[-8:] != load_model(second).name[-8:]
    name = load_model(first).name
    make(tmp_path / "tiny", names={"0": "positive", "1": "neutral", "2": "negative"})
    assert load_model(first).name != name, "its labels change its answers"
    assert load_model(first).read([Text("good", "en")])[0].sentiment.model.startswith("tiny-")


def test_the_words_that_decided_agree_with_its_label(tmp_path: Path) -> None:
    model = load_model(make(tmp_path / "tiny"))
    (reading,) = model.read([Text("so good and so wonderful", "en")])
    assert reading.sentiment.label == "positive"
    assert len(reading.pulls) == 5
    assert all(one.weight > 0 for one in reading.sentiment.evidence)


def test_stars_are_three_labels(tmp_path: Path) -> None:
    weights = np.zeros((8, 5))
    weights[5, 1], weights[7, 3:] = 9, 8
    names = {str(at): f"{at + 1} star{'s' * (at > 0)}" for at in range(5)}
    folder = make(tmp_path / "stars", names, weights.tolist(), graph="model_quantized.onnx")
    assert labels(folder, "good", "bad") == ["positive", "negative"]


def test_what_the_graph_does_not_list_is_not_fed(tmp_path: Path) -> None:
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    assert labels(make(tmp_path / "typed", inputs=inputs), "good") == ["positive"]


def test_what_fills_up_a_text_does_not_speak(tmp_path: Path) -> None:
    assert labels(make(tmp_path / "padded", padded=True), "bad", "so so so") == [
        *("negative", "neutral")
    ]


def test_a_wall_of_text_is_cut(tmp_path: Path) -> None:
    folder = make(tmp_path / "tiny")
    assert labels(folder, "so " * TOKENS + "bad", "\ud800 good") == ["neutral", "positive"]


def broken(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("model.onnx", "x", "is not an ONNX model"),
        ("tokenizer.json", "{}", "tokenizer.json cannot be read"),
        ("config.json", "{}", "does not name the model's labels"),
        (
            "config.json",
            '{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}',
            "label 'LABEL_0' is none",
        ),
        ("config.json", '{"id2label": {"1": "positive", "2": "negative"}}', "from 0"),
        ("config.json", '{"id2label": {"0": "negative", "1": "positive"}}', "does not work with"),
    ],
)
def test_a_broken_folder_stops_the_start(tmp_path: Path, name: str, text: str, told: str) -> None:
    folder = broken(make(tmp_path / "tiny"), name, text)
    with pytest.raises(Fatal, match=told):
        load_model(folder)


def test_a_graph_of_other_inputs_stops_the_start(tmp_path: Path) -> None:
    folder = make(tmp_path / "odd", inputs=("input_ids", "attention_mask", "pixel_values"))
    with pytest.raises(Fatal, match="does not work with"):
        load_model(folder)


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    for name in ("tokenizer.json", "config.json"):
        folder = make(tmp_path / "tiny")
        (folder / name).unlink()
        with pytest.raises(Fatal, match=name):
            load_model(folder)
    with pytest.raises(Fatal, match=r"has no model\.onnx or model_quantized\.onnx"):
        TransformerModel(tmp_path, load_model())
