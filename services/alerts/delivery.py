"""One delivery: makes the one call that a claim asks for, and writes down what came of it.

What is in doubt is looked for, never sent blind; what was accepted is changed; all else is sent.
An outcome that cannot be written down leaves the claim in doubt, by its lease; so does a lease of
which too little is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import NamedTuple

import structlog

from services.common.clock import Clock
from services.common.errors import Retryable

from .channels import Channel
from .channels.channel import InDoubt, NotAccepted, Reference, Refused
from .messages import Kind, Message, incident_message, reply_message
from .metrics import LATENCY, NOTIFICATIONS
from .register import Register
from .settings import OutboxSettings
from .store import notifications
from .store.database import Database
from .store.notifications import Claim, State

log = structlog.get_logger(__name__)


class Answer(NamedTuple):
    """What a channel answered. No reference: it surely does not have the message."""

    outcome: str
    reference: Reference | None = None
    shown: int = 0


class Delivery:
    """Delivers claims to the channels. Back-off is exponential with full jitter, in wall time."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        register: Register,
        settings: OutboxSettings,
        clock: Clock,
        random: Random,
    ) -> None:
        self._database = database
        self._channels = channels
        self._register = register
        self._settings = settings
        self._clock = clock
        self._random = random
        self._refusing: set[tuple[str, str]] = set()

    async def deliver(self, claim: Claim) -> float | None:
        """Deliver one claim. Returns the seconds for which its channel asks to be left alone."""
        left = claim.lease_until - self._clock.now()
        if left < timedelta(seconds=self._settings.call_seconds):
            # We were frozen since the claim, as a machine that sleeps. Another sender may have
            # delivered it by now, or may begin to before our call has ended.
            self._tell(claim, "lease_lost", left=str(left))
            return None
        asking = claim.in_doubt_since is not None and not claim.accepted
        wait: float | None = None
        try:
            try:
                async with asyncio.timeout(self._settings.call_seconds):
                    answer = await self._call(claim)
            except NotAccepted as error:
                wait = error.retry_after
                await self._retry(claim, error, wait or 0.0, asking, error.reference)
            except (InDoubt, TimeoutError) as error:
                await self._retry(claim, error, self._settings.settle_seconds, in_doubt=True)
            except Refused as error:
                await self._block(claim, error, asking)
            except Exception as error:
                log.error("delivery_broken", **_names(claim), error=type(error).__name__)
                broken = Refused("unexpected", type(error).__name__, whole_receiver=False)
                await self._block(claim, broken, in_doubt=True)
            else:
                await self._settle(claim, answer)
        except Retryable as error:
            log.warning("outcome_unrecorded", **_names(claim), error=str(error))
        return wait

    async def _call(self, claim: Claim) -> Answer:
        channel = self._channels[claim.channel]
        message = self._message(claim)
        if claim.accepted:
            assert claim.reference is not None
            changed = await channel.update(message, claim.reference)
            return Answer("updated" if message.gone is None else "struck", changed, claim.wanted)
        if claim.in_doubt_since is not None and claim.address is not None:
            found = await channel.probe(message, claim.address, claim.in_doubt_since)
            return Answer("not_found") if found is None else Answer("found", found, claim.tried)
        if claim.story.incident.removed:
            return Answer("cancelled")
        if claim.address is None:
            raise Refused("no_address", f"settings have no {claim.channel} for {claim.receiver}")
        sent = await channel.send(message, claim.address, claim.reference)
        return Answer("sent", sent, claim.wanted)

    def _message(self, claim: Claim) -> Message:
        museum = self._register.get(claim.story.incident.museum_id)
        if claim.thread is None:
            return incident_message(claim.notification_id, claim.story, museum, claim.caused_at)
        return reply_message(
            claim.notification_id,
            claim.story,
            museum,
            claim.severity,
            claim.thread,
            claim.caused_at,
        )

    async def _settle(self, claim: Claim, answer: Answer) -> None:
        now = self._clock.now()
        place = (claim.receiver, claim.channel)
        async with self._database.transaction() as session:
            if answer.reference is not None:
                is_message = claim.kind is Kind.MESSAGE
                updates = is_message and self._channels[claim.channel].updates
                ours = await notifications.accepted(
                    session, claim, answer.reference, answer.shown, now, updates=updates
                )
                if place in self._refusing:
                    await notifications.unblock(session, now, *place)
            elif answer.outcome == "cancelled":
                ours = await notifications.cancel(session, claim)
            else:
                ours = await notifications.retry(session, claim, now, in_doubt=False)
        if answer.reference is not None:
            self._refusing.discard(place)
        if answer.outcome in ("sent", "found") and claim.kind is Kind.MESSAGE:
            LATENCY.labels(claim.channel).observe((now - claim.caused_at).total_seconds())
        self._tell(claim, answer.outcome if ours else "lease_lost")

    async def _retry(
        self,
        claim: Claim,
        error: Exception,
        least: float,
        in_doubt: bool,
        reference: Reference | None = None,
    ) -> None:
        most = min(
            self._settings.longest_pause_seconds,
            self._settings.first_pause_seconds * 2.0 ** min(claim.attempts - 1, 30),
        )
        at = self._clock.now() + timedelta(seconds=least + self._random.uniform(0.0, most))
        given_up = self._given_up(claim)
        async with self._database.transaction() as session:
            await notifications.retry(
                session,
                claim,
                at,
                in_doubt=in_doubt,
                state=State.FAILED if given_up else State.PENDING,
                reason="gave_up" if given_up else None,
                reference=reference,
            )
        outcome = "failed" if given_up else "in_doubt" if in_doubt else "retried"
        self._tell(claim, outcome, detail=str(error) or type(error).__name__)

    async def _block(self, claim: Claim, error: Refused, in_doubt: bool) -> None:
        at = self._clock.now() + timedelta(seconds=self._settings.blocked_seconds)
        given_up = self._given_up(claim)
        # A message is changed where it stands, which may be where new ones go no longer.
        holds_back = error.whole_receiver and not claim.accepted
        async with self._database.transaction() as session:
            await notifications.retry(
                session,
                claim,
                at,
                in_doubt=in_doubt,
                state=State.FAILED if given_up else State.BLOCKED,
                reason=error.reason,
                reference=error.reference,
            )
            if holds_back:
                await notifications.block_receiver(
                    session, claim.receiver, claim.channel, error.reason, at
                )
        if holds_back:
            self._refusing.add((claim.receiver, claim.channel))
        outcome = "failed" if given_up else "blocked"
        self._tell(claim, outcome, reason=error.reason, detail=str(error))

    def _given_up(self, claim: Claim) -> bool:
        waited = (self._clock.now() - claim.wanted_at).total_seconds()
        return waited >= self._settings.give_up_seconds

    def _tell(self, claim: Claim, outcome: str, **more: str) -> None:
        NOTIFICATIONS.labels(claim.channel, outcome).inc()
        fine = outcome in ("sent", "updated", "struck", "found", "not_found", "cancelled")
        tell = log.info if fine else log.warning
        tell("notification_" + outcome, **_names(claim), **more)


def _names(claim: Claim) -> dict[str, str]:
    return {
        "notification_id": claim.notification_id,
        "incident_id": claim.story.incident.incident_id,
        "museum_id": claim.story.incident.museum_id,
        "receiver": claim.receiver,
        "channel": claim.channel,
        "kind": claim.kind,
    }
