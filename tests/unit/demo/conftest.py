"""A running Slack stand-in; and a check that receivers end without a trace.

No error of a task, a transport or a server may be left in the log.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from demo.slack import TOKEN, SlackStandIn


@pytest.fixture
def nothing_goes_wrong_unseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Asked for first, it looks when the receiver has stopped."""
    yield
    gc.collect()
    records = [r for when in ("setup", "call", "teardown") for r in caplog.get_records(when)]
    left = [r.getMessage() for r in records if r.levelno >= logging.ERROR]
    assert left == []


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(channels=["museum-alerts", "louvre"]) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack: SlackStandIn) -> AsyncWebClient:
    """Slack's own SDK without its retries, which would post blindly a second time."""
    return AsyncWebClient(token=TOKEN, base_url=slack.base_url, timeout=5, retry_handlers=[])
