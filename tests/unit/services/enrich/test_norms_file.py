"""What is learned goes out of one installation and into another, and counts there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from schemas.topics import NORMS
from services.common.records import Received
from services.enrich.norms import IMPORTED
from services.enrich.norms_file import NormsFileRefused, file_lines, import_records, read_file
from services.enrich.usual import Usual
from tests.unit.services.enrich.test_usual import DAY, sums
from tests.unit.services.enrich.worlds import NOW


def exported(path: Path) -> Path:
    values = {record.key or "": record.value or b"" for record in sums(Usual())}
    path.write_text("".join(f"{line}\n" for line in file_lines(values)), "utf-8")
    return path


def test_a_new_installation_is_not_blind(tmp_path: Path) -> None:
    usual, later = Usual(), DAY + timedelta(days=2)
    for record in import_records(read_file(exported(tmp_path / "norms.jsonl")), NOW):
        key = (record.key or "").encode()
        usual.apply(Received(NORMS.name, 0, 0, key, record.value, {}, 0))
    assert usual.norms.norm("mastodon", 3, later).source == "learned"
    assert usual.forecasts.outlook("mastodon", later).source == "learned"


def test_imported_sums_stand_beside_its_own_and_are_forgotten_with_age(tmp_path: Path) -> None:
    usual = Usual()
    records = import_records(read_file(exported(tmp_path / "norms.jsonl")), NOW)
    assert [record.key for record in records] == [
        f"mastodon/3/{DAY}/{IMPORTED + 1}",
        f"mastodon/forecast/{DAY}/{IMPORTED + 1}",
    ]
    for record in records:
        key = (record.key or "").encode()
        usual.apply(Received(NORMS.name, 0, 0, key, record.value, {}, 0))
    assert len(sums(usual)) == 2
    assert usual.outlived(1, "/test", NOW + timedelta(days=200)) == []
    assert len(usual.outlived(0, "/test", NOW + timedelta(days=200))) == 2


def test_what_comes_from_an_import_is_imported_to_the_same_place(tmp_path: Path) -> None:
    first = read_file(exported(tmp_path / "norms.jsonl"))
    again = {record.key or "": record.value or b"" for record in import_records(first, NOW)}
    path = tmp_path / "again.jsonl"
    path.write_text("\n".join(file_lines(again)), "utf-8")
    assert {record.key for record in import_records(read_file(path), NOW)} == set(again)


@pytest.mark.parametrize("line", ["[]", "{", '{"type":"x","sums":{}}', '{"type":1}', '{"sums":{}}'])
def test_another_file_is_refused_with_its_line(line: str, tmp_path: Path) -> None:
    path = exported(tmp_path / "norms.jsonl")
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(NormsFileRefused, match="line 3"):
        read_file(path)


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = exported(tmp_path / "norms.jsonl")
    path.write_bytes(path.read_bytes() + b'{"type":"\xe9"}\n')
    with pytest.raises(NormsFileRefused, match=r"line 3: .*utf-8"):
        read_file(path)
