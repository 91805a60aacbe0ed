"""Death between two writes, a broker that stays away, a worker that dies as it joins."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

from schemas import Post
from schemas.topics import POSTS_RAW
from services.common import publisher as publishing
from services.common.metrics import PUBLISHER_RENEWED
from tests.integration.enrich.dying import DEATH, IN_RECOVERY, MOMENTS
from tests.integration.enrich.scene import PARTITIONS, SOAK, Scene, seeded
from tests.integration.enrich.workers import Worker
from tests.support.events import post, post_record
from tests.support.ledger import Ledger, write_ledger
from tests.support.waiting import until_complete

AWAY_SECONDS = 45 if SOAK else 17


def _small_ledger(snapshots: int = 600) -> Ledger:
    return write_ledger(
        seeded().randrange(10**6),
        datetime.now(UTC).replace(second=0, microsecond=0),
        posts=300,
        snapshots=snapshots,
        rounds=12,
    )


def _dying(scene: Scene, moment: str) -> Worker:
    """Start a worker that dies; that it is dead shows sooner than usual."""
    soon = {"PASSAPAROLA_KAFKA__SESSION_SECONDS": "2"}
    return scene.worker(run=("tests.integration.enrich.dying", moment), env=soon)


async def _feed(scene: Scene, ledger: Ledger, rounds: range) -> None:
    for number in rounds:
        await scene.write(ledger.produced(number, PARTITIONS))


@pytest.mark.timeout(300)
async def test_a_worker_that_died_between_two_writes_is_made_good(scene: Scene) -> None:
    # Few snapshots: else the next one would make good what a death left undone.
    ledger = _small_ledger(snapshots=60)
    await scene.write(ledger.register())
    each = len(ledger.rounds) // len(MOMENTS)
    for number, moment in enumerate(MOMENTS):
        await _feed(scene, ledger, range(number * each, (number + 1) * each))
        dying = _dying(scene, moment)
        assert await dying.ended(within=60) == DEATH, f"{moment}: {dying.log()[-2000:]}"
    scene.worker()
    await scene.ends_undisturbed(ledger)


@pytest.mark.timeout(300)
async def test_a_worker_that_dies_as_it_joins_takes_nothing_with_it(scene: Scene) -> None:
    ledger = _small_ledger()
    await scene.write(ledger.register())
    stays = scene.worker()
    await stays.started()
    half = len(ledger.rounds) // 2
    await _feed(scene, ledger, range(half))
    for _ in range(5 if SOAK else 1):
        joins = _dying(scene, IN_RECOVERY)
        assert await joins.ended(within=60) == DEATH, joins.log()[-2000:]
    await _feed(scene, ledger, range(half, len(ledger.rounds)))
    await scene.ends_undisturbed(ledger)
    assert stays.process.running


@pytest.mark.timeout(120)
async def test_a_worker_that_starts_before_its_broker_waits_for_it(scene: Scene) -> None:
    scene.kafka.kill()
    worker = scene.worker()

    def lack() -> str | None:
        return None if "kafka_awaited" in worker.log() else "a word that it waits"

    await until_complete(lack, within=60)
    await scene.kafka.start()
    await worker.started()
    assert worker.process.running


@pytest.mark.timeout(300)
async def test_a_worker_lives_through_a_broker_that_is_away(scene: Scene) -> None:
    ledger = _small_ledger()
    await scene.write(ledger.register())
    worker = scene.worker()
    await worker.started()
    half = len(ledger.rounds) // 2
    await _feed(scene, ledger, range(half))
    # It has work in hand when the broker goes.
    feeding = asyncio.create_task(_feed(scene, ledger, range(half, len(ledger.rounds))))
    scene.kafka.kill()
    back_at = time.monotonic() + AWAY_SECONDS
    unready = False
    while time.monotonic() < back_at:
        ready = await worker.probe("readyz")
        unready = unready or (ready is not None and ready[0] == 503)
        alive = await worker.probe("healthz")
        assert alive is not None, worker.log()[-3000:]
        assert alive[0] == 200, alive
        await asyncio.sleep(0.5)
    await scene.kafka.start()
    await feeding
    await scene.ends_undisturbed(ledger)
    assert worker.process.running, worker.log()[-3000:]
    assert unready, "while Kafka was away /readyz never said so"

    async def lack() -> str | None:
        ready = await worker.probe("readyz")
        return None if ready is not None and ready[0] == 200 else f"readiness: {ready}"

    await until_complete(lack, within=30)


async def test_what_a_broker_missed_does_not_come_behind_what_is_newer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_ATTEMPT_SECONDS", 0.5)
    now = datetime.now(UTC)
    versions = [post("p", (), now, version=n) for n in range(40)]
    renewed = PUBLISHER_RENEWED._value.get()
    await scene.write([post_record(versions[0])])
    scene.kafka.kill()
    writing = asyncio.create_task(scene.write([post_record(versions[1])]))

    def lack() -> str | None:
        return None if PUBLISHER_RENEWED._value.get() > renewed else "a producer that is given up"

    await until_complete(lack, within=30)
    await scene.kafka.start()
    await writing
    for version in versions[2:]:
        await scene.write([post_record(version)])
    senders = [task for task in asyncio.all_tasks() if "_sender_routine" in repr(task)]
    assert len(senders) == 1, "a producer that was given up still tries"
    last = (await scene.read(POSTS_RAW.name))[-1]
    assert Post.model_validate_json(last.value or b"").version == versions[-1].version
