"""Plays a museum's day on the real system: real Kafka, three services, stand-ins for the receivers.

It judges nothing: the verdict comes from what arrived, by ``demo.judge``.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from rich.console import Console

from demo.day import MUSEUMS, POSTS, Day, write_day
from demo.day.truth import Channel
from demo.folder import CALLS, DAY, FATES, MAIL_LEDGER, MAILS, SYSTEM, emptied
from demo.inbox import Inbox, Mail
from demo.judge import Verdict, judge, read_letters
from demo.ledger import read_ledger
from demo.receivers import address_of, receivers_of
from demo.report import show_alert, step
from demo.slack import TOKEN, Call, SlackStandIn
from deploy.local.process import Process
from deploy.local.system import System

SPEED = 1_900.0
"""Seconds of the day a second: a day in about 45 s."""
_SETTLE_SECONDS = 2.0
_PATIENCE_SECONDS = 45.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Played:
    """What a day came to: the verdict and where the mails lie."""

    verdict: Verdict
    mails: Path
    lost: Mapping[str, int]
    """Lines more or fewer than the truth says, by fate."""
    deaths: Mapping[str, int]
    """How often a service ended by itself, by its name."""

    @property
    def troubles(self) -> tuple[str, ...]:
        """What went wrong on the way, whatever arrived, in sentences."""
        lost = (
            f"{n:+d} lines came to be {fate}, beside the truth" for fate, n in self.lost.items()
        )
        died = (f"{name} died {n} time(s) during the day" for name, n in self.deaths.items())
        return (*lost, *died)

    @property
    def passed(self) -> bool:
        """Whether everything expected happened, once, and nothing else."""
        return self.verdict.passed and not self.troubles


async def play(day: Day, folder: Path, console: Console, *, speed: float = SPEED) -> Played:
    """Play a day; the folder keeps it, the ledgers, the mails and logs. Raises ``Fatal``."""
    with emptied(folder):
        write_day(day, folder / DAY)
        deaths = await _run(day, folder, console, speed)
        shutil.rmtree(folder / SYSTEM / "kafka", ignore_errors=True)
        mails = folder / MAILS
        return Played(verdict_of(day, folder, mails), mails, _lost(day, folder), deaths)


async def _run(day: Day, folder: Path, console: Console, speed: float) -> Mapping[str, int]:
    """Run the system for a day; return how often each service died, if one did."""
    async with (
        SlackStandIn(channels=receivers_of(day), ledger=folder / CALLS) as slack,
        Inbox(folder=folder / MAILS, ledger=folder / MAIL_LEDGER) as inbox,
        System(folder / SYSTEM, settings_for(day, slack, inbox)) as system,
    ):
        with step(console, "Starting Apache Kafka and creating the topics") as say:
            system.tell(say)
            await system.start_kafka()
        with step(console, f"Putting {len(day.museums)} museums in force"):
            await system.apply_museums(folder / DAY / MUSEUMS)
        with step(console, "Starting ingest, enrich and alerts") as say:
            system.tell(say)
            await system.start_services()
        system.tell(lambda what: console.print(what, style="yellow"))
        supervising = asyncio.create_task(system.supervise())
        showing = asyncio.create_task(_show(slack, console))
        try:
            with step(console, "Playing the day"):
                await _replay(folder, system, speed)
            with step(console, "Waiting for the last notifications"):
                await _settle(day, folder)
        finally:
            showing.cancel()
            supervising.cancel()
        return system.deaths


def settings_for(day: Day, slack: SlackStandIn, inbox: Inbox) -> dict[str, str]:
    """Return the settings of services that play a day and tell these receivers."""
    addresses = {
        name: {channel: address_of(name, channel) for channel in get_args(Channel)}
        for name in receivers_of(day)
    }
    return {
        "PASSAPAROLA_CONNECTORS": "[]",
        "PASSAPAROLA_TICKS": "replay",
        "PASSAPAROLA_ALERTS__CLOCK": "ticks",
        "PASSAPAROLA_ALERTS__RECEIVERS": json.dumps(addresses),
        "PASSAPAROLA_SLACK__TOKEN": TOKEN,
        "PASSAPAROLA_SLACK__BASE_URL": slack.base_url,
        "PASSAPAROLA_SMTP__HOST": inbox.host,
        "PASSAPAROLA_SMTP__PORT": str(inbox.port),
        "PASSAPAROLA_SMTP__SECURITY": "none",
    }


async def _replay(folder: Path, system: System, speed: float) -> None:
    replay = Process(
        "replay",
        [
            *(sys.executable, "-m", "cli", "replay", str(folder / DAY / POSTS)),
            *("--clock", "--speed", str(speed), "--report", str(folder / FATES)),
        ],
        log=folder / SYSTEM / "replay.log",
        env=system.environment,
    )
    replay.start()
    try:
        if await replay.wait():
            raise replay.died()
    finally:
        await replay.stop()


async def _show(slack: SlackStandIn, console: Console) -> None:
    """Show each new message as its channel shows it, as it arrives."""
    shown = number = 0
    while True:
        await slack.ledger.reached(shown + 1)
        call = slack.ledger[shown]
        shown += 1
        if call.method == "chat.postMessage" and call.accepted:
            number += 1
            channel = slack.workspace.channel(call.channel).name
            show_alert(console, channel, {**call.arguments, "ts": call.ts}, number=number)


async def _settle(day: Day, folder: Path) -> None:
    """Wait until all that is due has arrived, and then a little for what must not come."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not verdict_of(day, folder, folder / MAILS).passed:
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        return
    await asyncio.sleep(_SETTLE_SECONDS)


def verdict_of(day: Day, folder: Path, mails: Path) -> Verdict:
    """Judge a day by the ledgers and mails in a folder."""
    calls = read_ledger(folder / CALLS, Call)
    letters = read_letters(mails, read_ledger(folder / MAIL_LEDGER, Mail))
    return judge(day, calls, letters)


def _lost(day: Day, folder: Path) -> dict[str, int]:
    """Return how many lines more or fewer than the truth says came to each fate, where it says."""
    if not day.truth.lines:
        return {}
    lines = (folder / FATES).read_text(encoding="utf-8").splitlines()
    fates = Counter(json.loads(line)["fate"] for line in lines)
    wanted = Counter(dict(day.truth.lines))
    return {
        fate: fates[fate] - wanted[fate] for fate in fates | wanted if fates[fate] != wanted[fate]
    }
