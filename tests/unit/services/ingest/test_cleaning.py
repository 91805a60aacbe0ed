from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Post, encode
from services.ingest.cleaning import clean_post, clean_text, without_surrogates
from tests.unit.services.ingest.builders import make_post


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain", "plain"),
        ("tab\tand\nnew line", "tab\tand\nnew line"),
        ("a\r\nb", "a\nb"),
        ("nul\x00 bell\x07 esc\x1b[31m", "nul bell esc[31m"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\u2067isolated\u2069", "isolated"),
        ("e\u0301", "é"),
        ("\ud83d alone", "\ufffd alone"),
        ("\ufeffbom", "bom"),
        # Marks that a script needs stay: right-to-left mark, joiners of Persian and of emoji.
        ("א\u200fב", "א\u200fב"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🎨", "👩\u200d🎨"),
    ],
)
def test_text_is_cleaned(text: str, clean: str) -> None:
    assert clean_text(text) == clean


ANY_TEXT = st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "C", "Z"]))


@given(ANY_TEXT)
def test_clean_text_is_clean_and_can_be_written(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    cleaned.encode()
    assert "\x00" not in cleaned


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner)))
def test_data_without_surrogates_can_be_written(value: object) -> None:
    json.dumps(without_surrogates(value), ensure_ascii=False).encode()


def test_names_and_descriptions_are_cleaned_too() -> None:
    post = make_post(
        "x",
        content_warning="a\x00",
        hashtags=["Tag\u202e", "tag", "\x00"],
        author={"handle": "ana\u202e", "display_name": "Ana\x1b"},
        media=[{"type": "image", "alt": "b\x00"}, {"type": "image"}],
    )
    cleaned = post.model_copy(update=clean_post(post))
    assert cleaned == make_post(
        "x",
        content_warning="a",
        hashtags=["tag"],
        author={"handle": "ana", "display_name": "Ana"},
        media=[{"type": "image", "alt": "b"}, {"type": "image"}],
    )
    assert Post.model_validate_json(encode(cleaned)) == cleaned
    assert clean_post(cleaned) == {}


def test_what_refers_elsewhere_and_cannot_is_left_out() -> None:
    post = make_post(
        "x",
        reply_to="x:1\x00",
        thread_root="x:2\u202e",
        quote_of="x:3",
        links=["https://a.example/\u202egnp.exe", "https://b.example/"],
        mentions=[{"native_id": "did:1\x07", "handle": "ana"}, {"handle": "b\ud83d"}],
    )
    cleaned = post.model_copy(update=clean_post(post))
    assert cleaned == make_post(
        "x",
        quote_of="x:3",
        links=["https://b.example/"],
        mentions=[{"handle": "ana"}, {}],
    )
    assert cleaned.story_id == cleaned.post_id
    assert clean_post(cleaned) == {}
