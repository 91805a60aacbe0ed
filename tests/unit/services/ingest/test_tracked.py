from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas import TrackedPost, encode
from services.common.records import Received
from services.ingest.tracked import TrackedPosts
from tests.unit.services.ingest.builders import NOW, make_row


def record(offset: int, post_id: str, row: TrackedPost | None) -> Received:
    value = None if row is None else encode(row)
    return Received("ingest.tracked", 0, offset, post_id.encode(), value, {}, 0)


def test_rows_by_id_and_author() -> None:
    tracked = TrackedPosts()
    tracked.apply(record(0, "x:1", make_row("x:1", author_id="ana")))
    tracked.apply(record(1, "x:2", make_row("x:2", author_id="ana")))
    tracked.apply(record(2, "x:1", make_row("x:1", author_id="ben")))
    assert tracked.of_author("x", "ana") == ["x:2"]
    assert tracked.of_author("x", "ben") == ["x:1"]
    assert tracked.of_author("flickr", "ben") == []
    tracked.apply(record(3, "x:1", None))
    assert "x:1" not in tracked
    assert tracked.of_author("x", "ben") == []


def test_a_record_that_cannot_be_read_changes_nothing() -> None:
    tracked = TrackedPosts()
    tracked.apply(record(0, "x:1", make_row("x:1")))
    tracked.apply(Received("ingest.tracked", 0, 1, b"x:1", b"garbage", {}, 0))
    tracked.apply(Received("ingest.tracked", 0, 2, b"\xff", b"{}", {}, 0))
    assert tracked.get("x:1") == make_row("x:1")


def test_what_is_read_back_late_does_not_undo_what_was_written_since() -> None:
    tracked = TrackedPosts()
    first, second = make_row("x:1", version=1), make_row("x:1", version=2)
    tracked.wrote("x:1", first, 0, 0)
    tracked.wrote("x:1", second, 0, 1)
    tracked.apply(record(0, "x:1", first))
    assert tracked.get("x:1") == second
    tracked.apply(record(1, "x:1", second))
    tracked.apply(record(2, "x:1", None))  # another process
    assert "x:1" not in tracked


def test_what_was_read_before_its_acknowledgement_stands() -> None:
    tracked = TrackedPosts()
    tracked.apply(record(0, "x:1", make_row("x:1", version=1)))
    tracked.apply(record(1, "x:1", make_row("x:1", version=2)))
    tracked.wrote("x:1", make_row("x:1", version=1), 0, 0)
    row = tracked.get("x:1")
    assert row is not None
    assert row.version == 2


@given(
    writes=st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.integers(0, 3)), max_size=12),
    data=st.data(),
)
def test_ours_and_theirs_in_any_interleaving_end_as_the_topic_does(
    writes: list[tuple[bool, int, int]], data: st.DataObject
) -> None:
    """Each write lands at its offset; ours are told at once or later, all are read in order."""
    tracked = TrackedPosts()
    last: dict[str, TrackedPost | None] = {}
    unread: list[tuple[int, str, TrackedPost | None]] = []
    for offset, (ours, number, version) in enumerate(writes):
        post_id = f"x:{number}"
        row = None if version == 0 else make_row(post_id, version=version)
        last[post_id] = row
        unread.append((offset, post_id, row))
        early = data.draw(st.integers(0, len(unread)), label="read before the acknowledgement")
        for entry in unread[:early]:
            tracked.apply(record(*entry))
        del unread[:early]
        if ours:
            tracked.wrote(post_id, row, 0, offset)
            # What this process wrote it sees at once, whatever was not read back yet.
            assert tracked.get(post_id) == row
    for entry in unread:
        tracked.apply(record(*entry))
    assert {post_id: tracked.get(post_id) for post_id in last} == last
    assert len(tracked) == sum(row is not None for row in last.values())


def test_what_the_broker_had_already_is_known_at_once() -> None:
    tracked = TrackedPosts()
    tracked.wrote("x:1", make_row("x:1"), 0, -1)
    assert "x:1" in tracked
    tracked.apply(record(0, "x:1", None))
    assert "x:1" not in tracked


def test_rows_are_due_once_until_they_are_written_again() -> None:
    tracked = TrackedPosts()
    for offset, minutes in enumerate((5, 3, 9)):
        row = make_row(f"x:{minutes}", next_look_at=NOW + timedelta(minutes=minutes))
        tracked.wrote(row.post_id, row, 0, offset)
    due = tracked.due("x", NOW + timedelta(minutes=6), 10)
    assert [row.post_id for row in due] == ["x:3", "x:5"]
    assert tracked.due("x", NOW + timedelta(minutes=6), 10) == []
    tracked.put_back(due)
    assert len(tracked.due("x", NOW + timedelta(minutes=6), 1)) == 1
    assert tracked.due("flickr", NOW + timedelta(days=1), 10) == []


def test_a_row_that_was_written_again_is_due_when_it_says_now() -> None:
    tracked = TrackedPosts()
    early = make_row("x:1", next_look_at=NOW)
    late = make_row("x:1", next_look_at=NOW + timedelta(hours=1))
    tracked.wrote("x:1", early, 0, 0)
    tracked.wrote("x:1", late, 0, 1)
    assert tracked.due("x", NOW, 10) == []
    assert tracked.due("x", NOW + timedelta(hours=1), 10) == [late]


def test_rows_expire_after_62_days_and_are_told_until_they_go() -> None:
    tracked = TrackedPosts()
    tracked.wrote("x:1", make_row("x:1"), 0, 0)
    assert tracked.expired(NOW + timedelta(days=62)) == []
    for _ in range(2):
        assert tracked.expired(NOW + timedelta(days=62, seconds=1)) == ["x:1"]
    tracked.wrote("x:1", None, 0, 1)
    assert tracked.expired(NOW + timedelta(days=99)) == []
