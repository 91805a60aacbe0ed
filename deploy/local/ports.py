"""Free TCP ports on 127.0.0.1, each handed out once by a process."""

from __future__ import annotations

import random
import socket

HOST = "127.0.0.1"

# Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152).
# Else a client that keeps trying to reach a stopped server may be given the server's own port,
# connect to itself, and so keep the server from coming back.
_RANGE = range(20_000, 32_000)
_handed_out: set[int] = set()


def free_port() -> int:
    """A port that nothing listens on now and that this process has not handed out before."""
    for port in random.sample(_RANGE, len(_RANGE)):
        if port not in _handed_out and _is_free(port):
            _handed_out.add(port)
            return port
    raise OSError(f"no free port on {HOST} from {_RANGE.start} to {_RANGE.stop - 1}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
