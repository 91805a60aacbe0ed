"""Stage 2 starts anew at any moment of a busy day, and ends in the same tables, bit for bit."""

from __future__ import annotations

from random import Random

import pytest

from tests.support.ledger import write_ledger
from tests.support.undisturbed import undisturbed, unlike
from tests.unit.services.enrich.worlds import NOW


@pytest.mark.parametrize("seed", [3, 4])
async def test_restarts_leave_no_trace(seed: int) -> None:
    ledger = write_ledger(seed, NOW, posts=150, snapshots=150)
    expected = await undisturbed(ledger, partitions=4)
    found = await undisturbed(ledger, partitions=4, restarts=Random(seed))
    assert unlike(expected, found) is None
