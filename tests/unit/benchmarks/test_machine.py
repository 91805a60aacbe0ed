from benchmarks.machine import describe_machine


def test_the_machine_is_described_by_what_it_is() -> None:
    machine = describe_machine(kafka="4.3.1")
    assert machine.cores >= 1
    assert machine.memory_gb > 0
    assert machine.cpu
    for part in (machine.cpu, machine.python, "Apache Kafka 4.3.1", machine.commit):
        assert part in machine.sentence()


def test_a_machine_without_a_broker_names_none() -> None:
    assert "Kafka" not in describe_machine().sentence()
