from __future__ import annotations

from math import cos, radians
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Circle, Geo, Polygon
from services.ingest.matching.places import MAX_RADIUS_M, Places, haversine_m

LOUVRE = Polygon.model_validate(
    {
        "type": "Polygon",
        "coordinates": [
            [[2.33, 48.859], [2.34, 48.859], [2.34, 48.863], [2.33, 48.863], [2.33, 48.859]],
        ],
    }
)


def at(lon: float, lat: float, **fields: Any) -> Geo:
    return Geo.model_validate({"precision": "point", "lon": lon, "lat": lat} | fields)


def test_haversine_agrees_with_a_known_distance() -> None:
    # London to Paris, 343.5 km by the great circle.
    assert haversine_m(-0.1278, 51.5074, 2.3522, 48.8566) == pytest.approx(343_556, rel=1e-3)


def test_inside_an_outline_the_distance_is_nothing() -> None:
    assert Places([(7, LOUVRE)]).find(at(2.336, 48.861)) == {7: 0.0}


def test_a_vague_place_matches_as_far_as_it_is_vague() -> None:
    places = Places([(0, LOUVRE)])
    outside = at(2.3440, 48.861)  # about 293 m east of the edge
    assert places.find(outside) == {}
    assert places.find(outside.model_copy(update={"radius_m": 250.0})) == {}
    assert places.find(outside.model_copy(update={"radius_m": 300.0})) == {
        0: pytest.approx(293, abs=2)
    }


@pytest.mark.parametrize("precision", ["city", "country"])
def test_cities_and_countries_never_match(precision: str) -> None:
    assert Places([(0, LOUVRE)]).find(at(2.336, 48.861, precision=precision)) == {}


def test_too_vague_a_place_never_matches() -> None:
    places = Places([(0, LOUVRE)])
    assert places.find(at(2.336, 48.861, radius_m=MAX_RADIUS_M)) != {}
    assert places.find(at(2.336, 48.861, radius_m=MAX_RADIUS_M + 1)) == {}


def test_a_hole_is_outside() -> None:
    outer = [[0.0, 0.0], [0.1, 0.0], [0.1, 0.1], [0.0, 0.1], [0.0, 0.0]]
    hole = [[0.04, 0.04], [0.06, 0.04], [0.06, 0.06], [0.04, 0.06], [0.04, 0.04]]
    fence = Polygon.model_validate({"type": "Polygon", "coordinates": [outer, hole]})
    places = Places([(0, fence)])
    assert places.find(at(0.05, 0.05)) == {}
    assert places.find(at(0.02, 0.02)) == {0: 0.0}


def test_a_circle_reaches_over_the_date_line() -> None:
    places = Places([(0, Circle(type="Circle", lon=179.999, lat=-17.0, radius_m=500))])
    assert places.find(at(-179.999, -17.0)) == {0: pytest.approx(212.7, abs=1)}


def test_an_outline_that_crosses_itself_still_works() -> None:
    bow = [[0.0, 0.0], [0.1, 0.1], [0.1, 0.0], [0.0, 0.1], [0.0, 0.0]]
    places = Places([(0, Polygon.model_validate({"type": "Polygon", "coordinates": [bow]}))])
    assert places.find(at(0.02, 0.05)) == {0: 0.0}


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-85, 85),
    radius=st.floats(1, 5000),
    reach=st.floats(0, MAX_RADIUS_M),
    east=st.floats(-8000, 8000),
    north=st.floats(-8000, 8000),
)
def test_the_tree_leaves_out_no_circle(
    lon: float, lat: float, radius: float, reach: float, east: float, north: float
) -> None:
    there_lat = max(-90.0, min(90.0, lat + north / 111_195))
    there_lon = lon + east / (111_195 * cos(radians(lat)))
    there_lon = (there_lon + 180) % 360 - 180
    distance = haversine_m(lon, lat, there_lon, there_lat)
    found = Places([(0, Circle(type="Circle", lon=lon, lat=lat, radius_m=radius))]).find(
        at(there_lon, there_lat, radius_m=reach)
    )
    assert (0 in found) == (distance <= radius + reach) or abs(distance - radius - reach) < 0.01
