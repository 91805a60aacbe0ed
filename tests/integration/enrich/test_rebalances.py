"""Workers join and leave under load, politely and not: nothing is skipped, lost or stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.enrich.notes import Notes
from tests.integration.enrich.scene import INPUTS, PARTITIONS, SOAK, Scene, seeded
from tests.integration.enrich.workers import Worker
from tests.support.ledger import Ledger, write_ledger
from tests.support.observer import backlog, ends
from tests.support.waiting import until_complete

CYCLES = 50 if SOAK else 4
STILL_SECONDS = 30
_SECONDS_A_RECORD = 0.003
_POSTS_A_CYCLE = 240


@pytest.mark.timeout(1800 if SOAK else 300)
async def test_every_offset_is_handled_in_order_while_workers_come_and_go(scene: Scene) -> None:
    chance = seeded()
    ledger = write_ledger(
        chance.randrange(10**6),
        datetime.now(UTC).replace(second=0, microsecond=0),
        posts=_POSTS_A_CYCLE * CYCLES,
        snapshots=2 * _POSTS_A_CYCLE * CYCLES,
        rounds=5 * CYCLES,
    )
    await scene.write(ledger.register())
    stays, comes = _watched(scene), _watched(scene)
    for cycle in range(CYCLES):
        # A share at once, so that every rebalance finds full buffers.
        await _feed(scene, ledger, cycle)
        guest, comes = comes, _watched(scene)
        await _has_a_part(scene, guest, chance.randint(1, 200))
        if chance.random() < 0.5:
            guest.kill()
        else:
            assert await guest.stop() == 0, guest.log()[-2000:]
    await scene.handled(within=300)
    notes = Notes(_notes(scene, number) for number in range(len(scene.workers)))
    assert not notes.never_handled(await ends(scene.settings.bootstrap, *INPUTS))
    assert not notes.leaps
    assert not notes.gaps
    assert await stays.metric("passaparola_offset_gaps_total") == 0
    pauses = notes.longest_pauses()
    print(f"longest pause {max(pauses.values()):.1f} s")
    assert max(pauses.values()) < STILL_SECONDS, pauses
    await scene.ends_undisturbed(ledger)


async def _feed(scene: Scene, ledger: Ledger, cycle: int) -> None:
    """Write a cycle's share of the ledger."""
    rounds = len(ledger.rounds)
    for number in range(rounds * cycle // CYCLES, rounds * (cycle + 1) // CYCLES):
        await scene.write(ledger.produced(number, PARTITIONS))


def _watched(scene: Scene) -> Worker:
    notes = _notes(scene, len(scene.workers))
    module = "tests.integration.enrich.watched"
    return scene.worker(run=(module, str(notes), str(_SECONDS_A_RECORD)))


def _notes(scene: Scene, number: int) -> Path:
    return scene.folder / f"notes-{number}"


async def _has_a_part(scene: Scene, guest: Worker, records: int) -> None:
    """Wait until a worker has joined and handled some records, or nothing is left to handle."""
    await guest.started()

    async def lack() -> str | None:
        done = await guest.metric("passaparola_handled_records_total")
        if done >= records or not await backlog(scene.settings.bootstrap, scene.group, *INPUTS):
            return None
        return f"{records - done:.0f} records handled by the guest"

    await until_complete(lack, within=60)
