from __future__ import annotations

import pytest
from aiokafka.errors import KafkaError

from cli.errors import sentence
from services.common.errors import Fatal


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Fatal("the register is empty"), "the register is empty"),
        (FileNotFoundError(2, "No such file", "day.jsonl"), "day.jsonl: No such file"),
        (OSError("the disk is gone"), "the disk is gone"),
        (ModuleNotFoundError("no", name="faust"), "this command needs faust, which is not"),
        (KafkaError("no broker"), "Kafka does not answer as it should: KafkaError: no broker. Set"),
    ],
)
def test_says_what_a_person_can_do_something_about(error: Exception, said: str) -> None:
    assert (sentence(error) or "").startswith(said)


def test_says_nothing_of_a_fault_of_ours() -> None:
    assert sentence(ValueError("not foreseen")) is None
