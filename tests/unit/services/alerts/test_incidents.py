"""Stories as alerts, edits and removals change them."""

from __future__ import annotations

from schemas import EnrichedPost, Severity
from services.alerts.incidents import MAX_ALERTS, Story, with_alert, with_edit, without_post
from services.alerts.rules import Rulebook
from tests.unit.services.alerts.samples import AT, NEGATIVE, negative, viral


def told(story: Story | None, post: EnrichedPost) -> Story:
    for alert in Rulebook({}).judge(post):
        story = with_alert(story, alert, post)
    assert story is not None
    return story


def test_first_alert_opens_an_incident() -> None:
    story = told(None, viral())
    assert story.incident.revision == 1
    assert story.incident.severity is Severity.INFO
    assert story.lead is not None
    assert story.lead.excerpt == "Two hours in the queue at the museum."
    assert "queue" not in story.incident.model_dump_json()


def test_repeat_changes_nothing() -> None:
    story = told(None, viral())
    assert told(story, viral()) is story
    later = viral(revision=9, engagement=viral().engagement, counted_at=AT)
    assert told(story, later) is story


def test_new_rule_and_worse_severity_each_raise_the_revision() -> None:
    story = told(None, viral())
    worse = told(story, viral(sentiment=NEGATIVE, engagement=None))
    assert (worse.incident.revision, worse.incident.severity) == (2, Severity.CRITICAL)
    assert len(worse.incident.alerts) == 1
    both = told(worse, negative(virality=viral().virality))
    assert both.incident.revision == 3
    assert {alert.rule for alert in both.incident.alerts} == {"viral_post", "negative_post"}
    assert told(both, viral()) is both, "an incident never becomes less severe by itself"


def test_posts_of_one_thread_are_one_incident() -> None:
    story = told(None, viral())
    story = told(story, viral(post_id="bluesky:2", story_id="bluesky:1"))
    assert [post.post_id for post in story.posts] == ["bluesky:1", "bluesky:2"]
    one_less = without_post(story, "bluesky:1", "author_delete", AT)
    assert not one_less.incident.removed
    assert one_less.lead is not None
    assert one_less.lead.post_id == "bluesky:2"
    assert one_less.incident.post_url == one_less.lead.url
    none_left = without_post(one_less, "bluesky:2", "author_delete", AT)
    assert none_left.incident.removed
    assert none_left.incident.post_url is None


def test_removal_forgets_text_author_and_address_and_counts_once() -> None:
    story = told(None, viral())
    removed = without_post(story, "bluesky:1", "author_delete", AT)
    [post] = removed.posts
    assert (post.excerpt, post.author, post.url) == (None, None, None)
    assert without_post(removed, "bluesky:1", "author_delete", AT) is removed
    assert without_post(removed, "bluesky:404", "author_delete", AT) is removed


def test_edit_is_shown_and_an_older_version_is_not() -> None:
    story = told(None, viral(version=3))
    edited = with_edit(story, viral(version=4, text="Only ten minutes after all"))
    assert edited.lead is not None
    assert edited.lead.excerpt == "Only ten minutes after all"
    assert edited.incident.revision == 2
    assert with_edit(edited, viral(version=3)) is edited
    assert with_edit(story, viral(version=4)) is story, "same words: nothing to change"
    removed = without_post(story, "bluesky:1", "author_delete", AT)
    assert with_edit(removed, viral(version=9, text="x")) is removed


def test_a_story_on_fire_is_bounded_but_still_gets_worse() -> None:
    story = told(None, viral())
    for number in range(2, MAX_ALERTS + 50):
        story = told(story, viral(post_id=f"bluesky:{number}", story_id="bluesky:1"))
    assert len(story.incident.alerts) == len(story.posts) == MAX_ALERTS
    worse = told(story, viral(post_id="bluesky:999", story_id="bluesky:1", sentiment=NEGATIVE))
    assert worse.incident.severity is Severity.CRITICAL
