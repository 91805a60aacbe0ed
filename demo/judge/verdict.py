"""Judges what arrived by a day's truth: a pure function, whose verdict names each fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import quantiles
from typing import Literal

from pydantic import BaseModel, ConfigDict, computed_field

from demo.day.truth import Channel, Expected, Struck, Truth
from demo.judge.arrivals import Notice, SlackNotice, read_notices
from demo.slack import Call

Kind = Literal["missed", "false", "doubled", "not_struck"]
Key = tuple[str | None, str | None]
"""Museum and story."""


class Finding(BaseModel):
    """One fault."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    channel: Channel
    museum_id: str | None
    story_id: str | None
    detail: str


class Verdict(BaseModel):
    """What was due, what came of it, and how long it took; without findings all is well."""

    model_config = ConfigDict(frozen=True)

    expected: int
    """Notifications that were due: stories times channels."""
    sent: int
    """How many of them arrived, each counted once."""
    struck: int
    """How many of the messages that had to be struck are."""
    repeated: int
    """Mails that came again under the same Message-ID, as the promise allows."""
    seconds: tuple[float, ...]
    """From the record in Kafka to the arrival, for each notification that tells both."""
    findings: tuple[Finding, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def passed(self) -> bool:
        """Whether nothing was missed, false, doubled or left unstruck."""
        return not self.findings

    @computed_field  # type: ignore[prop-decorator]
    @property
    def p50(self) -> float | None:
        """Median seconds from post to notification."""
        return _percentile(self.seconds, 50)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def p95(self) -> float | None:
        """Seconds within which 95 of 100 notifications arrived."""
        return _percentile(self.seconds, 95)

    def count(self, kind: Kind) -> int:
        """How many faults there are of a kind."""
        return sum(finding.kind == kind for finding in self.findings)


def judge(truth: Truth, slack_calls: Sequence[Call], letters: Sequence[Notice]) -> Verdict:
    """Compare what arrived with what was due, on the channels that the truth names."""
    notices = read_notices(slack_calls)
    arrived: dict[Channel, Sequence[Notice]] = {"slack": notices, "email": letters}
    due: dict[Key, Expected] = {(fact.museum_id, fact.story_id): fact for fact in truth.expected}
    findings: list[Finding] = []
    seconds: list[float] = []
    sent = repeated = 0
    for channel in truth.channels:
        stories = _by_story(arrived[channel])
        findings += _missed(channel, due, stories)
        findings += _false(channel, truth, due, stories)
        findings += _doubled(channel, stories)
        firsts = [stories[key][0] for key in due if key in stories]
        sent += len(firsts)
        seconds += [first.seconds for first in firsts if first.seconds is not None]
    if "email" in truth.channels:
        repeated = len(letters) - len({letter.message_id for letter in letters})
    unstruck = list(_not_struck(truth, notices)) if "slack" in truth.channels else []
    return Verdict(
        expected=len(due) * len(truth.channels),
        sent=sent,
        struck=_struck_of(truth, notices),
        repeated=repeated,
        seconds=tuple(seconds),
        findings=(*findings, *unstruck),
    )


def _by_story(notices: Iterable[Notice]) -> dict[Key, list[Notice]]:
    stories: dict[Key, list[Notice]] = defaultdict(list)
    for notice in notices:
        stories[notice.museum_id, notice.story_id].append(notice)
    return dict(stories)


def _missed(
    channel: Channel, due: Mapping[Key, Expected], stories: Mapping[Key, Sequence[Notice]]
) -> Iterator[Finding]:
    for key, fact in due.items():
        if key not in stories:
            yield _finding("missed", channel, key, fact.why)


def _false(
    channel: Channel,
    truth: Truth,
    due: Mapping[Key, Expected],
    stories: Mapping[Key, Sequence[Notice]],
) -> Iterator[Finding]:
    forbidden = {fact.story_id: fact.why for fact in truth.forbidden}
    for key, notices in stories.items():
        if None in key:
            yield _finding("false", channel, key, "it names no museum or no story")
        elif key not in due:
            why = forbidden.get(str(key[1]), "nobody is to be told of this story")
            yield _finding("false", channel, key, why)
        elif unnamed := set(due[key].rules) - notices[0].rules:
            named = ", ".join(sorted(notices[0].rules)) or "no rule"
            detail = f"it names {named}, and not {', '.join(sorted(unnamed))}"
            yield _finding("false", channel, key, detail)


def _doubled(channel: Channel, stories: Mapping[Key, Sequence[Notice]]) -> Iterator[Finding]:
    for key, notices in stories.items():
        if None not in key:
            detail = f"{len(notices)} notifications of one story"
            yield from (_finding("doubled", channel, key, detail) for _ in _others(notices))


def _others(notices: Sequence[Notice]) -> Iterator[Notice]:
    """Those that are neither the first one, nor the same again, nor an answer to one of these."""
    known: set[str | None] = set()
    for notice in notices:
        answers = notice.in_reply_to is not None and notice.in_reply_to in known
        if not known or answers:
            known.add(notice.message_id)
        elif notice.message_id not in known:
            yield notice


def _not_struck(truth: Truth, notices: Sequence[SlackNotice]) -> Iterator[Finding]:
    to_strike: dict[Key, Struck] = {(fact.museum_id, fact.story_id): fact for fact in truth.struck}
    due: set[Key] = {(fact.museum_id, fact.story_id) for fact in truth.expected}
    for notice in notices:
        key = notice.museum_id, notice.story_id
        fact = to_strike.get(key)
        if fact is None:
            if notice.struck and key in due:
                yield _finding("false", "slack", key, "it is struck, but its post is still there")
        elif not _is_struck(notice, fact):
            shows = "still shows the post's words" if fact.gone in notice.shown else "is not struck"
            yield _finding("not_struck", "slack", key, f"its post was removed, but it {shows}")


def _struck_of(truth: Truth, notices: Sequence[SlackNotice]) -> int:
    return sum(
        any(
            _is_struck(notice, fact)
            for notice in notices
            if (notice.museum_id, notice.story_id) == (fact.museum_id, fact.story_id)
        )
        for fact in truth.struck
    )


def _is_struck(notice: SlackNotice, fact: Struck) -> bool:
    return notice.struck and fact.gone not in notice.shown


def _finding(kind: Kind, channel: Channel, key: Key, detail: str) -> Finding:
    return Finding(kind=kind, channel=channel, museum_id=key[0], story_id=key[1], detail=detail)


def _percentile(values: Sequence[float], percent: int) -> float | None:
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=100, method="inclusive")[percent - 1]
