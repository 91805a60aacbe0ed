"""The main job, from a record on Kafka to the team's channels."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import select

from services.alerts.store.database import Database
from services.alerts.store.models import Base
from tests.integration.alerts.conftest import World, on_both, until
from tests.unit.services.alerts.samples import negative, null_record, post_record


@on_both
async def test_viral_post_reaches_slack_and_mail_once(world: World) -> None:
    post = world.viral()
    service = await world.start()

    await world.publish(post_record(post), post_record(post))

    await until(lambda: world.messages() and world.mails())
    [message] = world.messages()
    shown = world.slack.render(world.channel)
    assert "Museo Egizio: a post is going viral" in message["text"]
    assert "310 weighted interactions" in shown
    assert "Two hours in the queue" in shown
    assert "Sunday 3 May 2026, 15:02 (Europe/Rome)" in " ".join(shown.split())
    [file] = world.mails()
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Subject"] == "Museo Egizio: a post is going viral"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert isinstance(mail, EmailMessage)
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        assert "Two hours in the queue" in part.get_content()
    status, page = await service.get("/v1/incidents")
    assert status == 200
    [incident] = page["incidents"]
    assert incident["museum_id"] == world.museum.museum_id
    assert "queue" not in str(page)


@on_both
async def test_second_rule_changes_the_message_and_replies_once(world: World) -> None:
    post = world.viral()
    await world.start()
    await world.publish(post_record(post))
    await until(lambda: world.messages() and world.mails())

    worse = post.model_copy(update={"sentiment": negative().sentiment, "revision": 2})
    await world.publish(post_record(worse))

    await until(lambda: world.replies() and len(world.mails()) == 2)
    [message] = await until(lambda: [m for m in world.messages() if "edited" in m])
    assert "reads as negative" in str(message["blocks"])
    [reply] = world.replies()
    assert "Urgent" in str(reply["blocks"])
    first, second = (message_from_bytes(file.read_bytes()) for file in world.mails())
    assert second["In-Reply-To"] == first["Message-ID"]


@on_both
async def test_removed_post_is_struck_and_its_text_erased(world: World) -> None:
    post = world.viral(text="Zephyr quixotic words")
    await world.start()
    await world.publish(post_record(post))
    await until(lambda: world.messages() and world.mails())

    await world.publish(null_record(post, "author_delete"))

    [message] = await until(lambda: [m for m in world.messages() if "edited" in m])
    assert "The author removed this post." in str(message)
    assert "Zephyr" not in str(message)
    assert "Anna" not in str(message)
    if "sqlite" in world.database_url:
        await until(lambda: not _in_files(world, b"Zephyr"), what="text gone from the files")
    assert not await _in_tables(world, "Zephyr")
    assert len(world.mails()) == 1


def _in_files(world: World, text: bytes) -> bool:
    folder = world.inbox.folder.path.parent
    return any(text in file.read_bytes() for file in folder.glob("alerts.db*"))


async def _in_tables(world: World, text: str) -> bool:
    database = Database(world.database_url)
    async with database.transaction() as session:
        rows: list[object] = []
        for table in Base.metadata.tables.values():
            rows += (await session.execute(select(table))).all()
    await database.close()
    assert rows
    return any(text in str(row) for row in rows)
