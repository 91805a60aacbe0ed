"""The one tree of errors; its three branches are all that a handler needs to know.

PassaparolaError
├── Retryable   try the same thing again here; the partition waits
├── Poison      this input can never be handled; park it in the dead letters and go on
└── Fatal       nothing may be acknowledged any more; the process ends with status 70
"""

from __future__ import annotations

FATAL_STATUS = 70
"""Exit status of a process that must not acknowledge what it holds (EX_SOFTWARE)."""


class PassaparolaError(Exception):
    """Base of all errors that we raise ourselves."""


class Retryable(PassaparolaError):
    """A passing fault. ``retry_after``: seconds that the other side asked us to wait."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Poison(PassaparolaError):
    """An input that can never be handled. ``reason`` is a short word for headers and metrics."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Fatal(PassaparolaError):
    """Going on would lose or double something: end the process, let the supervisor restart it."""
