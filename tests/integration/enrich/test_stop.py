"""A worker that is told to stop finishes what it holds, says goodbye and leaves nothing undone."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.integration.enrich.scene import PARTITIONS, SOAK, Scene, seeded
from tests.integration.enrich.workers import Worker
from tests.support.ledger import write_ledger
from tests.support.waiting import until_complete

STOP_SECONDS = 20


@pytest.mark.timeout(240)
async def test_told_to_stop_under_load_it_commits_and_nothing_is_lost(scene: Scene) -> None:
    chance = seeded()
    ledger = write_ledger(
        chance.randrange(10**6),
        datetime.now(UTC).replace(second=0, microsecond=0),
        posts=900,
        snapshots=1_800,
        rounds=20,
    )
    await scene.write(ledger.register())
    for number in range(len(ledger.rounds)):
        await scene.write(ledger.produced(number, PARTITIONS))
    for _ in range(4 if SOAK else 1):
        worker = scene.worker()
        await _handled(worker, chance.randint(1, 600))
        assert await worker.stop(STOP_SECONDS) == 0, worker.log()[-3000:]
        assert "service_stopped" in worker.log()
    # Told so while it still reads its tables, it has nothing to finish.
    reads = scene.worker()
    await _starting(reads, ["tables"])
    assert await reads.stop(STOP_SECONDS) == 0, reads.log()[-3000:]

    scene.worker()
    await scene.ends_undisturbed(ledger)


async def test_it_answers_while_it_starts(scene: Scene) -> None:
    worker = scene.worker()
    await _starting(worker, ["tables"])
    alive, ready = await worker.probe("healthz"), await worker.probe("readyz")
    assert alive is not None
    assert alive[0] == 200
    assert ready is not None
    assert ready[0] == 503
    await worker.started()
    ready = await worker.probe("readyz")
    assert ready is not None
    assert ready[0] == 200


async def _handled(worker: Worker, records: int) -> None:
    await worker.started()

    async def lack() -> str | None:
        done = await worker.metric("passaparola_handled_records_total")
        return None if done >= records else f"{records - done:.0f} records handled"

    await until_complete(lack, within=60, every=0.05)


async def _starting(worker: Worker, steps: list[str]) -> None:
    """Wait until it says with 503 that just these steps of its start are left."""

    async def lack() -> str | None:
        found = await worker.probe("startupz")
        wanted = 503, {"starting": steps}
        if found is not None and (found[0], json.loads(found[1])) == wanted:
            return None
        assert found is None or found[0] == 503, "it has started already"
        return f"{steps} as what is left of the start, in {found}"

    await until_complete(lack, within=60, every=0.02)
