from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors.replay.lines import MAX_LINE_BYTES, File, ReplayRefused

PACK: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lines")


def write(folder: Path, name: str, data: bytes) -> File:
    path = folder / name
    path.write_bytes(data)
    return File(path)


@given(
    lines=st.lists(st.binary(max_size=8).map(lambda b: b.replace(b"\n", b"")), max_size=8),
    ended=st.booleans(),
    packing=st.sampled_from(sorted(PACK)),
)
def test_from_any_line_on_the_rest_is_the_same(
    folder: Path, lines: list[bytes], ended: bool, packing: str
) -> None:
    data = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    file = write(folder, f"a.jsonl{packing}", PACK[packing](data))
    whole = list(file.lines())
    for line in whole:
        text = data[line.start : line.end]
        assert (
            text.removeprefix(b"\xef\xbb\xbf" if line.start == 0 else b"").rstrip(b"\r\n")
            == line.raw
        )
    for index, line in enumerate(whole):
        assert list(file.lines(line.end, line.number)) == whole[index + 1 :]
    spaces = {b"", *(bytes([c]) for c in b" \t\r\x0b\x0c")}
    assert len(whole) <= len([text for text in lines if text not in spaces])


def test_the_last_line_counts_without_its_end(tmp_path: Path) -> None:
    file = write(tmp_path, "a.jsonl", b'{"a":1}\r\n\n{"b":2}')
    assert [(line.number, line.raw) for line in file.lines()] == [(1, b'{"a":1}'), (3, b'{"b":2}')]
    *_, last = file.lines()
    assert list(file.lines(last.end, last.number)) == []


def test_a_mark_at_the_beginning_is_no_part_of_the_text(tmp_path: Path) -> None:
    (line,) = write(tmp_path, "a.jsonl", b"\xef\xbb\xbf{}\n").lines()
    assert (line.raw, line.start, line.end) == (b"{}", 0, 6)


def test_a_line_without_end_takes_no_more_than_it_may(tmp_path: Path) -> None:
    long = b"x" * (MAX_LINE_BYTES * 2 + 5)
    file = write(tmp_path, "a.jsonl", long + b"\nnext\n")
    first, second = file.lines()
    assert first.cut
    assert len(first.raw) == MAX_LINE_BYTES
    assert first.end == len(long) + 1
    assert (second.raw, second.number) == (b"next", 2)


def test_a_record_of_csv_may_hold_new_lines(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", b'id,text\n1,"two\nlines ""quoted"""\n2,"x"\n')
    assert [(line.number, line.raw) for line in file.lines()] == [
        (1, b"id,text"),
        (2, b'1,"two\nlines ""quoted"""'),
        (4, b'2,"x"'),
    ]


def test_a_quote_inside_a_cell_opens_nothing(tmp_path: Path) -> None:
    rows = [b"id;text", b'1;a 5" tablet', b"2;x", b"3;y", b'4;she said "wow, no', b'5;"a;\n""b"""']
    file = write(tmp_path, "a.csv", b"\n".join(rows) + b"\n")
    assert [line.raw for line in file.lines(delimiter=";")] == rows


def test_a_quote_that_never_closes_swallows_no_line(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", b'id,text\n1,"open\n2,x\n3,y\n')
    assert [line.raw for line in file.lines()] == [b"id,text", b'1,"open', b"2,x", b"3,y"]


def test_a_damaged_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b'{"n":%d}\n' % n for n in range(200_000)))
    file = write(tmp_path, "a.jsonl.gz", packed[: len(packed) // 2])
    lines = file.lines()
    assert next(lines).raw == b'{"n":0}'
    with pytest.raises(ReplayRefused, match="damaged after byte"):
        list(lines)


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.jsonl.bz2", "jsonl"])
def test_other_kinds_of_files_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(ReplayRefused, match=r"\.jsonl, \.jsonl\.gz"):
        File(tmp_path / name)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayRefused, match="No such file"):
        File(tmp_path / "a.jsonl")
