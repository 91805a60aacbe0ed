"""The manifests as Kubernetes reads them: fields, names, references, selectors."""

from __future__ import annotations

import re

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from services.common.health import Health
from services.common.http import create_api
from tests.unit.deploy.k8s.render import (
    Object,
    containers,
    named,
    of_kind,
    pod,
    workloads,
)

# Made by whoever installs it; overlays/example and docs/operating.md say how.
SECRETS = {"passaparola-kafka", "passaparola-alerts"}
OF_THE_OVERLAY = {"museums", "receivers"}


@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
def test_strictly_valid(objects: list[Object], version: str) -> None:
    for found in objects:
        kubernetes_validate.validate(found, version, strict=True)


def test_a_wrong_field_would_be_seen(objects: list[Object]) -> None:
    (wrong, *_) = of_kind(objects, "Deployment")
    wrong = wrong | {"spec": wrong["spec"] | {"replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.30", strict=True)


def test_names_fit_dns(objects: list[Object]) -> None:
    for found in objects:
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", found["metadata"]["name"])


def test_selectors_find_their_pods(objects: list[Object]) -> None:
    pods = {
        found["metadata"]["name"]: found["spec"]["template"]["metadata"]["labels"]
        for found in workloads(objects)
    }
    for found in of_kind(objects, "Deployment"):
        labels = pods[found["metadata"]["name"]]
        assert found["spec"]["selector"]["matchLabels"].items() <= labels.items()
    for found in of_kind(objects, "Service"):
        (only,) = [name for name, has in pods.items() if _selects(found["spec"]["selector"], has)]
        assert only == found["metadata"]["name"]
    for found in of_kind(objects, "PodDisruptionBudget"):
        chosen = found["spec"]["selector"]["matchLabels"]
        assert any(_selects(chosen, has) for has in pods.values())


def _selects(wanted: dict[str, str], labels: dict[str, str]) -> bool:
    return wanted.items() <= labels.items()


def test_what_a_pod_refers_to_is_there(objects: list[Object], example: list[Object]) -> None:
    outside = set() if objects is example else OF_THE_OVERLAY
    maps = {found["metadata"]["name"] for found in of_kind(objects, "ConfigMap")} | outside
    accounts = {found["metadata"]["name"] for found in of_kind(objects, "ServiceAccount")}
    for workload in workloads(objects):
        spec = pod(workload)
        assert spec["serviceAccountName"] in accounts
        volumes = {volume["name"] for volume in spec["volumes"]}
        for volume in spec["volumes"]:
            if "configMap" in volume:
                assert volume["configMap"]["name"] in maps
            for source in volume.get("projected", {}).get("sources", ()):
                assert source["secret"]["name"] in SECRETS
        for container in containers(workload):
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            assert {source["configMapRef"]["name"] for source in container["envFrom"]} <= maps


def test_probes_ask_for_what_the_services_serve(objects: list[Object]) -> None:
    served = {getattr(route, "path", None) for route in create_api("any", Health()).routes}
    wanted = {"startupProbe": "/startupz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
    for workload in of_kind(objects, "Deployment"):
        for container in containers(workload):
            ports = {port["name"] for port in container["ports"]}
            for probe, path in wanted.items():
                asked = container[probe]["httpGet"]
                assert asked["path"] == path
                assert path in served
                assert asked["port"] in ports


def test_services_lead_to_a_port_that_is_open(objects: list[Object]) -> None:
    for found in of_kind(objects, "Service"):
        workload = named(objects, "Deployment", found["metadata"]["name"])
        ports = {port["name"] for box in containers(workload) for port in box["ports"]}
        assert {port["targetPort"] for port in found["spec"]["ports"]} <= ports
