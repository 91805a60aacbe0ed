"""How much the system takes and how soon it tells: ``python -m benchmarks.pipeline``.

All of it runs on a local Kafka of its own; beside it, in the same run, plain aiokafka and stock
Faust pass the same bytes through. A notification that never comes ends it with an error.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from benchmarks.load import Load
from benchmarks.machine import Machine, describe_machine
from benchmarks.result import Result, put_between_markers
from benchmarks.rig import build_rig
from benchmarks.stages import (
    PEERS,
    enrich_alone,
    ingest_alone,
    latency,
    mean_post_bytes,
    peer_alone,
    whole_chain,
)
from benchmarks.usage import usage
from deploy.local.jars import VERSION
from deploy.local.shell import forget_settings
from services.common.errors import PassaparolaError

EXAMPLES = """examples:
  python -m benchmarks.pipeline            the full run; writes the result and docs/benchmarks.md
  python -m benchmarks.pipeline --quick    a look in under 90 s; writes nothing without --out
"""
RESULT = Path(__file__).parent / "results" / "pipeline.json"
_APART = timedelta(minutes=30)
"""Between the times of two loads: a replay's ticks run on for a while after its last line."""
_PACKED = 200.0
"""Posts a second, by the file's own time, of a load that is replayed as fast as it goes."""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    posts: int
    rates: tuple[float, ...]
    seconds: float
    warm_up_seconds: float
    alert_every: int

    def loads(self, now: datetime) -> list[Load]:
        """Return the backlog, the chain's load and those of the rates, each after the last."""
        shapes = [
            ("backlog", self.posts, _PACKED),
            ("chain", self.posts, _PACKED),
            *(
                (f"rate-{rate:g}", round(rate * (self.seconds + self.warm_up_seconds)), rate)
                for rate in self.rates
            ),
        ]
        loads: list[Load] = []
        start = now - timedelta(hours=12)
        for name, posts, rate in shapes:
            loads.append(Load(name, start, posts, rate, self.alert_every))
            start = loads[-1].end + _APART
        return loads


async def run(plan: Plan, folder: Path, machine: Machine, say: Callable[[str], None]) -> Result:
    """Measure everything once. Raises ``Fatal`` where something is lost."""
    backlog, full_speed, *steady = plan.loads(machine.at)
    say("starting Kafka")
    async with build_rig(folder, say) as rig:
        throughput = []
        say(f"ingest alone: {plan.posts:,} posts")
        throughput.append(await ingest_alone(rig, backlog))
        for name in PEERS:
            say(name)
            throughput.append(await peer_alone(rig, name, backlog))
        say("enrich alone")
        throughput.append(await enrich_alone(rig, backlog))
        say("starting the services")
        await rig.system.start_services()
        await rig.told(backlog)
        say("the whole chain")
        throughput.append(await whole_chain(rig, full_speed))
        await rig.told(full_speed)
        latencies = []
        for load in steady:
            say(f"{load.rate:g} posts a second for {load.seconds:.0f} s")
            latencies.append(await latency(rig, load, plan.warm_up_seconds))
        return Result(
            machine=machine,
            partitions=rig.system.kafka.partitions,
            alert_every=plan.alert_every,
            post_bytes=await mean_post_bytes(rig),
            throughput=tuple(throughput),
            latency=tuple(latencies),
            memory_mb={name: round(used.memory / 2**20) for name, used in usage().items()},
        )


def read_plan(arguments: Sequence[str]) -> tuple[Plan, Path | None]:
    """Read the command's arguments: what to measure, and where the result goes, if anywhere."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pipeline",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--posts", type=int, help="of the backlog and of the chain (12000)")
    parser.add_argument("--rate", default="50,200", help="posts a second, with commas (50,200)")
    parser.add_argument("--out", type=Path, help=f"where the result goes ({RESULT.name})")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    given = parser.parse_args(arguments)
    try:
        rates = tuple(float(rate) for rate in given.rate.split(","))
    except ValueError:
        parser.error("--rate: numbers with commas between them, such as 50,200")
    plan = Plan(
        posts=given.posts or (3_000 if given.quick else 12_000),
        rates=rates,
        seconds=8.0 if given.quick else 50.0,
        warm_up_seconds=3.0 if given.quick else 10.0,
        alert_every=25 if given.quick else 50,
    )
    if plan.posts < plan.alert_every:
        parser.error(f"--posts: at least {plan.alert_every}, of which one alerts")
    if min(rates) * plan.seconds < plan.alert_every:
        parser.error(f"--rate: at least {plan.alert_every / plan.seconds:.0f}, so that one alerts")
    return plan, given.out or (None if given.quick else RESULT)


def main(arguments: Sequence[str]) -> int:
    """Return 0, or 1 where something was lost or died."""
    plan, out = read_plan(arguments)
    console = Console(stderr=True, highlight=False)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    forget_settings()
    machine = describe_machine(kafka=VERSION)
    with tempfile.TemporaryDirectory(prefix="passaparola-benchmark-") as folder:
        try:
            result = asyncio.run(run(plan, Path(folder), machine, console.print))
        except PassaparolaError as error:
            console.print(f"error: {error}", style="red")
            return 1
        except KeyboardInterrupt:
            console.print("stopped")
            return 130
    print(result.markdown())
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if out == RESULT:
        put_between_markers("pipeline", result.markdown())
    return 0


def _rates(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
