"""Faust's Kafka consumer with two of its methods mended; a test notices when upstream changes them.

Faust hands each message over in a race against the end of the flow. At a rebalance the race drops
a message, and the hole is later taken for a gap and acknowledged; besides, it costs four tasks
a message. Here the hand-over runs to its end. And a consumer whose buffers are full naps for
milliseconds, where Faust sleeps a second and so caps a worker at one buffer a second.
"""

from __future__ import annotations

from collections.abc import Coroutine
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
        """Run the hand-over of a message to its end; anything else waits as Faust does."""
        if len(coros) != 2 or not isinstance(coros[0], Coroutine):
            return await super().wait_first(*coros, timeout=timeout)
        hand_over, flow_suspended = coros
        flow_suspended.close()
        await hand_over
        return WaitResults([hand_over], [None], False)

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
