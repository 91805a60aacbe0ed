"""Near-duplicates: texts that share half of the shorter's runs of three words, and five runs.

Links, accounts, punctuation and capitals do not count, so a repost is a near-duplicate. Short texts
must have the same words: "I don't know" stands in many that have nothing else in common.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

_WORDS = re.compile(r"\w+")
_NO_WORDS = re.compile(r"https?://\S+|\bhttps?\b|@\w+|\brt\b")
_RUN = 3
_SHARED = 0.5
_FEWEST = 5
_COMMON = 200


def near_duplicates(texts: Sequence[str], others: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Tell of each text whether it is a near-duplicate of one of the others, and the reverse."""
    runs_of_others = [_runs(text) for text in others]
    index = _index(runs_of_others)
    matched: set[int] = set()
    found = []
    for text in texts:
        before = list(_matches(_runs(text), runs_of_others, index))
        found.append(bool(before))
        matched.update(before)
    return found, [number in matched for number in range(len(others))]


def groups(texts: Sequence[str]) -> list[int]:
    """Number texts so that near-duplicates, and theirs, have the same number."""
    runs = [_runs(text) for text in texts]
    index = _index(runs)
    first = list(range(len(texts)))

    def find(one: int) -> int:
        while first[one] != one:
            first[one] = first[first[one]]
            one = first[one]
        return one

    for number, own in enumerate(runs):
        for other in _matches(own, runs, index):
            left, right = sorted((find(number), find(other)))
            first[right] = left
    return [find(number) for number in range(len(texts))]


def _runs(text: str) -> frozenset[str]:
    words = _WORDS.findall(_NO_WORDS.sub(" ", text.lower()))
    if len(words) <= _RUN:
        return frozenset([" ".join(words)])
    return frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def _index(many: Sequence[frozenset[str]]) -> Mapping[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for number, runs in enumerate(many):
        for run in runs:
            index[run].append(number)
    return index


def _matches(
    runs: frozenset[str], many: Sequence[frozenset[str]], index: Mapping[str, list[int]]
) -> Iterator[int]:
    """Yield near-duplicates; a run that many texts have tells nothing."""
    shared = Counter(
        number
        for run in runs
        if len(found := index.get(run, ())) <= _COMMON or len(runs) == 1
        for number in found
    )
    for number, count in shared.items():
        shorter, longer = sorted((len(runs), len(many[number])))
        if count >= max(_SHARED * shorter, min(_FEWEST, longer)):
            yield number
