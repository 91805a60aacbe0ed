"""Brings a database to the newest schema, once and by hand: ``passaparola alerts migrate``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from .version import NEWEST, run_on


def migrate(url: str) -> str:
    """Bring a database to the newest schema; return its revision. Raises ``Fatal``."""

    def upgrade(connection: Connection) -> str:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, NEWEST)
        return NEWEST

    return run_on(url, upgrade)


def alembic_config() -> Config:
    """Return Alembic's configuration; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
