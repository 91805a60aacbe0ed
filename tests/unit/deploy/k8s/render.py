"""Renders a kustomization as a user would, and finds things in it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.unit.deploy.declared import ROOT

Object = dict[str, Any]


def render(folder: str) -> list[Object]:
    """Objects of a folder under deploy/k8s; a warning of the renderer is a failure."""
    command = _renderer()
    result = subprocess.run(
        [*command, str(ROOT / "deploy/k8s" / folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return list(yaml.safe_load_all(result.stdout))


def _renderer() -> list[str]:
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    if shutil.which("kubectl"):
        return ["kubectl", "kustomize"]
    pytest.skip("neither kubectl nor kustomize is installed, so no manifest was rendered")


def of_kind(objects: list[Object], *kinds: str) -> list[Object]:
    """Objects of some kinds."""
    return [found for found in objects if found["kind"] in kinds]


def named(objects: list[Object], kind: str, name: str) -> Object:
    """The one object of a kind and a name."""
    (found,) = [
        found for found in objects if (found["kind"], found["metadata"]["name"]) == (kind, name)
    ]
    return found


def workloads(objects: list[Object]) -> list[Object]:
    """Everything that has pods."""
    return of_kind(objects, "Deployment", "Job")


def pod(workload: Object) -> Object:
    """The spec of a workload's pods."""
    spec: Object = workload["spec"]["template"]["spec"]
    return spec


def containers(workload: Object) -> Iterator[Object]:
    """All containers of a workload, those of its start too."""
    spec = pod(workload)
    yield from (*spec.get("initContainers", ()), *spec["containers"])


def variables(objects: list[Object], workload: Object) -> dict[str, str]:
    """What the containers of a workload find in their environment, but for Secrets."""
    found: dict[str, str] = {}
    for container in containers(workload):
        for source in container.get("envFrom", ()):
            found |= named(objects, "ConfigMap", source["configMapRef"]["name"])["data"]
        for variable in container.get("env", ()):
            found[variable["name"]] = variable["value"]
    return found


def service_of(container: Object) -> str:
    """The service whose image a container runs."""
    name: str = container["image"].rpartition("/")[2].partition(":")[0].partition("@")[0]
    return name.removeprefix("passaparola-")
