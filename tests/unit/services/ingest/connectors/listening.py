"""What the stream adds to a look, with the rows that it builds on, for the tests of counting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas import Counters, EngagementSnapshot, TrackedPost
from services.ingest.connectors.bluesky_stream_counts import StreamCounts
from services.ingest.connectors.bluesky_wire import concerns_us, instant, read_frame, time_us_of
from services.ingest.observations import Tally
from services.ingest.tracked import TrackedPosts
from tests.unit.services.ingest.builders import make_row
from tests.unit.services.ingest.frames import (
    START_US,
    commit,
    uri,
)

START = datetime.fromtimestamp(START_US // 1_000_000, UTC)
POST = f"bluesky:{uri('1')}"
NOTHING = Counters(likes=0, reposts=0, quotes=0, replies=0)


class Listening:
    """A stream's counts, and the rows that they build on. Time is in seconds since the start."""

    def __init__(self, most_acts: int = 1000) -> None:
        self.tracked = TrackedPosts()
        self.most_acts = most_acts
        self.now = 0.0
        self.restart()

    def restart(self) -> None:
        self.stream = StreamCounts(self.tracked, self.most_acts)

    @property
    def clock(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def row(self, post_id: str = POST, **fields: object) -> None:
        row = self.tracked.get(post_id) or make_row(
            post_id,
            platform="bluesky",
            created_at=START,
            tracked_at=START,
            next_look_at=START + timedelta(minutes=10),
        )
        row = TrackedPost.model_validate(row.model_dump() | fields)
        self.tracked.wrote(post_id, row, 0, -1)

    def look(self, counters: Counters, post_id: str = POST, **fields: object) -> None:
        next_look_at = self.clock + timedelta(minutes=10)
        self.row(
            post_id,
            looked_at=self.clock,
            counters=counters,
            missing_looks=0,
            **({"next_look_at": next_look_at} | fields),
        )

    def hear(self, *frames: bytes, ahead: bool = False) -> None:
        """Take frames as the connector does, one batch; the pipeline then has written it."""
        for frame in frames:
            time_us = time_us_of(frame)
            assert time_us is not None
            if not ahead:
                self.now = max(self.now, (time_us - START_US) / 1_000_000)
            self.stream.note(instant(time_us))
            if concerns_us(frame, tags_suffice=True) or self.stream.concerns(frame):
                self.stream.hear(frame, read_frame(frame, self.clock), self.clock)
        self.stream.settle()

    def born(self, key: str = "1") -> None:
        """A post is heard at its birth, and tracked."""
        post_id = f"bluesky:{uri(key)}"
        self.row(post_id)
        self.hear(commit(key, "#louvre", at=self.now))

    def tallies(self) -> list[Tally]:
        told = [observation.fact for observation in self.stream.tallies(self.clock)]
        return [fact for fact in told if isinstance(fact, Tally)]

    def snapshots(self) -> list[EngagementSnapshot]:
        return [tally.snapshot for tally in self.tallies() if tally.snapshot is not None]

    def counted(self) -> Counters:
        """The one snapshot that is told now."""
        (snapshot,) = self.snapshots()
        return snapshot.counters
