"""The database's address: what may stand in it, what is never told of it, and TLS on the wire."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from sqlalchemy.exc import SQLAlchemyError

from services.alerts.store.address import database_url
from services.alerts.store.database import create_engine
from services.common.errors import Fatal

TLS_PLEASE = bytes.fromhex("0000000804d2162f")


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite"),
        ("postgresql://u@h/n", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u@h/n", "postgresql+asyncpg"),
        ("postgresql://u@/n?host=/run/postgresql", "postgresql+asyncpg"),
    ],
)
def test_drivers_are_ours(url: str, driver: str) -> None:
    assert database_url(url).drivername == driver


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.db",
        "mysql://h/n",
        "sqlite://",
        "sqlite:///a.db?mode=ro",
        "postgresql://u@h:99999/n",
        "postgresql://u@h/n?application_name=x",
        "postgresql://u@h/n?sslmode=always",
        "postgresql://u@h/n?sslmode=require&sslmode=disable",
        "postgresql://u@h/n?sslrootcert=/a.pem",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(Fatal, match="PASSAPAROLA_DATABASE__URL"):
        database_url(url)


@pytest.mark.parametrize("url", ["postgresql://u:p@ss:hunter2@host/x", "pg;u:hunter2@host"])
def test_a_wrong_address_is_told_without_its_password(url: str) -> None:
    with pytest.raises(Fatal, match="must look like") as raised:
        database_url(url)
    assert raised.value.__suppress_context__
    assert "hunter2" not in str(raised.value)


def test_an_authority_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("none")
    for name, why in (("nowhere.pem", "No such file"), ("none.pem", "no certificate in PEM")):
        address = f"postgresql://u@h/n?sslmode=verify-full&sslrootcert={tmp_path / name}"
        with pytest.raises(Fatal, match=f"sslrootcert: {tmp_path / name}.*{why}"):
            database_url(address)


@dataclass
class Server:
    """Answers the first words of a PostgreSQL client: with TLS, or without."""

    tls: ssl.SSLContext | None
    port: int = 0
    begun: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.readexactly(8)
            if first == TLS_PLEASE:
                writer.write(b"N" if self.tls is None else b"S")
                await writer.drain()
                if self.tls is not None:
                    await writer.start_tls(self.tls)
                first = await reader.readexactly(8)
                self.begun.append("plain" if self.tls is None else "tls")
            else:
                self.begun.append("plain")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def connect(server: Server, query: str) -> None:
    """Begin a connection, which the server ends as soon as it has begun."""
    url = database_url(f"postgresql://u:p@localhost:{server.port}/n?host=127.0.0.1&{query}")
    engine = create_engine(url)
    try:
        with pytest.raises((SQLAlchemyError, OSError)):
            async with engine.connect():
                pass
    finally:
        await engine.dispose()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def server(authority: trustme.CA, request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    served = Server(context if request.param == "tls" else None)
    async with await asyncio.start_server(served.answer, "127.0.0.1", 0) as listening:
        served.port = listening.sockets[0].getsockname()[1]
        yield served


@pytest.mark.parametrize(
    ("server", "query", "begun"),
    [
        ("tls", "sslmode=disable", {"plain"}),
        ("tls", "sslmode=require", {"tls"}),
        ("tls", "sslmode=require&sslrootcert={ca}", {"tls"}),
        ("tls", "sslmode=verify-full&sslrootcert={ca}", {"tls"}),
        ("tls", "sslmode=verify-ca", set()),
        ("tls", "sslmode=verify-full", set()),
        ("tls", "sslmode=require&sslrootcert={stranger}", set()),
        ("plain", "sslmode=require", set()),
        ("plain", "sslmode=verify-full&sslrootcert={ca}", set()),
    ],
    indirect=["server"],
)
async def test_nothing_is_said_with_less_safety_than_asked_for(
    server: Server, query: str, begun: set[str], authority: trustme.CA, tmp_path: Path
) -> None:
    for name, made in (("ca", authority), ("stranger", trustme.CA())):
        made.cert_pem.write_to_path(str(tmp_path / name))
    await connect(server, query.format(ca=tmp_path / "ca", stranger=tmp_path / "stranger"))
    assert set(server.begun) == begun
