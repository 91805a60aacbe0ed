"""Judges what arrived by a day's truth: a pure function, whose verdict names each fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import quantiles
from typing import Literal

from pydantic import BaseModel, ConfigDict, computed_field

from demo.day import Day
from demo.day.truth import Channel
from demo.judge.arrivals import Notice, SlackNotice, read_notices
from demo.judge.due import Due, Key
from demo.slack import Call

Kind = Literal["missed", "false", "doubled", "not_struck"]


class Finding(BaseModel):
    """One fault."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    channel: Channel
    receiver: str | None
    """Who got it or should have; its address if it is no receiver's."""
    museum_id: str | None
    story_id: str | None
    detail: str


class Verdict(BaseModel):
    """What was due, what came of it, and how long it took; without findings all is well."""

    model_config = ConfigDict(frozen=True)

    expected: int
    """Notifications that were due: one a story, receiver and channel."""
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


def judge(day: Day, slack_calls: Sequence[Call], letters: Sequence[Notice]) -> Verdict:
    """Compare what arrived with what was due, on the channels that the truth names."""
    notices = read_notices(slack_calls)
    arrived: dict[Channel, Sequence[Notice]] = {"slack": notices, "email": letters}
    findings: list[Finding] = []
    firsts: list[Notice] = []
    expected = struck = repeated = 0
    for channel in day.truth.channels:
        due = Due(day, channel)
        told = _by_key(due, arrived[channel])
        findings += _missed(channel, due, told)
        findings += _false(channel, due, told)
        findings += _doubled(channel, told)
        firsts += [told[key][0] for key in due.expected if key in told]
        expected += len(due.expected)
        if channel == "slack":
            findings += _not_struck(due, notices)
            struck = sum(_is_struck(due, notice) for notice in notices)
        else:
            repeated = len(letters) - len({(mail.message_id, mail.address) for mail in letters})
    return Verdict(
        expected=expected,
        sent=len(firsts),
        struck=struck,
        repeated=repeated,
        seconds=tuple(first.seconds for first in firsts if first.seconds is not None),
        findings=tuple(findings),
    )


def _by_key(due: Due, notices: Sequence[Notice]) -> dict[Key, list[Notice]]:
    told: dict[Key, list[Notice]] = defaultdict(list)
    for notice in notices:
        told[due.key(notice)].append(notice)
    return dict(told)


def _missed(channel: Channel, due: Due, told: Mapping[Key, Sequence[Notice]]) -> Iterator[Finding]:
    for key, fact in due.expected.items():
        if key not in told:
            yield _finding("missed", channel, key, fact.why)


def _false(channel: Channel, due: Due, told: Mapping[Key, Sequence[Notice]]) -> Iterator[Finding]:
    for key, notices in told.items():
        if (fault := due.fault(key, notices[0])) is not None:
            yield _finding("false", channel, key, fault)


def _doubled(channel: Channel, told: Mapping[Key, Sequence[Notice]]) -> Iterator[Finding]:
    for key, notices in told.items():
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


def _not_struck(due: Due, notices: Sequence[SlackNotice]) -> Iterator[Finding]:
    for notice in notices:
        fact = due.struck(notice)
        if fact is not None and not _is_struck(due, notice):
            shows = "still shows the post's words" if fact.gone in notice.shown else "is not struck"
            detail = f"its post was removed, but it {shows}"
            yield _finding("not_struck", "slack", due.key(notice), detail)


def _is_struck(due: Due, notice: SlackNotice) -> bool:
    fact = due.struck(notice)
    return fact is not None and notice.struck and fact.gone not in notice.shown


def _finding(kind: Kind, channel: Channel, key: Key, detail: str) -> Finding:
    museum_id, story_id, receiver = key
    return Finding(
        kind=kind,
        channel=channel,
        receiver=receiver,
        museum_id=museum_id,
        story_id=story_id,
        detail=detail,
    )


def _percentile(values: Sequence[float], percent: int) -> float | None:
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=100, method="inclusive")[percent - 1]
