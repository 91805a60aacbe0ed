"""A post is known by its letters, whatever a channel does to them, and not by less."""

from __future__ import annotations

import pytest

from demo.judge.words import seen_in_html, shows_any

POST = "Deux heures de queue à l’entrée…\n\nPlus jamais ! <3 #Louvre " + "et encore " * 60


@pytest.mark.parametrize(
    "shown",
    [
        POST,
        "Musée du Louvre: a critical post\n> Deux heures de queue à l’entrée…\n> Plus jamais",
        "D\u0336e\u0336u\u0336x\u0336 heures de queue a\u0300 l’entre\u0301e plus jamais",
        seen_in_html(
            "<b>Deux&nbsp;heures</b> de queue &agrave; l&rsquo;<br>entr&#233;e, plus jamais"
        ),
    ],
)
def test_a_post_that_is_shown_is_found(shown: str) -> None:
    assert shows_any(shown, [POST])
    assert shows_any(shown, ["something else", POST])


@pytest.mark.parametrize(
    "shown", ["", "A critical post is widely seen #Louvre", "Deux heures", 'alt="Deux heures"']
)
def test_one_that_is_not_shown_is_missed(shown: str) -> None:
    assert not shows_any(shown, [POST])


def test_what_stands_in_a_tag_is_not_seen() -> None:
    assert not shows_any(seen_in_html(f'<img alt="{POST[:60]}">'), [POST])


def test_a_text_without_letters_cannot_be_looked_for() -> None:
    assert shows_any("An alert", ["😡😡😡"])
    assert not shows_any("An alert", ["😡😡😡", "Never again"])
