"""docs/slack.md and the app's manifest fit the channel."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from services.alerts.channels import create_channels, slack
from services.alerts.routing import DEFAULT, load_routing
from services.alerts.settings import AlertsSettings, Settings
from tests.unit.deploy.declared import ROOT

PAGE = (ROOT / "docs/slack.md").read_text()
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "deploy/slack-app-manifest.yaml").read_text())


def test_the_app_asks_for_the_scopes_that_the_page_explains() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]
    explained = re.findall(r"^\| `([a-z]+:[a-z.]+)` \|", PAGE, re.MULTILINE)
    assert scopes == {"bot": explained}
    assert set(re.findall(r"\b\w+:\w+\b", slack._HINTS["missing_scope"])) <= set(explained)


def test_the_app_does_not_expire() -> None:
    assert MANIFEST["settings"]["token_rotation_enabled"] is False


def test_every_answer_that_we_explain_is_on_the_page() -> None:
    (table,) = re.findall(r"^\| Slack says \| do \|\n(.*?)\n\n", PAGE, re.MULTILINE | re.DOTALL)
    codes = {
        code for row in table.splitlines()[1:] for code in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert codes == slack._HINTS.keys()


def test_the_receivers_of_the_page_can_be_used(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(receivers:.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "receivers.yaml"
    path.write_text(example)
    routing = load_routing(AlertsSettings(receivers_file=path), create_channels(Settings()))
    assert routing.channels(DEFAULT) == ("slack",)
    assert set(routing.channels("louvre")) == {"slack", "email"}
