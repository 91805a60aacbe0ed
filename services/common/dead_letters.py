"""Reads dead letters, and brings them back to where they came from after the fault is mended.

A letter is brought back only if nothing newer stands under its key: not a post that was edited or
removed since, and not a letter that was already brought back.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import BY_NAME, Topic

from .errors import PassaparolaError, Poison
from .kafka import client_options
from .publisher import Publisher
from .records import Received, Record, received
from .settings import KafkaSettings
from .topics import require_topic

_CLIENT = "passaparola-dlq"
_PREFIX = "dlq_"
_POLL_MS = 1_000
_FROM_OUTSIDE = "not from a topic: replay its file, or let its source come again"

_Place = tuple[int, bytes | None]
"""A partition and a key in it."""


class NoDeadLetters(PassaparolaError):
    """A name that is no topic of dead letters, or whose letters cannot be brought back."""


@dataclass(frozen=True)
class DeadLetter:
    """One dead letter, and its facts: why it is here and where it came from, without contents."""

    letter: Received
    facts: Mapping[str, str]

    @property
    def at(self) -> datetime:
        """When it was parked."""
        return datetime.fromtimestamp(self.letter.timestamp / 1000, UTC)

    @property
    def reason(self) -> str:
        """A short word for why it is here."""
        return self.facts.get("reason", "unknown")

    @property
    def origin(self) -> tuple[Topic, int, int] | None:
        """Topic, partition and offset of the record; ``None`` where a platform or file gave it."""
        facts = self.facts
        try:
            return BY_NAME[facts["topic"]], int(facts["partition"]), int(facts["offset"])
        except (KeyError, ValueError):
            return None


@dataclass(frozen=True)
class Returned:
    """What became of one letter: brought back, or ``left`` and why."""

    letter: DeadLetter
    left: str | None = None


def dead_letter_topics() -> list[str]:
    """Names of all topics of dead letters."""
    return sorted(name for name in BY_NAME if name.endswith(".dlq"))


async def read_dead_letters(
    settings: KafkaSettings, topic: str, reason: str | None = None
) -> AsyncGenerator[DeadLetter, None]:
    """Yield the letters of a topic up to its present end, oldest first in each partition."""
    if topic not in dead_letter_topics():
        raise NoDeadLetters(
            f"no dead letters {topic!r}; there are: {', '.join(dead_letter_topics())}"
        )
    async with _reading(settings, topic) as consumer:
        async for record in _read_on(consumer):
            letter = _letter(record)
            if reason is None or letter.reason == reason:
                yield letter


async def bring_back(
    settings: KafkaSettings, topic: str, *, reason: str | None = None
) -> AsyncIterator[Returned]:
    """Write each letter's bytes back into the partition it came from, if nothing newer stands."""
    letters = [letter async for letter in read_dead_letters(settings, topic, reason)]
    tails: dict[str, _Tail] = {}
    async with Publisher(settings, _CLIENT) as publisher, AsyncExitStack() as open_tails:
        for letter in letters:
            origin = letter.origin
            if origin is None:
                yield Returned(letter, _FROM_OUTSIDE)
                continue
            source, partition, offset = origin
            if source.name not in tails:
                reading = _reading(settings, source.name)
                tails[source.name] = _Tail(await open_tails.enter_async_context(reading))
            tail = tails[source.name]
            place = partition, letter.letter.key
            if letter.letter.key is None:
                yield Returned(letter, "without a key, so nothing tells what is newer")
            elif await tail.newest(place) > offset:
                yield Returned(letter, "something newer stands under its key")
            else:
                try:
                    [written] = await publisher.publish([_again(letter, source, partition)])
                except Poison as error:
                    yield Returned(letter, f"refused again: {error.reason}")
                    continue
                tail.wrote(place, offset, written.offset)
                yield Returned(letter)


def _again(letter: DeadLetter, topic: Topic, partition: int) -> Record:
    headers = tuple(
        (name, value)
        for name, value in letter.letter.headers.items()
        if not name.startswith(_PREFIX)
    )
    return Record(
        topic,
        None,
        letter.letter.value,
        headers,
        partition=partition,
        raw_key=letter.letter.key,
    )


def _letter(record: Received) -> DeadLetter:
    facts = {
        name.removeprefix(_PREFIX): (value or b"").decode("utf-8", "replace")
        for name, value in record.headers.items()
        if name.startswith(_PREFIX)
    }
    return DeadLetter(record, facts)


class _Tail:
    """The newest offset under each key of a topic, up to its end at each time of asking."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._newest: dict[_Place, int] = {}
        self._ours: set[tuple[int, int]] = set()

    async def newest(self, place: _Place) -> int:
        """Return the newest offset under a partition's key, below 0 where there is none."""
        async for record in _read_on(self._consumer):
            if (record.partition, record.offset) not in self._ours:
                self._newest[record.partition, record.key] = record.offset
        return self._newest.get(place, -1)

    def wrote(self, place: _Place, letter: int, offset: int) -> None:
        """Take what was brought back for as old as its letter: a key may have parked several."""
        self._ours.add((place[0], offset))
        self._newest[place] = letter + 1


@asynccontextmanager
async def _reading(settings: KafkaSettings, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    await require_topic(settings, topic)
    consumer = AIOKafkaConsumer(
        topic,
        **client_options(settings, _CLIENT),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def _read_on(consumer: AIOKafkaConsumer) -> AsyncIterator[Received]:
    """Yield what came since it was read last, up to the present end."""
    ends: dict[TopicPartition, int] = await consumer.end_offsets(list(consumer.assignment()))
    while any([await consumer.position(tp) < end for tp, end in ends.items()]):
        for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
            for record in records:
                yield received(record)
