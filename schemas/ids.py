"""Deterministic ids: the same fact always gets the same id, so that repeating it is harmless."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:passaparola")


def post_id(platform: str, native_id: str) -> str:
    """Name a post over all platforms: ``platform:native id``."""
    return f"{platform}:{native_id}"


def stable_id(kind: str, *parts: object) -> UUID:
    """Return the UUIDv5 of what is said (RFC 9562 section 5.5); parts are kept apart safely."""
    return uuid5(_NAMESPACE, "\x1f".join(_whole(str(part)) for part in (kind, *parts)))


def event_id(ce_type: str, key: str, value: bytes | None, time: str) -> str:
    """Return the ``ce_id`` of a record: the UUIDv5 of everything that it says."""
    return str(stable_id(ce_type, key, time, "" if value is None else value.decode("utf-8")))


def incident_id(museum_id: str, story_id: str) -> str:
    """Name the one incident of a museum and a story."""
    return str(stable_id("incident", museum_id, story_id))


def _whole(part: str) -> str:
    """Escape the separator, so that no part looks like two."""
    return part.replace("\x1e", "\x1e\x1e").replace("\x1f", "\x1e\x1f")
