"""What a run of the pipeline came to, as JSON and as the tables in docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from .machine import Machine

DOCS = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- {name}: begin -->", "<!-- {name}: end -->"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Throughput(_Part):
    """``records``: posts, snapshots, ticks; ``cores``: of one core, by process, busiest first."""

    what: str
    posts: int
    records: int
    seconds: float
    cores: dict[str, float]

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
    cores: dict[str, float]


class Result(_Part):
    """All of one run. ``memory_mb``: resident memory of each process at the end."""

    machine: Machine
    partitions: int
    alert_every: int
    post_bytes: int
    throughput: tuple[Throughput, ...]
    latency: tuple[Latency, ...]
    memory_mb: dict[str, int]

    def markdown(self) -> str:
        """Write the tables."""
        slowest = self.throughput[0]
        return "\n\n".join(
            (
                self.machine.sentence(),
                _table(
                    ("", "posts/s", "records/s", "against enrich", "cores used"),
                    [
                        (
                            row.what,
                            f"{row.posts_per_second:,.0f}",
                            f"{row.records_per_second:,.0f}",
                            f"{row.records_per_second / slowest.records_per_second:.1f}",
                            _cores(row.cores),
                        )
                        for row in self.throughput
                    ],
                ),
                _table(
                    ("posts/s", "notifications", "from", "p50", "p95", "p99", "cores used"),
                    [
                        (
                            f"{row.rate:,.0f}",
                            f"{row.notifications}",
                            name,
                            *(_milliseconds(value) for value in (some.p50, some.p95, some.p99)),
                            _cores(row.cores),
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


def _cores(cores: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:.2f}" for name, share in cores.items() if share >= 0.05)
