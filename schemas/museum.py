"""A museum: a place that we listen for, in ``museums.yaml`` and on topic ``museums``."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from .base import Model, MuseumId, Platform

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Position = tuple[Longitude, Latitude]
"""WGS84 degrees, longitude first as in GeoJSON."""
LinearRing = Annotated[tuple[Position, ...], Field(min_length=4)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}; use a name such as Europe/Rome") from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class Hashtag(Model):
    """A tag to listen for, as people write it and without ``#``.

    A weak tag (``monalisa``) counts only beside a strong tag, a handle, words or a place.
    """

    raw: str = Field(min_length=1, max_length=100)
    weak: bool = False


class Handle(Model):
    """An account of the museum: the immutable id decides, the name is for display and mentions."""

    id: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Handle:
        if not (self.id or self.name):
            raise ValueError("a handle needs an id or a name")
        return self


class Polygon(Model):
    """GeoJSON Polygon: an outer ring and holes, each closed."""

    type: Literal["Polygon"]
    coordinates: Annotated[tuple[LinearRing, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _closed(self) -> Polygon:
        if any(ring[0] != ring[-1] for ring in self.coordinates):
            raise ValueError("a ring must end where it starts")
        return self


class MultiPolygon(Model):
    """GeoJSON MultiPolygon: one polygon for each site of the museum."""

    type: Literal["MultiPolygon"]
    coordinates: Annotated[
        tuple[Annotated[tuple[LinearRing, ...], Field(min_length=1)], ...], Field(min_length=1)
    ]

    @model_validator(mode="after")
    def _closed(self) -> MultiPolygon:
        if any(ring[0] != ring[-1] for polygon in self.coordinates for ring in polygon):
            raise ValueError("a ring must end where it starts")
        return self


class Circle(Model):
    """A place as centre and radius in metres."""

    type: Literal["Circle"]
    lon: Longitude
    lat: Latitude
    radius_m: Annotated[float, Field(gt=0, le=5_000)]


Geofence = Annotated[Polygon | MultiPolygon | Circle, Field(discriminator="type")]


class OpeningHours(Model):
    """One opening in the museum's local time; ``closes`` before ``opens`` means after midnight."""

    days: Annotated[
        tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(min_length=1)
    ]
    opens: time
    closes: time


class Museum(Model):
    """A place we listen for.

    ``words`` are names in plain text ("Museo Egizio"): matched as whole words, whatever the case
    and accents. ``closures`` are days on which it is shut, ``holidays`` days that are like
    Sundays, ``busy_days`` those on which a crowd is expected, such as free Sundays. ``receivers``
    are names; their addresses are settings of the alerts service.
    """

    museum_id: MuseumId
    name: str = Field(min_length=1, max_length=200)
    hashtags: tuple[Hashtag, ...] = ()
    exclude_hashtags: tuple[str, ...] = ()
    handles: dict[Platform, tuple[Handle, ...]] = Field(default_factory=dict)
    words: tuple[Annotated[str, Field(min_length=3, max_length=100)], ...] = ()
    geofence: Geofence | None = None
    timezone: TimeZone
    languages: tuple[str, ...] = ()
    opening_hours: tuple[OpeningHours, ...] = ()
    closures: tuple[date, ...] = ()
    holidays: tuple[date, ...] = ()
    busy_days: tuple[date, ...] = ()
    receivers: tuple[str, ...] = ()
    wikidata: Annotated[str, Field(pattern=r"^Q[0-9]+$")] | None = None

    @model_validator(mode="after")
    def _findable(self) -> Museum:
        strong = any(not tag.weak for tag in self.hashtags)
        if not (strong or self.words or self.geofence or any(self.handles.values())):
            raise ValueError(
                "nothing to listen for: give a hashtag that is not weak, a handle, words "
                "or a geofence"
            )
        return self
