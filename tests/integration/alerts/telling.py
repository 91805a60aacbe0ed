"""Posts that all must be told, each of them once, whatever goes away meanwhile."""

from __future__ import annotations

from tests.integration.alerts.conftest import Service, World, until
from tests.unit.services.alerts.samples import post_record


async def publish(world: World, posts: int) -> None:
    """Publish viral posts one after the other; while the broker is away this waits."""
    for _ in range(posts):
        post = world.viral()
        await world.publish(post_record(post.model_copy(update={"text": post.post_id})))


async def all_are_told_once(world: World, service: Service, posts: int) -> None:
    """Wait until so many posts are told on both channels, by this very process."""
    await until(lambda: len(world.messages()) >= posts <= len(world.mail_ids()), seconds=60)
    # What was doubled would have come before this one.
    await publish(world, 1)
    await until(lambda: len(world.messages()) > posts < len(world.mail_ids()), seconds=60)
    assert len(world.messages()) == len(world.mail_ids()) == posts + 1
    assert len({str(message["blocks"]) for message in world.messages()}) == posts + 1
    await until(service.ready)
