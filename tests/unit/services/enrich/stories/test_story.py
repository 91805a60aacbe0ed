"""A story: authors count, not copies; a raid counts as one voice."""

from datetime import UTC, datetime, timedelta

import pytest

from services.enrich.stories import Copy, tell

T0 = datetime(2026, 5, 3, 10, tzinfo=UTC)


def copy(
    n: int,
    *,
    author: str | None = None,
    hours: float = 0,
    established: bool = False,
    text: bool = True,
) -> Copy:
    return Copy(
        post_id=f"x:{n}",
        thread=f"x:{n}",
        platform="x",
        at=T0 + timedelta(hours=hours),
        author=author or f"u{n}",
        established=established,
        imprint="AA==" if text else None,
    )


def test_a_story_is_named_after_its_oldest_post_however_it_comes() -> None:
    copies = [copy(2, hours=1), copy(1, hours=2), copy(3, hours=1)]
    assert tell(copies).story_id == tell(copies[::-1]).story_id == "x:2"


def test_an_author_counts_once() -> None:
    story = tell([copy(1, author="ada"), copy(2, author="ada"), copy(3), copy(4)])
    assert (story.posts, story.authors, story.coordinated) == (4, 3, False)
    assert story.weight == 0.75


def test_a_raid_counts_as_one_voice() -> None:
    story = tell([copy(n, hours=n) for n in range(5)])
    assert story.coordinated
    assert story.weight == pytest.approx(0.2)


def test_four_authors_are_no_raid() -> None:
    assert not tell([copy(n, author=f"u{n % 4}") for n in range(40)]).coordinated


def test_copies_over_many_hours_are_no_raid() -> None:
    assert not tell([copy(n, hours=1.6 * n) for n in range(20)]).coordinated
    assert tell([copy(n, hours=1.5 * n) for n in range(20)]).coordinated


@pytest.mark.parametrize(("established", "raid"), [(0, True), (2, True), (3, False), (6, False)])
def test_established_accounts_who_repeat_each_other_are_no_raid(
    established: int, raid: bool
) -> None:
    copies = [copy(n, established=n < established) for n in range(6)]
    assert tell(copies).coordinated is raid


def test_many_who_share_no_text_are_no_raid() -> None:
    assert not tell([copy(n, text=False) for n in range(9)]).coordinated


def test_nothing_is_no_story() -> None:
    with pytest.raises(ValueError, match="without a post"):
        tell([])
