"""Nothing is lost and nothing stops the line: what the guard does with each kind of fault."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import ENGAGEMENT, MAX_DEAD_LETTER_BYTES, POSTS_RAW
from services.common import guard as guarding
from services.common.errors import Fatal, Poison, Retryable
from services.common.guard import DeadLetterLimit, Guard, Outcome, dead_letter, dead_letter_topic
from services.common.publisher import check_size
from services.common.records import Received, Record
from services.common.settings import GuardSettings


def make_received(
    key: bytes | None = b"x:1",
    value: bytes | None = b"{}",
    headers: dict[str, bytes] | None = None,
    topic: str = POSTS_RAW.name,
) -> Received:
    return Received(topic, 3, 42, key, value, headers or {}, 1_780_000_000_000)


class Line:
    """A handler that fails as told, and what was parked."""

    def __init__(
        self, *faults: Exception | None, settings: GuardSettings | None = None, retry: float = 60
    ) -> None:
        self.faults = list(faults)
        self.calls = 0
        self.parked: list[Record] = []
        self.guard = Guard(
            self._handle,
            self._publish,
            settings or GuardSettings(),
            retry_seconds=retry,
            source="/test",
        )

    async def _handle(self, received: Received) -> None:
        self.calls += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault

    async def _publish(self, records: Sequence[Record]) -> None:
        self.parked.extend(records)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time that passes only by waiting; the naps that were taken."""
    taken: list[float] = []

    class _Asyncio:
        CancelledError = asyncio.CancelledError

        @staticmethod
        async def sleep(seconds: float) -> None:
            taken.append(seconds)

    class _Time:
        @staticmethod
        def monotonic() -> float:
            return sum(taken)

    monkeypatch.setattr(guarding, "asyncio", _Asyncio)
    monkeypatch.setattr(guarding, "time", _Time)
    return taken


async def test_what_is_handled_is_done() -> None:
    line = Line()
    assert await line.guard.run(make_received()) is Outcome.DONE
    assert (line.calls, line.parked) == (1, [])


async def test_a_passing_fault_is_tried_again_in_place_with_growing_pauses(
    naps: list[float],
) -> None:
    line = Line(*(Retryable("busy") for _ in range(8)))
    assert await line.guard.run(make_received()) is Outcome.DONE
    assert line.calls == 9
    assert line.parked == []
    assert naps == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


async def test_the_other_side_says_how_long_to_wait(naps: list[float]) -> None:
    line = Line(Retryable("busy", retry_after=7.5), Retryable("busy", retry_after=0))
    await line.guard.run(make_received())
    assert naps == [7.5, 0]


async def test_over_the_budget_the_process_must_end(naps: list[float]) -> None:
    line = Line(*(Retryable("still busy") for _ in range(100)), retry=10)
    with pytest.raises(Fatal, match="still failing after 10 s: still busy"):
        await line.guard.run(make_received())
    assert sum(naps) <= 10
    assert line.parked == []


async def test_a_wait_beyond_the_budget_is_not_begun(naps: list[float]) -> None:
    line = Line(Retryable("come back tomorrow", retry_after=86_400), retry=10)
    with pytest.raises(Fatal, match="tomorrow"):
        await line.guard.run(make_received())
    assert naps == []


async def test_poison_after_a_passing_fault_is_parked(naps: list[float]) -> None:
    line = Line(Retryable("busy"), Poison("invalid", "no post"))
    assert await line.guard.run(make_received()) is Outcome.PARKED
    assert len(line.parked) == 1


async def test_poison_is_parked_with_its_reason() -> None:
    line = Line(Poison("invalid", "text: Field required"))
    received = make_received(b"\xff\x00key", b"\xfe\x00{", {"ce_type": b"\xff", "other": b"1"})
    assert await line.guard.run(received) is Outcome.PARKED
    [letter] = line.parked
    assert letter.topic.name == "posts.raw.dlq"
    assert letter.partition == 3
    assert (letter.raw_key, letter.value) == (b"\xff\x00key", b"\xfe\x00{")
    assert dict(letter.headers) == {
        "ce_type": b"\xff",
        "other": b"1",
        "dlq_reason": b"invalid",
        "dlq_exception": b"Poison",
        "dlq_message": b"text: Field required",
        "dlq_topic": b"posts.raw",
        "dlq_partition": b"3",
        "dlq_offset": b"42",
        "dlq_source": b"/test",
    }


async def test_an_unforeseen_fault_is_parked_without_its_message() -> None:
    line = Line(KeyError("the text of a post"))
    with structlog.testing.capture_logs() as logs:
        assert await line.guard.run(make_received()) is Outcome.PARKED
    assert [entry["event"] for entry in logs] == ["handler_failed", "record_parked"]
    assert "the text of a post" not in str(logs)
    headers = dict(line.parked[0].headers)
    assert headers["dlq_reason"] == b"unexpected"
    assert headers["dlq_exception"] == b"KeyError"
    assert headers["dlq_message"] == b""


@pytest.mark.parametrize("fault", [Fatal("no"), asyncio.CancelledError()])
async def test_what_must_end_the_process_is_let_through(fault: BaseException) -> None:
    async def handle(received: Received) -> None:
        raise fault

    line = Line()
    guard = Guard(handle, line._publish, GuardSettings(), retry_seconds=1, source="/test")
    with pytest.raises(type(fault)):
        await guard.run(make_received())
    assert line.parked == []


async def test_a_dead_letter_that_cannot_be_written_is_fatal_to_its_record() -> None:
    async def refuse(records: Sequence[Record]) -> None:
        raise Fatal("Kafka is away")

    async def handle(received: Received) -> None:
        raise Poison("invalid", "no")

    guard = Guard(handle, refuse, GuardSettings(), retry_seconds=1, source="/test")
    with pytest.raises(Fatal, match="away"):
        await guard.run(make_received())


async def test_too_many_in_a_row_stop_the_service() -> None:
    settings = GuardSettings(max_consecutive=5)
    line = Line(*(Poison("invalid", "no") for _ in range(5)), settings=settings)
    for _ in range(4):
        await line.guard.run(make_received())
    with pytest.raises(Fatal, match=r"5 in a row.*dlq show"):
        await line.guard.run(make_received())
    assert len(line.parked) == 5


def count_all(limit: DeadLetterLimit, parked: Sequence[bool]) -> int | None:
    for index, one in enumerate(parked):
        try:
            limit.count(one)
        except Fatal:
            return index
    return None


@given(st.lists(st.booleans(), max_size=60))
def test_the_limit_is_what_its_settings_say(parked: list[bool]) -> None:
    settings = GuardSettings(max_consecutive=4, max_share=0.5, window=10)

    def over(seen: Sequence[bool]) -> bool:
        window = seen[-10:]
        in_a_row = len(seen) >= 4 and all(seen[-4:])
        return in_a_row or (len(window) == 10 and sum(window) > 5)

    expected = next((n for n in range(len(parked)) if over(parked[: n + 1])), None)
    assert count_all(DeadLetterLimit(settings), parked) == expected


_names = st.text("abc-_é", min_size=1, max_size=5)


@given(
    st.none() | st.binary(max_size=30),
    st.none() | st.binary(max_size=30),
    st.dictionaries(_names, st.binary(max_size=10), max_size=3),
)
def test_a_dead_letter_is_its_record_byte_for_byte(
    key: bytes | None, value: bytes | None, headers: dict[str, bytes]
) -> None:
    letter = dead_letter(make_received(key, value, headers), "r", Poison("r", "m"), "/test")
    assert letter.value == value
    assert letter.raw_key == key or (key is None and value is None)
    assert {n: v for n, v in letter.headers if not n.startswith("dlq_")} == headers
    assert letter.key is None


def test_a_record_of_nothing_can_be_parked_too() -> None:
    # Kafka's clients refuse to write what has neither key nor value, and others write it.
    letter = dead_letter(
        make_received(None, None, topic=ENGAGEMENT.name), "bad_key", Poison("bad_key", ""), "/t"
    )
    assert letter.raw_key is not None


def test_what_no_topic_takes_is_cut_and_says_how_long_it_was() -> None:
    value = bytes(MAX_DEAD_LETTER_BYTES + 1)
    letter = dead_letter(make_received(value=value), "invalid", Poison("invalid", ""), "/test")
    check_size(letter)
    assert letter.value == value[:-1]
    assert dict(letter.headers)["dlq_cut_from"] == str(len(value)).encode()


def test_a_letter_that_is_parked_again_says_why_now() -> None:
    old = {"dlq_reason": b"old", "dlq_offset": b"1"}
    letter = dead_letter(make_received(headers=old), "new", Poison("new", "m"), "/test")
    assert dict(letter.headers)["dlq_reason"] == b"new"
    assert dict(letter.headers)["dlq_offset"] == b"42"


def test_a_long_message_is_cut() -> None:
    letter = dead_letter(make_received(), "r", Poison("r", "m" * 10_000), "/test")
    assert len(dict(letter.headers)["dlq_message"]) == 500


@pytest.mark.parametrize("name", ["unheard.of", "museums.activity", "posts.raw.dlq"])
def test_a_topic_without_dead_letters_is_a_fault_of_ours(name: str) -> None:
    with pytest.raises(Fatal, match=name):
        dead_letter_topic(name)
