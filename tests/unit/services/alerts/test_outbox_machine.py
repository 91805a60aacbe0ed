"""The outbox under anything that may happen, in any order: two replicas, deaths, doubts, removals.

Promise: Slack takes each notification at most once, and in the end shows what it should.
"""

from __future__ import annotations

import asyncio
import functools
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.alerts.channels.channel import Address, InDoubt, NotAccepted, Reference, Refused
from services.alerts.messages import Kind, Message
from services.alerts.store.database import Database
from services.alerts.store.migrate import migrate
from services.alerts.store.notifications import Claim, State
from services.common.clock import SetClock
from tests.unit.services.alerts.desk import SETTINGS, Desk
from tests.unit.services.alerts.samples import AT, NEGATIVE, null_record, viral

T = TypeVar("T")
FAULTS = st.sampled_from(
    (
        "none",
        "refused",
        "not accepted",
        "doubt, accepted",
        "doubt, lost",
        "death, accepted",
        "death, lost",
    )
)


class Died(BaseException):
    """The process ends here; nothing after this line is done."""


class Chat:
    """A channel that keeps what it accepts, and goes wrong as it is told."""

    updates = True

    def __init__(self) -> None:
        self.accepted: dict[str, list[Message]] = {}
        self.fault = "none"

    def parse_address(self, value: Any) -> Address:
        return (str(value),)

    async def send(
        self, message: Message, address: Address, reference: Reference | None
    ) -> Reference:
        self._fail("refused", "not accepted", "doubt, lost", "death, lost")
        self.accepted.setdefault(message.notification_id, []).append(message)
        self._fail("doubt, accepted", "death, accepted")
        return {"id": message.notification_id}

    async def probe(self, message: Message, address: Address, since: datetime) -> Reference | None:
        self._fail("refused", "not accepted", "doubt, lost", "death, lost")
        found = message.notification_id in self.accepted
        return {"id": message.notification_id} if found else None

    async def update(self, message: Message, reference: Reference) -> Reference:
        self._fail("refused", "not accepted", "doubt, lost", "death, lost")
        self.accepted[reference["id"]][-1] = message
        self._fail("doubt, accepted", "death, accepted")
        return reference

    async def aclose(self) -> None:
        pass

    def _fail(self, *now: str) -> None:
        if self.fault not in now:
            return
        fault, self.fault = self.fault, "none"
        if fault.startswith("death"):
            raise Died
        if fault.startswith("doubt"):
            raise InDoubt("?")
        raise Refused("closed", "!") if fault == "refused" else NotAccepted("busy")


@functools.cache
def migrated() -> bytes:
    """Return the file of a migrated, empty database."""
    with tempfile.TemporaryDirectory(prefix="passaparola-") as folder:
        path = Path(folder) / "empty.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


class OutboxMachine(RuleBasedStateMachine):
    """Two replicas of the outbox on one database, and stories that come, worsen and go."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="passaparola-"))
        (self.folder / "alerts.db").write_bytes(migrated())
        self.loop = asyncio.new_event_loop()
        self.database = Database(f"sqlite:///{self.folder / 'alerts.db'}")
        self.chat = Chat()
        clock = SetClock(AT)
        receivers = {"egizio": {"chat": ("room",)}}
        self.desks = [
            Desk(self.database, {"chat": self.chat}, receivers, clock=clock) for _ in range(2)
        ]
        self.held: list[tuple[Desk, Claim]] = []
        self.removed: dict[int, bool] = {}
        self.versions: dict[int, int] = {}

    def run_(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @rule(story=st.integers(0, 2), worse=st.booleans())
    def alert(self, story: int, worse: bool) -> None:
        self.versions[story] = self.versions.get(story, 0) + 1
        changes = {"sentiment": NEGATIVE} if worse else {}
        post = viral(post_id=f"bluesky:{story}", version=self.versions[story], **changes)
        self.run_(self.desks[0].keep(post))
        self.removed[story] = False

    @precondition(lambda self: self.removed)
    @rule(story=st.integers(0, 2))
    def remove(self, story: int) -> None:
        self.run_(
            self.desks[0].keep(null_record(viral(post_id=f"bluesky:{story}"), "author_delete"))
        )
        if story in self.removed:
            self.removed[story] = True

    @rule(replica=st.integers(0, 1))
    def claim(self, replica: int) -> None:
        """Claim, and leave the call for later: until then the replica hangs."""
        claim = self.run_(self.desks[replica].outbox.claim())
        if claim is not None:
            self.held.append((self.desks[replica], claim))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), fault=FAULTS)
    def deliver(self, data: st.DataObject, fault: str) -> None:
        desk, claim = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        self.chat.fault = fault
        with suppress(Died):
            self.run_(desk.outbox.deliver(claim))
        self.chat.fault = "none"

    @rule(seconds=st.sampled_from([1.0, 10.0, SETTINGS.lease_seconds + 1, 700.0]))
    def pass_time(self, seconds: float) -> None:
        """Let time pass. What hangs for longer than its lease may still wake up and go on."""
        self.desks[0].pass_time(seconds)

    @invariant()
    def nothing_is_doubled(self) -> None:
        assert all(len(messages) == 1 for messages in self.chat.accepted.values())

    @invariant()
    def one_in_flight_per_incident_and_receiver(self) -> None:
        rows = self.run_(self.desks[0].rows())
        flying = [row.incident_id for row in rows if row.state == State.SENDING]
        assert len(flying) == len(set(flying))

    def teardown(self) -> None:
        try:
            self.held.clear()
            self.run_(self.desks[1].deliver_all(within_seconds=86_400))
            self.nothing_is_doubled()
            self.everything_is_as_it_should_be()
        finally:
            self.run_(self.database.close())
            self.loop.close()
            shutil.rmtree(self.folder)

    def everything_is_as_it_should_be(self) -> None:
        desk = self.desks[0]
        rows = self.run_(desk.rows(Kind.MESSAGE))
        for incident in self.run_(desk.incidents()):
            story = int(incident.story_id.removeprefix("bluesky:"))
            assert incident.removed == self.removed[story]
            mine = [row for row in rows if row.incident_id == incident.incident_id]
            shown = [m for row in mine for m in self.chat.accepted.get(row.notification_id, [])]
            if incident.removed:
                assert all(message.gone for message in shown)
                assert all(message.excerpt is None for message in shown)
            else:
                [message] = shown
                assert message.gone is None
                assert len(message.sentences) == len({a["summary"] for a in incident.alerts})
            assert all(row.state in (State.SENT, State.CANCELLED) for row in mine)


OutboxMachine.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestOutbox = OutboxMachine.TestCase
