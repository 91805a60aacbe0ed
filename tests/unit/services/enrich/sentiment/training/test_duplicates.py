"""Reposts and quotes are near-duplicates; texts on the same matter are not."""

from __future__ import annotations

import pytest

from services.enrich.sentiment.training.duplicates import groups, near_duplicates

TEXT = "The museum will open its new wing on Monday with a show of Etruscan gold"


@pytest.mark.parametrize(
    "other",
    [
        TEXT,
        f"RT @user: {TEXT.upper()}!!! https://example.org",
        f"{TEXT}, I read somewhere",
        "museum will open its new wing on Monday with a show",
    ],
)
def test_near_duplicates(other: str) -> None:
    assert near_duplicates(["quite another text", other], [TEXT]) == ([False, True], [True])


@pytest.mark.parametrize(
    "other", ["The museum will close its old wing on Friday", "museum", "", "Etruscan gold!"]
)
def test_others(other: str) -> None:
    assert near_duplicates([other], [TEXT]) == ([False], [False])


def test_a_tag_that_many_use_makes_no_duplicates() -> None:
    pair = ["so much salt #MasterChefBR", "what a plate #MasterChefBR"]
    assert near_duplicates(pair[:1], pair[1:]) == ([False], [False])


def test_short_texts_must_be_the_same() -> None:
    assert near_duplicates(["So good!", "so bad"], ["SO GOOD"]) == ([True, False], [True])
    assert near_duplicates(["No, you're not tired."], ["no you're not tired"]) == ([True], [True])


@pytest.mark.parametrize("short", ["I do not know", "You know the routine.", "I am so happy!"])
def test_a_phrase_that_stands_in_a_longer_text_makes_no_duplicate(short: str) -> None:
    longer = "@user do not know the routine yet, but you know the music and I am so glad"
    assert near_duplicates([short], [longer]) == ([False], [False])


def test_groups_hold_what_is_linked() -> None:
    longer = f"{TEXT} from the tombs of Tarquinia and Cerveteri near Rome"
    end = "from the tombs of Tarquinia and Cerveteri near Rome"
    found = groups([TEXT, "something else", longer, end])
    assert found[0] == found[2] == found[3] != found[1]
