"""The command from the outside: help with examples that hold, errors of one sentence, statuses."""

from __future__ import annotations

import asyncio
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group
from typer.testing import CliRunner

from cli.__main__ import app
from deploy.local.ports import free_port
from tests.unit.cli.command import call, run


def leaves(group: TyperGroup, *path: str) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from leaves(command, *path, name)
        elif isinstance(command, TyperCommand):
            yield (*path, name), command


COMMANDS = dict(leaves(get_group(app)))
GROUPS = [
    name for name, command in get_group(app).commands.items() if isinstance(command, TyperGroup)
]


def examples(command: TyperCommand) -> list[str]:
    return re.findall(r"`([^`]+)`", command.epilog or "")


def test_all_commands_are_there() -> None:
    assert {" ".join(path) for path in COMMANDS} == {
        "museums check",
        "museums apply",
        "topics create",
        "topics check",
        "dlq show",
        "dlq replay",
        "norms show",
        "norms export",
        "norms import",
        "model info",
        "model train",
        "model evaluate",
        "model diff",
        "alerts migrate",
        "alerts test",
        "replay",
        "score",
        "backtest",
        "up",
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_says_what_a_command_does_and_gives_an_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    command = COMMANDS[path]
    assert command.help
    assert command.help.splitlines()[0] in shown.output
    (first, *_) = found = examples(command)
    assert all(f"passaparola {' '.join(path)}" in example for example in found)
    assert first in shown.output


@pytest.mark.parametrize("path", [[], *([name] for name in GROUPS)], ids=" ".join)
def test_help_of_a_group_has_an_example_of_one_of_its_commands(path: list[str]) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200"}).output
    example = re.findall(r"passaparola (\w+)(?: (\w+))?", shown.partition("Example")[2])[0]
    wanted = tuple(example) if path else tuple(example[:1])
    assert wanted in COMMANDS
    assert list(wanted[: len(path)]) == path


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_examples_can_be_typed_as_they_are(path: tuple[str, ...]) -> None:
    for example in examples(COMMANDS[path]):
        words = shlex.split(re.split(r" [<>] ", example)[0])
        arguments = words[words.index("passaparola") + 1 + len(path) :]
        COMMANDS[path].make_context(path[-1], arguments)


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("cli.__main__", {"aiokafka", "pydantic", "rich.progress", "schemas", "services"}),
        ("cli.scoring", {"aiohttp", "fastapi", "faust"}),
    ],
)
def test_a_start_loads_nothing_that_it_does_not_need(module: str, heavy: set[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    assert module in loaded
    assert not heavy.intersection(loaded)


async def test_without_a_command_it_lists_them(tmp_path: Path) -> None:
    said = await run(folder=tmp_path)
    assert said.status == 2
    assert all(name in said.out + said.err for name in ("museums", "replay", "score", "up"))


@pytest.mark.parametrize("arguments", [["bogus"], ["replay"], ["topics", "create", "--bogus"]])
async def test_a_wrong_call_has_status_2(arguments: list[str], tmp_path: Path) -> None:
    said = await call(*arguments, folder=tmp_path)
    assert said.status == 2
    assert "--help" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"PASSAPAROLA_KAFKA__PARTITIONS": "many"},
            "error: settings: kafka.partitions: Input should be a valid integer",
        ),
        ({"PASSAPAROLA_KAFKA": "{bad"}, "error: settings: PASSAPAROLA_KAFKA must be JSON"),
        ({"PASSAPAROLA_KAFKA__BOOTSTRAP": "garbage:abc"}, "error: settings: kafka.bootstrap: "),
        (
            {"PASSAPAROLA_KAFKA__SECURITY_PROTOCOL": "SASL_SSL"},
            "error: settings: kafka: Value error, SASL_SSL needs a user name",
        ),
        (
            {
                "PASSAPAROLA_KAFKA__SECURITY_PROTOCOL": "SSL",
                "PASSAPAROLA_KAFKA__CA_FILE": "/nowhere",
            },
            "error: PASSAPAROLA_KAFKA__CA_FILE: /nowhere: No such file",
        ),
        ({"PASSAPAROLA_SECRETS_DIR": "/nowhere"}, "error: settings: directory"),
    ],
)
async def test_wrong_settings_are_one_sentence(
    settings: dict[str, str], told: str, tmp_path: Path
) -> None:
    said = await call("topics", "check", folder=tmp_path, **settings)
    assert said.status == 1
    assert said.err.startswith(told)
    assert said.err.count("\n") == 1


async def test_no_kafka_is_one_sentence_that_says_what_to_do(
    tmp_path: Path, register: Path
) -> None:
    (tmp_path / "posts.jsonl").write_text("{}\n")
    bootstrap = f"127.0.0.1:{free_port()}"
    calls = [
        ["topics", "create"],
        ["museums", "apply", str(register)],
        ["dlq", "show"],
        ["dlq", "replay", "posts.raw.dlq"],
        ["replay", "posts.jsonl"],
        ["norms", "show"],
        ["norms", "export", "norms.jsonl"],
        ["backtest", "--topics"],
    ]
    telling = partial(run, "topics", "check"), *(partial(call, *each) for each in calls)
    for tell in telling:
        async with asyncio.timeout(30):
            said = await tell(folder=tmp_path, PASSAPAROLA_KAFKA__BOOTSTRAP=bootstrap)
        assert said.status == 1
        assert said.out == ""
        assert said.err.startswith("error: Kafka does not answer")
        assert said.err.endswith(
            "Set PASSAPAROLA_KAFKA__BOOTSTRAP to its address, or start one with `passaparola up`.\n"
        )
        assert said.err.count("\n") == 1, said.err


async def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    said = await call("replay", "folder.jsonl", folder=tmp_path)
    assert (said.status, said.err) == (1, "error: folder.jsonl: Is a directory\n")
