"""``passaparola alerts``: the database is made once, a trial message really arrives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo.slack import TOKEN, SlackStandIn
from tests.unit.cli.command import call, run


async def test_a_database_is_brought_up_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'alerts.db'}"
    first, second = [
        await started("alerts", "migrate", folder=tmp_path, PASSAPAROLA_DATABASE__URL=url)
        for started in (run, call)
    ]
    assert (first.status, first.err) == (0, "")
    assert first.out.startswith("the database is at revision ")
    assert second == first
    assert (tmp_path / "alerts.db").exists()


@pytest.mark.parametrize(
    "address",
    ["oracle://host/name", "mysql://a", "postgresql://u:p@ss:hunter2@host/x"],
)
async def test_a_database_that_cannot_be_used_is_one_sentence(tmp_path: Path, address: str) -> None:
    said = await call("alerts", "migrate", folder=tmp_path, PASSAPAROLA_DATABASE__URL=address)
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("error: PASSAPAROLA_DATABASE__URL must ")
    assert said.err.count("\n") == 1
    assert "hunter2" not in said.err


async def test_a_trial_message_arrives_and_is_marked(tmp_path: Path) -> None:
    async with SlackStandIn(channels=["egizio"]) as slack:
        channel = slack.workspace.channel("egizio", by_name=True).id
        said = await call(
            *("alerts", "test", "press"),
            folder=tmp_path,
            PASSAPAROLA_ALERTS__RECEIVERS=json.dumps({"press": {"slack": channel}}),
            PASSAPAROLA_SLACK__TOKEN=TOKEN,
            PASSAPAROLA_SLACK__BASE_URL=slack.base_url,
        )
        assert (said.status, said.err) == (0, "")
        assert said.out == f"slack {channel}: sent\n"
        (message,) = slack.messages("egizio")
        assert "trial" in json.dumps(message).lower()


async def test_a_receiver_that_nobody_knows_is_told_with_those_that_are_known(
    tmp_path: Path,
) -> None:
    known = json.dumps({"press": {"slack": "C0123456789"}, "director": {"slack": "C0123456780"}})
    said = await call(
        "alerts", "test", "nobody", folder=tmp_path, PASSAPAROLA_ALERTS__RECEIVERS=known
    )
    assert (said.status, said.out) == (1, "")
    assert said.err == "no receiver 'nobody' in the settings; there are: press, director\n"


async def test_a_trial_that_fails_says_why(tmp_path: Path) -> None:
    async with SlackStandIn(channels=["egizio"]) as slack:
        said = await call(
            *("alerts", "test", "press"),
            folder=tmp_path,
            PASSAPAROLA_ALERTS__RECEIVERS=json.dumps({"press": {"slack": "C0NOWHERE"}}),
            PASSAPAROLA_SLACK__TOKEN=TOKEN,
            PASSAPAROLA_SLACK__BASE_URL=slack.base_url,
        )
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("slack C0NOWHERE: not sent: ")
    assert "channel_not_found" in said.err
    assert TOKEN not in said.err
