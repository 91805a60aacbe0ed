"""What the code declares and the files around it repeat: settings by name, images, commands."""

from __future__ import annotations

import importlib
import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from typer.testing import CliRunner

from services.common.settings import ServiceSettings

ROOT = Path(__file__).parents[3]
SERVICES = ("ingest", "enrich", "alerts")
PREFIX = "PASSAPAROLA_"
BESIDE = {"PASSAPAROLA_SECRETS_DIR"}
"""Read by the settings themselves, and no setting."""


def settings_class(service: str) -> type[ServiceSettings]:
    """The settings of a service."""
    found: type[ServiceSettings] = importlib.import_module(f"services.{service}.settings").Settings
    return found


def declared_settings(model: type[BaseModel]) -> dict[str, Any]:
    """Every setting by the name of its variable, with its default."""
    return dict(_walk(model, PREFIX))


def _walk(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        variable = prefix + name.upper()
        default = field.get_default(call_default_factory=True)
        inner = _model_in(field.annotation)
        if inner is None:
            yield variable, default
            continue
        for deeper, own in _walk(inner, f"{variable}__"):
            given = _leaf(default, deeper.removeprefix(f"{variable}__"))
            yield deeper, own if given is None else given


def _leaf(value: Any, rest: str) -> Any:
    for part in rest.lower().split("__"):
        value = getattr(value, part, None)
    return value


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        found = [_model_in(part) for part in typing.get_args(annotation)]
        return next((model for model in found if model is not None), None)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def unknown_variables(names: Sequence[str], model: type[BaseModel]) -> list[str]:
    """Names of variables of ours that no setting reads."""
    known = declared_settings(model)
    return [
        name
        for name in names
        if name.startswith(PREFIX) and name not in known and name not in BESIDE
    ]


@dataclass(frozen=True)
class Image:
    """What the Dockerfile says of one service's image."""

    copied: tuple[str, ...]
    command: tuple[str, ...]
    environment: Mapping[str, str]


def images() -> dict[str, Image]:
    """The stages of the Dockerfile that are services, with what they take from others."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    stages: dict[str, list[list[str]]] = {}
    bases: dict[str, str] = {}
    current: list[list[str]] = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "FROM":
            name = words[3] if len(words) == 4 else ""
            bases[name] = words[1]
            current = stages.setdefault(name, [])
        current.append(words)
    return {
        name: _image(stages["common"] + lines)
        for name, lines in stages.items()
        if bases[name] == "common"
    }


def _image(lines: Sequence[Sequence[str]]) -> Image:
    copies = [words for words in lines if words[0] == "COPY" and not words[1].startswith("--")]
    commands = [" ".join(words[1:]) for words in lines if words[0] == "CMD"]
    assert all(source == target for _, source, target in copies)
    return Image(
        copied=tuple(source for _, source, _ in copies),
        command=tuple(re.findall(r'"([^"]*)"', commands[-1])),
        environment=dict(
            pair.split("=", 1) for words in lines if words[0] == "ENV" for pair in words[1:]
        ),
    )


def assert_command_exists(words: Sequence[str]) -> None:
    """Fail where ``python -m cli ...`` names a command or an option that there is not."""
    from cli.__main__ import app

    assert list(words[:3]) == ["python", "-m", "cli"]
    result = CliRunner().invoke(app, [*words[3:], "--help"])
    assert result.exit_code == 0, result.output
