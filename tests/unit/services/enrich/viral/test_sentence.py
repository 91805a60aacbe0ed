"""The sentence: its numbers are those of the forecast."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas import Counters
from services.enrich.viral import Forecast, Standing, describe
from services.enrich.viral.motion import begin

T0 = datetime(2026, 5, 3, 10, tzinfo=UTC)
MOTION = replace(begin(Counters(likes=310), T0 + timedelta(hours=2.1), "x", T0), growth=190.0)
SEEN = Forecast(0.82, 1390, 810, 2440, 900, 60, "learned")


def test_it_says_what_the_museum_needs_to_know() -> None:
    assert describe(MOTION, SEEN) == (
        "Likely to go viral (82%): 310 interactions in 2.1 h, growing 190 an hour; "
        "at this age 9 of 10 posts have under 60. "
        "Expected about 1,400 (810-2,400) in two days; viral here means 900 or more."
    )


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.02, "Unlikely to go viral (2%)"),
        (0.3, "May go viral (30%)"),
        (0.599, "May go viral (59%)"),
        (0.999, "Likely to go viral (99%)"),
    ],
)
def test_it_says_how_likely(probability: float, said: str) -> None:
    assert describe(MOTION, SEEN._replace(probability=probability)).startswith(said + ":")


def test_what_has_arrived_is_said_plainly() -> None:
    motion = replace(MOTION, weighted=901.0)
    assert describe(motion, SEEN._replace(probability=1.0)).startswith("Viral: 901 interactions")


def test_fading_and_corrections_are_said() -> None:
    motion = replace(MOTION, standing=Standing(status="fading"), corrected_at=T0)
    sentence = describe(motion, SEEN)
    assert sentence.startswith("Was called viral and is fading: 310")
    assert sentence.endswith("The platform has since taken back part of the counts.")


def test_what_is_not_known_is_not_said() -> None:
    assert "9 of 10" not in describe(MOTION, SEEN._replace(nine_of_ten=None))
