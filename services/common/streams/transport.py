"""Faust's Kafka consumer, mended where a rebalance would lose records or a full buffer a second.

A test notices when upstream changes what is mended here.

* A message is handed over to its end or, once the flow is suspended, not at all: it comes again
  after the seek. Faust races the hand-over against the suspension, at four tasks a message.
* Streams flow only after the seek that follows a recovery. Faust lets them flow before it, drops
  what is already in its buffers, and takes the hole for a gap or passes over it.
* A partition of which nothing was ever committed is sought to its beginning. Faust leaves it
  where it was read to.
* A worker that is stopping waits at a rebalance, too, until what it has begun is done and
  committed; then it stops in order. Faust closes its connection there and then: the last commit
  waits for ever, and the next owner may read rows that are still being written.
* A consumer whose buffers are full naps for milliseconds, where Faust sleeps a second and so caps
  a worker at one buffer a second.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode.services import WaitResults

from schemas.topics import BY_NAME
from services.common.metrics import OFFSET_GAPS

_NAP_SECONDS = 0.02


class Consumer(driver.Consumer):
    """The driver's consumer; see the module."""

    _looking_for_records = False

    async def wait_first(self, *coros: Any, timeout: Any = None) -> WaitResults:
        """Hand a message over, or not; anything else waits as Faust does."""
        if len(coros) != 2 or not isinstance(coros[0], Coroutine):
            return await super().wait_first(*coros, timeout=timeout)
        hand_over, flow_suspended = coros
        flow_suspended.close()
        if self.suspend_flow.is_set():
            hand_over.close()
        else:
            await hand_over
        return WaitResults([hand_over], [None], False)

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Resume partitions; those of streams flow once Faust has sought them and says so."""
        resumed = set(tps)
        if not all(self._is_changelog_tp(tp) for tp in resumed):
            self.stop_flow()
        super().resume_partitions(resumed)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every partition to where the group has it, or to its beginning."""
        committed = await super().seek_to_committed()
        fresh = [tp for tp, at in committed.items() if not at and not self._is_changelog_tp(tp)]
        if fresh:
            await self._thread.seek_to_beginning(*fresh)
        return committed

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let partitions go once what has begun is done, also while the app is stopping."""
        if self.app.should_stop:
            await self.wait_empty()
        await super().on_partitions_revoked(revoked)

    def close(self) -> None:
        """Leave it to the stop that is on its way."""

    async def _wait_next_records(self, timeout: float) -> Any:
        self._looking_for_records = True
        try:
            return await super()._wait_next_records(timeout)
        finally:
            self._looking_for_records = False

    async def sleep(self, n: Any, **kwargs: Any) -> None:
        """Nap where Faust would sleep a second because all buffers are full."""
        await super().sleep(_NAP_SECONDS if self._looking_for_records and n == 1 else n, **kwargs)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Leave it to our watchdog: Faust's takes a changelog that nobody reads for stuck."""

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        topic = BY_NAME.get(tp.topic)
        if topic is not None and not topic.compact:
            OFFSET_GAPS.labels(tp.topic).inc()
            self.log.error("offsets %s to %s of %s were never seen", offset_from, offset_to, tp)
        await super()._add_gap(tp, offset_from, offset_to)


class Transport(driver.Transport):
    """The driver's transport with our consumer."""

    Consumer = Consumer
