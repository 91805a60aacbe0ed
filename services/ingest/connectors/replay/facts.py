"""A line's fields as facts: a post with perhaps a snapshot, a snapshot, or a removal.

What a person may leave out of a line is filled in here; what makes no sense is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from schemas import (
    COUNTERS,
    EngagementSnapshot,
    Ingest,
    Model,
    Post,
    Removal,
    RemovalReason,
    Transport,
    Utc,
    explain,
)
from services.common.errors import Poison
from services.ingest.cleaning import without_surrogates
from services.ingest.matching import extract_hashtags, extract_mentions
from services.ingest.observations import AccountRemoval, Fact

NAME = "replay"
_TIMES = ("created_at", "indexed_at", "edited_at", "observed_at", "effective_at")
_UNKNOWN = datetime.fromtimestamp(0, UTC)
_COUNTS = (*COUNTERS, "followers")
_utc: TypeAdapter[datetime] = TypeAdapter(Utc)
ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class Reading:
    """How lines are read: how their posts came, and by how much their times are shifted.

    ``now`` tells when they were received; ``None``: when they were observed.
    """

    transport: Transport
    now: Callable[[], datetime] | None = None
    shift: timedelta = timedelta(0)


def facts_of(fields: Mapping[str, Any], reading: Reading) -> list[Fact]:
    """Return what a line says, the main fact first. Raises ``Poison``."""
    said: dict[str, Any] = without_surrogates(dict(fields))
    kind = said.pop("type", "post")
    read = _KINDS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise Poison("unknown_type", f"type is none of {', '.join(_KINDS)}")
    try:
        return read(said, reading)
    except ValidationError as error:
        raise Poison(_reason(error), explain(error)) from error
    except OverflowError as error:
        raise Poison("invalid_time", "a time beyond what can be told") from error


def time_of(fact: Fact) -> datetime | None:
    """Return when a fact was observed, which paces a replay."""
    return getattr(fact, "observed_at", None)


def id_of(fact: Fact) -> str | None:
    """Return the id of the post or account that a fact is about."""
    if isinstance(fact, AccountRemoval):
        return f"{fact.platform}:{fact.author_id}"
    return getattr(fact, "post_id", None)


def _post(said: dict[str, Any], reading: Reading) -> list[Fact]:
    counters = {name: said.pop(name) for name in COUNTERS if said.get(name) is not None}
    counted_at = said.pop("counted_at", None)
    said.pop("matches", None)
    platform = _with_platform(said)
    said.setdefault("text", "")
    edited_at = said.get("edited_at")
    if said.get("version") is None:
        said["version"] = 1 if edited_at is None else _microseconds(_utc.validate_python(edited_at))
    if said.get("observed_at") is None:
        said["observed_at"] = edited_at or said.get("created_at")
    if isinstance(said["text"], str):
        if said.get("hashtags") is None:
            said["hashtags"] = extract_hashtags(said["text"])
        if said.get("mentions") is None:
            names = extract_mentions(said["text"])
            said["mentions"] = [{"handle": name} for name in names]
    said["ingest"] = Ingest(connector=NAME, transport=reading.transport, received_at=_UNKNOWN)
    post = _shifted(_given(Post, said), reading.shift)
    received_at = post.observed_at if reading.now is None else reading.now()
    ingest = post.ingest.model_copy(update={"received_at": received_at})
    post = post.model_copy(update={"ingest": ingest})
    if not counters:
        return [post]
    counted = {
        **counters,
        "post_id": post.post_id,
        "platform": platform,
        "observed_at": said["observed_at"] if counted_at is None else counted_at,
    }
    return [post, *_engagement(counted, reading)]


def _engagement(said: dict[str, Any], reading: Reading) -> list[Fact]:
    _with_platform(said)
    said["method"] = NAME
    snapshot = _shifted(_given(EngagementSnapshot, said), reading.shift)
    if reading.now is not None and (now := reading.now()) < snapshot.observed_at:
        # "A week after the post" is not over yet: they were counted by now, or are not there.
        snapshot = snapshot.model_copy(update={"observed_at": now})
    return [snapshot]


def _removal(said: dict[str, Any], reading: Reading) -> list[Fact]:
    said.setdefault("reason", RemovalReason.AUTHOR_DELETE.value)
    for one, other in (("observed_at", "effective_at"), ("effective_at", "observed_at")):
        if said.get(one) is None:
            said[one] = said.get(other)
    if said.get("scope") != "account":
        return [_shifted(_given(Removal, said), reading.shift)]
    author_id, platform = said.get("author_id"), said.get("platform")
    if not isinstance(author_id, str) or not isinstance(platform, str):
        raise Poison("missing_field", "an account's removal needs platform and author_id")
    # The model checks reason and times; which posts go is known to the pipeline only.
    told = _shifted(_given(Removal, said | {"post_id": f"{platform}:{author_id}"}), reading.shift)
    return [AccountRemoval(platform, author_id, told.reason, told.effective_at, told.observed_at)]


_KINDS: Mapping[str, Callable[[dict[str, Any], Reading], list[Fact]]] = {
    "post": _post,
    "engagement": _engagement,
    "removal": _removal,
}


def _given(model: type[ModelT], said: dict[str, Any]) -> ModelT:
    # A null where a field has a default means the same as no field.
    return model.model_validate(
        {
            name: value
            for name, value in said.items()
            if value is not None or name not in model.model_fields
        }
    )


def _with_platform(said: dict[str, Any]) -> Any:
    post_id = said.get("post_id")
    if said.get("platform") is None and isinstance(post_id, str):
        said["platform"] = post_id.partition(":")[0]
    return said.get("platform")


def _shifted(model: ModelT, shift: timedelta) -> ModelT:
    if not shift:
        return model
    return model.model_copy(
        update={
            name: value + shift
            for name in _TIMES
            if (value := getattr(model, name, None)) is not None
        }
    )


def _microseconds(at: datetime) -> int:
    return max(0, round(at.timestamp() * 1_000_000))


def _reason(error: ValidationError) -> str:
    errors = error.errors(include_input=False, include_url=False, include_context=False)
    for found in errors:
        if found["type"] == "greater_than_equal" and found["loc"] and found["loc"][-1] in _COUNTS:
            return "negative_count"
    return "missing_field" if any(e["type"] == "missing" for e in errors) else "invalid_field"
