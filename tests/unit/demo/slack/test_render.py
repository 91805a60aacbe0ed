"""Messages as a terminal shows them."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from demo.slack.render import STROKE, render_channel, render_message


def shown(*blocks: dict[str, Any], **options: Any) -> str:
    text = render_message({"ts": "1700000000.000100", "blocks": list(blocks)}, **options)
    byline, _, rest = text.partition("\n")
    assert byline.endswith("22:13 UTC") or options
    return rest


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def strike(text: str) -> str:
    return "".join(c if c == " " else c + STROKE for c in text)


def test_an_alert() -> None:
    url = "https://bsky.app/profile/a/post/b_c_d"
    alert = shown(
        {"type": "header", "text": {"type": "plain_text", "text": "Louvre: going viral"}},
        section(f"*47 posts* in the last hour; usual is _6 to 14_: <{url}|the post>"),
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Museum*\nLouvre"},
                {"type": "mrkdwn", "text": "*Likes*\n1,204"},
                {"type": "mrkdwn", "text": "*Language*\nItalian"},
            ],
        },
        {"type": "divider"},
        {
            "type": "context",
            "elements": [
                {"type": "mrkdwn", "text": "rule `viral`"},
                {"type": "image", "image_url": "x", "alt_text": "a photo"},
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "text": {"type": "plain_text", "text": "Open post"},
                    "url": url,
                }
            ],
        },
        width=120,
    )
    assert alert.splitlines() == [
        "Louvre: going viral",
        f"47 posts in the last hour; usual is 6 to 14: the post ({url})",
        "Museum      Likes",
        "Louvre      1,204",
        "Language",
        "Italian",
        "─" * 120,
        "rule viral  [image: a photo]",
        f"[ Open post ] {url}",
    ]


def test_struck_text_is_struck_with_and_without_styles() -> None:
    text = "~Two *hours* at <https://a.example|the queue>~ still"
    plain = strike("Two hours at the queue (https://a.example)")
    assert shown(section(text)) == f"{plain} still\n"
    styled = shown(section(text), ansi=True)
    assert "\x1b[9mTwo " in styled
    assert STROKE not in styled


def test_marks_inside_words_and_entities_are_left_alone() -> None:
    assert shown(section("a*b*c snake_case_word 2 * 3 * 4 ~ &lt;b&gt; &amp;")) == (
        "a*b*c snake_case_word 2 * 3 * 4 ~ <b> &\n"
    )


def test_mentions_and_dates() -> None:
    text = "<!here> <@U1|ada> <#C1|louvre> <!date^1700000000^{date}|14 November> <https://a.b>"
    assert shown(section(text)) == "@here @ada #louvre 14 November https://a.b\n"


def test_hostile_text_cannot_steer_the_terminal() -> None:
    assert shown(section("a\x1b[2J\x9b\u202eb\ud800&#27;[0m")) == "a[2Jb[0m\n"


def test_a_text_without_blocks_and_an_edit() -> None:
    message = {"ts": "1700000000.000100", "text": "just *text*", "edited": {"ts": "1"}}
    assert render_message(message).splitlines() == [
        "Passaparola  22:13 UTC (edited)",
        "just text",
    ]


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(alphabet=st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "fields", "elements", "accessory", "blocks", "ts"]),
            inner | st.sampled_from(["section", "header", "context", "actions", "image", "mrkdwn"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["ts", "thread_ts", "text", "blocks", "edited"]), ANYTHING))
def test_anything_can_be_shown(message: dict[str, Any]) -> None:
    for text in (render_message(message), render_channel("a", [message, message])):
        assert {c for c in text if unicodedata.category(c) in ("Cc", "Cs")} <= {"\n"}


@given(st.text(alphabet="*_~`<>|a \n&;", max_size=200))
def test_any_markup_can_be_shown(text: str) -> None:
    assert render_message({"text": text})
