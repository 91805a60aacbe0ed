"""The ledger and its file say the same, whatever arrived."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from demo.ledger import Entry, Ledger, read_ledger


class Arrival(Entry):
    said: Any


ANY_TEXT = st.text(alphabet=st.characters(), max_size=20)


def arrival(ledger: Ledger[Arrival], said: Any) -> Arrival:
    now = datetime(2026, 11, 23, 12, 0, ledger.next_number % 60, 7, tzinfo=UTC)
    return Arrival(number=ledger.next_number, arrived_at=now, said=said)


@given(st.lists(ANY_TEXT | st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3), max_size=5))
def test_what_is_read_back_is_what_arrived(said: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        ledger: Ledger[Arrival] = Ledger(path)
        for count, words in enumerate(said, start=1):
            ledger.append(arrival(ledger, words))
            assert len(read_ledger(path, Arrival)) == count
        assert read_ledger(path, Arrival) == list(ledger)
        ledger.close()
        with path.open("a") as file:
            file.write('{"number": 9')
        assert read_ledger(path, Arrival) == list(ledger)


async def test_waiting_for_arrivals() -> None:
    ledger: Ledger[Arrival] = Ledger()
    waiting = [asyncio.create_task(ledger.reached(count)) for count in (1, 2)]
    ledger.append(arrival(ledger, "one"))
    async with asyncio.timeout(5):
        await waiting[0]
        assert not waiting[1].done()
        ledger.append(arrival(ledger, "two"))
        await waiting[1]
        await ledger.reached(2)
