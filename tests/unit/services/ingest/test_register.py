from __future__ import annotations

import asyncio
from contextlib import suppress

from schemas import Museum, encode
from services.common.records import Received
from services.ingest.register import Register
from tests.unit.services.ingest.builders import make_museum


def record(museum_id: str, value: Museum | bytes | None) -> Received:
    raw = encode(value) if isinstance(value, Museum) else value
    return Received("museums", 0, 0, museum_id.encode(), raw, {}, 0)


def known(register: Register) -> list[str]:
    return [museum.museum_id for museum in register.current.museums]


async def test_museums_come_and_go() -> None:
    register = Register()
    for museum_id in ("prado", "louvre"):
        register.apply(record(museum_id, make_museum(museum_id)))
    assert known(register) == []
    register.rebuild()
    assert known(register) == ["louvre", "prado"]
    register.apply(record("louvre", None))
    register.rebuild()
    assert known(register) == ["prado"]


async def test_a_museum_that_cannot_be_read_stays_as_it_was() -> None:
    register = Register()
    register.apply(record("prado", make_museum("prado")))
    register.apply(record("prado", b'{"museum_id": "prado"}'))
    register.rebuild()
    assert known(register) == ["prado"]


async def test_a_change_is_put_in_force_by_itself_once_for_many() -> None:
    register = Register()
    running = asyncio.create_task(register.run())
    try:
        matchers = set()
        for n in range(50):
            register.apply(record(f"m{n}", make_museum(f"m{n}")))
            await asyncio.sleep(0)
            matchers.add(id(register.current))
        async with asyncio.timeout(10):
            while len(known(register)) < 50:
                matchers.add(id(register.current))
                await asyncio.sleep(0.01)
        assert len(matchers) == 1
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
