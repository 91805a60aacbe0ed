"""``museums check`` finds each slip that a person makes in a register, and names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from schemas import Museum
from services.ingest.register_file import RegisterRefused, read_register

GOOD = "museum_id: egizio, name: Egizio, timezone: Europe/Rome, words: [Museo Egizio]"


def check(register: Path, text: str | bytes) -> Result:
    register.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CliRunner().invoke(app, ["museums", "check", str(register)])


def test_the_sample_register_has_no_fault() -> None:
    sample = Path(__file__).parents[3] / "museums.yaml"
    checked = CliRunner().invoke(app, ["museums", "check", str(sample)])
    assert checked.exit_code == 0
    assert checked.output == f"{sample}: {len(read_register(sample))} museums, no fault\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"museums: [{{{GOOD}, hashtag: [x]}}]", "egizio: hashtag: Extra inputs are not permitted"),
        (
            f"museums: [{{{GOOD}, hashtags: [{{raw: x, week: true}}]}}]",
            "egizio: hashtags.0.week: Extra inputs are not permitted",
        ),
        (
            f"museums: [{{{GOOD.replace('Rome', 'Roma')}}}]",
            "egizio: timezone: Value error, unknown time zone 'Europe/Roma'; use a name such as ",
        ),
        (f"museums: [{{{GOOD}}}, {{{GOOD}}}]", "egizio is there more than once"),
        (
            "museums: [{museum_id: egizio, name: Egizio, timezone: Europe/Rome}]",
            "egizio: value: Value error, nothing to listen for",
        ),
        (
            f"museums: [{{{GOOD.replace('egizio', 'Museo Egizio')}}}]",
            "Museo Egizio: museum_id: String should match pattern",
        ),
        ("museums: [{name: Egizio}]", "museum number 1: museum_id: Field required"),
        ("museums: [egizio]", "museum number 1: value: Input should be a valid dictionary"),
        (f"museums: [{{{GOOD}, name: Two}}]", "line 1, column 91: name is there twice"),
        ("museums: [{", "line 1, column 12: expected the node content, but found '<stream end>'"),
        ("museums:\n\t- x", "line 2, column 1: found character '\\t' that cannot start any token"),
        ("- museum_id: egizio", "expected a list under 'museums:'"),
        ("", "expected a list under 'museums:'"),
        (b"museums: \xff\xfe", "neither UTF-8 nor YAML that can be read"),
        ("museums: " + "[" * 100_000, "neither UTF-8 nor YAML that can be read"),
    ],
)
def test_each_fault_is_named(text: str | bytes, told: str, tmp_path: Path) -> None:
    register = tmp_path / "museums.yaml"
    checked = check(register, text)
    assert checked.exit_code == 1
    (line,) = checked.stderr.splitlines()
    assert line.startswith(f"{register}: {told}")
    assert checked.stdout == ""


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    checked = check(
        tmp_path / "museums.yaml",
        f"museums: [{{{GOOD}, hashtag: [x]}}, {{{GOOD}, wikidata: 19877}}, {{{GOOD}}}, {{{GOOD}}}]",
    )
    assert [line.split(": ")[1:3] for line in checked.stderr.splitlines()] == [
        ["egizio", "hashtag"],
        ["egizio", "wikidata"],
        ["egizio is there more than once"],
    ]


def test_an_account_of_bluesky_without_its_id_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "museums.yaml"
    checked = check(
        file, f"museums: [{{{GOOD}, handles: {{bluesky: [{{name: egizio.example}}]}}}}]"
    )
    assert checked.exit_code == 0
    assert "egizio: give its Bluesky account's DID as `id`" in checked.output
    whole = f"museums: [{{{GOOD}, handles: {{bluesky: [{{id: 'did:plc:a'}}]}}}}]"
    assert "DID" not in check(file, whole).output


def test_a_register_that_is_not_there_is_told(tmp_path: Path) -> None:
    checked = CliRunner().invoke(app, ["museums", "check", str(tmp_path / "none.yaml")])
    assert checked.exit_code == 1
    assert checked.stderr == f"{tmp_path / 'none.yaml'}: No such file or directory\n"


def read(tmp_path: Path, fields: str) -> Museum:
    register = tmp_path / "museums.yaml"
    register.write_text(f"museums: [{{{GOOD}, {fields}}}]")
    (museum,) = read_register(register)
    return museum


def test_what_yaml_would_take_for_something_else_is_read_as_it_was_written(tmp_path: Path) -> None:
    museum = read(
        tmp_path,
        "opening_hours: [{days: [mon], opens: 10:00, closes: 18:30}], languages: [no, it], "
        "hashtags: [{raw: 1900}, {raw: On, weak: yes}], closures: [2026-12-25]",
    )
    assert [(h.opens.isoformat(), h.closes.isoformat()) for h in museum.opening_hours] == [
        ("10:00:00", "18:30:00")
    ]
    assert museum.languages == ("no", "it")
    assert [(tag.raw, tag.weak) for tag in museum.hashtags] == [("1900", False), ("On", True)]
    assert [day.isoformat() for day in museum.closures] == ["2026-12-25"]


def test_null_and_anchors_keep_their_meaning(tmp_path: Path) -> None:
    assert read(tmp_path, "wikidata: null, geofence: ~").wikidata is None
    register = tmp_path / "museums.yaml"
    register.write_text(
        "museums:\n"
        "  - &first {museum_id: one, name: One, timezone: Europe/Rome, words: [Museum]}\n"
        "  - {<<: *first, museum_id: two}\n"
    )
    assert [(m.museum_id, m.name) for m in read_register(register)] == [
        ("one", "One"),
        ("two", "One"),
    ]


def test_a_register_with_faults_is_not_applied(tmp_path: Path) -> None:
    register = tmp_path / "museums.yaml"
    register.write_text("museums: [{name: Egizio}]")
    applied = CliRunner().invoke(app, ["museums", "apply", str(register)])
    assert isinstance(applied.exception, RegisterRefused)
    assert str(applied.exception).startswith(f"{register}: museum number 1: museum_id: Field req")
