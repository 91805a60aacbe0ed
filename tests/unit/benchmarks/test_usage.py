import pytest

from benchmarks.usage import OURSELVES, Look, Used, Watch, name_of, usage


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["/x/java", "-Xmx512m", "-cp", "a.jar", "kafka.Kafka", "server.properties"], "Kafka"),
        (["/x/python", "-P", "-m", "services.enrich"], "enrich"),
        (["/x/python", "-m", "cli", "replay", "a.jsonl", "--clock"], "replay"),
        (["/x/python", "-m", "benchmarks.peers.stock_faust", "h:1"], "stock_faust"),
        (["/usr/bin/git", "status"], "git"),
        (["/x/python", "-m"], "python"),
        ([], "unknown"),
    ],
)
def test_processes_are_named_by_what_they_run(command: list[str], name: str) -> None:
    assert name_of(command) == name


def test_this_process_is_among_those_used() -> None:
    mine = usage()[OURSELVES]
    assert mine.cpu > 0
    assert mine.memory > 2**20


def watched() -> Watch:
    return Watch(
        [
            Look(100.0, {"Kafka": 5.0, "enrich": 10.0}, machine=50.0),
            Look(102.0, {"Kafka": 5.5, "enrich": 12.0, "replay": 1.0}, machine=54.0),
            Look(104.0, {"Kafka": 6.0, "enrich": 13.0, "replay": 1.0}, machine=56.0),
        ]
    )


def test_processor_time_is_told_between_two_moments() -> None:
    work = watched().between(100.0, 104.0)
    assert work.cpu == {"enrich": 3.0, "Kafka": 1.0, "replay": 1.0}
    assert next(iter(work.cpu)) == "enrich"
    assert work.others == 0.25  # of 6 busy seconds 5 were ours, in 4 s


def test_between_looks_it_grows_evenly() -> None:
    work = watched().between(101.0, 103.0)
    assert work.cpu == {"enrich": 1.5, "Kafka": 0.5, "replay": 0.5}


def test_moments_outside_count_from_the_nearest_look() -> None:
    assert watched().between(90.0, 110.0).cpu == watched().between(100.0, 104.0).cpu


async def test_what_ends_while_it_is_watched_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([{"replay": Used(1.0, 1)}, {"enrich": Used(0.5, 1)}])
    monkeypatch.setattr("benchmarks.usage.usage", lambda: next(looks))
    async with Watch() as watch:
        pass
    assert watch.between(0.0, 2e9).cpu == {"enrich": 0.5, "replay": 0.0}
