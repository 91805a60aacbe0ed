"""Mails hold against anything that a post may say."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given

from services.alerts.channels.email import EmailChannel, SmtpSettings
from services.alerts.channels.mail import message_id, write_mail
from services.alerts.messages import Message, Subject
from tests.unit.services.alerts.channels.test_blocks import TEXT, make_message

SMTP = SmtpSettings(
    sender="Passaparola <alerts@museum.example>", unsubscribe="mailto:stop@m.example"
)
NOW = datetime(2026, 5, 3, tzinfo=UTC)


def written(message: Message, **changes: Any) -> EmailMessage:
    settings = SMTP.model_copy(update=changes)
    mail = write_mail(message, settings, ("press@museum.example",), NOW)
    read = message_from_bytes(mail.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


@given(TEXT)
def test_any_text_makes_a_mail_with_our_headers_alone(text: str) -> None:
    mail = written(make_message(text))
    assert mail.keys() == [
        "Subject", "From", "To", "Date", "Message-ID", "List-Id", "List-Unsubscribe",
        "Auto-Submitted", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert mail["To"] == "press@museum.example"
    html = mail.get_body(("html",))
    assert html is not None
    assert "<!channel>" not in html.get_content()
    assert html.get_content().count("<a href") <= 1


def test_headers() -> None:
    mail = written(make_message(title="Museo Egizio: a post is going viral"), unsubscribe=None)
    assert mail["Message-ID"] == "<n-1@museum.example>"
    assert mail["List-Id"] == "<m.passaparola.museum.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Sun, 03 May 2026 00:00:00 +0000"
    assert "List-Unsubscribe" not in mail


def test_reply_refers_to_the_first_mail() -> None:
    mail = written(make_message(thread=("n-0", {})))
    parent = message_id("n-0", SMTP.sender)
    assert mail["In-Reply-To"] == mail["References"] == parent
    assert str(mail["Subject"]).startswith("Re: ")


@pytest.mark.parametrize("story_id", ["x:1\nBcc: a@b.org", "x:\r\n\r\nbody", "x:" + "é" * 600])
def test_ids_in_headers_stay_in_their_headers(story_id: str) -> None:
    subject = Subject("incident", story_id, "x:1", ("viral_post",), NOW)
    mail = written(make_message(subject=subject))
    assert "Bcc" not in mail
    assert mail["X-Passaparola-Rules"] == "viral_post"
    assert mail.get_content_type() == "multipart/alternative"


def test_markup_in_a_post_stays_text() -> None:
    mail = written(make_message(excerpt="<img src=x onerror=alert(1)>"))
    html = mail.get_body(("html",))
    assert html is not None
    assert "&lt;img src=x" in html.get_content()


@pytest.mark.parametrize(
    "value", ["press", "a@b@c", "@x.org", "città@x.org", "a@x.org\nBcc: b@x.org", [], 3, {}]
)
def test_bad_addresses_are_told(value: Any) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        EmailChannel(SMTP, 1).parse_address(value)


def test_addresses_are_kept_once() -> None:
    channel = EmailChannel(SMTP, 1)
    assert channel.parse_address("a@x.org") == ("a@x.org",)
    assert channel.parse_address(["a@x.org", "b@x.org", "a@x.org"]) == ("a@x.org", "b@x.org")
