"""What a run of the pipeline came to, as JSON and as the tables in docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from benchmarks.machine import Machine
from benchmarks.usage import OURSELVES

DOCS = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
ENRICH = "enrich alone, one worker"
CHAIN = "whole chain"
_BEGIN, _END = "<!-- {name}: begin -->", "<!-- {name}: end -->"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Throughput(_Part):
    """How fast something is. ``records``: posts, snapshots and ticks.

    ``cpu``: processor seconds by process, the busiest first. ``others``: cores that were busy with
    what is not ours.
    """

    what: str
    posts: int
    records: int
    seconds: float
    cpu: dict[str, float]
    others: float

    @property
    def posts_per_second(self) -> float:
        """Posts a second, each with its snapshot."""
        return self.posts / self.seconds

    @property
    def records_per_second(self) -> float:
        """Records a second."""
        return self.records / self.seconds


class Percentiles(_Part):
    """In seconds, by nearest rank."""

    p50: float
    p95: float
    p99: float


class Latency(_Part):
    """Wall time to the Slack stand-in at a steady rate, warm-up left out.

    ``rate``: posts a second that were asked for; ``reached``: that came through ingest.
    ``from_post``: from the post's record timestamp on ``posts.raw``; ``from_enriched``: from that
    of the enriched post that set the notification off.
    """

    rate: float
    reached: float
    seconds: float
    notifications: int
    from_post: Percentiles
    from_enriched: Percentiles
    others: float


class Result(_Part):
    """All of one run.

    ``alert_every``: one post in so many alerts. ``post_bytes``: mean value on ``posts.raw``.
    ``memory_mb``: resident memory of each process at the end.
    """

    machine: Machine
    partitions: int
    alert_every: int
    post_bytes: int
    throughput: tuple[Throughput, ...]
    latency: tuple[Latency, ...]
    memory_mb: dict[str, int]

    def limits(self) -> str:
        """Say what processor time allows: other work on the machine disturbs it less than time."""
        enrich, chain = self._row(ENRICH), self._row(CHAIN)
        worker = enrich.cpu["enrich"] / enrich.posts
        every = {
            name: seconds / chain.posts for name, seconds in chain.cpu.items() if name != OURSELVES
        }
        parts = ", ".join(f"{name} {1000 * share:.2f}" for name, share in every.items())
        return (
            f"By processor time one core enriches at most {1 / worker:,.0f} posts/s "
            f"({1000 * worker:.2f} ms a post with its snapshot). In the whole chain a post costs "
            f"{1000 * sum(every.values()):.2f} ms ({parts}), so {self.machine.cores} cores take at "
            f"most {self.machine.cores / sum(every.values()):,.0f} posts/s."
        )

    def _row(self, what: str) -> Throughput:
        return next(row for row in self.throughput if row.what == what)

    def markdown(self) -> str:
        """Write the tables."""
        enrich = self._row(ENRICH)
        alerts = f"one alert in {self.alert_every} posts"
        return "\n\n".join(
            (
                self.machine.sentence(),
                f"{self.partitions} partitions, {self.post_bytes} bytes a post, {alerts}.",
                _table(
                    ("", "posts/s", "records/s", "of enrich's", "processor time a post", "others"),
                    [
                        (
                            row.what,
                            f"{row.posts_per_second:,.0f}",
                            f"{row.records_per_second:,.0f}",
                            f"{row.records_per_second / enrich.records_per_second:.1f} x",
                            _cpu(row.cpu, row.posts),
                            f"{row.others:.2f} cores",
                        )
                        for row in self.throughput
                    ],
                ),
                self.limits(),
                _table(
                    ("posts/s", "reached", "alerts", "from", "p50", "p95", "p99", "others"),
                    [
                        (
                            f"{row.rate:g}",
                            f"{row.reached:.1f}",
                            f"{row.notifications}",
                            name,
                            *(_milliseconds(value) for value in (some.p50, some.p95, some.p99)),
                            f"{row.others:.2f} cores",
                        )
                        for row in self.latency
                        for name, some in (
                            ("`posts.raw`", row.from_post),
                            ("`posts.enriched`", row.from_enriched),
                        )
                    ],
                ),
                _table(
                    ("process", "resident memory"),
                    [(name, f"{megabytes:,} MB") for name, megabytes in self.memory_mb.items()],
                ),
            )
        )


def percentiles(seconds: Sequence[float]) -> Percentiles:
    """Return the percentiles of a sample. Raises ``ValueError`` for an empty one."""
    if not seconds:
        raise ValueError("no percentiles of nothing")
    ordered = sorted(seconds)

    def at(percent: int) -> float:
        return round(ordered[-(-len(ordered) * percent // 100) - 1], 4)

    return Percentiles(p50=at(50), p95=at(95), p99=at(99))


def put_between_markers(name: str, text: str, page: Path = DOCS) -> None:
    """Put text between a page's markers of that name. Raises ``ValueError`` where it has none."""
    begin, end = _BEGIN.format(name=name), _END.format(name=name)
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{page} lacks the markers {begin} and {end}")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---" if n == 0 else "---:" for n in range(len(head))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def _cpu(seconds: Mapping[str, float], posts: int) -> str:
    shares = ((name, 1000 * used / posts) for name, used in seconds.items())
    return ", ".join(f"{name} {share:.2f} ms" for name, share in shares if share >= 0.01)
