"""The matcher against a naive one that asks each museum in turn, and the rules one by one."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas import MatchKind, Museum, Post
from services.ingest.matching import Matcher, tag_fold, tag_key
from services.ingest.matching.words import is_break, word_fold
from tests.unit.services.ingest.builders import make_museum, make_post


def kinds(museums: list[Museum], post: Post) -> set[tuple[str, str, str]]:
    return {(m.museum_id, m.kind.value, m.value) for m in Matcher(museums).match(post)}


def strong(*tags: str) -> dict[str, Any]:
    return {"hashtags": [{"raw": tag} for tag in tags]}


def test_a_tag_matches_whatever_its_case_and_width() -> None:
    museum = make_museum("louvre", **strong("MuséeDuLouvre"))
    assert kinds([museum], make_post(hashtags=["ＭＵＳÉEDULOUVRE"])) == {
        ("louvre", "hashtag", "muséedulouvre")
    }


def test_accents_count_except_where_the_platform_folds_them() -> None:
    museum = make_museum("louvre", **strong("MuséeDuLouvre"))
    assert kinds([museum], make_post(hashtags=["museedulouvre"])) == set()
    folded = make_post(hashtags=["museedulouvre"], platform="mastodon", post_id="mastodon:1")
    assert kinds([museum], folded) == {("louvre", "hashtag", "muséedulouvre")}


def test_a_weak_tag_needs_something_of_the_same_museum() -> None:
    louvre = make_museum(
        "louvre", hashtags=[{"raw": "Louvre"}, {"raw": "MonaLisa", "weak": True}], words=["Musée X"]
    )
    prado = make_museum("prado", hashtags=[{"raw": "Prado"}, {"raw": "MonaLisa", "weak": True}])
    assert kinds([louvre, prado], make_post(hashtags=["MonaLisa"])) == set()
    assert kinds([louvre, prado], make_post(hashtags=["MonaLisa", "prado"])) == {
        ("prado", "hashtag", "prado"),
        ("prado", "hashtag", "monalisa"),
    }
    assert kinds([louvre, prado], make_post("at musee x", hashtags=["MonaLisa"])) == {
        ("louvre", "words", "Musée X"),
        ("louvre", "hashtag", "monalisa"),
    }


def test_an_excluded_tag_silences_tags_and_words_but_no_handle_and_no_place() -> None:
    museum = make_museum(
        "louvre",
        hashtags=[{"raw": "Louvre"}, {"raw": "MonaLisa", "weak": True}],
        exclude_hashtags=["LouvreAbuDhabi"],
        words=["Louvre"],
        handles={"x": [{"name": "MuseeLouvre"}]},
        geofence={"type": "Circle", "lon": 2.336, "lat": 48.861, "radius_m": 200},
    )
    post = make_post("the Louvre", hashtags=["louvre", "louvreabudhabi"])
    assert kinds([museum], post) == set()
    here = {"precision": "point", "lon": 2.336, "lat": 48.861}
    post = make_post(
        "Louvre",
        hashtags=["louvre", "louvreabudhabi", "monalisa"],
        mentions=[{"handle": "museelouvre"}],
        geo=here,
    )
    assert kinds([museum], post) == {
        ("louvre", "handle", "museelouvre"),
        ("louvre", "geo", "geofence"),
    }


def test_the_id_of_an_account_decides_and_its_name_only_without_one() -> None:
    museum = make_museum("louvre", handles={"x": [{"id": "123", "name": "MuseeLouvre"}]})
    by = {"louvre": ("louvre", "own", "museelouvre")}
    assert kinds([museum], make_post(author={"native_id": "123", "handle": "renamed"})) == {
        by["louvre"]
    }
    # The name went to somebody else.
    assert kinds([museum], make_post(author={"native_id": "9", "handle": "MuseeLouvre"})) == set()
    assert kinds([museum], make_post(author={"handle": "@MuseeLouvre"})) == {by["louvre"]}
    assert kinds([museum], make_post(mentions=[{"native_id": "123"}])) == {
        ("louvre", "handle", "museelouvre")
    }
    elsewhere = make_post(author={"native_id": "123"}, platform="bluesky", post_id="bluesky:1")
    assert kinds([museum], elsewhere) == set()


def test_one_post_may_concern_two_museums() -> None:
    museums = [make_museum("egizio"), make_museum("louvre")]
    matches = Matcher(museums).match(make_post(hashtags=["louvre", "egizio"]))
    assert [match.museum_id for match in matches] == ["egizio", "louvre"]


def test_geotagged_at_the_museum_says_how_far() -> None:
    museum = make_museum(
        "louvre", geofence={"type": "Circle", "lon": 2.336, "lat": 48.861, "radius_m": 200}
    )
    (match,) = Matcher([museum]).match(
        make_post(geo={"precision": "point", "lon": 2.337, "lat": 48.861})
    )
    assert match.kind is MatchKind.GEO
    assert match.distance_m is not None
    assert 72 < match.distance_m < 74


def test_tags_suffice_only_without_words_and_handles() -> None:
    assert Matcher([make_museum()]).tags_suffice("bluesky")
    assert not Matcher([make_museum("a", words=["Museo"])]).tags_suffice("bluesky")
    handles = Matcher([make_museum("a", handles={"x": [{"name": "a"}]})])
    assert handles.tags_suffice("bluesky")
    assert not handles.tags_suffice("x")


# --- against a naive matcher -------------------------------------------------------------------

TAGS = st.sampled_from(["a", "A", "á", "b", "c", "strasse", "Straße", "ＤＤ", "dd"])
WORDS = st.sampled_from(["abc", "ab c", "Über", "uber", "xyz"])
ACCOUNTS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["1", "2", "3"]),
        "name": st.sampled_from(["ann", "Ann", "bob"]),
    },
).filter(bool)
PLATFORMS = st.sampled_from(["x", "mastodon", "flickr", "bluesky"])
CIRCLES = st.builds(
    lambda lon, lat, radius: {"type": "Circle", "lon": lon, "lat": lat, "radius_m": radius},
    st.sampled_from([0.0, 0.001]),
    st.sampled_from([0.0, 0.001]),
    st.sampled_from([50.0, 150.0]),
)


@st.composite
def museums(draw: st.DrawFn) -> list[Museum]:
    return [
        make_museum(
            f"m{number}",
            hashtags=[
                {"raw": "always"},
                *draw(st.lists(st.builds(lambda r, w: {"raw": r, "weak": w}, TAGS, st.booleans()))),
            ],
            exclude_hashtags=draw(st.lists(TAGS, max_size=1)),
            words=draw(st.lists(WORDS, max_size=2)),
            handles=draw(st.dictionaries(PLATFORMS, st.lists(ACCOUNTS, max_size=2), max_size=2)),
            geofence=draw(st.none() | CIRCLES),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


@st.composite
def posts(draw: st.DrawFn) -> Post:
    platform = draw(PLATFORMS)
    account = st.fixed_dictionaries(
        {},
        optional={
            "native_id": st.sampled_from(["1", "2", "9"]),
            "handle": st.sampled_from(["ANN", "bob", "eve"]),
        },
    )
    return make_post(
        " ".join(draw(st.lists(st.sampled_from(["abc", "ab c", "ÜBER", "xyz", "abcd", "-"])))),
        platform=platform,
        post_id=f"{platform}:1",
        hashtags=draw(st.lists(TAGS, max_size=4)),
        author=draw(st.none() | account),
        mentions=draw(st.lists(account, max_size=2)),
        geo=draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "precision": st.sampled_from(["point", "place", "city"]),
                    "lon": st.sampled_from([0.0, 0.0005, 0.01]),
                    "lat": st.sampled_from([0.0, 0.0005]),
                    "radius_m": st.sampled_from([None, 40.0, 600.0]),
                }
            )
        ),
    )


def naive(museum: Museum, post: Post) -> set[tuple[str, str]]:
    key = tag_fold if post.platform in ("mastodon", "flickr") else tag_key
    of_post = {key(tag) for tag in post.hashtags}
    reasons: set[tuple[str, str]] = set()
    if not any(key(tag) in of_post for tag in museum.exclude_hashtags):
        for tag in museum.hashtags:
            if not tag.weak and key(tag.raw) in of_post:
                reasons.add(("hashtag", key(tag.raw)))
        text = word_fold(post.text)
        for word in museum.words:
            wanted = word_fold(word)
            for at in range(len(text)):
                whole = is_break(text, at) and is_break(text, at + len(wanted))
                if text.startswith(wanted, at) and whole:
                    reasons.add(("words", word))
    for handle in museum.handles.get(post.platform, ()):

        def same(native_id: str | None, name: str | None, handle: Any = handle) -> bool:
            if handle.id is not None and native_id is not None:
                return bool(handle.id == native_id)
            return bool(handle.name and name and handle.name.casefold() == name.casefold())

        if any(same(m.native_id, m.handle) for m in post.mentions):
            reasons.add(("handle", ""))
        if post.author is not None and same(post.author.native_id, post.author.handle):
            reasons.add(("own", ""))
    geo, fence = post.geo, museum.geofence
    if geo is not None and fence is not None and geo.precision != "city":
        reach = geo.radius_m or 0.0
        # So near the equator a degree is the same in both directions.
        assert fence.type == "Circle"
        metres = 111_195.08 * ((geo.lon - fence.lon) ** 2 + (geo.lat - fence.lat) ** 2) ** 0.5
        if reach <= 500 and metres <= fence.radius_m + reach:
            reasons.add(("geo", ""))
    excluded = any(key(tag) in of_post for tag in museum.exclude_hashtags)
    if reasons and not excluded:
        for tag in museum.hashtags:
            if tag.weak and key(tag.raw) in of_post:
                reasons.add(("hashtag", key(tag.raw)))
    return reasons


@given(museums(), posts())
def test_many_museums_at_once_are_as_each_alone(listed: list[Museum], post: Post) -> None:
    key = tag_fold if post.platform in ("mastodon", "flickr") else tag_key
    found: dict[str, set[tuple[str, str]]] = {}
    for match in Matcher(listed).match(post):
        value = match.value if match.kind is MatchKind.WORDS else ""
        if match.kind is MatchKind.HASHTAG:
            value = key(match.value)
        found.setdefault(match.museum_id, set()).add((match.kind.value, value))
    expected = {m.museum_id: reasons for m in listed if (reasons := naive(m, post))}
    assert found == expected
