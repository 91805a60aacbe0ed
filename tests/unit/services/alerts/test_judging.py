"""Records judged under the guard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.alerts.judging import Judge
from services.alerts.reading import Judged
from services.alerts.register import Register
from services.alerts.rules import Rulebook
from services.common.records import Record
from services.common.settings import ServiceSettings
from tests.unit.services.alerts.samples import (
    AT,
    make_museum,
    museum_record,
    post_record,
    received,
    viral,
)


async def _nothing(_: Sequence[Record] = ()) -> None:
    """Nothing is published, and the register has been read."""


@pytest.mark.parametrize(("older_seconds", "pages"), [(-1, True), (0, True), (1, False)])
async def test_what_was_produced_before_the_database_pages_nobody(
    older_seconds: int, pages: bool
) -> None:
    """It is judged all the same, so that later records find the incident."""
    register = Register()
    register.apply(received(museum_record(make_museum())))
    tells_from = AT + timedelta(seconds=older_seconds)
    judge = Judge(Rulebook({}), register, _nothing, _nothing, ServiceSettings(), tells_from)
    [event] = await judge.judge([received(post_record(viral()))])
    assert isinstance(event, Judged)
    assert len(event.alerts) == 1
    assert event.pages == pages
