"""Clauses: where they begin, what they weigh, and how far a negation reaches."""

from __future__ import annotations

from services.enrich.clauses import Clauses
from services.enrich.phrases.library import find_phrases
from services.enrich.reading import Pull


def read(text: str) -> tuple[Clauses, list[str]]:
    [(tokens, hits)] = find_phrases([(text, "en")])
    return Clauses(tokens, hits.get("cues", [])), tokens.words


def test_pauses_and_contrast_begin_clauses() -> None:
    clauses, words = read("The queue was long, the staff kind but the café dear. Bye")
    starts = [words[clause.first] for clause in clauses.all]
    assert starts == ["the", "the", "but", "bye"]
    assert [clause.sentence for clause in clauses.all] == [0, 0, 0, 1]


def test_what_follows_but_weighs_more_than_what_follows_although() -> None:
    clauses, _ = read("We paid a lot but we laughed, although it rained")
    plain, contrast, concession = clauses.all
    assert concession.weight < plain.weight < contrast.weight


def test_a_question_is_known() -> None:
    clauses, _ = read("Is it open? It is.")
    assert [clause.question for clause in clauses.all] == [True, False]


def test_a_negation_turns_what_follows_in_its_clause() -> None:
    [(tokens, hits)] = find_phrases([("not very clean, lovely", "en")])
    clauses = Clauses(tokens, hits["cues"])
    clean, lovely = (hit for hit in hits["cues"] if hit.meaning.section == "good")
    assert clauses.turned(clean)
    assert not clauses.turned(lovely)


def test_pulls_add_up_by_clause() -> None:
    clauses, _ = read("bad food, fine art")
    clauses.weigh([Pull(0, 3, -1.0), Pull(4, 8, -0.5), Pull(10, 14, 2.0)], [])
    assert [clause.pull for clause in clauses.all] == [-1.5, 2.0]


def test_a_text_without_words_has_one_clause() -> None:
    clauses, _ = read("... !!!")
    clauses.weigh([Pull(0, 3, 1.0)], [])
    assert len(clauses.all) == 1
