"""Certificates for TLS out of files that settings name; nothing of what a file holds is told.

Everything here raises ``Fatal`` with the setting and the file where a file cannot be used.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .errors import Fatal


def trusting(setting: str, path: str | None) -> ssl.SSLContext:
    """Return a TLS context that trusts a file's certificates alone; without one, the system's."""
    with _told(f"{setting}: {path} holds no certificate in PEM", {setting: path}):
        return ssl.create_default_context(cafile=path)


def trust(context: ssl.SSLContext, setting: str, path: str) -> None:
    """Let a context trust a file's certificates too."""
    with _told(f"{setting}: {path} holds no certificate in PEM", {setting: path}):
        context.load_verify_locations(path)


def identify(context: ssl.SSLContext, certificate: tuple[str, str], key: tuple[str, str]) -> None:
    """Let a context show our certificate and prove it by its key; each a setting and its file."""
    files = dict([certificate, key])
    named = " and ".join(f"{setting} ({path})" for setting, path in files.items())
    with _told(f"there is no certificate with its key in PEM in {named}", files):
        context.load_cert_chain(certificate[1], key[1])


@contextmanager
def _told(unfit: str, files: Mapping[str, str | None]) -> Iterator[None]:
    """Say which file is not there, or what is wrong with those that are."""
    try:
        for setting, path in files.items():
            if path is not None:
                _open(setting, path)
        yield
    except ssl.SSLError:
        raise Fatal(unfit) from None


def _open(setting: str, path: str) -> None:
    # OpenSSL's own error names no file.
    try:
        with Path(path).open("rb") as file:
            file.read(1)
    except OSError as error:
        raise Fatal(f"{setting}: {path}: {error.strerror}") from None
