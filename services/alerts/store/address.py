"""The database's address: what may stand in it, and how safely it is spoken to.

An address holds a password: nothing that is said about a wrong one quotes it.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.common.certificates import trusting
from services.common.errors import Fatal

SETTING = "PASSAPAROLA_DATABASE__URL"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_LOOKS_LIKE = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
_MODE, _AUTHORITY = "sslmode", "sslrootcert"
_VERIFYING = ("verify-ca", "verify-full")
_MODES = ("disable", "allow", "prefer", "require", *_VERIFYING)
_IN_QUERY = {"sqlite": frozenset[str](), "postgresql": frozenset({_MODE, _AUTHORITY, "host"})}


def database_url(text: str) -> URL:
    """Read an address, with our driver put in. Raises ``Fatal`` for what we cannot use."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise Fatal(
            f"{SETTING} must look like {_LOOKS_LIKE}; "
            "write : / @ ? in a password as %3A %2F %40 %3F"
        ) from None
    kind = url.get_backend_name()
    driver = _DRIVERS.get(kind)
    if driver is None or (kind == "sqlite" and not url.database):
        raise Fatal(f"{SETTING} must be {_LOOKS_LIKE}")
    if url.query.keys() - _IN_QUERY[kind]:
        known = ", ".join(sorted(_IN_QUERY[kind])) or "nothing"
        raise Fatal(f"{SETTING}: after the ? may stand: {known}; take out what else is there")
    if url.port is not None and not 0 < url.port < 65_536:
        raise Fatal(f"{SETTING}: a port is a number from 1 to 65535")
    if kind == "sqlite":
        folder = Path(str(url.database)).absolute().parent
        if not folder.is_dir():
            raise Fatal(f"{SETTING}: there is no folder {folder}")
    tls(url)
    return url.set(drivername=driver)


def tls(url: URL) -> ssl.SSLContext | str | None:
    """Return what the driver is to know of TLS; ``None`` where the address says nothing.

    As PostgreSQL's own clients have it, but that ``verify-full`` without ``sslrootcert`` trusts
    the system's certificates.
    """
    mode, authority = url.query.get(_MODE), url.query.get(_AUTHORITY)
    if mode is None and authority is None:
        return None
    if not isinstance(mode, str) or mode not in _MODES or isinstance(authority, tuple):
        raise Fatal(f"{SETTING}: {_MODE} must be one of {', '.join(_MODES)}")
    if mode not in _VERIFYING and (mode != "require" or authority is None):
        return mode
    context = trusting(f"{SETTING}: {_AUTHORITY}", authority)
    context.check_hostname = mode == "verify-full"
    return context


def without_tls(url: URL) -> URL:
    """Return the address without what the driver does not understand in it."""
    return url.difference_update_query([_MODE, _AUTHORITY])
