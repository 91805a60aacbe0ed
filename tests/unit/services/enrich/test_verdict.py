"""How sure a side's sentiment is: what is plainly said may call a team, a guess never does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.alerts.rules import negative_post
from services.enrich.hints import Leaning
from services.enrich.phrases.library import book_of
from services.enrich.verdict import guess

TOKENS = book_of("en").cut("Some velcro")
LEANINGS = st.builds(Leaning, st.floats(-3, 3), st.floats(-3, 3))


@given(st.floats(-0.6, 0.6), st.sampled_from((0.5, 1.0)), LEANINGS)
def test_a_guess_calls_nobody(score: float, neutral: float, leaning: Leaning) -> None:
    guessed = guess(TOKENS, score, "plain-1", neutral, leaning)
    assert guessed.p_negative < negative_post.Thresholds().min_confidence
    shares = (guessed.p_negative, guessed.p_neutral, guessed.p_positive)
    assert abs(sum(shares) - 1) < 1e-3
    assert min(shares) >= 0


def test_a_guess_leans_where_hints_lead() -> None:
    assert guess(TOKENS, 0.0, "plain-1", 1.0, Leaning(3, 0)).label == "negative"
    assert guess(TOKENS, 0.0, "plain-1", 1.0, Leaning(0, 3)).label == "positive"
    assert guess(TOKENS, 0.0, "plain-1", 1.0, Leaning(1, 1)).abstained
