"""What every test shares."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

# A loaded machine is no fault of the code: the timeout of pytest is the only deadline.
settings.register_profile("passaparola", deadline=None, print_blob=True)
settings.load_profile("passaparola")

# A shell lets what it starts in the background ignore Ctrl-C, which tests send to what they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that may take long come first: a worker of xdist has one file to itself, to the end."""
    long = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look at it again with every test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """A test that configures logs must not leave them bound to its own, closed streams."""
    yield
    structlog.reset_defaults()
