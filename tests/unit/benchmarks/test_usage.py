import pytest

from benchmarks.usage import OURSELVES, Used, Watch, name_of, usage


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


async def test_processor_time_is_counted_from_the_opening_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = iter(
        [
            {"enrich": Used(10.0, 1), "alerts": Used(4.0, 1)},
            {"enrich": Used(11.5, 1), "alerts": Used(6.0, 1), "replay": Used(1.0, 1)},
        ]
    )
    monkeypatch.setattr("benchmarks.usage.usage", lambda: next(looks))
    async with Watch() as watch:
        pass
    assert watch.cpu == {"alerts": 2.0, "enrich": 1.5, "replay": 1.0}
    assert list(watch.cpu) == ["alerts", "enrich", "replay"]
