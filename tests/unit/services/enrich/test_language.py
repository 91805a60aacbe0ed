"""Which language a text is in: sure where it can be, silent where it cannot, and never a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.language import LANGUAGES, UNDETERMINED, detect_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Two hours in the queue and then the lift was broken, what a pity", "en"),
        ("Due ore di coda e poi l'ascensore era rotto, che peccato davvero", "it"),
        ("Deux heures de queue et puis l'ascenseur était en panne, quel dommage", "fr"),
        ("Zwei Stunden in der Schlange und dann war der Aufzug kaputt, wie schade", "de"),
        ("Dos horas de cola y luego el ascensor estaba roto, qué lástima de visita", "es"),
        ("美術館はとても素晴らしかった", "ja"),
        ("すごい", "ja"),
        ("박물관", "ko"),
        ("מוזיאון", "he"),
        ("Μουσείο Ακρόπολης", "el"),
        ("متحف", "ar"),
        ("المتحف رائع والموظفون لطفاء", "ar"),
        ("संग्रहालय बहुत अच्छा है", "hi"),
        ("美術館、すごい", "ja"),
    ],
)
def test_a_text_is_recognised(text: str, code: str) -> None:
    assert detect_language(text, None).code == code


@pytest.mark.parametrize(
    "text",
    ["", "   ", "😍😍😍", "12345 !!", "https://example.org/che-bello", "#louvre @museo", "ok"],
)
def test_what_does_not_tell_is_undetermined(text: str) -> None:
    found = detect_language(text, None)
    assert (found.code, found.confidence) == (UNDETERMINED, 0)


def test_tags_handles_and_addresses_are_no_words() -> None:
    text = "Due ore di coda e poi l'ascensore rotto"
    noisy = f"#TheBestMuseumInTheWorld {text} @TheNationalGallery https://example.org/the/best"
    assert detect_language(noisy, None) == detect_language(text, None)


def test_a_short_text_is_in_the_language_its_author_declares() -> None:
    assert detect_language("che bello", "it-IT").code == "it"
    assert detect_language("ok ok", "xx").code == UNDETERMINED


def test_a_word_in_another_script_does_not_decide() -> None:
    text = "Gita al museo con mamma, una signora l'ha salutata con مرحبا e le ha dato il foglio"
    assert detect_language(text, None).code == "it"


def test_a_text_that_fits_no_language_is_undetermined() -> None:
    assert detect_language("🔥🔥 DESIGNER BAGS -80% 🔥🔥 DM now", None).code == UNDETERMINED


def test_a_clear_text_is_not_what_its_author_declares() -> None:
    text = "Zwei Stunden in der Schlange und dann war der Aufzug kaputt, wie schade"
    assert detect_language(text, "en").code == "de"


@given(st.text(max_size=200), st.none() | st.text(max_size=10))
def test_no_text_raises_and_the_same_text_gives_the_same_answer(
    text: str, declared: str | None
) -> None:
    found = detect_language(text, declared)
    assert found.code in {*LANGUAGES, UNDETERMINED}
    assert found == detect_language(text, declared)


@pytest.mark.parametrize("text", ["\x00" * 5_000, "a" * 100_000, "\ud800" * 20, "é" * 50_000])
def test_a_hostile_text_is_read_too(text: str) -> None:
    detect_language(text, None)
