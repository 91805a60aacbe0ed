"""What is remembered of a post: who, when, a fingerprint and the links' digests; no text."""

from datetime import UTC, datetime

import pytest

from schemas import Author
from schemas.codec import decode, encode
from services.enrich.stories import Copy, copy_of, is_established

T0 = datetime(2026, 5, 3, 10, tzinfo=UTC)
TEXT = "The new ticket system is a disgrace, we waited two hours in the rain and nobody cared"


def make(text: str = TEXT, *, author: Author | None = None, links: tuple[str, ...] = ()) -> Copy:
    return copy_of(
        post_id="bluesky:1",
        thread="bluesky:1",
        platform="bluesky",
        at=T0,
        text=text,
        links=links,
        author=author,
    )


@pytest.mark.parametrize(
    "handle", ["@Ada", "ada", "ada.bsky.social", "ada@mastodon.art", "@ada@mastodon.art"]
)
def test_a_handle_is_the_same_on_every_platform(handle: str) -> None:
    assert make(author=Author(handle=handle)).author == "ada"


def test_without_a_handle_an_author_is_known_on_one_platform() -> None:
    assert make(author=Author(native_id="7")).author == "bluesky:7"
    assert make().author == "bluesky:1"


@pytest.mark.parametrize(
    ("author", "established"),
    [
        (None, False),
        (Author(handle="ada"), False),
        (Author(handle="ada", followers=24), False),
        (Author(handle="ada", followers=25), True),
    ],
)
def test_young_and_unknown_accounts(author: Author | None, established: bool) -> None:
    assert is_established(author) is established


@pytest.mark.parametrize(
    "link",
    [
        "http://museum.org/show/",
        "https://www.Museum.org/show?utm_source=x&fbclid=1",
        "museum.org/show",
    ],
)
def test_a_link_is_what_it_leads_to(link: str) -> None:
    assert make(links=(link,)).shared == make(links=("https://museum.org/show",)).shared


def test_links_differ_by_what_they_ask_for_and_by_who_shared_them() -> None:
    one = make(links=("https://youtube.com/watch?v=1",))
    assert one.shared != make(links=("https://youtube.com/watch?v=2",)).shared
    other = make(links=("https://youtube.com/watch?v=1",), author=Author(handle="bo"))
    assert one.shared != other.shared


@pytest.mark.parametrize("link", ["", "http://[broken", "//"])
def test_what_is_no_link_is_passed_over(link: str) -> None:
    assert make(links=(link,)).shared == ()


def test_no_text_is_kept_and_little_room_taken() -> None:
    copy = make(author=Author(handle="ada"), links=("https://museum.org/show",))
    stored = encode(copy)
    assert len(stored) < 400
    assert b"ticket" not in stored
    assert decode(Copy, stored) == copy


def test_a_fingerprint_of_another_library_is_not_compared() -> None:
    copy = make()
    assert copy.fingerprint is not None
    assert copy.model_copy(update={"scheme": "rminhash1/32x16"}).fingerprint is None
