"""Who is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.alerts.channels import create_channels
from services.alerts.routing import Route, Routing, load_routing
from services.alerts.settings import AlertsSettings, Settings
from services.common.errors import Fatal
from services.common.health import Health
from tests.unit.services.alerts.samples import make_museum

ROUTING = Routing(
    {
        "default": {"email": ("all@x.example",)},
        "egizio": {"slack": ("C0123456789",), "email": ("press@x.example",)},
    }
)


def test_named_receivers_are_told_each_once() -> None:
    museum = make_museum(receivers=("egizio", "egizio"))
    assert ROUTING.routes(museum) == (Route("egizio", "slack"), Route("egizio", "email"))


@pytest.mark.parametrize("receivers", [(), ("nobody",)])
def test_museum_without_known_receivers_goes_to_default(receivers: tuple[str, ...]) -> None:
    assert ROUTING.routes(make_museum(receivers=receivers)) == (Route("default", "email"),)


def test_unknown_museum_goes_to_default() -> None:
    assert ROUTING.routes(None) == (Route("default", "email"),)


def test_unknown_receiver_is_noted_until_it_is_mended() -> None:
    health = Health()
    ROUTING.note(make_museum(receivers=("egizio", "nobody")), health)
    assert health.readiness() == (
        True,
        {
            "starting": [],
            "not_ready": {},
            "notes": {
                "receivers of museo-egizio": (
                    "no settings for receiver nobody; told instead: egizio"
                )
            },
        },
    )
    ROUTING.note(make_museum(), health)
    assert health.readiness()[1]["notes"] == {}


def load(settings: AlertsSettings) -> Routing:
    return load_routing(settings, create_channels(Settings()))


def test_receivers_come_from_a_file_and_from_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "receivers.yaml"
    path.write_text("receivers:\n  default: {email: a@x.example}\n  egizio: {slack: C0123456789}\n")
    routing = load(
        AlertsSettings(receivers_file=path, receivers={"default": {"email": ["b@x.example"]}})
    )
    assert routing.address("default", "email") == ("b@x.example",)
    assert routing.address("egizio", "slack") == ("C0123456789",)
    assert routing.address("egizio", "email") is None


@pytest.mark.parametrize(
    ("receivers", "said"),
    [
        ({"a": {"pigeon": "x"}}, "receiver a: no channel pigeon; there are slack, email"),
        ({"a": {"slack": "#press"}}, "receiver a, channel slack: must be the id"),
        ({"a": {"slack": ["C0123456789"]}}, "must be the id of one Slack channel"),
        ({"a": {"email": "press"}}, "receiver a, channel email: 'press' is no e-mail address"),
    ],
)
def test_slips_in_receivers_are_told(receivers: dict[str, Any], said: str) -> None:
    with pytest.raises(Fatal, match=said):
        load(AlertsSettings(receivers=receivers))


@pytest.mark.parametrize("text", ["", "- a", "receivers: [a]", "receivers: {a: x}", "{", "a: b"])
def test_slips_in_the_file_are_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "receivers.yaml"
    path.write_text(text)
    with pytest.raises(Fatal, match="receiver"):
        load(AlertsSettings(receivers_file=path))


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"cannot be read"):
        load(AlertsSettings(receivers_file=tmp_path / "none.yaml"))
