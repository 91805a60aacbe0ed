from __future__ import annotations

import random
import socket

import pytest

from deploy.local import ports


def test_no_port_is_handed_out_twice() -> None:
    handed_out = [ports.free_port() for _ in range(200)]
    assert len(set(handed_out)) == 200


def test_a_port_can_be_listened_on() -> None:
    with socket.create_server((ports.HOST, ports.free_port())):
        pass


def test_a_port_that_is_listened_on_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, free = ports.free_port(), ports.free_port()
    monkeypatch.setattr(ports, "_handed_out", set())
    monkeypatch.setattr(random, "sample", lambda *_: [taken, free])
    with socket.create_server((ports.HOST, taken)):
        assert ports.free_port() == free


def test_says_so_when_all_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_handed_out", set(range(65_536)))
    with pytest.raises(OSError, match="no free port"):
        ports.free_port()


def test_outgoing_connections_are_never_given_these_ports() -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        for _ in range(50):
            with socket.create_connection(server.getsockname()) as client:
                assert client.getsockname()[1] not in ports._RANGE
