"""``passaparola dlq`` knows its topics; what it does with letters is tested on a real Kafka."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from services.common.dead_letters import NoDeadLetters


@pytest.mark.parametrize("command", ["show", "replay"])
@pytest.mark.parametrize("topic", ["posts.raw", "nonsense"])
def test_another_topic_is_refused_with_those_that_there_are(command: str, topic: str) -> None:
    called = CliRunner().invoke(app, ["dlq", command, topic])
    assert isinstance(called.exception, NoDeadLetters)
    assert str(called.exception) == (
        f"no dead letters '{topic}'; there are: ingest.dlq, museums.dlq, "
        "posts.engagement.dlq, posts.enriched.dlq, posts.raw.dlq"
    )


def test_a_limit_must_be_a_number_from_1_on() -> None:
    assert CliRunner().invoke(app, ["dlq", "show", "posts.raw.dlq", "--limit", "0"]).exit_code == 2
