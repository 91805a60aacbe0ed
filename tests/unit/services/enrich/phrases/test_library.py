from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrich.phrases.library import LANGUAGES, find_phrases

SAID = ("Endless queue, never again", "Coda di due ore", "Keine Wartezeit, tolle Führung", "👏", "")
TEXTS = st.lists(st.tuples(st.sampled_from(SAID) | st.text(), st.sampled_from((*LANGUAGES, "und"))))


@given(TEXTS)
@settings(deadline=None)
def test_many_texts_are_read_as_each_alone(texts: list[tuple[str, str]]) -> None:
    assert find_phrases(texts) == [answer for one in texts for answer in find_phrases([one])]
