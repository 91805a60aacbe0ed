"""Reads the lines of a file, compressed or not, each with where it begins and ends.

Offsets count bytes of the text, not of the compressed file. It understands no line; of CSV only
as much as to keep quoted new lines together.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from schemas.topics import MAX_DEAD_LETTER_BYTES
from services.common.errors import Fatal

SUFFIXES = (".jsonl", ".csv")
COMPRESSED = ("", ".gz", ".zst")
MAX_LINE_BYTES = MAX_DEAD_LETTER_BYTES
_MAX_RECORD_LINES = 1_000
_CHUNK = 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_TO_ITS_END = re.compile(rb'(?:[^"]|"")*+"')


class ReplayRefused(Fatal):
    """The file, its mapping or the system does not allow it; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end. ``start`` and ``end``: its bytes, new line included."""

    number: int
    start: int
    end: int
    raw: bytes
    cut: bool = False
    """Longer than anything we take: ``raw`` is its beginning."""


class File:
    """A file to replay: what kind it is, how large, and its lines from any point on."""

    def __init__(self, path: Path) -> None:
        """Look at the file. Raises ``ReplayRefused`` if it is not there or of no known kind."""
        self.path = path
        name = path.name.lower()
        for suffix in SUFFIXES:
            for packing in COMPRESSED:
                if name.endswith(suffix + packing):
                    self.kind, self._packing = suffix, packing
                    break
            else:
                continue
            break
        else:
            known = ", ".join(kind + packing for kind in SUFFIXES for packing in COMPRESSED)
            raise ReplayRefused(f"{path}: not a kind of file that can be replayed ({known})")
        try:
            self.size = path.stat().st_size
        except OSError as error:
            raise ReplayRefused(f"{path}: {error.strerror}") from error
        self._opened: BinaryIO | None = None

    @property
    def position(self) -> int:
        """How many bytes of the file itself have been read, for progress."""
        return 0 if self._opened is None or self._opened.closed else self._opened.tell()

    def sha256(self) -> str:
        """Return the hash of the file's own bytes: what the file is, whatever its name."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def lines(self, start: int = 0, before: int = 0, delimiter: str = ",") -> Iterator[Line]:
        """Yield lines from a byte of the text on; ``before``: number of the line before it.

        ``delimiter``: what stands between the cells of a CSV.
        """
        records = self._physical(start, before)
        if self.kind == ".csv":
            records = _whole_records(records, _Quotes(delimiter))
        return (line for line in records if line.raw.strip())

    def _physical(self, start: int, before: int) -> Iterator[Line]:
        with self.path.open("rb") as opened:
            self._opened = opened
            text = self._unpacked(opened)
            at, number = start, before
            try:
                _skip(text, start)
                while piece := text.readline(MAX_LINE_BYTES):
                    number += 1
                    size = len(piece)
                    cut = not piece.endswith(b"\n") and size == MAX_LINE_BYTES
                    if cut:
                        while (more := text.readline(_CHUNK)) and not more.endswith(b"\n"):
                            size += len(more)
                        size += len(more)
                    raw = piece.removeprefix(_BOM) if at == 0 else piece
                    yield Line(number, at, at + size, raw.rstrip(b"\r\n"), cut)
                    at += size
            except (EOFError, OSError, zlib.error, zstandard.ZstdError) as error:
                raise ReplayRefused(
                    f"{self.path}: damaged after byte {at} of its text (line {number}): {error}"
                ) from error

    def _unpacked(self, opened: BinaryIO) -> BinaryIO:
        if self._packing == ".gz":
            return io.BufferedReader(gzip.GzipFile(fileobj=opened), _CHUNK)
        if self._packing == ".zst":
            unpacking = zstandard.ZstdDecompressor().stream_reader(opened, read_across_frames=True)
            return io.BufferedReader(unpacking, _CHUNK)
        return opened


def _skip(text: BinaryIO, size: int) -> None:
    while size > 0:
        read = len(text.read(min(size, _CHUNK)))
        if not read:
            return
        size -= read


class _Quotes:
    """Tells whether a line of CSV ends within quotes: only one at the beginning of a cell opens."""

    def __init__(self, delimiter: str) -> None:
        self._opening = re.compile(rb'(?:^|%b)"' % re.escape(delimiter.encode()))

    def open_after(self, line: bytes, are_open: bool) -> bool:
        """Read a line before which they were open or not."""
        at = 0
        while True:
            if not are_open:
                opening = self._opening.search(line, at)
                if opening is None:
                    return False
                at = opening.end()
            closing = _TO_ITS_END.match(line, at)
            if closing is None:
                return True
            at, are_open = closing.end(), False


def _whole_records(lines: Iterator[Line], quotes: _Quotes) -> Iterator[Line]:
    """Join physical lines of CSV whose quotes are still open.

    Quotes that never close would swallow the file: then the first line stands alone, as bad.
    """
    waiting: deque[Line] = deque()
    while True:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        taken: list[Line] = []
        parts = [line]
        are_open = quotes.open_after(line.raw, are_open=False)
        size = len(line.raw)
        while are_open and len(parts) < _MAX_RECORD_LINES and size < MAX_LINE_BYTES:
            more = waiting.popleft() if waiting else next(lines, None)
            if more is None:
                break
            taken.append(more)
            parts.append(more)
            are_open = quotes.open_after(more.raw, are_open)
            size += len(more.raw)
        if are_open:
            waiting.extendleft(reversed(taken))
            yield line
        else:
            raw = b"\n".join(part.raw for part in parts)
            yield Line(line.number, line.start, parts[-1].end, raw, any(p.cut for p in parts))
