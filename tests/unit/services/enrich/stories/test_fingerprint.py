"""Fingerprints: copies are found in every script, strangers are not, and nothing can be read."""

import subprocess
import sys

import pytest

from services.enrich.stories.fingerprint import ALIKE, bands, fingerprint, likeness

TEXTS = {
    "en": "The new ticket system is a disgrace, we waited two hours in the rain and nobody cared",
    "it": "Due ore di coda sotto la pioggia per entrare al museo, il nuovo sistema è una vergogna",
    "ja": "新しいチケットシステムはひどい。雨の中で二時間も待たされて、誰も気にしてくれなかった。",
    "ar": "نظام التذاكر الجديد سيئ للغاية، انتظرنا ساعتين تحت المطر ولم يهتم بنا أحد في المتحف",
}


def mark(text: str) -> bytes:
    found = fingerprint(text)
    assert found is not None
    return found


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_copiers_change_makes_no_difference(text: str) -> None:
    copied = f"@museum {text.upper()} !!! 😡😡 https://t.co/abc123"
    assert likeness(mark(text), mark(copied)) == 1


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_word_more_or_less_is_a_copy(text: str) -> None:
    assert likeness(mark(text), mark(text + " 2x")) >= ALIKE
    assert likeness(mark(text), mark(text[6:])) >= ALIKE


def test_strangers_have_nothing_in_common() -> None:
    marks = [mark(text) for text in TEXTS.values()]
    for n, one in enumerate(marks):
        for other in marks[n + 1 :]:
            assert likeness(one, other) < 0.2
            assert not set(bands(one)) & set(bands(other))


def test_the_same_complaint_in_other_words_is_not_a_copy() -> None:
    other = "Nobody cared that we stood two hours in the rain: what a disgrace, this ticket system"
    assert likeness(mark(TEXTS["en"]), mark(other)) < ALIKE


@pytest.mark.parametrize(
    "text", ["", "Bellissimo!", "😍" * 60, "@a @b @c https://x.org/" + "a" * 99]
)
def test_too_little_text_has_no_fingerprint(text: str) -> None:
    assert fingerprint(text) is None


def test_it_is_the_same_in_every_process() -> None:
    program = (
        "import sys; from services.enrich.stories import fingerprint; "
        "print(fingerprint(sys.argv[1]).hex())"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, TEXTS["it"]], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == mark(TEXTS["it"]).hex()
    assert len(mark(TEXTS["it"])) == 64
