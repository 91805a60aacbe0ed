"""Events to bytes and back: UTF-8 JSON of the models, nothing else."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

ModelT = TypeVar("ModelT", bound=BaseModel)


def encode(model: BaseModel) -> bytes:
    """Write a model as UTF-8 JSON. Raises ``ValueError`` for text that UTF-8 cannot carry."""
    return model.__pydantic_serializer__.to_json(model)


def decode(model: type[ModelT], value: bytes) -> ModelT:
    """Read a model from JSON. Raises ``ValueError`` that names fields, never their contents."""
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        raise ValueError(explain(error)) from None


def explain(error: ValidationError) -> str:
    """Say in one line which fields are wrong and why, without any of the input."""
    found = [
        f"{'.'.join(map(str, item['loc'])) or 'value'}: {item['msg']}"
        for item in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    shown = "; ".join(found[:5])
    return shown if len(found) <= 5 else f"{shown}; and {len(found) - 5} more"
