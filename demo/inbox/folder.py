"""A folder of ``.eml`` files, one a mail, named so that repeats of a Message-ID are seen."""

from __future__ import annotations

import hashlib
import re
from email.parser import BytesHeaderParser
from pathlib import Path


class Folder:
    """Keeps mails as they came, byte for byte; goes on counting where the folder's files end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        numbers = (file.name.split("-")[0] for file in path.glob("*.eml"))
        self._count = max((int(number) for number in numbers if number.isdecimal()), default=0)

    @property
    def files(self) -> list[Path]:
        """The mails in order of arrival."""
        return sorted(self.path.glob("*.eml"))

    def keep(self, content: bytes, recipient: str, message_id: str | None) -> Path:
        """Write a mail whole: a reader of the folder never sees half of one."""
        self._count += 1
        path = self.path / f"{self._count:04d}-{_readable(recipient)}-{_digest(message_id)}.eml"
        partial = path.with_suffix(".part")
        partial.write_bytes(content)
        return partial.replace(path)


def read_message_id(content: bytes) -> str | None:
    """The mail's Message-ID, if it has one."""
    value = BytesHeaderParser().parsebytes(content).get("Message-ID")
    return None if value is None else str(value).strip()


def _readable(recipient: str) -> str:
    return re.sub(r"[^A-Za-z0-9.@+_-]", "_", recipient)[:64]


def _digest(message_id: str | None) -> str:
    """The same for the same Message-ID, so that a repeat is seen in the list of files."""
    if message_id is None:
        return "no-id"
    return hashlib.sha256(message_id.encode(errors="replace")).hexdigest()[:8]
