"""What the manifests may not do: run as root, hold a secret, talk to whom they need not."""

from __future__ import annotations

import re
from ipaddress import ip_network

from pydantic import SecretStr

from services.common.settings import KafkaSettings
from tests.unit.deploy.declared import SERVICES, declared_settings, settings_class
from tests.unit.deploy.k8s.render import (
    Object,
    containers,
    of_kind,
    pod,
    variables,
    workloads,
)


def test_pods_are_restricted(objects: list[Object]) -> None:
    for workload in workloads(objects):
        spec = pod(workload)
        assert spec["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] > 0
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert all("hostPath" not in volume for volume in spec["volumes"])
        for container in containers(workload):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert "/tmp" in {mount["mountPath"] for mount in container["volumeMounts"]}


def test_memory_is_asked_for_in_full_and_cpu_is_not_capped(objects: list[Object]) -> None:
    for workload in workloads(objects):
        for container in containers(workload):
            asked, most = container["resources"]["requests"], container["resources"]["limits"]
            assert asked["memory"] == most["memory"]
            assert re.fullmatch(r"\d+Mi", asked["memory"])
            assert re.fullmatch(r"\d+m", asked["cpu"])
            assert "cpu" not in most


def test_no_secret_is_written_down(objects: list[Object]) -> None:
    assert of_kind(objects, "Secret") == []
    secret = {"PASSAPAROLA_DATABASE__URL"} | {
        name
        for service in SERVICES
        for name in declared_settings(settings_class(service))
        if name.endswith(("PASSWORD", "TOKEN"))
    }
    assert "PASSAPAROLA_SLACK__TOKEN" in secret
    for workload in workloads(objects):
        assert not secret & variables(objects, workload).keys()


def test_every_secret_setting_is_known_by_its_name() -> None:
    """The test above finds them by their names."""
    for service in SERVICES:
        model = settings_class(service)
        for group in model.model_fields.values():
            inner = getattr(group.annotation, "model_fields", {})
            for name, field in inner.items():
                if SecretStr in getattr(field.annotation, "__args__", (field.annotation,)):
                    assert name in ("password", "token")


def test_everything_is_denied_that_is_not_allowed(objects: list[Object]) -> None:
    policies = of_kind(objects, "NetworkPolicy")
    (deny,) = [found for found in policies if found["metadata"]["name"] == "default-deny"]
    assert set(deny["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    assert not {"ingress", "egress"} & deny["spec"].keys()
    for workload in workloads(objects):
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert deny["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    names = {
        workload["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]
        for workload in workloads(objects)
    }
    for policy in policies:
        for chosen in policy["spec"]["podSelector"].get("matchExpressions", ()):
            assert set(chosen["values"]) <= names
        for direction, side in (("ingress", "from"), ("egress", "to")):
            for rule in policy["spec"].get(direction, ()):
                assert rule[side], "a rule without a side allows everyone"
                assert rule["ports"]


def test_no_private_address_counts_as_public(objects: list[Object]) -> None:
    for policy in of_kind(objects, "NetworkPolicy"):
        for rule in policy["spec"].get("egress", ()):
            for block in (side["ipBlock"] for side in rule["to"] if "ipBlock" in side):
                if ip_network(block["cidr"]).prefixlen:
                    continue
                closed = [ip_network(network) for network in block["except"]]
                for inside in (
                    "10.1.2.3",
                    "172.20.0.1",
                    "192.168.1.1",
                    "169.254.169.254",
                    "fd00::1",
                ):
                    address = ip_network(inside)
                    if address.version == ip_network(block["cidr"]).version:
                        assert any(
                            address.subnet_of(network)  # type: ignore[arg-type]
                            for network in closed
                        )


def test_kafka_is_let_through(objects: list[Object]) -> None:
    open_ports = [
        range(port["port"], port.get("endPort", port["port"]) + 1)
        for policy in of_kind(objects, "NetworkPolicy")
        if policy["metadata"]["name"] == "dns-and-kafka"
        for rule in policy["spec"]["egress"]
        for port in rule["ports"]
    ]
    for workload in workloads(objects):
        address = variables(objects, workload)["PASSAPAROLA_KAFKA__BOOTSTRAP"]
        kafka = KafkaSettings(bootstrap=address)
        for server in kafka.bootstrap.split(","):
            port = int(server.rpartition(":")[2])
            assert any(port in allowed for allowed in open_ports)
