"""A museum's own time: slots, summer time, closures, announced days and opening hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from schemas import Museum
from services.enrich.unusual.bins import bin_of
from services.enrich.unusual.calendar import Calendar, Hour

ROME = ZoneInfo("Europe/Rome")
START = datetime(2025, 1, 1, tzinfo=UTC)


def hour_at(calendar: Calendar, *local: int, zone: ZoneInfo = ROME) -> Hour:
    return calendar.hour(bin_of(datetime(*local, tzinfo=zone)))  # type: ignore[arg-type, misc]


def make_museum(**more: Any) -> Museum:
    return Museum.model_validate(
        {
            "museum_id": "uffizi",
            "name": "Uffizi",
            "words": ["Uffizi"],
            "timezone": "Europe/Rome",
            **more,
        }
    )


def test_a_slot_is_an_hour_of_a_working_day_or_of_a_free_one() -> None:
    calendar = Calendar(ROME, holidays=frozenset({date(2026, 6, 2)}))
    assert hour_at(calendar, 2026, 6, 1, 15, 20).slot == 15
    assert hour_at(calendar, 2026, 6, 2, 15, 20).slot == 24 + 15
    assert hour_at(calendar, 2026, 6, 7, 15, 20).slot == 24 + 15
    assert hour_at(calendar, 2026, 6, 7, 15, 20).name == "Sunday 15:00"


def test_summer_time_moves_the_slot_and_not_the_hour_people_see() -> None:
    calendar = Calendar(ROME)
    noon = [bin_of(datetime(2026, 3, day, 12, tzinfo=ROME)) for day in (27, 30)]
    assert noon[1] - noon[0] == 3 * 288 - 12
    assert [calendar.hour(number).slot for number in noon] == [12, 12]


@given(
    zone=st.sampled_from(["Europe/Rome", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
    at=st.integers(0, 2 * 365 * 1440).map(lambda n: START + timedelta(minutes=n)),
)
def test_a_bin_lies_in_the_local_hour_in_which_it_begins(zone: str, at: datetime) -> None:
    calendar = Calendar(ZoneInfo(zone))
    begin = datetime.fromtimestamp(300 * bin_of(at), UTC).astimezone(ZoneInfo(zone))
    assert calendar.hour(bin_of(at)).slot % 24 == begin.hour
    assert calendar.hour(bin_of(at)).day == begin.date()


def test_a_first_sunday_is_found_again_four_or_five_weeks_before() -> None:
    calendar = Calendar(ROME)
    assert hour_at(calendar, 2026, 6, 7, 12).month_weeks == 5
    assert hour_at(calendar, 2026, 7, 5, 12).month_weeks == 4
    assert hour_at(calendar, 2026, 5, 31, 12).month_weeks == 0  # no fifth Sunday in April


def test_a_record_gives_closures_and_opening_hours() -> None:
    museum = make_museum(
        closures=["2026-12-25"],
        busy_days=["2026-12-06"],
        opening_hours=[
            {"days": ["tue", "fri"], "opens": "09:00", "closes": "18:30"},
            {"days": ["sat"], "opens": "20:00", "closes": "02:00"},
        ],
    )
    calendar = Calendar.of(museum)
    assert hour_at(calendar, 2026, 12, 25, 12).closed
    assert hour_at(calendar, 2026, 12, 6, 12).expected == 3
    assert hour_at(calendar, 2026, 12, 7, 12).expected == 1
    for local, is_open in (
        ((2026, 12, 22, 9, 0), True),
        ((2026, 12, 22, 18, 30), False),
        ((2026, 12, 21, 12, 0), False),
        ((2026, 12, 25, 12, 0), False),
        ((2026, 12, 26, 23, 0), True),
        ((2026, 12, 27, 1, 59), True),
        ((2026, 12, 27, 2, 0), False),
    ):
        assert calendar.is_open(datetime(*local, tzinfo=ROME)) is is_open


def test_without_opening_hours_nobody_knows() -> None:
    assert Calendar.of(make_museum()).is_open(datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_many_years_of_hours_are_not_all_kept() -> None:
    calendar = Calendar(ROME)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    slots = [calendar.hour(bin_of(start + timedelta(hours=n))).slot for n in range(3000)]
    assert slots[:3] == [1, 2, 3]
    assert slots == [calendar.hour(bin_of(start + timedelta(hours=n))).slot for n in range(3000)]
