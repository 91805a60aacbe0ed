"""The virality benchmark: it reads what it says it reads, looks at nothing ahead, counts right."""

import gzip
import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from benchmarks.virality import main
from benchmarks.virality_replay import Call, Replay, Sight, read_sights, replay, thin
from benchmarks.virality_truth import Truth
from services.common.errors import Fatal
from services.enrich.viral import Learned

T0 = datetime(2026, 3, 1, tzinfo=UTC)
HEAD = "observed_at_unix,post_id,points,comments\n"


def made_up(days: int, seed: int = 1) -> list[Sight]:
    """A hundred and twenty posts a day that grow at their own pace for twelve hours."""
    chance = Random(seed)
    sights = []
    for n in range(days * 120):
        born = T0 + timedelta(minutes=12 * n)
        final, tempo = chance.lognormvariate(4.3, 1.2), chance.uniform(0.5, 4)
        for hours in (0.1, 0.6, 1.1, 1.6, 2.1, 3.1, 4.1, 6.1, 8.1, 12.1):
            points = round(final * (1 - math.exp(-hours / tempo)))
            sights.append(Sight(born + timedelta(hours=hours), str(n), points, points // 4))
    return sorted(sights)


def write(sights: list[Sight], path: Path) -> Path:
    lines = [f"{s.at.timestamp():.0f},{s.post_id},{s.points},{s.comments}\n" for s in sights]
    path.write_bytes(gzip.compress("".join([HEAD, *lines]).encode()))
    return path


def test_files_are_read_plain_and_gzipped_in_the_order_of_time(tmp_path: Path) -> None:
    sights = made_up(1)[:20]
    path = write(sights[::-1], tmp_path / "a.csv.gz")
    assert read_sights(path) == sights
    plain = tmp_path / "a.csv"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    assert read_sights(plain) == sights


@pytest.mark.parametrize("text", ["", "at,id\n1,2\n", HEAD + "1,2\n", HEAD + "1,2,three,4\n"])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(Fatal, match=r"a\.csv"):
        read_sights(path)


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--snapshots", str(tmp_path / "none.csv")]) == 1
    assert "none.csv" in capsys.readouterr().err


def test_nothing_looks_ahead() -> None:
    sights = made_up(12)
    until = T0 + timedelta(days=9)
    whole = replay(sights, Learned(viral_share=0.95), comments=False)
    part = replay([s for s in sights if s.at < until], Learned(viral_share=0.95), comments=False)
    before = {post_id: call for post_id, call in whole.calls.items() if call.at < until}
    assert part.calls == before
    assert len(before) > 10


def test_only_posts_after_enough_were_finished_are_judged() -> None:
    outcome = replay(made_up(9), Learned(viral_share=0.95), comments=False)
    first = min(map(int, outcome.judged))
    assert (
        120 * 7 <= first <= 120 * 8
    )  # four days of posts, finished two days on, in force two more


def test_some_snapshots_get_lost() -> None:
    sights = made_up(3)
    halved = thin(sights, 0.5, seed=1)
    assert 0.45 < len(halved) / len(sights) < 0.55
    assert set(halved) < set(sights)
    assert halved == thin(sights, 0.5, seed=1)


def test_figures_are_counted_from_the_first_snapshot_of_the_file() -> None:
    def at(hours: float) -> datetime:
        return T0 + timedelta(hours=hours)

    finals = {"a": 900, "b": 800, **{str(n): n for n in range(38)}}
    sights = [Sight(at(h), k, w * h // 10, 0) for k, w in finals.items() for h in (1, 5, 10)]
    truth = Truth(sights, 0.95, lambda sight: float(sight.points))
    assert truth.threshold == pytest.approx(37 + 0.05 * (800 - 37))
    outcome = Replay(judged=set(finals))
    outcome.calls = {"a": Call(at(3), 300), "b": Call(at(5), 500), "7": Call(at(9), 7)}
    figures = truth.judge("test", outcome)
    assert figures is not None
    assert (figures.posts, figures.viral, figures.called) == (40, 2, 3)
    assert figures.precision == pytest.approx(2 / 3)
    assert figures.recall == 1
    assert figures.delay_hours == 3
    assert figures.before_half == 0.5


def test_a_file_that_teaches_too_little_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--snapshots", str(write(made_up(2), tmp_path / "posts.csv.gz"))]) == 1
    assert "too few snapshots" in capsys.readouterr().err


def test_it_ends_with_the_line_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(made_up(12), tmp_path / "posts.csv.gz")
    assert main(["--snapshots", str(path)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(
        r"precision: (\.\d\d|1\.00) recall: (\.\d\d|1\.00) median delay: \d+\.\d h", last
    )
