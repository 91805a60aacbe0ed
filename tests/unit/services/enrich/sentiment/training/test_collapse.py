"""What training computes with matrices is what the tables answer at run time."""

from __future__ import annotations

import numpy as np

from services.enrich.sentiment.features import (
    BUCKETS,
    COLUMNS,
    KNOWN,
    Batch,
    emoji_moods,
    list_sums,
    listed,
)
from services.enrich.sentiment.table import Table, Weights, log_odds
from services.enrich.sentiment.training.collapse import collapse
from services.enrich.sentiment.training.design import design, matrix, rarity
from services.enrich.sentiment.training.linear import Part
from services.enrich.sentiment.training.stack import Stack
from services.enrich.sentiment.words import spell

TEXTS = (
    "What a wonderful museum! 😀",
    "@user the queue was LONG, two hours... https://example.org",
    "Coda lunga, ma ne valeva la pena",
    "",
    "متحف رائع",
    "#MuseumNight " * 30,
)


def test_a_table_says_what_its_stack_says() -> None:
    chance = np.random.default_rng(8)
    read = design(TEXTS, lambda count: None)
    frequency, steps = rarity([read])
    moods = np.zeros(KNOWN, np.int16)
    moods[ord("😀")] = 40
    parts = [
        Part(name, chance.normal(size=(rows, BUCKETS)).astype(np.float32), chance.normal(size=rows))
        for name, rows in (("two classes", 1), ("three", 3))
    ]
    stack = Stack(chance.normal(size=(2, 4 + COLUMNS)), chance.normal(size=2))

    rows = matrix(read.counts, frequency, steps)
    margins = [part.margins(rows) for part in parts]
    zeros = np.zeros(len(TEXTS), np.int64)
    lists = np.zeros((1, BUCKETS), np.int8)
    lists[0, listed(Batch.of([spell("wonderful pena")]))[0]] = 2, -1
    style = np.concatenate(
        (
            read.styles,
            emoji_moods(read.emoji, len(TEXTS), moods),
            list_sums(read.words, zeros, lists),
        ),
        axis=1,
    )
    expected = log_odds(stack.scores(np.concatenate([*margins, style], axis=1)))

    made = collapse(stack, parts, frequency)
    table = Table(
        Weights(
            grams=made.grams[None],
            steps=made.steps[None],
            rarity=steps,
            styles=made.styles[None],
            intercepts=np.repeat(made.intercepts[None, None], 3, axis=1),
            emoji=np.array([ord("😀")]),
            moods=np.array([40], np.int16),
            words=np.stack(np.nonzero(lists)),
            said=lists[lists != 0],
            floors=np.zeros(1),
        )
    )
    found = table.score(Batch.of([spell(text) for text in TEXTS]), zeros, zeros).logits
    # Weights are rounded to 127 steps: each of a text's n-grams may be half a step off.
    assert np.abs(found - expected).max() < 4 * made.steps.max()
    assert np.abs(expected).max() > 20 * made.steps.max()
