from __future__ import annotations

from pathlib import Path

from deploy.local.storage import format_folder


def names(folder: Path) -> dict[str, str]:
    """What ``meta.properties`` of a folder says."""
    lines = (folder / "meta.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_every_folder_has_names_of_its_own(tmp_path: Path) -> None:
    for folder in (one := tmp_path / "one", other := tmp_path / "new" / "other"):
        format_folder(folder)
    unlike = {name for name, value in names(one).items() if names(other)[name] != value}
    assert unlike == {"cluster.id", "directory.id"}
    assert len(set(names(one).values())) == len({"version and node.id", "cluster", "directory"})


def test_what_a_killed_process_left_is_not_in_the_way(tmp_path: Path) -> None:
    half = tmp_path / "topics.new"
    half.mkdir()
    (half / "meta.properties").write_text("version=")
    (half / "more").touch()
    format_folder(tmp_path / "topics")
    assert names(tmp_path / "topics").keys() > {"version", "cluster.id"}
    assert not (tmp_path / "topics" / "more").exists()
    assert not half.exists()
