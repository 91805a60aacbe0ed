from __future__ import annotations

import pytest

from tests.unit.deploy.k8s.render import Object, render

_FOLDERS = ("base", "overlays/example")


@pytest.fixture(scope="session")
def rendered() -> dict[str, list[Object]]:
    return {folder: render(folder) for folder in _FOLDERS}


@pytest.fixture(params=_FOLDERS)
def objects(request: pytest.FixtureRequest, rendered: dict[str, list[Object]]) -> list[Object]:
    return rendered[request.param]


@pytest.fixture
def example(rendered: dict[str, list[Object]]) -> list[Object]:
    return rendered["overlays/example"]
