"""The virality curves: they show the numbers of the run."""

from datetime import UTC, datetime

from benchmarks.machine import Machine
from benchmarks.virality import Result
from benchmarks.virality_pictures import draw_virality
from benchmarks.virality_truth import Hour, Said

RESULT = Result(
    machine=Machine(
        cpu="cpu",
        cores=2,
        memory_gb=1,
        system="Linux",
        python="3.11",
        kafka=None,
        commit="abc",
        load=(0, 0, 0),
        at=datetime(2026, 5, 3, tzinfo=UTC),
    ),
    file="posts.csv.gz",
    snapshots=3,
    viral_from=431,
    figures=(),
    calibration=(Said(hours=1, least=0.6, posts=12, said=0.74, true=0.71),),
    course=(
        Hour(hours=0, called=0, crossed=0, reached=0.02),
        Hour(hours=0.5, called=0.625, crossed=0.125, reached=0.25),
    ),
)


def drawn(result: Result) -> list[list[dict[str, object]]]:
    """The values of every layer, of the course first and then of the calibration."""
    picture = draw_virality(result).to_dict()
    return [
        picture["datasets"][layer["data"]["name"]]
        for part in picture["hconcat"]
        for layer in part["layer"]
    ]


def test_the_numbers_of_the_run_are_drawn() -> None:
    lines, half, _, dots = drawn(RESULT)
    shares = {(point["hours"], point["what"]): point["share"] for point in lines}
    assert shares[0.5, "called"] == 0.625
    assert shares[0.5, "past the threshold"] == 0.125
    assert len(shares) == 6
    assert half == [{"hours": 0.5}]
    assert dots == [{"age": "after 1 h", "said": 0.74, "true": 0.71, "posts": 12}]


def test_without_calls_there_is_no_half() -> None:
    assert drawn(RESULT.model_copy(update={"course": RESULT.course[:1]}))[1] == []
