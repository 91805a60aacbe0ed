"""Posts as nobody should write them: 100,000 mutations, none of which stops the reader."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from itertools import islice

import pytest

from services.enrich.sentiment import load_model
from services.enrich.understanding import Item, Reader, Understanding

POSTS = 100_000
BATCH = 256
OPENINGS = (
    "Two hours in the queue and the lift was broken",
    "The staff were lovely, but the toilets were filthy!",
    "Smoke is coming out of the roof, call 112",
    "Due ore di coda, ma ne valeva la pena",
    "Il personale è gentilissimo e l'audioguida non funziona",
    "Aucune attente, l'exposition était magnifique",
    "On m'a volé mon sac au vestiaire, où est la sécurité ?",
    "Die Führung war großartig; die Schlange leider endlos",
    "Mein Kind ist weg, zuletzt bei den Dinosauriern gesehen",
    "El personal fue muy amable… ¡y sin colas!",
    "Gotea agua del techo sobre los cuadros",
    "O museu é lindo, mas a fila era enorme",
    "Wat een prachtig museum, maar veel te druk",
    "Музей прекрасный, но очередь на два часа",
    "المتحف رائع والموظفون لطفاء",
    "המוזיאון נפלא אבל התור ארוך",
    "美術館はとても素晴らしかった",
    "박물관 직원들이 친절했어요",
    "संग्रहालय बहुत अच्छा है",
    "Το μουσείο ήταν υπέροχο",
)
ENDINGS = (
    "",
    " #NoQueueToday @the.gallery https://example.org/a?b=1",
    " 😍😍 👏🏽 10/10",
    " “worth it” – 15 € for 2h…",
    " don't go!!! NEVER again?!",
    "\nÖffnungszeiten: 10-18 Uhr",
    " it's fiiiiire 🔥, 1915",
    " &amp; <b>bello</b>",
    " n'y allez pas ;(",
    " ＦＵＬＬ ｗｉｄｔｈ ﬁne",
)
STRANGE = (
    *("\0", "\x1b", "\ud800", "\udfff", "\u202e", "\u2066", "\u200d", "\ufeff", "\u00ad"),
    *("\u0301", "\u0345", "\u05b0", "\u0e33", "\ufdfa", "\ufffe", "\ue000", "\U000e0061"),
    *("😀", "👨‍👩‍👧", "🏳️‍🌈", "🇮🇹", "1️⃣", "ß", "İ", "ǅ", "ﬃ", "½", "٣", "#", "＃", "@", "'", "’"),
    *("“", "”", "?", "。", "...", "\n", "\r", "\u2028", " ", "\u3000", "http://", "www.", "&#0;"),
)
LANGUAGES = (None, "en", "it", "fr", "de", "es", "nl", "ar", "und", "", "xx-\ud800")
KINDS = ("post", "review", "comment", "reply", "?")


def mutated(chance: random.Random, seeds: tuple[str, ...]) -> str:
    """Mutate a seed up to six times."""
    text = chance.choice(seeds)
    for _ in range(chance.randint(1, 6)):
        at, to = sorted(chance.choices(range(len(text) + 1), k=2))
        strange = chance.choice(STRANGE)
        other = chance.choice(seeds)
        text = chance.choice(
            (
                text[:at],
                text[at:],
                text[:at] + text[to:],
                text[:to] + text[at:],
                text[at:to] + text[:at] + text[to:],
                text[:at] + text[at:to][::-1] + text[to:],
                text[:at] + strange + text[at:],
                text[:at] + strange * chance.randint(2, 60) + text[to:],
                strange.join(text[:80]),
                text[:at] + text[at:to].upper() + text[to:],
                text[:at] + other[at:to] + text[to:],
                text[:at] + chr(chance.randrange(0x110000)) + text[at:],
            )
        )[:160]
    return text


def mutated_items(count: int) -> Iterator[Item]:
    """Yield posts, the same ones in every run."""
    chance = random.Random(7)
    seeds = tuple(opening + ending for opening in OPENINGS for ending in ENDINGS)
    for _ in range(count):
        text = mutated(chance, seeds)
        yield Item(
            text,
            lang=chance.choice(LANGUAGES),
            kind=chance.choice(KINDS),
            handle=chance.choice((None, text[:40])),
            display_name=chance.choice((None, text[-40:])),
        )


def assert_valid(text: str, found: Understanding) -> None:
    spans = [*found.aspects, *([found.urgency] if found.urgency else [])]
    for side in (found.sentiment, found.visit, found.work):
        spans += side.evidence
        assert abs(side.p_negative + side.p_neutral + side.p_positive - 1) < 1e-3
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.timeout(300)
def test_no_mutated_post_raises_and_every_span_is_valid() -> None:
    reader = Reader(load_model())
    reader.understand([Item("")])
    gc.freeze()  # as the service does: else a tenth of the time goes into looking at the phrases
    items = mutated_items(POSTS)
    read = 0
    while batch := list(islice(items, BATCH)):
        for item, found in zip(batch, reader.understand(batch), strict=True):
            assert_valid(item.text, found)
            read += 1
    assert read == POSTS
