"""Settings come from variables and files, and are printed without their secrets."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

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


def test_what_is_not_named_like_a_setting_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "user.p12").write_bytes(b"\x80\xff")
    (tmp_path / "PASSAPAROLA_KAFKA__USERNAME").write_text("passaparola")
    monkeypatch.setenv("PASSAPAROLA_SECRETS_DIR", str(tmp_path))
    assert Settings().kafka.username == "passaparola"


def test_a_file_of_a_setting_that_is_no_text_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "PASSAPAROLA_KAFKA__PASSWORD"
    file.write_bytes(f"{SECRET}\xff".encode("latin-1"))
    monkeypatch.setenv("PASSAPAROLA_SECRETS_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match=f"{file} is no text") as error:
        Settings()
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("name", ["PASSAPAROLA_DEEP__BY_NAME", "PASSAPAROLA_DEEP"])
def test_what_should_be_json_and_is_not_is_told_by_its_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMETHING_ELSE", SECRET)
    monkeypatch.setenv(name, SECRET)
    with pytest.raises(SettingsError, match=f"{name} must be JSON") as error:
        Settings()
    assert SECRET not in str(error.value)
    monkeypatch.delenv(name)
    (tmp_path / name).write_text(SECRET)
    monkeypatch.setenv("PASSAPAROLA_SECRETS_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match=f"{name} must be JSON"):
        Settings()


@pytest.mark.parametrize(
    "bootstrap",
    ["", "kafka", "kafka:", "garbage:abc", "a:1,b", "a:0", "a:65536", "kafka://a:1", "::1", "a:1,"],
)
def test_an_address_of_kafka_has_a_port(bootstrap: str) -> None:
    with pytest.raises(ValidationError, match=r"bootstrap\n.*must be host:port"):
        KafkaSettings(bootstrap=bootstrap)


def test_several_addresses_of_kafka_are_taken_with_spaces_too() -> None:
    found = KafkaSettings(bootstrap="kafka-1.example:9092, 10.0.0.1:9093 ,[::1]:9094")
    assert found.bootstrap == "kafka-1.example:9092,10.0.0.1:9093,[::1]:9094"


@pytest.mark.parametrize("given", [{}, {"username": "u"}, {"password": SecretStr(SECRET)}])
def test_sasl_needs_a_user_name_and_a_password(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="set PASSAPAROLA_KAFKA__USERNAME"):
        KafkaSettings(security_protocol="SASL_SSL", **given)


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
