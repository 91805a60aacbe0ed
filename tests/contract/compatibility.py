"""Says where a new JSON Schema of an event breaks a reader or an event of yesterday.

What may change: new fields with a default, new values of an enumeration, wider bounds, words.
It reads the schemas that pydantic writes for our models, not every JSON Schema there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_SAME = ("pattern", "format", "multipleOf")


def breaks(old: Schema, new: Schema) -> list[str]:
    """Return what breaks, one sentence each, in the order of the fields."""
    return list(_Comparison(old, new).schemas("event", old, new))


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old_definitions = old.get("$defs", {})
        self._new_definitions = new.get("$defs", {})

    def schemas(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        was = self._alternatives(old, self._old_definitions)
        now = self._alternatives(new, self._new_definitions)
        for kind in was.keys() - now.keys():
            yield f"{path}: {kind} is not read any more"
        for kind in now.keys() - was.keys():
            yield f"{path}: may now be {kind}, which nobody expects"
        for kind in sorted(was.keys() & now.keys()):
            yield from self._same_kind(path, was[kind], now[kind])

    def _alternatives(self, schema: Schema, definitions: Schema) -> dict[str, Schema]:
        """Return the kinds of value that a schema allows, by name."""
        if "$ref" in schema:
            return self._alternatives(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        for word in ("anyOf", "oneOf"):
            if word in schema:
                found: dict[str, Schema] = {}
                for one in schema[word]:
                    found |= self._alternatives(one, definitions)
                return found
        kind = str(schema.get("type", "anything"))
        told_by = schema.get("properties", {}).get("type", {}).get("const")
        return {f"{kind} {told_by}" if told_by else kind: schema}

    def _same_kind(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        yield from self._values(path, old, new)
        for word in _LOWER:
            if word in new and new[word] > old.get(word, float("-inf")):
                yield f"{path}: {word} is raised to {new[word]}"
        for word in _UPPER:
            if word in new and new[word] < old.get(word, float("inf")):
                yield f"{path}: {word} is lowered to {new[word]}"
        for word in _SAME:
            if new.get(word) not in (None, old.get(word)):
                yield f"{path}: {word} is now {new[word]}"
        yield from self._parts(path, old, new)
        if "properties" in old or "properties" in new:
            yield from self._fields(path, old, new)

    def _values(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        was, now = _allowed(old), _allowed(new)
        if now is None:
            if was is not None:
                yield f"{path}: may now be any {new.get('type')}, not only {', '.join(was)}"
        elif was is None:
            yield f"{path}: may now only be {', '.join(now)}"
        elif gone := [value for value in was if value not in now]:
            yield f"{path}: {', '.join(gone)} is not read any more"

    def _parts(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        for word in ("items", "additionalProperties", "propertyNames"):
            was, now = old.get(word), new.get(word)
            if isinstance(was, Mapping) and isinstance(now, Mapping):
                yield from self.schemas(f"{path}[]", was, now)
            elif was != now and now is not None:
                yield f"{path}: {word} is now {now}"
        was, now = old.get("patternProperties", {}), new.get("patternProperties", {})
        if was.keys() != now.keys():
            yield f"{path}: keys are now {' or '.join(now)}"
        for pattern in was.keys() & now.keys():
            yield from self.schemas(f"{path}[]", was[pattern], now[pattern])
        was, now = old.get("prefixItems", ()), new.get("prefixItems", ())
        if len(was) != len(now):
            yield f"{path}: has {len(now)} places, not {len(was)}"
        for index, (one, other) in enumerate(zip(was, now, strict=False)):
            yield from self.schemas(f"{path}[{index}]", one, other)

    def _fields(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        was, now = old.get("properties", {}), new.get("properties", {})
        for name in was.keys() - now.keys():
            yield f"{path}.{name}: is gone"
        for name in sorted(now.keys() - was.keys()):
            if _must_be_given(new, name):
                yield f"{path}.{name}: is new and has no default"
        for name in sorted(was.keys() & now.keys()):
            if _must_be_given(new, name) and not _must_be_given(old, name):
                yield f"{path}.{name}: must now be given"
            if name in old.get("required", ()) and name not in new.get("required", ()):
                yield f"{path}.{name}: may now be missing"
            yield from self.schemas(f"{path}.{name}", was[name], now[name])


def _must_be_given(schema: Schema, name: str) -> bool:
    # Written, every field is there; a reader fills in what has a default.
    return name in schema.get("required", ()) and "default" not in schema["properties"][name]


def _allowed(schema: Schema) -> list[str] | None:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if values is None else [str(value) for value in values]
