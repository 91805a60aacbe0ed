"""What is measured, one function each: a part alone, a peer, the whole chain, the latency."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.load import Load
from benchmarks.result import CHAIN, ENRICH, Latency, Throughput, percentiles
from benchmarks.rig import INPUTS, OUTPUT, Rig
from benchmarks.timeline import Seen, Span, span
from benchmarks.usage import Watch
from schemas.topics import POSTS_RAW
from services.common.kafka import client_options

PEERS = {"plain aiokafka": "plain_aiokafka", "stock Faust": "stock_faust"}
"""Programs of ``benchmarks.peers`` by what they are called."""
_LOOK_SECONDS = 0.05


async def ingest_alone(rig: Rig, load: Load) -> Throughput:
    """Replay a load while no service runs: from the first record to the last.

    What it writes is the backlog of the peers and of enrich.
    """
    async with Watch() as watch, rig.replay(load, "max") as replay:
        await rig.ended(replay)
    written = await rig.timeline.between({}, await rig.timeline.ends(*INPUTS))
    return _throughput("ingest alone (replay)", load, len(written), span(_events(written)), watch)


async def peer_alone(rig: Rig, name: str, load: Load) -> Throughput:
    """Pass the backlog's bytes through to another topic with as many partitions."""
    program = PEERS[name]
    target = f"benchmark.{program}"
    await _create_topic(rig, target)
    backlog = sum((await rig.timeline.ends(*INPUTS)).values())

    async def done() -> bool:
        return sum((await rig.timeline.ends(target)).values()) >= backlog

    command = (f"benchmarks.peers.{program}", rig.system.kafka.bootstrap, target, *INPUTS)
    async with Watch() as watch, rig.running(program, *command) as process:
        await rig.until(done, f"all passed through by {name}", process)
    passed = await rig.timeline.between({}, await rig.timeline.ends(target))
    return _throughput(f"{name}, passing through", load, len(passed), span(passed), watch)


async def enrich_alone(rig: Rig, load: Load) -> Throughput:
    """Let one worker enrich the backlog: from the first enriched record to the last."""
    backlog = sum((await rig.timeline.ends(*INPUTS)).values())
    async with Watch() as watch, rig.service("enrich") as enrich:
        await rig.enriched(enrich)
    written = await rig.timeline.between({}, await rig.timeline.ends(OUTPUT))
    return _throughput(ENRICH, load, backlog, span(_events(written)), watch)


async def whole_chain(rig: Rig, load: Load) -> Throughput:
    """Replay into the running system: from the first record to when alerts has kept the last."""
    before = await rig.timeline.ends(*INPUTS)
    looks: list[tuple[float, int]] = []

    async def look() -> None:
        while True:
            looks.append((time.time(), rig.judged()))
            await asyncio.sleep(_LOOK_SECONDS)

    async with Watch() as watch, rig.replay(load, "max") as replay:
        looking = asyncio.create_task(look())
        await rig.ended(replay)
        await rig.enriched()
        everything = sum((await rig.timeline.ends(OUTPUT)).values())
        await rig.judged_up_to(everything)
        looking.cancel()
    written = await rig.timeline.between(before, await rig.timeline.ends(*INPUTS))
    ended = next((at for at, judged in looks if judged >= everything), time.time())
    whole = Span(span(_events(written)).first, ended)
    return _throughput(CHAIN, load, len(written), whole, watch)


def _throughput(what: str, load: Load, records: int, window: Span, watch: Watch) -> Throughput:
    work = watch.between(*window)
    return Throughput(
        what=what,
        posts=load.posts,
        records=records,
        seconds=window.seconds,
        cpu=work.cpu,
        others=work.others,
    )


async def latency(rig: Rig, load: Load, warm_up_seconds: float) -> Latency:
    """Replay in real time; from each post that must alert to its message in Slack."""
    raw_before = await rig.timeline.ends(POSTS_RAW.name)
    enriched_before = await rig.timeline.ends(OUTPUT)
    async with Watch() as watch, rig.replay(load, "1") as replay:
        arrived = await rig.told(load, replay)
    raw = await rig.timeline.between(raw_before, await rig.timeline.ends(POSTS_RAW.name))
    enriched = await rig.timeline.between(enriched_before, await rig.timeline.ends(OUTPUT))
    posted_at = _first_by_post(raw)
    enriched_at = _first_by_post(enriched)
    window = span(posted_at.values())
    counted = load.alerting_after(warm_up_seconds)
    return Latency(
        rate=load.rate,
        reached=round(len(posted_at) / window.seconds, 1),
        seconds=load.seconds - warm_up_seconds,
        notifications=len(counted),
        from_post=percentiles([arrived[post] - posted_at[post].at for post in counted]),
        from_enriched=percentiles([arrived[post] - enriched_at[post].at for post in counted]),
        others=watch.between(*window).others,
    )


async def mean_post_bytes(rig: Rig) -> int:
    """Return the mean size of the posts on ``posts.raw``, without keys and headers."""
    posts = _events(await rig.timeline.between({}, await rig.timeline.ends(POSTS_RAW.name)))
    return round(sum(seen.size or 0 for seen in posts) / len(posts))


def _events(records: Sequence[Seen]) -> list[Seen]:
    """Leave out ticks and other nulls."""
    return [seen for seen in records if seen.size is not None]


def _first_by_post(records: Sequence[Seen]) -> dict[str, Seen]:
    """Return the first record of each post, on either topic, whatever museum it is for."""
    found: dict[str, Seen] = {}
    for seen in _events(records):
        found.setdefault(seen.key.rpartition("/")[2], seen)
    return found


async def _create_topic(rig: Rig, name: str) -> None:
    admin = AIOKafkaAdminClient(**client_options(rig.system.kafka, "benchmark"))
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, rig.system.kafka.partitions, 1)])
    finally:
        await admin.close()
