"""The manifests against the code: settings, images, commands, replicas, time to stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.topics import POSTS_ENRICHED, POSTS_RAW
from services.alerts.channels import create_channels
from services.alerts.routing import DEFAULT, load_routing
from services.alerts.settings import AlertsSettings, OutboxSettings
from services.alerts.settings import Settings as Alerts
from services.common.settings import KafkaSettings, WatchdogSettings
from services.common.streams import app as streams
from services.ingest.connectors import CONNECTORS
from services.ingest.register_file import read_register
from services.ingest.settings import Settings as Ingest
from tests.unit.deploy.declared import (
    ROOT,
    SERVICES,
    assert_command_exists,
    images,
    settings_class,
    unknown_variables,
)
from tests.unit.deploy.k8s.render import (
    Object,
    containers,
    named,
    of_kind,
    pod,
    service_of,
    variables,
    workloads,
)

EXAMPLE = ROOT / "deploy/k8s/overlays/example"


def test_each_service_has_a_deployment_of_its_image(objects: list[Object]) -> None:
    run = {
        workload["metadata"]["name"]: [service_of(box) for box in containers(workload)]
        for workload in of_kind(objects, "Deployment")
    }
    assert run == {service: [service] for service in SERVICES}


def test_settings_are_read_by_who_is_given_them(
    objects: list[Object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for workload in workloads(objects):
        given = variables(objects, workload)
        (container,) = containers(workload)
        model = settings_class(service_of(container))
        assert unknown_variables(list(given), model) == []
        mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
        assert given["PASSAPAROLA_SECRETS_DIR"] in mounts
        with monkeypatch.context() as patch:
            for name, value in (given | {"PASSAPAROLA_SECRETS_DIR": str(tmp_path)}).items():
                patch.setenv(name, value)
            model()


def test_connectors_exist(objects: list[Object], monkeypatch: pytest.MonkeyPatch) -> None:
    value = variables(objects, named(objects, "Deployment", "ingest"))["PASSAPAROLA_CONNECTORS"]
    monkeypatch.setenv("PASSAPAROLA_CONNECTORS", value)
    assert set(Ingest().connectors) <= set(CONNECTORS)


def test_containers_listen_where_they_are_looked_for(objects: list[Object]) -> None:
    for workload in of_kind(objects, "Deployment"):
        for container in containers(workload):
            set_in_image = images()[service_of(container)].environment
            assert [str(port["containerPort"]) for port in container["ports"]] == [
                set_in_image["PASSAPAROLA_HTTP__PORT"]
            ]


def test_jobs_run_commands_that_their_image_has(objects: list[Object]) -> None:
    jobs = of_kind(objects, "Job")
    assert {job["metadata"]["name"] for job in jobs} == {
        "topics-create",
        "museums-apply",
        "alerts-migrate",
    }
    for job in jobs:
        (container,) = containers(job)
        assert "cli" in images()[service_of(container)].copied
        assert_command_exists(container["args"])
        mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
        for word in container["args"]:
            if word.startswith("/"):
                assert any(word.startswith(f"{mount}/") for mount in mounts)


def test_replicas_fit_the_partitions(objects: list[Object]) -> None:
    workload = named(objects, "Deployment", "enrich")
    given = variables(objects, workload)
    partitions = int(given["PASSAPAROLA_KAFKA__PARTITIONS"])
    assert partitions == KafkaSettings().partitions
    assert POSTS_RAW.partitions is None
    assert POSTS_ENRICHED.partitions is None
    assert 2 <= workload["spec"]["replicas"] <= partitions


def test_ingest_is_alone(objects: list[Object]) -> None:
    spec = named(objects, "Deployment", "ingest")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_a_stop_has_time_enough(objects: list[Object]) -> None:
    def grace(name: str) -> int:
        seconds: int = pod(named(objects, "Deployment", name))["terminationGracePeriodSeconds"]
        return seconds

    assert grace("enrich") >= streams._STOP_SECONDS + 20
    assert grace("alerts") >= 2 * OutboxSettings().call_seconds + 10
    assert grace("ingest") >= 30


def test_a_pod_is_not_killed_before_the_watchdog_would_speak(objects: list[Object]) -> None:
    for workload in of_kind(objects, "Deployment"):
        for container in containers(workload):
            start, live = container["startupProbe"], container["livenessProbe"]
            assert start["failureThreshold"] * start["periodSeconds"] >= 600
            assert live["failureThreshold"] * live["periodSeconds"] >= 120
    assert WatchdogSettings().stall_seconds > KafkaSettings().rebalance_seconds


def test_the_budget_of_disruptions_never_blocks_a_node(objects: list[Object]) -> None:
    (budget,) = of_kind(objects, "PodDisruptionBudget")
    assert budget["spec"]["maxUnavailable"] == 1
    assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_the_example_knows_the_receivers_of_its_museums(example: list[Object]) -> None:
    museums = read_register(EXAMPLE / "museums.yaml")
    settings = AlertsSettings(receivers_file=EXAMPLE / "receivers.yaml")
    routing = load_routing(settings, create_channels(Alerts()))
    assert routing.channels(DEFAULT)
    assert [routing.unknown(museum) for museum in museums] == [()] * len(museums)


def test_the_example_names_its_images_and_its_namespace(example: list[Object]) -> None:
    for workload in workloads(example):
        for container in containers(workload):
            registry, _, image = container["image"].rpartition("/")
            assert registry
            assert ":" in image or "@sha256:" in image
    (namespace,) = of_kind(example, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for found in example:
        if found is not namespace:
            assert found["metadata"]["namespace"] == namespace["metadata"]["name"]
