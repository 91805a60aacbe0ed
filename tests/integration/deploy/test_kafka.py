"""The broker of deploy/local, from the outside: what goes in comes out, whatever is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from deploy.local.kafka import Kafka
from deploy.local.ports import HOST
from deploy.local.process import Died
from tests import eventually

PARTITION = TopicPartition("words", 0)


async def create_topic(bootstrap: str, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 1, 1)])
    finally:
        await admin.close()


async def produce(bootstrap: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(PARTITION.topic, value, partition=PARTITION.partition)


async def consume(bootstrap: str) -> list[bytes]:
    """All that stands in the partition."""
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        consumer.assign([PARTITION])
        end = (await consumer.end_offsets([PARTITION]))[PARTITION]
        values: list[bytes] = []
        while await consumer.position(PARTITION) < end:
            batches = await consumer.getmany(timeout_ms=100)
            values += [record.value for batch in batches.values() for record in batch]
        return values


def processes_of(folder: Path) -> list[int]:
    """Ids of the Java processes that name this folder in their command."""
    return [
        process.pid
        for process in psutil.process_iter(["name", "cmdline", "status"])
        if process.info["name"] == "java"
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and str(folder) in " ".join(process.info["cmdline"] or [])
    ]


@pytest.fixture
def data(kafka: Kafka, tmp_path: Path) -> Path:
    """A folder for a broker of the test's own; skipped where there can be none."""
    return tmp_path / "kafka"


async def test_what_was_acknowledged_outlives_kills_and_a_stop(data: Path) -> None:
    async with Kafka(data) as broker:
        bootstrap = broker.bootstrap
        await create_topic(bootstrap, PARTITION.topic)
        await produce(bootstrap, b"0")
        for round_ in (1, 2):
            broker.kill()
            assert not broker.running
            await broker.start()
            assert broker.bootstrap == bootstrap
            await produce(bootstrap, b"%d" % round_)
        assert await consume(bootstrap) == [b"0", b"1", b"2"]
    assert processes_of(data) == []

    async with Kafka(data) as later:  # other ports, the same folder
        assert later.bootstrap != bootstrap
        assert await consume(later.bootstrap) == [b"0", b"1", b"2"]
    assert processes_of(data) == []


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
async def test_its_folder_may_have_any_name(
    data: Path, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    async with Kafka(data / "Musée d’Orsay, c:\\=#! 😀") as broker:
        await create_topic(broker.bootstrap, PARTITION.topic)
        await produce(broker.bootstrap, b"0")
        broker.kill()
        await broker.start()
        assert await consume(broker.bootstrap) == [b"0"]
    assert list(data.rglob("words-0/*.log"))


async def test_consumer_groups_work(kafka: Kafka) -> None:
    await create_topic(kafka.bootstrap, "grouped")
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
        await producer.send_and_wait("grouped", b"x")
    async with AIOKafkaConsumer(
        "grouped",
        bootstrap_servers=kafka.bootstrap,
        group_id="readers",
        auto_offset_reset="earliest",
    ) as consumer:
        assert (await consumer.getone()).value == b"x"
        await consumer.commit()


async def test_no_topic_comes_into_being_by_itself(kafka: Kafka) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, request_timeout_ms=500
    ) as producer:
        with pytest.raises(KafkaError):
            await producer.send_and_wait("misspelt", b"x")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    assert "misspelt" not in await admin.list_topics()
    await admin.close()


async def test_listens_on_this_machine_only(kafka: Kafka) -> None:
    (broker,) = processes_of(kafka.data)
    listening = [
        connection.laddr.ip
        for connection in psutil.Process(broker).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert {address.removeprefix("::ffff:") for address in listening} == {HOST}


async def test_properties_reach_the_broker(data: Path) -> None:
    broker = Kafka(data, properties={"message.max.bytes": "1000"})
    async with broker:
        await create_topic(broker.bootstrap, PARTITION.topic)
        with pytest.raises(KafkaError, match="MessageSizeTooLarge"):
            await produce(broker.bootstrap, b"x" * 2000)


async def test_a_port_that_another_kafka_holds_is_a_clear_error(kafka: Kafka, data: Path) -> None:
    port = int(kafka.bootstrap.rpartition(":")[2])
    with pytest.raises(Died, match=r"(?s)Kafka ended with status 1.*Address already in use"):
        await Kafka(data, port=port).start()
    assert processes_of(data) == []


async def test_a_wrong_property_is_a_clear_error(data: Path) -> None:
    with pytest.raises(Died, match=r"(?s)Kafka ended with status 1.*num\.partitions"):
        await Kafka(data, properties={"num.partitions": "many"}).start()
    async with Kafka(data):  # nothing half made stands in the way
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a child with its parent")
async def test_does_not_outlive_its_owner(data: Path) -> None:
    program = f"""
import asyncio, signal
from pathlib import Path
from deploy.local.kafka import Kafka
asyncio.run(Kafka(Path({str(data)!r})).start())
print("up", flush=True)
signal.pause()
"""
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    with owner:
        try:
            assert owner.stdout is not None
            assert owner.stdout.readline() == "up\n"
            assert len(processes_of(data)) == 1
        finally:
            owner.kill()
    await eventually(lambda: processes_of(data) == [])
