"""The detector answers as the library whose tables it reads, whatever it is asked beside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from services.enrich.detector import LONGEST, Detector
from services.enrich.language_tables import tables_of

LANGUAGES = ("de", "en", "es", "fr", "it", "pt", "sr")
TEXTS = (
    "Two hours in the queue and then the lift was broken",
    "Due ore di coda e poi l'ascensore era rotto",
    "Deux heures de queue et puis l'ascenseur était en panne",
    "Zwei Stunden in der Schlange, und der Aufzug war kaputt",
    "ДВА САТА ЧЕКАЊА",
    "zwei heures in line",
    "a",
    "",
    "\ud800 \x00",
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(LANGUAGES)


@pytest.fixture(scope="module")
def library() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier


@pytest.mark.parametrize("times", [1, 10])
def test_it_answers_as_the_library(
    detector: Detector, library: LanguageIdentifier, times: int
) -> None:
    texts = TEXTS * times
    expected = [library.classify(text) for text in texts]
    for (code, share), (its_code, its_share) in zip(
        detector.classify(texts), expected, strict=True
    ):
        assert share == pytest.approx(its_share, abs=2e-4)
        assert code == its_code


@given(st.lists(st.text(max_size=80), min_size=17, max_size=40))
def test_a_text_alone_gets_the_answer_that_it_gets_among_others(
    detector: Detector, texts: list[str]
) -> None:
    assert detector.classify(texts) == [detector.classify([text])[0] for text in texts]


def test_nothing_asked_is_nothing_answered(detector: Detector) -> None:
    assert detector.classify([]) == []


def test_the_automaton_knows_no_longer_feature() -> None:
    tables = tables_of(LANGUAGES)
    depths = np.full(len(tables.rows), -1)
    depths[0], depth = 0, 0
    while len(reached := np.flatnonzero(depths == depth)):
        for led_from in np.array_split(reached, len(reached) // 1_000 + 1):
            rows = tables.rows[led_from][:, None] + np.unique(tables.classes)
            led_to = tables.steps[rows].ravel()
            depths[led_to[depths[led_to] < 0]] = depth + 1
        depth += 1
    assert depths.min() >= 0
    assert depths.max() == LONGEST


def test_a_byte_of_no_text_leads_to_the_beginning_where_no_feature_ends() -> None:
    tables = tables_of(LANGUAGES)
    assert not tables.steps[tables.rows + tables.classes[0xFF]].any()
    assert tables.features[0] == -1


@given(st.binary(max_size=60))
def test_features_are_those_of_a_walk_byte_by_byte(detector: Detector, read: bytes) -> None:
    tables = tables_of(LANGUAGES)
    data = read.translate(tables.classes.tobytes())
    state, features = 0, []
    for byte in data:
        state = int(tables.steps[tables.rows[state] + byte])
        features.append(int(tables.features[state]))
    assert detector._walk([data]).tolist() == [each for each in features if each >= 0]
