"""A correct ledger passes, and each kind of fault put into it is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.day import Day, Expected, compose
from demo.judge import Notice, Verdict, judge
from demo.receivers import address_of
from demo.slack import Call

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = compose(7)
TRUTH = DAY.truth
KEYS = [(fact.museum_id, fact.story_id) for fact in TRUTH.expected]
RECEIVERS = {museum.museum_id: museum.receivers[0] for museum in DAY.museums}
STRUCK = {(fact.museum_id, fact.story_id): fact.gone for fact in TRUTH.struck}
channels = st.sampled_from(["slack", "email"])
places = st.integers(0, len(KEYS) - 1)


@dataclass
class Arrived:
    """What arrived, to be spoiled."""

    calls: list[Call]
    letters: list[Notice]

    def verdict(self, day: Day = DAY) -> Verdict:
        return judge(day, self.calls, self.letters)

    def found(self) -> set[tuple[str, str, str | None, str | None]]:
        return {
            (found.kind, found.channel, found.museum_id, found.story_id)
            for found in self.verdict().findings
        }


def words_of(fact: Expected) -> str:
    """The post as a message shows it: quoted, and cut."""
    text = DAY.texts[fact.story_id][0]
    return "\n".join(f"> {line}" for line in f"{text[:80]}…".splitlines())


def post(fact: Expected, number: int, words: str | None = None, **arguments: Any) -> Call:
    payload = {
        "notification_id": f"n{number}",
        "museum_id": fact.museum_id,
        "story_id": fact.story_id,
        "rules": list(fact.rules),
        "record_timestamp": int(NOW.timestamp() * 1000),
    }
    return call(
        "chat.postMessage",
        number,
        text="An alert",
        channel=fact.museum_id,
        blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": words or words_of(fact)}}],
        metadata={"event_type": "alert", "event_payload": payload},
        **arguments,
    )


def call(
    method: str, number: int, ts: str | None = None, channel: str = "louvre", **arguments: Any
) -> Call:
    return Call(
        number=number,
        arrived_at=NOW + timedelta(seconds=number),
        method=method,
        channel=address_of(RECEIVERS.get(channel, channel), "slack"),
        arguments=arguments,
        status=200,
        ts=ts or f"{number}.000000",
    )


def change(sent: Call, words: str) -> Call:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    changed = call("chat.update", 900, ts=sent.ts, text="Removed", blocks=json.dumps([block]))
    return changed.model_copy(update={"channel": sent.channel})


def letter(fact: Expected, number: int) -> Notice:
    return Notice(
        museum_id=fact.museum_id,
        story_id=fact.story_id,
        rules=frozenset(fact.rules),
        arrived_at=NOW + timedelta(seconds=number),
        recorded_at=NOW,
        message_id=f"<{number}@localhost>",
        in_reply_to=None,
        address=address_of(RECEIVERS[fact.museum_id], "email"),
        forms=(words_of(fact), f"<p>{words_of(fact)}</p>"),
    )


def correct() -> Arrived:
    calls = []
    for number, fact in enumerate(TRUTH.expected):
        calls.append(post(fact, number))
        if (fact.museum_id, fact.story_id) in STRUCK:
            calls.append(change(calls[-1], "~An alert~\nThe author removed this post."))
    letters = [letter(fact, number) for number, fact in enumerate(TRUTH.expected)]
    return Arrived(calls, letters)


def with_truth(**changes: Any) -> Day:
    return replace(DAY, truth=TRUTH.model_copy(update=changes))


def place_of(arrived: Arrived, key: tuple[str, str]) -> int:
    return next(
        index
        for index, sent in enumerate(arrived.calls)
        if sent.method == "chat.postMessage"
        and _payload(sent)["story_id"] == key[1]
        and _payload(sent)["museum_id"] == key[0]
    )


def _payload(sent: Call) -> dict[str, Any]:
    payload: dict[str, Any] = sent.arguments["metadata"]["event_payload"]
    return payload


def with_payload(sent: Call, **changes: Any) -> Call:
    metadata = {"event_type": "alert", "event_payload": _payload(sent) | changes}
    return sent.model_copy(update={"arguments": sent.arguments | {"metadata": metadata}})


def test_a_correct_ledger_passes() -> None:
    verdict = correct().verdict()
    assert verdict.findings == ()
    assert verdict.passed
    assert verdict.expected == verdict.sent == 2 * len(KEYS)
    assert verdict.struck == len(TRUTH.struck) == 1
    assert verdict.p50 == pytest.approx((len(KEYS) - 1) / 2)
    assert verdict.p95 == pytest.approx(0.95 * (len(KEYS) - 1), abs=0.5)


@given(channel=channels, place=places)
def test_one_that_is_missing_is_missed(channel: str, place: int) -> None:
    arrived = correct()
    if channel == "slack":
        del arrived.calls[place_of(arrived, KEYS[place])]
    else:
        del arrived.letters[place]
    assert arrived.found() == {("missed", channel, *KEYS[place])}
    assert arrived.verdict().sent == 2 * len(KEYS) - 1


@given(channel=channels, place=places)
def test_one_that_comes_twice_is_doubled(channel: str, place: int) -> None:
    arrived = correct()
    fact = TRUTH.expected[place]
    if channel == "slack":
        again = post(fact, 500, words="~Look at this~" if KEYS[place] in STRUCK else None)
        arrived.calls.append(again)
    else:
        arrived.letters.append(letter(fact, 500))
    assert arrived.found() == {("doubled", channel, *KEYS[place])}
    assert not arrived.verdict().passed


@given(channel=channels, place=places)
def test_one_for_another_museum_is_missed_there_and_false_here(channel: str, place: int) -> None:
    arrived = correct()
    museum_id, story_id = KEYS[place]
    if channel == "slack":
        index = place_of(arrived, KEYS[place])
        arrived.calls[index] = with_payload(arrived.calls[index], museum_id="uffizi")
    else:
        arrived.letters[place] = replace(arrived.letters[place], museum_id="uffizi")
    assert arrived.found() == {
        ("missed", channel, museum_id, story_id),
        ("false", channel, "uffizi", story_id),
    }


@given(channel=channels, forbidden=st.sampled_from(TRUTH.forbidden))
def test_one_about_a_forbidden_story_is_false_and_says_why(channel: str, forbidden: Any) -> None:
    arrived = correct()
    fact = Expected(museum_id="moma", story_id=forbidden.story_id, rules=("viral_post",), why="")
    if channel == "slack":
        arrived.calls.append(post(fact, 500))
    else:
        arrived.letters.append(letter(fact, 500))
    assert [(f.kind, f.channel, f.detail) for f in arrived.verdict().findings] == [
        ("false", channel, forbidden.why)
    ]


@given(channel=channels, place=places)
def test_one_for_another_reason_is_false(channel: str, place: int) -> None:
    arrived = correct()
    if channel == "slack":
        index = place_of(arrived, KEYS[place])
        arrived.calls[index] = with_payload(arrived.calls[index], rules="full_moon")
    else:
        arrived.letters[place] = replace(arrived.letters[place], rules=frozenset({"full_moon"}))
    assert arrived.found() == {("false", channel, *KEYS[place])}
    assert "it names full_moon, and not" in arrived.verdict().findings[0].detail


@pytest.mark.parametrize("metadata", [None, {}, {"event_type": "x", "event_payload": {}}])
def test_one_that_names_nothing_is_false(metadata: Any) -> None:
    arrived = correct()
    arrived.calls.append(call("chat.postMessage", 500, text="Hello", metadata=metadata))
    assert arrived.found() == {("false", "slack", None, None)}


def _unstruck(arrived: Arrived) -> None:
    arrived.calls = [sent for sent in arrived.calls if sent.method != "chat.update"]


def _struck_with_its_words(arrived: Arrived) -> None:
    words = next(iter(STRUCK.values()))
    arrived.calls.append(change(_struck(arrived), f"~An alert~\n>{words}"))


def _only_changed(arrived: Arrived) -> None:
    arrived.calls.append(change(_struck(arrived), "An alert"))


def _deleted(arrived: Arrived) -> None:
    sent = _struck(arrived)
    deleted = call("chat.delete", 901, ts=sent.ts)
    arrived.calls.append(deleted.model_copy(update={"channel": sent.channel}))


def _refused(arrived: Arrived) -> None:
    arrived.calls = [
        sent.model_copy(update={"ts": None, "error": "message_not_found"})
        if sent.method == "chat.update"
        else sent
        for sent in arrived.calls
    ]


def _struck(arrived: Arrived) -> Call:
    return next(sent for sent in arrived.calls if sent.method == "chat.update")


@pytest.mark.parametrize(
    "spoil", [_unstruck, _struck_with_its_words, _only_changed, _deleted, _refused]
)
def test_a_message_that_is_not_struck_in_the_end_is_found(
    spoil: Callable[[Arrived], None],
) -> None:
    arrived = correct()
    spoil(arrived)
    assert arrived.found() == {("not_struck", "slack", *next(iter(STRUCK)))}
    assert arrived.verdict().struck == 0


def test_a_message_struck_without_reason_is_false() -> None:
    arrived = correct()
    key = next(key for key in KEYS if key not in STRUCK)
    arrived.calls.append(change(arrived.calls[place_of(arrived, key)], "~An alert~"))
    assert arrived.found() == {("false", "slack", *key)}


@given(place=places)
def test_what_the_promise_allows_is_no_fault(place: int) -> None:
    """The same mail again, a reply to it, a reply in the thread, and a call that was refused."""
    arrived = correct()
    fact = TRUTH.expected[place]
    first = arrived.letters[place]
    follow_up = replace(letter(fact, 501), in_reply_to=first.message_id)
    last = replace(letter(fact, 502), in_reply_to=follow_up.message_id)
    arrived.letters += [first, follow_up, last, follow_up]
    arrived.calls.append(post(fact, 500, thread_ts="1.000000"))
    refused = {"ts": None, "status": 429, "error": "rate_limited"}
    arrived.calls.insert(0, post(fact, 503).model_copy(update=refused))
    verdict = arrived.verdict()
    assert verdict.findings == ()
    assert verdict.repeated == 2


def test_a_reply_that_the_channel_shows_too_is_doubled() -> None:
    arrived = correct()
    arrived.calls.append(post(TRUTH.expected[0], 500, thread_ts="1.000000", reply_broadcast=True))
    assert arrived.found() == {("doubled", "slack", *KEYS[0])}


def test_only_the_channels_of_the_truth_count() -> None:
    arrived = Arrived(correct().calls, [])
    verdict = arrived.verdict(with_truth(channels=("slack",)))
    assert verdict.findings == ()
    assert verdict.expected == len(KEYS)


def test_nothing_arrived() -> None:
    verdict = judge(DAY, [], [])
    assert verdict.count("missed") == verdict.expected == 2 * len(KEYS)
    assert verdict.p50 is None
    assert verdict.p95 is None


def test_times_are_taken_from_the_first_arrival_only() -> None:
    arrived = correct()
    arrived.letters = [replace(mail, recorded_at=None) for mail in arrived.letters]
    arrived.calls[0] = with_payload(arrived.calls[0], record_timestamp="soon")
    assert len(arrived.verdict().seconds) == len(KEYS) - 1


def test_one_in_another_channel_is_missed_there_and_false_here() -> None:
    arrived = correct()
    arrived.calls[0] = arrived.calls[0].model_copy(update={"channel": "C0SOMEWHERE"})
    key = arrived.verdict().findings[0].museum_id, arrived.verdict().findings[0].story_id
    assert key == KEYS[0]
    assert [(found.kind, found.receiver) for found in arrived.verdict().findings] == [
        ("missed", RECEIVERS[KEYS[0][0]]),
        ("false", "C0SOMEWHERE"),
    ]
    assert arrived.verdict().sent == 2 * len(KEYS) - 1


@given(place=places)
def test_one_in_another_mailbox_is_missed_there_and_false_here(place: int) -> None:
    arrived = correct()
    elsewhere = address_of("default", "email")
    arrived.letters[place] = replace(arrived.letters[place], address=elsewhere)
    assert [(found.kind, found.receiver) for found in arrived.verdict().findings] == [
        ("missed", RECEIVERS[KEYS[place][0]]),
        ("false", "default"),
    ]


@given(channel=channels, place=places, data=st.data())
def test_one_that_shows_nothing_of_the_post_is_false(
    channel: str, place: int, data: st.DataObject
) -> None:
    arrived = correct()
    if channel == "slack":
        index = place_of(arrived, KEYS[place])
        arrived.calls[index] = post(TRUTH.expected[place], place, words="A post needs a look")
    else:
        forms = data.draw(st.sampled_from([(), (words_of(TRUTH.expected[place]), "Look at this")]))
        arrived.letters[place] = replace(arrived.letters[place], forms=forms)
    assert arrived.found() == {("false", channel, *KEYS[place])}
    assert arrived.verdict().findings[0].detail == "it shows nothing of the post"


def test_one_that_is_emptied_later_is_false() -> None:
    for spoil in ("chat.update", "chat.delete"):
        arrived = correct()
        key = next(key for key in KEYS if key not in STRUCK)
        changed = change(arrived.calls[place_of(arrived, key)], "Nothing to see here")
        arrived.calls.append(changed.model_copy(update={"method": spoil}))
        assert arrived.found() == {("false", "slack", *key)}


def test_each_receiver_of_a_museum_is_told_once() -> None:
    """Two messages of one story in two channels are two receivers, and no double."""
    museums = tuple(
        museum.model_copy(update={"receivers": (*museum.receivers, "desk")})
        for museum in DAY.museums
    )
    day = replace(DAY, museums=museums)
    arrived, desk = correct(), correct()
    arrived.calls += [
        sent.model_copy(update={"channel": address_of("desk", "slack")}) for sent in desk.calls
    ]
    mailbox = address_of("desk", "email")
    arrived.letters += [replace(mail, address=mailbox) for mail in desk.letters]
    verdict = arrived.verdict(day)
    assert verdict.findings == ()
    assert verdict.expected == verdict.sent == 4 * len(KEYS)
    assert (verdict.struck, verdict.repeated) == (2, 0)
    del arrived.letters[-1]
    assert [(found.kind, found.receiver) for found in arrived.verdict(day).findings] == [
        ("missed", "desk")
    ]


def test_a_museum_that_names_nobody_is_told_through_the_default() -> None:
    museums = tuple(museum.model_copy(update={"receivers": ()}) for museum in DAY.museums)
    found = {finding.receiver for finding in judge(replace(DAY, museums=museums), [], []).findings}
    assert found == {"default"}
