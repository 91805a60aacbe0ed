"""Posts geotagged at a museum: polygons and circles in one tree, distances in metres.

Only a point or a place of at most 500 m around it can match; a city or a country never does.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Point, Polygon, box, shape
from shapely.ops import nearest_points

from schemas import Circle, Geo, Geofence

MAX_RADIUS_M = 500.0
"""A post's own uncertainty beyond which its place says nothing about one museum."""

_EARTH_M = 6_371_008.8
_DEGREE_M = radians(1) * _EARTH_M
_NEAR_DATE_LINE = 179.0


def haversine_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Return the great-circle distance of two positions in metres."""
    phi1, phi2 = radians(lat1), radians(lat2)
    half = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(half)))


class Places:
    """All museums' geofences in one tree of bounding boxes, then the exact test of the few left."""

    def __init__(self, fences: Iterable[tuple[int, Geofence]]) -> None:
        """Take pairs of a museum's number and its geofence."""
        self._fences: list[tuple[int, Circle | Polygon | MultiPolygon]] = []
        boxes = []
        for number, fence in fences:
            if isinstance(fence, Circle):
                self._fences.append((number, fence))
                boxes.append(_around(fence.lon, fence.lat, fence.radius_m))
            else:
                outline = shapely.make_valid(shape(fence.model_dump()))
                shapely.prepare(outline)
                self._fences.append((number, outline))
                boxes.append(box(*outline.bounds))
        self._tree = shapely.STRtree(boxes)

    def find(self, geo: Geo) -> dict[int, float]:
        """Return distances in metres by museum number: to a circle's centre, an outline's edge.

        The distance to an outline is 0 inside it.
        """
        reach = geo.radius_m or 0.0
        found: dict[int, float] = {}
        if not self._fences or geo.precision not in ("point", "place") or reach > MAX_RADIUS_M:
            return found
        for lon in _same_longitudes(geo.lon):
            # A metre more than asked for: the box is degrees, the exact test below is metres.
            for index in self._tree.query(_around(lon, geo.lat, reach + 1.0)):
                number, fence = self._fences[index]
                if isinstance(fence, Circle):
                    distance = haversine_m(lon, geo.lat, fence.lon, fence.lat)
                    near = distance <= fence.radius_m + reach
                else:
                    distance = _metres_to(fence, lon, geo.lat)
                    near = distance <= reach
                if near:
                    found[number] = round(distance, 1)
        return found


def _around(lon: float, lat: float, metres: float) -> Polygon:
    high = metres / _DEGREE_M
    # Towards the poles a degree of longitude shrinks to nothing; the far edge counts.
    wide = min(180.0, high / max(cos(radians(min(89.9, abs(lat) + high))), 1e-3))
    return box(lon - wide, lat - high, lon + wide, lat + high)


def _same_longitudes(lon: float) -> tuple[float, ...]:
    if abs(lon) < _NEAR_DATE_LINE:
        return (lon,)
    return (lon, lon - 360.0) if lon > 0 else (lon, lon + 360.0)


def _metres_to(outline: Polygon | MultiPolygon, lon: float, lat: float) -> float:
    point = Point(lon, lat)
    if outline.intersects(point):
        return 0.0
    # Nearest in degrees is not nearest in metres, so longitudes are first made as short as here.
    shrink = cos(radians(lat))
    flat = affinity.scale(outline, xfact=shrink, yfact=1.0, origin=(0.0, 0.0))
    nearest, _ = nearest_points(flat, Point(lon * shrink, lat))
    return haversine_m(lon, lat, nearest.x / shrink, nearest.y)
