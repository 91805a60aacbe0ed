"""Every plug-in does what its protocol asks: the same calls, the same arguments, truly awaited."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import httpx2
import pytest
from pydantic import BaseModel

from schemas import Sentiment
from services.alerts.channels import create_channels
from services.alerts.channels.channel import Channel
from services.alerts.rules import RULES
from services.alerts.settings import Settings as AlertsSettings
from services.enrich.reading import SentimentModel, Text
from services.enrich.sentiment import load_model
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.base import Connector
from services.ingest.settings import Settings as IngestSettings


def lacks(member: object, protocol: type[Any]) -> list[str]:
    """Say what a member lacks of its protocol."""
    found = [f"{name} is missing" for name in get_type_hints(protocol) if not hasattr(member, name)]
    for name, asked in vars(protocol).items():
        if name.startswith("_"):
            continue
        if not hasattr(member, name):
            found.append(f"{name} is missing")
        elif inspect.isfunction(asked):
            given = getattr(member, name)
            if inspect.iscoroutinefunction(given) != inspect.iscoroutinefunction(asked):
                found.append(f"{name} is awaited on one side only")
            wanted = [*inspect.signature(asked).parameters][1:]
            if [*inspect.signature(given).parameters] != wanted:
                found.append(f"{name} does not take {', '.join(wanted)}")
    return found


@pytest.mark.parametrize("name", sorted(CONNECTORS))
async def test_a_connector_is_one(name: str) -> None:
    async with httpx2.AsyncClient() as client:
        connector = CONNECTORS[name](IngestSettings(), client)
        assert lacks(connector, Connector) == []
        assert connector.name == name


@pytest.mark.parametrize("name", sorted(create_channels(AlertsSettings())))
async def test_a_channel_is_one(name: str) -> None:
    channel = create_channels(AlertsSettings())[name]
    assert lacks(channel, Channel) == []
    with pytest.raises(ValueError, match=r"must be"):
        channel.parse_address(object())
    await channel.aclose()


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_is_one(name: str) -> None:
    rule = RULES[name]
    assert name.isidentifier()
    assert rule.headline
    assert issubclass(rule.thresholds, BaseModel)
    assert rule.thresholds.model_config.get("extra") == "forbid", "a slip must be an error"
    rule.thresholds()
    assert list(inspect.signature(rule.judge).parameters) == ["post", "thresholds"]


def test_the_sentiment_model_is_one() -> None:
    model = load_model()
    assert lacks(model, SentimentModel) == []
    readings = model.read([Text("ok", "en"), Text("", "und")])
    assert all(isinstance(reading.sentiment, Sentiment) for reading in readings)
    assert model.read([]) == []


class _Half:
    async def read(self, words: Any) -> None:
        """It has no name, is awaited, and takes something else."""


def test_what_is_lacking_is_said() -> None:
    assert lacks(_Half(), SentimentModel) == [
        "name is missing",
        "read is awaited on one side only",
        "read does not take texts",
    ]
