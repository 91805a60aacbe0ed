"""compose.yaml against the code and against itself; no container engine is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from services.common.settings import ServiceSettings
from tests.unit.deploy.declared import (
    ROOT,
    SERVICES,
    assert_command_exists,
    images,
    settings_class,
    unknown_variables,
)

Service = dict[str, Any]


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


@pytest.fixture
def ours(compose: dict[str, Any]) -> dict[str, Service]:
    """What runs our images."""
    return {name: found for name, found in compose["services"].items() if "build" in found}


def _image(found: Service) -> str:
    service: str = found["build"]["args"]["SERVICE"]
    return service


def test_everything_of_ours_is_built_by_the_dockerfile(ours: dict[str, Service]) -> None:
    assert set(SERVICES) <= ours.keys()
    for name, found in ours.items():
        assert _image(found) in images()
        assert found["image"] == f"passaparola-{_image(found)}"
        if name in SERVICES:
            assert _image(found) == name
            assert "command" not in found
        else:
            assert_command_exists(found["command"])
            assert "cli" in images()[_image(found)].copied


def test_settings_are_read_by_who_is_given_them(
    ours: dict[str, Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    for found in ours.values():
        model = settings_class(_image(found))
        assert unknown_variables(list(found["environment"]), model) == []
        with monkeypatch.context() as patch:
            for name, value in found["environment"].items():
                patch.setenv(name, re.sub(r"\$\{\w+:-(\w*)\}", r"\1", value))
            model()


def test_every_part_counts_the_same_partitions(ours: dict[str, Service]) -> None:
    assert {
        found["environment"].get("PASSAPAROLA_KAFKA__PARTITIONS")
        for found in ours.values()
        if found["environment"].get("PASSAPAROLA_KAFKA__BOOTSTRAP")
    } == {"4"}


def test_kafka_is_found_where_it_listens(
    compose: dict[str, Any], ours: dict[str, Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = compose["services"]["kafka"]["environment"]
    advertised = dict(
        address.split("://") for address in kafka["KAFKA_ADVERTISED_LISTENERS"].split(",")
    )
    listening = dict(address.split("://") for address in kafka["KAFKA_LISTENERS"].split(","))
    assert advertised.keys() < listening.keys()
    for name, address in advertised.items():
        assert address.rpartition(":")[2] == listening[name].rpartition(":")[2]
    assert len(set(listening.values())) == len(listening)
    secured = dict(
        pair.split(":") for pair in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    )
    assert secured.keys() == listening.keys()
    for found in ours.values():
        if address := found["environment"].get("PASSAPAROLA_KAFKA__BOOTSTRAP"):
            assert address == advertised["INSIDE"]
    monkeypatch.setenv("PASSAPAROLA_KAFKA__BOOTSTRAP", advertised["HOST"])
    port = ServiceSettings().kafka.bootstrap.rpartition(":")[2]
    assert compose["services"]["kafka"]["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_kafka_is_the_one_that_is_tested(compose: dict[str, Any]) -> None:
    lock = (ROOT / "deploy/local/kafka.lock").read_text()
    version = compose["services"]["kafka"]["image"].removeprefix("apache/kafka:")
    assert re.search(rf"\bkafka_2\.13[-:/]{re.escape(version)}\b", lock)


def test_who_waits_waits_for_something_that_comes(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for found in services.values():
        for name, wait in found.get("depends_on", {}).items():
            other = services[name]
            if wait["condition"] == "service_completed_successfully":
                assert other["restart"] == "on-failure:5"
                assert "command" in other
            else:
                assert wait["condition"] == "service_healthy"
                assert other["healthcheck"]["test"]


def test_the_database_is_asked_where_its_clients_will_find_it(compose: dict[str, Any]) -> None:
    asked = compose["services"]["postgres"]["healthcheck"]["test"]
    assert asked[asked.index("--host") + 1] == "127.0.0.1"


def test_settings_of_yours_reach_every_service(ours: dict[str, Service]) -> None:
    for name in SERVICES:
        assert ours[name]["env_file"] == [{"path": ".env", "required": False}]


def test_ports_are_open_to_this_machine_alone(compose: dict[str, Any]) -> None:
    ports = [port for found in compose["services"].values() for port in found.get("ports", ())]
    assert len(ports) == len({port.split(":")[1] for port in ports}) == 4
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_volumes_are_declared_or_lie_here(compose: dict[str, Any]) -> None:
    for found in compose["services"].values():
        for volume in found.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists()


def test_our_containers_may_write_nowhere_but_tmp(ours: dict[str, Service]) -> None:
    for found in ours.values():
        assert found["read_only"] is True
        assert found["tmpfs"] == ["/tmp"]
        assert found["cap_drop"] == ["ALL"]
        assert found["security_opt"] == ["no-new-privileges:true"]
