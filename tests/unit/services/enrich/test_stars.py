from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Rating
from services.enrich.stars import written_rating


@pytest.mark.parametrize(
    ("text", "value", "most"),
    [
        ("⭐☆☆☆☆ Terrible", 1, 5),
        ("Lovely ★★★★★", 5, 5),
        ("⭐️⭐️⭐️⭐️⭐️", 5, 5),
        ("1 star, avoid", 1, 5),
        ("2 out of 10", 2, 10),
        ("0/10 never again", 0, 10),
        ("1/10. Rude staff", 1, 10),
        ("The café was a 10/10!", 10, 10),
        ("4,5 stelle su 5", 4.5, 5),
        ("2 von 5 Sternen", 2, 5),
        ("Un museo de 5 estrellas", 5, 5),
        ("0 stars if I could", 0, 5),
    ],
)
def test_stars_in_words_and_signs_are_read(text: str, value: float, most: int) -> None:
    assert written_rating(text) == Rating(value=value, max=most)


@pytest.mark.parametrize(
    "text",
    [
        "Aperto dal 3/5 al 2/10",
        "3 von 5 Sälen geschlossen",
        "Next to a 4-star hotel",
        "I would give it 5 stars if there were benches",
        "⭐ New show ⭐",
        "12 stars in the ceiling",
        "Open 10/10-12/10",
    ],
)
def test_what_only_looks_like_stars_is_none(text: str) -> None:
    assert written_rating(text) is None


@given(st.text(alphabet="★⭐☆ 0123456789/.,stars outof10"))
def test_a_rating_lies_within_its_bounds(text: str) -> None:
    found = written_rating(text)
    assert found is None or 0 <= (found.value or 0) <= (found.max or 0)
