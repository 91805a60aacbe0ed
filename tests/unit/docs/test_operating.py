"""docs/operating.md says of settings and metrics what the code says."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

import pytest
from prometheus_client.metrics import MetricWrapperBase
from pydantic import SecretStr

from services.common.health import Health
from services.common.http import create_api
from services.common.settings import ServiceSettings
from tests.unit.deploy.declared import ROOT, SERVICES, declared_settings, settings_class

PAGE = ROOT / "docs/operating.md"
EVERY = "Every service"
Rows = list[list[str]]


def _rows(section: str, chapter: str) -> Rows:
    """The rows of the table under ``### section`` of ``## chapter``."""
    page = PAGE.read_text()
    (text,) = re.findall(rf"^## {chapter}\n(.*?)(?=^## )", page, re.MULTILINE | re.DOTALL)
    if section:
        (text,) = re.findall(rf"^### {section}\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL)
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _words(cell: str) -> list[str]:
    return re.findall(r"`([^`]*)`", cell)


def _shown(default: Any) -> str:
    if default is None or isinstance(default, SecretStr):
        return ""
    return json.dumps(default) if isinstance(default, dict | list | tuple) else str(default)


@pytest.mark.parametrize("section", [EVERY, *SERVICES])
def test_settings_are_those_of_the_code(section: str) -> None:
    common = declared_settings(ServiceSettings)
    if section == EVERY:
        declared = common
    else:
        declared = {
            name: default
            for name, default in declared_settings(settings_class(section)).items()
            if name not in common
        }
    documented = {
        _words(variable)[0]: " ".join(_words(default))
        for variable, default, _ in _rows(section, "Settings")
    }
    expected = {name: _shown(default) for name, default in declared.items()}
    expected |= {name: "" for name in ("PASSAPAROLA_BLUESKY__JETSTREAM",) if name in expected}
    assert documented == expected


def test_the_ports_of_each_service_are_told() -> None:
    (meaning,) = [
        meaning
        for variable, _, meaning in _rows(EVERY, "Settings")
        if "PASSAPAROLA_HTTP__PORT" in variable
    ]
    for service in SERVICES:
        port = declared_settings(settings_class(service))["PASSAPAROLA_HTTP__PORT"]
        if port != declared_settings(ServiceSettings)["PASSAPAROLA_HTTP__PORT"]:
            assert f"{service} `{port}`" in meaning


@pytest.mark.parametrize("section", [EVERY, *SERVICES])
def test_metrics_are_those_of_the_code(section: str) -> None:
    room = "common" if section == EVERY else section
    module = importlib.import_module(f"services.{room}.metrics")
    declared = {
        next(iter(found.describe())).name + ("_total" if found._type == "counter" else ""): list(
            found._labelnames
        )
        for found in vars(module).values()
        if isinstance(found, MetricWrapperBase)
    }
    documented = {
        _words(metric)[0]: _words(labels) for metric, labels, _ in _rows(section, "Metrics")
    }
    assert declared
    assert documented == declared


def test_what_is_watched_is_measured() -> None:
    known = {
        _words(metric)[0]
        for section in (EVERY, *SERVICES)
        for metric, *_ in _rows(section, "Metrics")
    }
    watched = re.findall(r"passaparola_\w+", str(_rows("", "What to watch")))
    assert watched
    assert set(watched) <= known


def test_probes_are_served() -> None:
    served = {getattr(route, "path", None) for route in create_api("any", Health()).routes}
    documented = {_words(path)[0] for path, *_ in _rows("", "Probes")}
    assert documented == {path for path in served if path and path != "/openapi.json"}
