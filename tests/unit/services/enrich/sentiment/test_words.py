"""Words keep their places, whatever a text is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.sentiment.words import ACCOUNT, HEAD, LINK, PLAIN, SHOUT, TAIL, spans, spell

ANY = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hello", "hello"),
        ("  two\twords\n", "two words"),
        ("https://example.org/x?y=1", LINK),
        ("(www.example.org/x)", f"({LINK}"),
        ("http", LINK),
        ("httpd", "httpd"),
        ("@user: hi", f"{ACCOUNT}: hi"),
        ("@ada@social.example hi", f"{ACCOUNT} hi"),
        ("#MuseumNight", "#museumnight museum night"),
        ("#museum", "#museum"),
        ("#notte_dei_musei", "#notte_dei_musei notte dei musei"),
        ("soooooo", "sooo"),
        ("sooo", "sooo"),
        ("GREAT show", f"great show {SHOUT}"),
        ("A GREAT BIG LOUD SHOUT", f"a great big loud shout {SHOUT * 3}"),
        ("rock &amp; roll", "rock & roll"),
        ("👍🏽", "👍"),
        ("❤️", "❤"),
        ("ｆｕｌｌ", "full"),
        (LINK, ""),
        ("", ""),
    ],
)
def test_plain_spelling(text: str, plain: str) -> None:
    assert spell(text).plain == f" {plain} "


def marked(text: str) -> list[str]:
    return [text[start:end] for start, end in zip(*spans(text, spell(text)), strict=True)]


def test_spans_leave_out_what_surrounds_a_word() -> None:
    text = 'He said: "great!!!" (#MuseumNight) 👍🏽 ... don\'t'
    assert marked(text) == ["He", "said", "great", "MuseumNight", "👍🏽", "...", "don't"]


def test_a_word_that_comes_twice_has_two_places() -> None:
    text = "no no\u00a0no"
    assert list(zip(*spans(text, spell(text)), strict=True)) == [(0, 2), (3, 5), (6, 8)]


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    text = f"first {'filler ' * 10_000}last"
    found = marked(text)
    assert found[0] == "first"
    assert found[-1] == "last"
    assert len(spell(text).plain) <= HEAD + TAIL + 4


@given(ANY)
def test_spans_are_of_the_text_and_in_order(text: str) -> None:
    starts, ends = spans(text, spell(text))
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


@given(ANY, st.integers(1, 3_000))
def test_long_ones_too(text: str, times: int) -> None:
    text *= times
    spelling = spell(text)
    starts, ends = spans(text, spelling)
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))
    assert len(spelling.plain) <= PLAIN + 2
