"""Any event of any model, drawn from what its fields allow; a new model or field is covered too."""

from __future__ import annotations

import types
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types as at
from hypothesis import strategies as st
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from schemas import Model, Museum, Polygon
from schemas.jsonschema import EVENTS
from schemas.museum import Handle, MultiPolygon

texts = st.text(st.characters(codec="utf-8"), max_size=40)
"""Whatever UTF-8 can carry: NULs, combining marks, right-to-left and unassigned code points."""

_zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=_zones | st.just(UTC),
)

_position = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
_ring = st.lists(_position, min_size=3, max_size=5).map(lambda ring: (*ring, ring[0]))
_rings = st.lists(_ring, min_size=1, max_size=2)

_BY_HAND: dict[Any, st.SearchStrategy[Any]] = {
    Polygon: st.builds(Polygon, type=st.just("Polygon"), coordinates=_rings),
    MultiPolygon: st.builds(
        MultiPolygon, type=st.just("MultiPolygon"), coordinates=st.lists(_rings, min_size=1)
    ),
    Handle: st.builds(Handle, id=st.text("0123456789", min_size=1), name=st.none() | texts),
}
_BY_FIELD: dict[tuple[type[Model], str], st.SearchStrategy[Any]] = {
    (Museum, "timezone"): st.sampled_from(["Europe/Rome", "America/New_York", "Asia/Tokyo"]),
    (Museum, "words"): st.lists(st.text("museo ", min_size=3), min_size=1, max_size=3),
}


def any_of(model: type[Model]) -> st.SearchStrategy[Any]:
    """Any event of a model, some with all optional fields left out."""
    if model in _BY_HAND:
        return _BY_HAND[model]
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, info in model.model_fields.items():
        by_hand = _BY_FIELD.get((model, name))
        drawn = _drawn(info.annotation, info.metadata) if by_hand is None else by_hand
        by_need = optional if by_hand is None and not info.is_required() else required
        by_need[name] = drawn
    return st.fixed_dictionaries(required, optional=optional).map(model.model_validate)


any_event = st.sampled_from(sorted(EVENTS)).flatmap(lambda ce_type: any_of(EVENTS[ce_type]))


def _drawn(annotation: Any, metadata: Sequence[Any] = ()) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, *notes = arguments
        more = [
            entry
            for note in notes
            for entry in (note.metadata if isinstance(note, FieldInfo) else [note])
        ]
        return _drawn(inner, [*more, *metadata])
    if origin in (Union, types.UnionType):
        return st.one_of([_drawn(one) for one in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        if arguments[1:] == (...,):
            low = _bound(metadata, at.MinLen, "min_length") or 0
            high = _bound(metadata, at.MaxLen, "max_length") or low + 2
            drawn = st.lists(_drawn(arguments[0]), min_size=low, max_size=high)
            return drawn.map(tuple)
        return st.tuples(*map(_drawn, arguments))
    if origin is dict:
        return st.dictionaries(*map(_drawn, arguments), max_size=2)
    if annotation is type(None):
        return st.none()
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return any_of(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    return _plain(annotation, metadata)


def _plain(annotation: Any, metadata: Sequence[Any]) -> st.SearchStrategy[Any]:
    low, high = _bound(metadata, at.Ge, "ge"), _bound(metadata, at.Le, "le")
    below = _bound(metadata, at.Lt, "lt")
    if annotation is AwareDatetime:
        return instants
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return st.integers(low, high if below is None else below - 1)
    if annotation is float:
        above = _bound(metadata, at.Gt, "gt")
        return st.floats(low if above is None else above + 1e-6, high, allow_nan=False).filter(
            lambda value: abs(value) != float("inf")
        )
    if annotation is date:
        return st.dates()
    if annotation is time:
        return st.times()
    assert annotation is str, f"say in {__name__} how to draw {annotation}"
    shortest = _bound(metadata, at.MinLen, "min_length") or 0
    longest = _bound(metadata, at.MaxLen, "max_length") or 60
    patterns = [entry.pattern for entry in metadata if hasattr(entry, "pattern")]
    if patterns:
        # Not the line's end that Python's ``$`` also takes before a last newline.
        exact = patterns[0].removesuffix("$") + r"\Z"
        return st.from_regex(exact, alphabet=st.characters(codec="utf-8")).filter(
            lambda text: len(text) <= longest
        )
    return st.text(st.characters(codec="utf-8"), min_size=shortest, max_size=min(longest, 40))


def _bound(metadata: Sequence[Any], kind: type[Any], name: str) -> Any:
    return next((getattr(entry, name) for entry in metadata if isinstance(entry, kind)), None)
