"""Channels that go wrong, seen from outside the process; each single fault is in the unit tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from demo.slack import TOKEN, drop_after_acceptance, slack_error, timeout_after_acceptance
from services.alerts.messages import Kind
from services.alerts.store.database import Database
from services.alerts.store.models import NotificationRow
from services.alerts.store.notifications import State
from tests.integration.alerts.conftest import World, end_leases, until
from tests.unit.services.alerts.samples import post_record

POST = "chat.postMessage"


async def alert(world: World) -> None:
    post = world.viral()
    await world.publish(post_record(post))


async def states(world: World) -> dict[str, str]:
    """Return the state of each channel's message, read beside the running service."""
    database = Database(world.database_url)
    async with database.transaction() as session:
        rows = await session.scalars(
            select(NotificationRow).where(NotificationRow.kind == Kind.MESSAGE)
        )
        found = {row.channel: row.state for row in rows}
    await database.close()
    return found


async def all_sent(world: World) -> bool:
    found = await states(world)
    return bool(found) and set(found.values()) == {State.SENT}


async def test_killed_between_acceptance_and_record_gives_one_message(world: World) -> None:
    world.slack.faults.add(timeout_after_acceptance(method=POST))
    service = await world.start()
    await alert(world)
    await until(world.messages)
    await service.kill()
    assert (await states(world))["slack"] == State.SENDING
    await end_leases(world.database_url)

    await world.start()
    await until(lambda: all_sent(world))
    assert len(world.messages()) == 1


async def test_dropped_connections_give_one_message_each(world: World) -> None:
    world.slack.faults.add(drop_after_acceptance(method=POST, times=3))
    await world.start()
    for _ in range(5):
        await alert(world)
    await until(lambda: len(world.messages()) == 5)
    await until(lambda: all_sent(world))
    assert len(world.messages()) == 5


async def test_permanent_error_is_shown_and_mended(world: World) -> None:
    world.slack.faults.add(slack_error("channel_not_found", method=POST, times=None))
    service = await world.start(PASSAPAROLA_OUTBOX__BLOCKED_SECONDS="2")
    await alert(world)

    async def note() -> Any:
        status, detail = await service.get("/readyz")
        assert status == 200
        return detail["notes"].get("slack of receiver egizio")

    assert "channel_not_found" in await until(note)
    _, metrics = await service.get("/metrics")
    name = "passaparola_alerts_notifications_blocked"
    assert f'{name}{{channel="slack",reason="channel_not_found"}} 1.0' in metrics
    await until(world.mails)

    world.slack.faults.clear()
    await until(lambda: all_sent(world))
    assert len(world.messages()) == 1

    async def note_is_gone() -> bool:
        return await note() is None

    await until(note_is_gone)


async def test_expired_token_then_mended_and_started_again(world: World) -> None:
    world.slack.tokens.add("xoxb-old")
    world.slack.expired_tokens.add("xoxb-old")
    slow = {"PASSAPAROLA_OUTBOX__BLOCKED_SECONDS": "3600"}
    service = await world.start(PASSAPAROLA_SLACK__TOKEN="xoxb-old", **slow)
    await alert(world)
    await alert(world)

    async def both_are_blocked() -> bool:
        _, metrics = await service.get("/metrics")
        return 'blocked{channel="slack",reason="token_expired"} 2.0' in metrics

    await until(both_are_blocked)
    assert world.messages() == []
    await service.stop()
    assert "xoxb-old" not in service.log.read_text()

    await world.start(PASSAPAROLA_SLACK__TOKEN=TOKEN, **slow)
    await until(lambda: all_sent(world))
    assert len(world.messages()) == 2
