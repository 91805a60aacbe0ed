"""What is usual comes from the sums of all partitions, of both kinds, and the first ones stay."""

from __future__ import annotations

from datetime import timedelta

from schemas.topics import NORMS
from services.common.records import Received, Record
from services.enrich.norms import Value
from services.enrich.usual import Usual
from services.enrich.viral import Finished
from tests.unit.services.enrich.worlds import NOW

DAY = NOW.date()
VALUE = Value("mastodon", 3, DAY, 2.5, None)
FINISHED = Finished("mastodon", DAY, ((2, 3_000, 2_000), (5, 5_000, 3_000)), 6_000)


def sums(usual: Usual) -> list[Record]:
    return usual.sums([VALUE] * 300, [FINISHED] * 400, DAY, 1, "/test", NOW)


def learn(usual: Usual, records: list[Record]) -> None:
    for record in records:
        key = (record.key or "").encode()
        usual.apply(Received(NORMS.name, 0, 0, key, record.value, dict(record.headers), 0))


def test_the_sums_of_a_day_are_of_both_kinds_and_are_learned_from() -> None:
    usual, later = Usual(), DAY + timedelta(days=2)
    assert usual.forecasts.outlook("mastodon", later).source == "prior"
    learn(usual, sums(usual))
    assert usual.norms.norm("mastodon", 3, later).source == "learned"
    assert usual.forecasts.outlook("mastodon", later).source == "learned"


def test_what_was_written_first_stays() -> None:
    usual = Usual()
    learn(usual, sums(usual))
    assert sums(usual) == []


def test_the_old_is_forgotten_by_nulls() -> None:
    usual = Usual()
    learn(usual, sums(usual))
    assert usual.outlived(1, "/test", NOW + timedelta(days=60)) == []
    nulls = usual.outlived(1, "/test", NOW + timedelta(days=200))
    assert [record.key for record in nulls] == [f"mastodon/3/{DAY}/1", f"mastodon/forecast/{DAY}/1"]
    learn(usual, nulls)
    assert usual.outlived(1, "/test", NOW + timedelta(days=200)) == []


def test_what_cannot_be_read_is_passed_over() -> None:
    usual = Usual()
    for key in (b"mastodon/3/2026-06-01/0", b"mastodon/forecast/2026-06-01/0", b"\xff"):
        usual.apply(Received(NORMS.name, 0, 0, key, b"{", {}, 0))
    assert usual.forecasts.outlook("mastodon", DAY).posts == 0
