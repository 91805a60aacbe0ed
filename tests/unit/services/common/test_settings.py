"""Settings come from variables and files, and are printed without their secrets."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import SettingsError

from services.common.settings import KafkaSettings, ServiceSettings, redacted

SECRET = "hunter2"


class Deep(BaseModel):
    url: str = ""
    urls: tuple[str, ...] = ()
    by_name: dict[str, dict[str, str]] = {}
    token: SecretStr | None = None


class Settings(ServiceSettings):
    deep: Deep = Deep()


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PASSAPAROLA_"):
            monkeypatch.delenv(name)


def test_variables_are_nested_by_two_underscores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSAPAROLA_KAFKA__BOOTSTRAP", "kafka:9092")
    monkeypatch.setenv("PASSAPAROLA_HTTP__PORT", "9999")
    monkeypatch.setenv("PASSAPAROLA_UNHEARD__OF", "1")
    settings = Settings()
    assert (settings.kafka.bootstrap, settings.http.port) == ("kafka:9092", 9999)
    assert settings.kafka.partitions == 12


def test_a_bad_value_says_where_and_never_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSAPAROLA_HTTP__PORT", SECRET)
    with pytest.raises(ValidationError, match=r"http\.port") as error:
        Settings()
    assert SECRET not in str(error.value)


def test_secrets_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "PASSAPAROLA_KAFKA__PASSWORD").write_text(f"{SECRET}\n")
    (tmp_path / "passaparola_kafka__username").write_text("passaparola")
    (tmp_path / "passaparola_log_level").write_text("error")
    (tmp_path / "unrelated").write_text("x")
    monkeypatch.setenv("PASSAPAROLA_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("PASSAPAROLA_LOG_LEVEL", "debug")
    settings = Settings()
    assert settings.kafka.password is not None
    assert settings.kafka.password.get_secret_value() == SECRET
    assert settings.kafka.username == "passaparola"
    assert settings.log_level == "debug"
    assert SECRET not in json.dumps(redacted(settings))


def test_a_folder_of_secrets_that_is_not_there_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSAPAROLA_SECRETS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="nowhere"):
        Settings()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://user:{}@db:5432/p", "postgresql://user:***@db:5432/p"),
        ("postgresql+asyncpg://user:{}@db/p", "postgresql+asyncpg://user:***@db/p"),
        ("redis://:{}@cache", "redis://:***@cache"),
        ("https://{}@hooks.example/x", "https://***@hooks.example/x"),
        ("postgresql://user:p@{}@db", "postgresql://user:***@db"),
        ("postgresql://user:p/{}@db", "postgresql://user:***@db"),
        ("postgresql://user:://{}@db", "postgresql://user:***@db"),
        ("kafka://a:{}@one,kafka://b:{}@two", "kafka://a:***@two"),
        ("postgresql://db/p?user=u&password={}", "postgresql://db/p?user=u&password=***"),
        ("https://x.example/?access_token={}&a=1", "https://x.example/?access_token=***&a=1"),
        ("jdbc:x://db;PWD={};a=1", "jdbc:x://db;PWD=***;a=1"),
        ("https://x.example/?sslpassword={}#f", "https://x.example/?sslpassword=***"),
    ],
)
def test_an_address_is_printed_without_its_secret(url: str, shown: str) -> None:
    hidden = url.format(SECRET, SECRET)
    deep = Deep(url=hidden, urls=(hidden,), by_name={"a": {"b": hidden}}, token=SecretStr(SECRET))
    printed = redacted(Settings(deep=deep))
    assert printed["deep"]["url"] == shown
    assert SECRET not in json.dumps(printed)


@pytest.mark.parametrize(
    "plain", ["sqlite:///passaparola.db", "a@b.example", "https://slack.com/api/?page=1", "x"]
)
def test_what_is_no_secret_is_shown(plain: str) -> None:
    assert redacted(Settings(deep=Deep(url=plain)))["deep"]["url"] == plain


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(Settings(), "log_level", "debug")  # noqa: B010


def test_a_wait_for_kafka_must_be_shorter_than_a_rebalance() -> None:
    with pytest.raises(ValidationError, match=r"retry_seconds \(120\) must be below"):
        KafkaSettings(retry_seconds=120)
    assert KafkaSettings(retry_seconds=119).retry_seconds == 119
