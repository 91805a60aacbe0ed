"""Reads dead letters, and brings them back to where they came from after the fault is mended.

A letter is brought back only if nothing newer stands under its key: not a post that was edited or
removed since, and not a letter that was already brought back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import BY_NAME, Topic

from .errors import PassaparolaError
from .kafka import client_options
from .publisher import Publisher
from .records import Received, Record, received
from .settings import KafkaSettings

_PREFIX = "dlq_"
_POLL_MS = 1_000


class NoDeadLetters(PassaparolaError):
    """A name that is no topic of dead letters, or whose letters cannot be brought back."""


@dataclass(frozen=True)
class DeadLetter:
    """One dead letter: its own place, where it came from, and why it is here."""

    at: datetime
    topic: str
    partition: int
    offset: int
    facts: Mapping[str, str]
    letter: Received

    @property
    def reason(self) -> str:
        """A short word for why it is here."""
        return self.facts.get("reason", "unknown")

    @property
    def origin(self) -> tuple[Topic, int, int] | None:
        """The topic, partition and offset it was read from; ``None`` for input of a platform or file."""
        topic = BY_NAME.get(self.facts.get("topic", ""))
        try:
            place = int(self.facts["partition"]), int(self.facts["offset"])
        except (KeyError, ValueError):
            return None
        return None if topic is None else (topic, *place)


@dataclass(frozen=True)
class Returned:
    """What became of one letter: brought back, or left because something newer stands."""

    letter: DeadLetter
    done: bool
    why: str


def dead_letter_topics() -> list[str]:
    """Names of all topics of dead letters."""
    return sorted(name for name in BY_NAME if name.endswith(".dlq"))


async def read_dead_letters(
    settings: KafkaSettings, topic: str, reason: str | None = None
) -> AsyncIterator[DeadLetter]:
    """Yield the letters of a topic up to its present end, oldest first in each partition."""
    if topic not in dead_letter_topics():
        raise NoDeadLetters(f"no dead letters {topic!r}; there are: {', '.join(dead_letter_topics())}")
    async for record in _records(settings, topic):
        letter = _letter(record)
        if reason is None or letter.reason == reason:
            yield letter


async def bring_back(
    settings: KafkaSettings, topic: str, *, reason: str | None = None
) -> AsyncIterator[Returned]:
    """Write each letter's bytes back into the partition it came from, if nothing newer stands."""
    letters = [letter async for letter in read_dead_letters(settings, topic, reason)]
    newest: dict[str, dict[tuple[int, bytes | None], int]] = {}
    async with Publisher(settings, "passaparola-dlq") as publisher:
        for letter in letters:
            origin = letter.origin
            if origin is None:
                yield Returned(letter, False, "not from a topic: replay its file, or let its source come again")
                continue
            source, partition, offset = origin
            if source.name not in newest:
                newest[source.name] = await _newest(settings, source.name)
            key = letter.letter.key
            if newest[source.name].get((partition, key), -1) > offset:
                yield Returned(letter, False, "something newer stands under its key")
                continue
            [metadata] = await publisher.publish([_again(letter, source, partition)])
            newest[source.name][partition, key] = metadata.offset
            yield Returned(letter, True, f"now at {source.name}/{partition}/{metadata.offset}")


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
        name.removeprefix(_PREFIX): value.decode("utf-8", "replace")
        for name, value in record.headers.items()
        if name.startswith(_PREFIX)
    }
    at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return DeadLetter(at, record.topic, record.partition, record.offset, facts, record)


async def _newest(settings: KafkaSettings, topic: str) -> dict[tuple[int, bytes | None], int]:
    """Return the last offset under each key of a topic."""
    return {
        (record.partition, record.key): record.offset
        async for record in _records(settings, topic)
        if record.key is not None
    }


async def _records(settings: KafkaSettings, topic: str) -> AsyncIterator[Received]:
    consumer = AIOKafkaConsumer(
        topic,
        **client_options(settings, "passaparola-dlq"),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(list(consumer.assignment()))
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                for record in records:
                    yield received(record)
    finally:
        await consumer.stop()
