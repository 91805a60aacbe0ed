"""A process that starts servers of its own acts on no others, whatever the shell names."""

from __future__ import annotations

import os

import pytest

from deploy.local.shell import forget_settings


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of this process, for one test."""
    mine = dict(os.environ)
    monkeypatch.setattr(os, "environ", mine)
    return mine


def test_no_setting_of_the_shell_is_left_but_the_cache(environment: dict[str, str]) -> None:
    before = {name: value for name, value in environment.items() if "PASSAPAROLA" not in name}
    environment |= {
        "PASSAPAROLA_KAFKA__BOOTSTRAP": "kafka.example:9092",
        "PASSAPAROLA_DATABASE__URL": "postgresql://alerts@db.example/alerts",
        "passaparola_smtp__username": "louvre",
        "PASSAPAROLA_ALERTS__RULES": '{"viral_post": {"min_engagement": 1}}',
        "PASSAPAROLA_SECRETS_DIR": "/run/secrets",
        "PASSAPAROLA_CACHE": "/var/cache/passaparola",
    }
    forget_settings()
    assert environment == before | {"PASSAPAROLA_CACHE": "/var/cache/passaparola"}
