"""What every event model shares: frozen, tolerant of unknown fields, and with times in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema

MUSEUM_ID_PATTERN = r"^[a-z0-9-]+$"
PLATFORM_PATTERN = r"^[a-z][a-z0-9_]*$"


def to_utc(value: datetime) -> datetime:
    """Return the same instant in UTC. Raises ``ValueError`` where UTC has no such year."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the instant lies outside the years 1 to 9999 in UTC") from None


def format_utc(value: datetime) -> str:
    """RFC 3339 in UTC with a ``Z``; microseconds only where there are any."""
    return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


Utc = Annotated[
    AwareDatetime,
    AfterValidator(to_utc),
    WithJsonSchema({"type": "string"}, mode="serialization"),
]
"""An aware instant. Any offset is read, UTC is kept, and RFC 3339 is written as by ``format_utc``.

What is put into a model without being read (``model_copy``) must be in UTC already, as clocks are.
"""

MuseumId = Annotated[str, Field(pattern=MUSEUM_ID_PATTERN, max_length=64)]
PostId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*:.+$", max_length=512)]
"""``platform:native id``."""
Platform = Annotated[str, Field(pattern=PLATFORM_PATTERN, max_length=32)]
Count = Annotated[int, Field(ge=0, le=2**53)]
"""A counter of a platform. Absent is ``None``, never 0."""


class Model(BaseModel):
    """Base of all events: frozen; unknown fields are ignored, so a reader outlives its writer.

    An error never shows what was read: it may be the text of a post, and end in a log.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", allow_inf_nan=False, hide_input_in_errors=True
    )


ModelT = TypeVar("ModelT", bound=Model)


def forbid_extra(model: type[ModelT], data: Any) -> ModelT:
    """Validate what a person wrote: an unknown field is an error there, most often a slip."""
    return model.model_validate(data, extra="forbid")
