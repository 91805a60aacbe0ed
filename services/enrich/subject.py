"""Whether the visit or the works are meant, clause by clause, and what is said of each.

A picture's sorrow is no visitor's complaint: what is said of the works never counts for the visit.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas import Sentiment
from schemas.understanding import Subject

from .aspects import Found, Judgement, about, says_facts_alone
from .clauses import Clauses
from .hints import Leaning
from .phrases import Hit, Tokens
from .verdict import SAID, Say, guess, weigh

_VERDICT = 1.5
_DANGER = 4.0
_ASPECT = 1.0
_WORD = 0.8
_HINDERED = 0.8
_UNHINTED = Leaning(0.0, 0.0)


def judge_sides(
    tokens: Tokens,
    clauses: Clauses,
    cues: Sequence[Hit],
    found: Sequence[Found],
    judgements: Sequence[Judgement],
    model: str,
    leaning: Leaning,
    danger: Hit | None,
    neutral: float,
) -> dict[Subject, Sentiment]:
    """Return the sentiment about the visit and about the works.

    ``danger`` is a bad visit, whatever words hint at (``leaning``); they tell nothing of the works.
    ``neutral``: the log-odds of neither.
    """
    subjects = _subjects(clauses, cues, found, danger)
    only_works = bool(found) and all(about(item.aspect) == "work" for item in found)
    says = [
        Say(about(item.aspect), _ASPECT * item.sure * item.polarity, item.clause, item.hit)
        for item in found
        if item.polarity <= 0 or item.sure >= SAID  # praise that is only guessed is none
    ]
    says += [
        Say("work" if only_works else word.side, _VERDICT * word.value, word.clause, word.hit)
        for word in judgements
        if word.side is not None
    ]
    says += [
        Say("visit", -_HINDERED, item.clause, item.hit)
        for item in found
        if item.aspect == "curation" and item.polarity < 0 and item.sure == 1
    ]
    if danger is not None:
        says.append(Say("visit", -_DANGER, clauses.of(danger.first), danger))
    with_aspects = {item.clause.number for item in found}
    for word in judgements:
        if word.side is not None or "elsewhere" in word.clause.cues:
            continue
        if word.clause.number not in with_aspects:
            says += [
                Say(side, _WORD * word.value, word.clause, word.hit)
                for side in subjects[word.clause.number]
            ]
    pulls: dict[Subject, float] = {"visit": 0.0, "work": 0.0}
    for clause, sides in zip(clauses.all, subjects, strict=True):
        for side in sides:
            if "elsewhere" not in clause.cues and not clause.question:
                pulls[side] += clause.weight * clause.pull / len(sides)
    if says_facts_alone(found) and not judgements:
        pulls = dict.fromkeys(pulls, 0.0)
    ironic = any("irony" in clause.cues for clause in clauses.all)
    spoken = {side for sides in subjects for side in sides} | {say.subject for say in says}
    leanings: dict[Subject, Leaning] = {
        "visit": leaning if danger is None else _UNHINTED,
        "work": _UNHINTED,
    }
    return {
        side: weigh(
            tokens,
            [say for say in says if say.subject == side],
            ironic,
            pulls[side],
            model,
            neutral,
            leanings[side],
        )
        if side in spoken
        else guess(tokens, 0.0, model, neutral, leanings[side])
        for side in ("visit", "work")
    }


def _subjects(
    clauses: Clauses, cues: Sequence[Hit], found: Sequence[Found], danger: Hit | None
) -> list[set[Subject]]:
    """Say of each clause what it is about; one that does not tell goes with those around it."""
    known: list[set[Subject]] = [set() for _ in clauses.all]
    for item in found:
        known[item.clause.number].add(about(item.aspect))
    for hit in cues:
        if hit.meaning.section == "visit":
            known[clauses.of(hit.first).number].add("visit")
        elif hit.meaning.section == "work":
            known[clauses.of(hit.first).number].add("work")
    if danger is not None:
        known[clauses.of(danger.first).number].add("visit")
    last: set[Subject] = set()
    for number, sides in enumerate(known):
        known[number] = last = sides or last
    following: set[Subject] = {"visit"}
    for number, sides in reversed(list(enumerate(known))):
        known[number] = following = sides or following
    return known
