from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.cache import cache_folder


@pytest.mark.parametrize(
    ("own", "shared", "expected"),
    [
        ("/var/tmp/own", "/var/tmp/shared", "/var/tmp/own"),
        ("~/own", None, "/home/anna/own"),
        (None, "/var/tmp/shared", "/var/tmp/shared/passaparola"),
        (None, None, "/home/anna/.cache/passaparola"),
        ("", "", "/home/anna/.cache/passaparola"),
        (None, "relative/is/ignored", "/home/anna/.cache/passaparola"),
    ],
)
def test_own_setting_before_shared_before_home(
    monkeypatch: pytest.MonkeyPatch, own: str | None, shared: str | None, expected: str
) -> None:
    monkeypatch.setenv("HOME", "/home/anna")
    for name, value in (("PASSAPAROLA_CACHE", own), ("XDG_CACHE_HOME", shared)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert cache_folder() == Path(expected)


def test_a_relative_setting_does_not_follow_a_change_of_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PASSAPAROLA_CACHE", "cache")
    assert cache_folder() == tmp_path / "cache"
