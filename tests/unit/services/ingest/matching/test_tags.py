from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.matching.tags import (
    extract_hashtags,
    extract_mentions,
    normalise_hashtags,
    tag_fold,
    tag_key,
)


@pytest.mark.parametrize(
    ("raw", "key", "fold"),
    [
        ("MuséeDuLouvre", "muséedulouvre", "museedulouvre"),
        ("Muse\u0301eDuLouvre", "muséedulouvre", "museedulouvre"),
        ("#ＬＯＵＶＲＥ", "louvre", "louvre"),
        ("＃Straße", "strasse", "strasse"),
        ("İstanbul", "i\u0307stanbul", "istanbul"),
        ("museum-night", "museum-night", "museumnight"),
        ("संग्रहालय", "संग्रहालय", "सगरहलय"),
        ("พิพิธภัณฑ์", "พิพิธภัณฑ์", "พพธภณฑ"),
        ("Łódź", "łódź", "łodz"),
    ],
)
def test_keys(raw: str, key: str, fold: str) -> None:
    assert tag_key(raw) == key
    assert tag_fold(raw) == fold


@pytest.mark.timeout(30)
def test_spaces_inside_a_tag_cost_no_more_than_letters() -> None:
    """By a pattern that looks for spaces at the end it would take a quarter of an hour."""
    tag = "a" + " " * 200_000 + "b"
    assert tag_key(f" #{tag} ") == tag


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert tag_key(tag_key(text)) == tag_key(text)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Oggi al #MuseoEgizio!", ["museoegizio"]),
        ("#संग्रहालय और #พิพิธภัณฑ์", ["พิพิธภัณฑ์", "संग्रहालय"]),
        ("行った ＃東京国立博物館 すごい", ["東京国立博物館"]),
        ("行った＃東京国立博物館", []),
        ("https://a.example/page#top and x#no and &#39;", []),
        ("#2026 #2026show", ["2026show"]),
        ("(#Louvre),#Louvre.#louvre", ["louvre"]),
        ("##double", []),
        ("#fête_du·parc", ["fête_du·parc"]),
        ("# alone and #", []),
        ("#tag\u200d", ["tag"]),
    ],
)
def test_tags_in_text(text: str, tags: list[str]) -> None:
    assert extract_hashtags(text) == normalise_hashtags(tags)


@given(st.text(alphabet=st.characters(categories=["L"]), min_size=1, max_size=30))
def test_a_tag_of_letters_is_found_whole(word: str) -> None:
    assert extract_hashtags(f"so nice #{word}, really") == normalise_hashtags([word])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("thanks @MuseoEgizio!", ("MuseoEgizio",)),
        (
            "@louvre@social.example and @louvre.example.",
            ("louvre@social.example", "louvre.example"),
        ),
        ("mail me@louvre.example, https://x.example/@louvre", ()),
        ("@a @a @b", ("a", "b")),
    ],
)
def test_mentions_in_text(text: str, names: tuple[str, ...]) -> None:
    assert extract_mentions(text) == names
