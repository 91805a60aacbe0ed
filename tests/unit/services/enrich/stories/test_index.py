"""Stories as posts come and go: the same answer whatever the order, and as if built anew."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from schemas import Author
from services.enrich.stories import Copy, Stories, Story, copy_of

T0 = datetime(2026, 5, 3, 10, tzinfo=UTC)
COMPLAINT = "The new ticket system is a disgrace, we waited two hours in the rain and nobody cared"
PRAISE = "What a lovely afternoon among the dinosaurs, the children never wanted to leave again"
SHORT = "Bellissimo!"
LINK = "https://museum.org/dinosaurs"


def post(
    n: int,
    text: str,
    *,
    platform: str = "x",
    handle: str | None = None,
    followers: int | None = None,
    hours: float = 0,
    links: tuple[str, ...] = (),
    thread: str | None = None,
) -> Copy:
    return copy_of(
        post_id=f"{platform}:{n}",
        thread=thread or f"{platform}:{n}",
        platform=platform,
        at=T0 + timedelta(hours=hours),
        text=text,
        links=links,
        author=Author(handle=handle or f"u{n}", followers=followers),
    )


def told(stories: Stories, copies: list[Copy]) -> dict[str, Story]:
    return {copy.post_id: stories.story(copy.post_id) for copy in copies}


def test_the_same_text_by_one_author_on_two_platforms_is_one_story() -> None:
    copies = [
        post(1, PRAISE, handle="ada", hours=1),
        post(2, PRAISE + " https://bsky.app/x", platform="bluesky", handle="ada.bsky.social"),
        post(3, COMPLAINT),
    ]
    stories = Stories(copies)
    assert stories.story("x:1") == stories.story("bluesky:2")
    story = stories.story("x:1")
    assert (story.story_id, story.posts, story.authors, story.platforms) == ("bluesky:2", 2, 1, 2)
    assert stories.story("x:3").posts == 1


def test_a_link_makes_a_story_for_one_author_on_two_platforms_within_two_days() -> None:
    here = post(1, SHORT, handle="ada", links=(LINK,))
    there = {"platform": "bluesky", "links": (LINK,)}
    stories = Stories(
        [
            here,
            post(2, "Come and see", handle="ada", hours=47, **there),  # type: ignore[arg-type]
            post(3, "Come and see", handle="bo", **there),  # type: ignore[arg-type]
            post(4, "Every day", handle="ada", links=(LINK,), hours=-24),
            post(5, "Last week", handle="ada", hours=-49, **there),  # type: ignore[arg-type]
        ]
    )
    assert stories.story("x:1").posts == 2
    assert stories.story("bluesky:3").posts == 1
    assert stories.story("bluesky:5").posts == 2


def test_short_texts_are_nobodys_copies() -> None:
    stories = Stories(post(n, SHORT) for n in range(50))
    assert len(stories.stories()) == 50


def test_copies_by_many_unknown_accounts_are_coordinated() -> None:
    chance = Random(1)
    copies = [
        post(n, f"{COMPLAINT}{chance.choice(['', '!', ' 😡', ' #boycott'])}", hours=n / 20)
        for n in range(40)
    ]
    stories = Stories(copies)
    [story] = stories.stories()
    assert (story.posts, story.authors, story.coordinated) == (40, 40, True)
    known = Stories(post(n, COMPLAINT, followers=900) for n in range(40))
    assert not known.story("x:1").coordinated


def test_a_reply_belongs_to_the_story_of_its_thread() -> None:
    stories = Stories(
        [
            post(1, PRAISE, platform="bluesky"),
            post(2, PRAISE, hours=1),
            post(3, "So glad to hear it!", hours=2, thread="x:2"),
            post(4, "No root of this is known", hours=2, thread="x:99"),
        ]
    )
    assert stories.story("x:3").story_id == "bluesky:1"
    assert stories.story("x:3").posts == 1
    assert stories.story("x:4").story_id == "x:99"


def test_threads_that_bite_their_tail_end() -> None:
    stories = Stories([post(1, SHORT, thread="x:2"), post(2, SHORT, thread="x:1")])
    assert {stories.story("x:1").story_id, stories.story("x:2").story_id} <= {"x:1", "x:2"}


def test_an_edit_leaves_its_story() -> None:
    stories = Stories([post(1, PRAISE), post(2, PRAISE)])
    assert stories.put(post(2, COMPLAINT)) == ["x:1", "x:2"]
    assert stories.story("x:1").posts == stories.story("x:2").posts == 1


def test_what_only_one_post_held_together_falls_apart() -> None:
    ends = post(1, SHORT, handle="ada", links=(LINK,)), post(2, PRAISE)
    bridge = post(3, PRAISE, platform="bluesky", handle="ada", links=(LINK,))
    stories = Stories([*ends, bridge])
    assert stories.story("x:1").posts == 3
    assert stories.drop([bridge.post_id, "x:unknown"]) == ["x:1", "x:2"]
    assert [story.posts for story in stories.stories()] == [1, 1]
    assert len(stories) == 2
    assert bridge.post_id not in stories


def test_posts_are_remembered_for_a_week() -> None:
    stories = Stories([post(1, PRAISE), post(2, PRAISE, hours=5)])
    assert stories.outlived(T0 + timedelta(days=6.9)) == []
    assert stories.outlived(T0 + timedelta(days=7)) == ["x:1"]
    assert stories.outlived(T0 + timedelta(days=7)) == ["x:1"]  # until they are dropped


def test_what_is_outlived_follows_what_comes_late_again_and_goes() -> None:
    stories = Stories([post(1, PRAISE, hours=5), post(2, COMPLAINT, hours=3), post(3, PRAISE)])
    stories.put(post(4, SHORT, hours=-2))
    stories.put(post(2, COMPLAINT, hours=1))
    stories.drop(["x:3"])
    week = T0 + timedelta(days=7)
    assert stories.outlived(week) == ["x:4"]
    assert stories.outlived(week + timedelta(hours=1)) == ["x:2", "x:4"]
    assert stories.outlived(week + timedelta(hours=9)) == ["x:1", "x:2", "x:4"]


copies_drawn = st.builds(
    post,
    n=st.integers(0, 12),
    text=st.sampled_from(
        [COMPLAINT, COMPLAINT + " again", COMPLAINT[9:], PRAISE, PRAISE[:60], SHORT]
    ),
    platform=st.sampled_from(["x", "bluesky"]),
    handle=st.sampled_from(["ada", "bo", "cy", "di", "ed", "fi"]),
    followers=st.none() | st.integers(0, 100),
    hours=st.integers(0, 100),
    links=st.sampled_from([(), (LINK,)]),
    thread=st.none() | st.integers(0, 12).map(lambda n: f"x:{n}"),
)


@given(st.lists(copies_drawn, unique_by=lambda copy: copy.post_id), st.randoms())
@settings(max_examples=60, deadline=None)
def test_order_makes_no_difference(copies: list[Copy], chance: Random) -> None:
    expected = told(Stories(copies), copies)
    shuffled = copies * 2
    chance.shuffle(shuffled)
    assert told(Stories(shuffled), copies) == expected


@given(st.lists(copies_drawn, unique_by=lambda copy: copy.post_id), st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_recent_stories_are_those_with_a_recent_post(copies: list[Copy], hours: int) -> None:
    stories, since = Stories(copies), T0 + timedelta(hours=hours)
    recent = [story for story in stories.stories() if story.last_at > since]
    assert stories.stories(since=since) == recent
    assert set(stories.later(since)) == {copy.post_id for copy in copies if copy.at > since}


class Coming(RuleBasedStateMachine):
    """Posts come, are edited, and go."""

    def __init__(self) -> None:
        super().__init__()
        self.stories = Stories()
        self.known: dict[str, Copy] = {}

    @rule(copy=copies_drawn)
    def comes(self, copy: Copy) -> None:
        before = told(self.stories, list(self.known.values()))
        changed = self.stories.put(copy)
        self.known[copy.post_id] = copy
        self.says_what_changed(before, changed)

    @rule(share=st.floats(0, 1), chance=st.randoms(use_true_random=False))
    def some_go(self, share: float, chance: Random) -> None:
        gone = [post_id for post_id in sorted(self.known) if chance.random() < share]
        before = told(self.stories, list(self.known.values()))
        changed = self.stories.drop(gone)
        for post_id in gone:
            del self.known[post_id]
        self.says_what_changed(before, changed)

    def says_what_changed(self, before: dict[str, Story], changed: list[str]) -> None:
        for post_id, story in told(self.stories, list(self.known.values())).items():
            if post_id not in changed:
                assert story.weight == before[post_id].weight

    @invariant()
    def is_as_if_built_anew(self) -> None:
        copies = list(self.known.values())
        fresh = Stories(copies)
        assert told(self.stories, copies) == told(fresh, copies)
        assert self.stories.stories() == fresh.stories()
        assert sum(story.posts for story in self.stories.stories()) == len(copies)

    @invariant()
    def weighs_each_author_once_at_most(self) -> None:
        for story in self.stories.stories():
            assert 0 < story.weight <= 1
            assert story.weight * story.posts <= story.authors + 1e-9


TestComing = Coming.TestCase
TestComing.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
