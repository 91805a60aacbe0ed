"""Fixtures of alerts: an empty database, Slack and a mailbox on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from demo.inbox import Inbox
from demo.slack import TOKEN, SlackStandIn
from services.alerts.channels import Channel
from services.alerts.channels.email import EmailChannel, SmtpSettings
from services.alerts.channels.slack import SlackChannel, SlackSettings
from services.alerts.store.database import Database
from services.alerts.store.migrate import migrate
from tests.unit.services.alerts.desk import SETTINGS, Desk


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a migrated, empty database."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
def database_path(tmp_path: Path, empty_database: bytes) -> Path:
    path = tmp_path / "alerts.db"
    path.write_bytes(empty_database)
    return path


@pytest.fixture
async def database(database_path: Path) -> AsyncIterator[Database]:
    async with Database(f"sqlite:///{database_path}") as opened:
        yield opened


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn() as stand_in:
        yield stand_in


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    async with Inbox(folder=tmp_path / "mails") as box:
        yield box


@pytest.fixture
async def desk(database: Database, slack: SlackStandIn, inbox: Inbox) -> AsyncIterator[Desk]:
    """A desk with one receiver, on Slack and by mail."""
    slack_channel = SlackChannel(
        SlackSettings(token=SecretStr(TOKEN), base_url=slack.base_url), SETTINGS.call_seconds
    )
    smtp = SmtpSettings(
        host=inbox.host, port=inbox.port, security="none", sender="Passaparola <alerts@example.org>"
    )
    channels: dict[str, Channel] = {
        "slack": slack_channel,
        "email": EmailChannel(smtp, SETTINGS.call_seconds),
    }
    address = (next(iter(slack.workspace.channels)),)
    receivers = {"egizio": {"slack": address, "email": ("press@museum.example",)}}
    yield Desk(database, channels, receivers)
    await slack_channel.aclose()
