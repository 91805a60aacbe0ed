"""What a text says, all together: visit apart from works, aspects, urgency, speaker, spans."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Author, Ingest, Match, MatchKind, Post, Rating, Transport
from services.enrich.hints import table
from services.enrich.understanding import Item, Understanding, item_of

from .understood import READER, understand


def aspects(found: Understanding) -> dict[str, str]:
    return {aspect.aspect: aspect.polarity for aspect in found.aspects}


@pytest.mark.parametrize(
    ("lang", "text", "aspect", "polarity"),
    [
        ("en", "Endless queue, never again", "queue", "negative"),
        ("en", "Not crowded at all on a Tuesday", "crowding", "positive"),
        ("en", "The audio guide was not working", "audio_guide", "negative"),
        ("en", "The staff were lovely", "staff", "positive"),
        ("en", "#NoQueue today!", "queue", "positive"),
        ("it", "la coda era lunga ma ne valeva la pena", "queue", "negative"),
        ("it", "non c'era coda, che bello", "queue", "positive"),
        ("it", "personale gentilissimo", "staff", "positive"),
        ("fr", "aucune attente, tant mieux", "queue", "positive"),
        # A negation in the midst of a phrase, before what judges in it.
        ("en", "The staff were not friendly", "staff", "negative"),
        ("en", "The guards were never rude to us", "staff", "positive"),
        ("it", "Il personale non era gentile", "staff", "negative"),
        ("de", "Die Toiletten waren nicht dreckig", "toilets", "positive"),
        ("fr", "Le personnel n'était pas aimable", "staff", "negative"),
        ("es", "Los baños no estaban sucios", "toilets", "positive"),
        # One that another phrase has used up.
        ("en", "No queue and lovely staff", "staff", "positive"),
        ("it", "Nessuna coda e ottima guida", "tour_guide", "positive"),
        ("de", "Keine Wartezeit und tolle Führung", "tour_guide", "positive"),
        ("en", "No staff when my mother fainted", "danger", "negative"),
    ],
)
def test_an_aspect_is_found_with_its_polarity(
    lang: str, text: str, aspect: str, polarity: str
) -> None:
    assert aspects(understand(text, lang))[aspect] == polarity


def test_a_span_is_where_the_words_stand() -> None:
    text = "😀 e\u0301 The toilets were filthy"
    found = next(one for one in understand(text).aspects if one.aspect == "toilets")
    assert text[found.start : found.end] == "toilets were filthy"
    assert (found.family, found.about) == ("facilities", "visit")


@pytest.mark.parametrize(
    ("lang", "text", "visit"),
    [
        ("en", "Harrowing images of war, unforgettable photographs.", "neutral"),
        ("en", "We waited two hours in line and the guards were rude.", "negative"),
        ("en", "Expensive, but the staff were wonderful and we will be back!", "positive"),
        ("it", "La coda era lunga ma ne valeva la pena", "positive"),
        ("it", "Due ore di coda e personale maleducato. Mai più.", "negative"),
    ],
)
def test_the_visit_is_told_from_the_works(lang: str, text: str, visit: str) -> None:
    assert understand(text, lang).visit.label == visit


def test_a_side_that_is_not_spoken_of_abstains() -> None:
    found = understand("What a masterpiece of a painting")
    assert (found.work.label, found.work.abstained) == ("positive", False)
    assert found.visit.abstained


def test_the_model_speaks_where_no_phrase_does() -> None:
    assert understand("The museum on a rainy day: splendid").visit.label == "positive"


def test_stars_win() -> None:
    found = understand("Endless queue", kind="review", rating=Rating(value=5, max=5))
    assert (found.sentiment.label, found.visit.label) == ("positive", "positive")
    low = understand("Lovely staff", kind="review", rating=Rating(value=1, max=5))
    assert low.visit.label == "negative"
    unsure = understand("Lovely staff", rating=Rating(value=1, max=0))
    assert unsure.visit.label == "positive"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"text": "Lovely day at the museum"}, "visitor"),
        ({"text": "Lovely day at the museum", "own": True}, "museum"),
        ({"text": "Lovely day at the museum", "is_bot": True}, "promotion"),
        ({"text": "Police say two were arrested", "handle": "cityradionews"}, "press"),
        ({"text": "Book with us! Our tours start daily", "handle": "lanterntours"}, "trade"),
        ({"text": "Is it open on Monday? Planning a visit"}, "prospect"),
        ({"text": "Giveaway! Use code ART20, link in bio"}, "promotion"),
    ],
)
def test_who_speaks_is_told_with_evidence(given: dict[str, object], kind: str) -> None:
    found = READER.understand([Item(**given)])[0]  # type: ignore[arg-type]
    assert found.speaker.kind == kind
    assert kind == "visitor" or found.speaker.evidence


def test_the_words_that_tell_who_speaks_are_those_of_the_text() -> None:
    evidence = understand("Giveaway! Use CODE ART20, link in bio").speaker.evidence
    assert "words:link in bio" in evidence


@pytest.mark.parametrize(
    "text", ["Sorry, the toilets are filthy today", "No queue today!", "Rated 1 star for its queue"]
)
def test_who_only_reports_of_a_visit_made_none(text: str) -> None:
    visitor, museum = READER.understand([Item(text), Item(text, own=True)])
    assert not visitor.visit.abstained
    assert museum.visit.abstained


def test_an_item_is_made_of_a_post() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    post = Post(
        post_id="x:1",
        platform="x",
        version=1,
        kind="review",
        author=Author(handle="rosa", display_name="Rosa", is_bot=False),
        text="Bello",
        lang="it",
        created_at=now,
        observed_at=now,
        rating=Rating(value=4, max=5),
        matches=(Match(museum_id="m", kind=MatchKind.OWN, value="rosa"),),
        ingest=Ingest(connector="test", transport=Transport.STREAM, received_at=now),
    )
    assert item_of(post) == Item(
        "Bello", "it", "review", Rating(value=4, max=5), "rosa", "Rosa", False, True, ("m", "rosa")
    )


WALLS = [
    *("a" * 65_536, "\u0301" * 65_536, "متحف رائع " * 6_000),
    *("😍" * 30_000, "queue " * 10_900, "bad queue, " * 6_000, "queue. " * 9_000, "no, " * 16_000),
]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Closed on Mondays"),
        ("it", "Il museo è chiuso il martedì"),
        ("fr", "Le musée est fermé le mardi"),
        ("de", "Das Museum ist montags geschlossen"),
        ("es", "Cerrado los lunes"),
    ],
)
def test_opening_hours_are_facts(lang: str, text: str) -> None:
    found = understand(text, lang)
    assert set(aspects(found).items()) == {("opening_hours", "neutral")}
    assert found.visit.label == "neutral"


def test_a_door_that_was_closed_is_a_complaint() -> None:
    found = understand("It was closed when we got there, so annoying")
    assert (aspects(found), found.visit.label) == ({"closure": "negative"}, "negative")


@pytest.mark.parametrize("handle", ["maria.rosales", "kate_bishop", "jerusalem77", "museumlover"])
def test_a_surname_is_no_trade(handle: str) -> None:
    found = understand("The queue was awful", handle=handle)
    assert (found.speaker.kind, found.visit.label) == ("visitor", "negative")


@pytest.mark.timeout(20)  # what is read of a text is bounded, else some of these took a minute
@pytest.mark.parametrize("text", WALLS)
def test_a_wall_of_text_is_read(text: str) -> None:
    found = understand(text)
    assert_valid(text, found)
    assert len(found.model_dump_json()) < 32_768


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["en", "it", "fr", "de", "es", "xx", "pt"]))
def test_no_text_raises_and_every_span_is_valid(text: str, lang: str) -> None:
    assert_valid(text, understand(text, lang))


FRAGMENTS = st.sampled_from(
    "queue staff rude lovely but not never fire painting war ? ! , . # 🙄 👏 “ ” smoke 1915 coda "
    "personale ma non museo \ud800 \u0301 \u202e مرحبا 2h #NoQueue @you don't endless worth".split()
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAGMENTS, max_size=40), st.booleans(), st.text(max_size=20))
def test_posts_alone_and_in_a_batch_say_the_same(
    pieces: list[str], glued: bool, handle: str
) -> None:
    text = ("" if glued else " ").join(pieces)
    item = Item(text, handle=handle, display_name=handle[::-1])
    other = Item("Lovely staff and no queue")
    batch = READER.understand([other, item, other])
    assert batch[1] == READER.understand([item])[0]
    assert_valid(text, batch[1])


def assert_valid(text: str, found: Understanding) -> None:
    spans = [*found.aspects, *found.visit.evidence, *found.work.evidence]
    spans += [found.urgency] if found.urgency else []
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
    for side in (found.visit, found.work):
        assert side.p_negative + side.p_neutral + side.p_positive == pytest.approx(1, abs=1e-3)


def test_strong_hints_judge_a_visit_of_which_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Some velcro"
    assert understand(text).visit.abstained
    monkeypatch.setattr(table, "read_hints", lambda: {"velcro": (290, -10, 0)})
    visit = understand(text).visit
    assert visit.label == "negative"
    assert [text[word.start : word.end] for word in visit.evidence] == ["velcro"]
    assert understand(text).work.abstained
