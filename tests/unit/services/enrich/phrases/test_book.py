"""Phrases are found in one pass, as the files write them."""

from __future__ import annotations

import pytest

from services.common.errors import Fatal
from services.enrich.phrases.book import Book
from services.enrich.phrases.compiled import compile_entries
from services.enrich.phrases.files import parse
from services.enrich.phrases.library import LANGUAGES, book_of, find_phrases

SECTIONS = {"queue": "-+=", "staff": "-+=", "plain": " "}


def book(content: str) -> Book:
    return Book(compile_entries(parse("aspects", "test.txt", content, SECTIONS)))


def found(content: str, text: str) -> list[tuple[str, str]]:
    pages = book(content)
    tokens = pages.cut(text)
    return [
        (
            hit.meaning.section + hit.meaning.mark,
            text[tokens.starts[hit.first] : tokens.ends[hit.last]],
        )
        for hit in pages.find(tokens).get("aspects", [])
    ]


@pytest.mark.parametrize(
    ("phrase", "text", "where"),
    [
        ("queue", "The queue!", ["queue"]),
        ("queue", "queues", []),
        ("queue*", "queues queueing", ["queues", "queueing"]),
        ("*schlange", "Warteschlange, Schlange", ["Warteschlange", "Schlange"]),
        ("*schlange*", "Menschenschlangen", ["Menschenschlangen"]),
        ("# hours in line", "We stood 2 hours in line.", ["2 hours in line"]),
        ("hour* in line", "two hours in line", ["hours in line"]),
        ("staff ... rude", "staff, who are all so rude", ["staff, who are all so rude"]),
        ("staff ... rude", "staff one two three four five rude", []),
        ("staff ... rude", "Staff. Rude", []),
        ("(no|zero) (queue*|line)", "zero lines no line", ["no line"]),
        ("(very |)long wait", "very long wait", ["very long wait"]),
        ("larg(o|a) (cola|fila)*", "larga colas", ["larga colas"]),
        ("l'attente", "L’attente", ["L’attente"]),
        ("wi-fi", "Wi-Fi wifi", ["Wi-Fi"]),
        ("in (the |)##", "in the 1915 in 1915 in 15", ["in the 1915", "in 1915"]),
        ("🔥", "so 🔥🔥", ["🔥", "🔥"]),
        ("no ... (queue|wait|no wait)", "no no wait", ["no no wait"]),
        ("no ... one ... left", "no no one is left", ["no one is left"]),
    ],
)
def test_a_phrase_is_found(phrase: str, text: str, where: list[str]) -> None:
    assert [words for _, words in found(f"[queue]\n- {phrase}\n", text)] == where


def test_many_alternatives_are_found_as_well() -> None:
    many = "|".join(f"w{chr(97 + n)}x" for n in range(26))
    assert found(f"[queue]\n- ({many}) ({many}) end\n", "wax wzx end") == [
        ("queue-", "wax wzx end")
    ]


def test_the_longest_wins_and_plain_hides() -> None:
    content = "[queue]\n= line\n+ no line\n[plain]\nline of poetry\n[staff]\n= poetry\n"
    assert found(content, "no line") == [("queue+", "no line")]
    assert found(content, "a line of poetry") == []
    assert found(content, "a line") == [("queue=", "line")]


def test_an_indented_line_goes_on() -> None:
    assert found("[queue]\n- one\n  two, three\n", "one two three") == [
        ("queue-", "one"),
        ("queue-", "two"),
        ("queue-", "three"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[other]\n- x y\n", "line 2: no section"),
        ("[queue]\n? x y\n", "takes the marks"),
        ("[queue]\n- (x|y\n", "left open"),
        ("[queue]\n- x)\n", "closed that was not opened"),
        ("[queue\n- x\n", "ends with ]"),
        ("[queue]\n- 118 ...\n- 3\n", "a number alone"),
        ("[queue]\n- x*\n", "nearly everything"),
    ],
)
def test_a_slip_names_its_line(content: str, message: str) -> None:
    with pytest.raises(Fatal, match=r"test\.txt, line") as raised:
        book(content)
    assert message in str(raised.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_of_every_language_can_be_read(language: str) -> None:
    assert len(book_of(language)) > 500


def test_a_text_in_no_known_language_is_read_by_all_books() -> None:
    [(_, hits)] = find_phrases([("long queue, coda lunghissima", "und")])
    aspects = [hit.meaning.section for hit in hits["aspects"]]
    assert aspects.count("queue") >= 2


def test_a_line_may_end_within_a_bracket() -> None:
    content = "[queue]\n- (long|\n    endless) (queue|line\n    up), wait\n"
    assert found(content, "Endless queue. Long line up. Wait") == [
        ("queue-", "Endless queue"),
        ("queue-", "Long line up"),
        ("queue-", "Wait"),
    ]
