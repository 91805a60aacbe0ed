"""What a process's probes say, kept where any part of it can tell.

Its start is done when every step of it is; it is ready when what it depends on answers; it is
healthy when nothing stands still. Neither a rebalance nor an idle worker fails a probe.
"""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[[], str | None]
"""Returns what is wrong in a few words, or ``None``."""


class Health:
    """What the probes say. ``starting`` names the steps of the start that must be done once."""

    def __init__(self, *starting: str) -> None:
        self._starting = dict.fromkeys(starting, False)
        self._not_ready: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._live: dict[str, Check] = {}

    def done(self, step: str) -> None:
        """Mark a step of the start as done."""
        self._starting[step] = True

    def ready(self, part: str) -> None:
        """Say that a part which we depend on answers (again)."""
        self._not_ready.pop(part, None)

    def not_ready(self, part: str, why: str) -> None:
        """Say that a part which we depend on does not answer."""
        self._not_ready[part] = why

    def note(self, part: str, what: str | None) -> None:
        """Show something in ``/readyz`` that needs a person and must not stop traffic."""
        if what is None:
            self._notes.pop(part, None)
        else:
            self._notes[part] = what

    def watch(self, part: str, check: Check) -> None:
        """Add a check to ``/healthz``: a complaint there means that a restart may help."""
        self._live[part] = check

    @property
    def missing_steps(self) -> list[str]:
        """Steps of the start that are not done yet."""
        return [step for step, done in self._starting.items() if not done]

    def complaints(self) -> dict[str, str]:
        """What stands still, by part."""
        found = {part: check() for part, check in self._live.items()}
        return {part: what for part, what in found.items() if what is not None}

    def readiness(self) -> tuple[bool, dict[str, object]]:
        """Whether we are ready, and the detail."""
        missing = self.missing_steps
        ready = not missing and not self._not_ready
        return ready, {
            "starting": missing,
            "not_ready": self._not_ready,
            "notes": self._notes,
        }
