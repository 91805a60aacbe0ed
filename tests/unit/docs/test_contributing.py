"""CONTRIBUTING and SECURITY name what there is."""

from __future__ import annotations

import re

import pytest

from schemas.topics import BY_NAME
from services.alerts.channels import channel
from services.alerts.rules import RULES, negative_post
from services.ingest.connectors import CONNECTORS, base
from tests.unit.deploy.declared import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
SECURITY = (ROOT / "SECURITY.md").read_text()
DAY_MS = 86_400_000


@pytest.mark.parametrize("page", [CONTRIBUTING, SECURITY], ids=["CONTRIBUTING", "SECURITY"])
def test_paths_exist(page: str) -> None:
    paths = re.findall(
        r"`((?:services|schemas|tests|deploy|docs)/[\w./]*|[\w.]+\.(?:toml|yaml))`", page
    )
    assert paths
    placeholders = ("PLATFORM.py", "RULE.py", "CHANNEL.py")
    missing = [
        path
        for path in paths
        if not path.endswith(placeholders)
        and not (ROOT / path).exists()
        and path not in ("pipeline.py", "app.py")
    ]
    assert missing == []


def test_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?:`|\$ )make (\w+)", CONTRIBUTING)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_what_a_plug_in_needs_is_what_the_page_says() -> None:
    def members(protocol: type) -> set[str]:
        own = set(vars(protocol)) | set(protocol.__annotations__)
        return {name for name in own if not name.startswith("_")}

    assert members(base.Connector) == {"name", "counts", "observe"}
    assert members(channel.Channel) == {
        *("parse_address", "send", "probe", "update", "aclose", "updates")
    }
    for name in ("NAME", "HEADLINE", "Thresholds", "judge"):
        assert hasattr(negative_post, name)
    assert CONNECTORS
    assert negative_post.NAME in RULES


def test_the_table_of_what_is_kept_is_that_of_the_topics() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in SECURITY.splitlines()
        if line.startswith("| `")
    ]
    with_text = set()
    for names, _, text, kept in rows:
        topics = [name for name in re.findall(r"`([^`]*)`", names) if name != "*.dlq"]
        if text == "yes":
            with_text |= set(topics)
        for topic in topics:
            retention = BY_NAME[topic].retention
            if retention is not None:
                assert f"{retention.days} days" in kept
    assert with_text == {name for name, topic in BY_NAME.items() if topic.has_text}
    dead = [topic for name, topic in BY_NAME.items() if name.endswith(".dlq")]
    assert {topic.retention.days for topic in dead if topic.retention} == {7}
    for name in with_text:
        config = BY_NAME[name].config()
        assert int(config["max.compaction.lag.ms"]) == DAY_MS / 2
        assert int(config["segment.ms"]) == DAY_MS / 4
