"""A queue of faults that a receiver shows to the next things that match them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """Something that goes wrong on purpose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    times: Annotated[int, Field(ge=1)] | None = 1
    """How often it strikes; None means until the plan is cleared."""


FaultT = TypeVar("FaultT", bound=Fault)


class FaultPlan(Generic[FaultT]):
    """Faults in the order in which they were added; the first that matches strikes."""

    def __init__(self) -> None:
        self._queue: list[FaultT] = []

    def add(self, *faults: FaultT) -> None:
        """Put faults at the end of the queue."""
        self._queue.extend(faults)

    def clear(self) -> None:
        """Forget every fault that has not struck yet."""
        self._queue.clear()

    @property
    def pending(self) -> tuple[FaultT, ...]:
        """What is still to come; ``times`` says how often."""
        return tuple(self._queue)

    def take(self, matches: Callable[[FaultT], bool]) -> FaultT | None:
        """The first fault that matches, counted as having struck once; or None."""
        for index, fault in enumerate(self._queue):
            if matches(fault):
                if fault.times == 1:
                    del self._queue[index]
                elif fault.times is not None:
                    self._queue[index] = fault.model_copy(update={"times": fault.times - 1})
                return fault
        return None
