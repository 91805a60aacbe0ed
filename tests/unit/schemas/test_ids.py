"""Ids are promises: the same over processes, machines and releases."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from schemas import event_id, incident_id, post_id, stable_id

_parts = st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=4)


def test_ids_are_what_they_were() -> None:
    # Golden values: a change of one of these doubles every alert that is on its way.
    assert str(stable_id("kind")) == "a0ef6f6c-adb9-5a7a-bd7b-192e83fd9faa"
    assert str(stable_id("kind", "a", 1)) == "5d9f8b88-7e30-5fb8-a090-177b43e91e57"
    assert incident_id("louvre", "mastodon:1") == "86697171-d9e4-50b1-8505-9dddb4f731a3"
    assert (
        event_id("passaparola.post.v1", "x:1", b'{"a":"\xc3\xa9"}', "2026-06-01T12:00:00Z")
        == "86229652-cf0b-59d0-a1da-604244a352b4"
    )
    assert (
        event_id("passaparola.tick.v1", "tick/0", None, "2026-06-01T12:00:00Z")
        == "62d54111-21b0-5081-84dd-a4105bbe4ae6"
    )
    assert post_id("bluesky", "at://did:plc:abc/app.bsky.feed.post/1") == (
        "bluesky:at://did:plc:abc/app.bsky.feed.post/1"
    )


@given(st.lists(_parts, min_size=2, max_size=6, unique_by=tuple))
def test_different_facts_have_different_ids(facts: list[list[str]]) -> None:
    for one, other in combinations(facts, 2):
        assert stable_id("kind", *one) != stable_id("kind", *other)


def test_the_separator_inside_a_part_separates_nothing() -> None:
    assert stable_id("kind", "a\x1fb") != stable_id("kind", "a", "b")
    assert stable_id("kind", "a\x1e", "b") != stable_id("kind", "a\x1fb")


@given(st.text(st.characters(codec="utf-8")), st.binary().map(lambda b: b.hex().encode()))
def test_repeating_an_event_repeats_its_id(key: str, value: bytes) -> None:
    first = event_id("passaparola.post.v1", key, value, "2026-06-01T12:00:00Z")
    assert first == event_id("passaparola.post.v1", key, value, "2026-06-01T12:00:00Z")
    assert first != event_id("passaparola.post.v1", key, value + b" ", "2026-06-01T12:00:00Z")
    assert first != event_id("passaparola.post.v1", key, value, "2026-06-01T12:00:01Z")
