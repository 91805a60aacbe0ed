"""The museums as they are followed."""

from __future__ import annotations

from schemas.topics import MUSEUMS
from services.alerts.register import Register
from services.common.records import Record
from tests.unit.services.alerts.samples import make_museum, museum_record, received


def test_museums_come_change_and_go() -> None:
    seen: list[str] = []
    register = Register(lambda museum: seen.append(museum.name))
    register.apply(received(museum_record(make_museum())))
    register.apply(received(museum_record(make_museum(name="Egyptian Museum"))))
    museum = register.get("museo-egizio")
    assert museum is not None
    assert museum.name == "Egyptian Museum"
    assert seen == ["Museo Egizio", "Egyptian Museum"]
    register.apply(received(Record(MUSEUMS, "museo-egizio", None)))
    assert register.get("museo-egizio") is None
    assert len(register) == 0


def test_unreadable_museum_changes_nothing() -> None:
    register = Register()
    register.apply(received(museum_record(make_museum())))
    for key, value in ((b"museo-egizio", b"\xff"), (b"\xff", b"{}"), (None, b"{}")):
        register.apply(received(Record(MUSEUMS, None, value, raw_key=key, partition=0)))
    assert register.get("museo-egizio") == make_museum()
