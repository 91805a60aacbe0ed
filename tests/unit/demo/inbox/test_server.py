"""The mailbox as aiosmtplib and raw clients meet it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
import trustme

from demo.inbox import (
    Inbox,
    Mail,
    MailFault,
    drop_after_acceptance,
    drop_before_acceptance,
    refuse_mail,
    refuse_recipient,
    timeout_after_acceptance,
)
from demo.ledger import read_ledger

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_unseen")

TO = "team@louvre.example"
FROM = "alerts@passaparola.example"


def mail(text: str = "La coda è lunga", message_id: str = "<one@passaparola>") -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Message-ID"] = FROM, TO, message_id
    message["Subject"] = "Coda di due ore: è virale"
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    message.set_boundary("=====")
    return message


async def send(inbox: Inbox, message: EmailMessage | None = None, **options: Any) -> None:
    options = {"start_tls": False, "timeout": 5} | options
    await aiosmtplib.send(message or mail(), hostname=inbox.host, port=inbox.port, **options)


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    async with Inbox(folder=tmp_path / "mails", ledger=tmp_path / "inbox.jsonl") as running:
        yield running


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_a_mail_is_kept_byte_for_byte(inbox: Inbox, tmp_path: Path) -> None:
    message = mail("..a dot at the start\n.\nand è")
    await send(inbox, message)
    [file] = inbox.folder.files
    assert file.read_bytes() == message.as_bytes()
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["Subject"] == "Coda di due ore: è virale"
    [entry] = inbox.ledger
    assert (entry.sender, entry.recipients, entry.message_id) == (FROM, (TO,), "<one@passaparola>")
    assert (entry.file, entry.size) == (file.name, len(message.as_bytes()))
    assert entry.accepted
    assert read_ledger(tmp_path / "inbox.jsonl", Mail) == [entry]


async def test_names_tell_order_receiver_and_repeats(inbox: Inbox) -> None:
    await send(inbox)
    await send(inbox)
    await send(inbox, mail(message_id="<two@passaparola>"))
    first, second, third = (file.name for file in inbox.folder.files)
    assert first.startswith(f"0001-{TO}-")
    assert first[5:] == second[5:] != third[5:]
    assert list(inbox.folder.path.glob("*.part")) == []


async def test_numbers_go_on_where_the_folder_ends(tmp_path: Path) -> None:
    async with Inbox(folder=tmp_path) as before:
        await send(before)
    async with Inbox(folder=tmp_path) as after:
        await send(after)
    assert [file.name[:4] for file in after.folder.files] == ["0001", "0002"]


async def test_a_mail_without_message_id_or_with_a_broken_one(inbox: Inbox) -> None:
    async with aiosmtplib.SMTP(hostname=inbox.host, port=inbox.port, start_tls=False) as client:
        await client.sendmail(FROM, ["a/../b@x.example", TO], b"Subject: \xff\r\n\r\n\xfe\r\n")
        await client.sendmail(FROM, [TO], b"Message-ID: \xff\xfe\r\n\r\n")
        await client.sendmail(FROM, [TO], b"\r\n")
    assert [entry.message_id for entry in inbox.ledger][::2] == [None, None]
    assert inbox.folder.files[0].name == "0001-a_.._b@x.example-no-id.eml"
    assert inbox.ledger[0].recipients == ("a/../b@x.example", TO)


@pytest.mark.parametrize("code", [450, 550])
async def test_a_recipient_is_refused(inbox: Inbox, code: int) -> None:
    inbox.faults.add(refuse_recipient(f"{code} 5.1.1 No such box"))
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as raised:
        await send(inbox)
    assert [refused.code for refused in raised.value.recipients] == [code]
    assert inbox.folder.files == []
    [entry] = inbox.ledger
    assert (entry.fault, entry.recipients, entry.size) == ("refuse_recipient", (TO,), None)
    await send(inbox)
    assert len(inbox.folder.files) == 1


@pytest.mark.parametrize("code", [451, 554])
async def test_a_mail_is_refused(inbox: Inbox, code: int) -> None:
    inbox.faults.add(refuse_mail(f"{code} 4.3.0 Not now", times=2))
    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPDataError) as raised:
            await send(inbox)
        assert raised.value.code == code
    await send(inbox)
    assert [entry.accepted for entry in inbox.ledger] == [False, False, True]
    assert inbox.ledger[0].reply == f"{code} 4.3.0 Not now"


@pytest.mark.parametrize(
    ("fault", "kept"), [(drop_before_acceptance(), 0), (drop_after_acceptance(), 1)]
)
async def test_the_connection_is_dropped(inbox: Inbox, fault: MailFault, kept: int) -> None:
    inbox.faults.add(fault)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(inbox)
    assert len(inbox.folder.files) == kept
    assert inbox.ledger[-1].reply is None
    assert inbox.ledger[-1].accepted is bool(kept)
    await send(inbox)
    assert len(inbox.folder.files) == kept + 1


async def test_the_reply_never_comes(inbox: Inbox) -> None:
    inbox.faults.add(timeout_after_acceptance())
    with pytest.raises(aiosmtplib.SMTPReadTimeoutError):
        await send(inbox, timeout=0.3)
    assert len(inbox.folder.files) == 1


async def test_a_fault_for_one_recipient_spares_the_others(inbox: Inbox) -> None:
    inbox.faults.add(refuse_mail(recipient="else@x.example", times=None))
    await send(inbox)
    other = mail()
    other.replace_header("To", "else@x.example")
    with pytest.raises(aiosmtplib.SMTPDataError):
        await send(inbox, other)


@pytest.mark.parametrize("method", ["auth_plain", "auth_login"])
async def test_login_under_tls(
    tmp_path: Path, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, method: str
) -> None:
    async with Inbox(
        folder=tmp_path, tls=server_tls, require_tls=True, users={"anna": "sécret"}
    ) as inbox:
        client = aiosmtplib.SMTP(
            hostname=inbox.host, port=inbox.port, start_tls=True, tls_context=client_tls
        )
        async with client:
            with pytest.raises(aiosmtplib.SMTPException, match="Authentication required"):
                await client.send_message(mail())
            with pytest.raises(aiosmtplib.SMTPAuthenticationError):
                await getattr(client, method)("anna", "wrong")
            await getattr(client, method)("anna", "sécret")
            await client.send_message(mail())
        assert len(inbox.folder.files) == 1
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await send(inbox)
    assert len(inbox.ledger) == 1


async def test_login_without_tls_where_there_is_none(tmp_path: Path) -> None:
    async with Inbox(folder=tmp_path, users={"anna": "secret"}) as inbox:
        with pytest.raises(aiosmtplib.SMTPException, match="Authentication required"):
            await send(inbox)
        await send(inbox, username="anna", password="secret")
        assert len(inbox.folder.files) == 1


async def test_no_login_is_offered_without_users(inbox: Inbox) -> None:
    async with aiosmtplib.SMTP(hostname=inbox.host, port=inbox.port, start_tls=False) as client:
        await client.ehlo()
        assert client.supports_extension("size")
        assert not client.supports_extension("auth")
        assert not client.supports_extension("starttls")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xfe\x00\r\n" * 3,
        b"GET / HTTP/1.1\r\n\r\n",
        b"EHLO x\r\nMAIL FROM:<>\r\nDATA\r\nRCPT TO:<\r\n",
        b"x" * 5000 + b"\r\n",
        b"EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nhalf a mail",
        b"EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n" + b"x" * 5000 + b"\r\n.\r\n",
    ],
)
async def test_garbage_is_survived_and_not_kept(inbox: Inbox, garbage: bytes) -> None:
    reader, writer = await asyncio.open_connection(inbox.host, inbox.port)
    writer.write(garbage)
    writer.write_eof()
    async with asyncio.timeout(5):
        await reader.read()
    writer.close()
    await writer.wait_closed()
    assert inbox.folder.files == []
    await send(inbox)
    assert len(inbox.folder.files) == 1


async def test_stopping_ends_clients_that_are_still_there(
    tmp_path: Path, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async with Inbox(folder=tmp_path, tls=server_tls) as inbox:
        idle, idle_writer = await asyncio.open_connection(inbox.host, inbox.port)
        await idle.readline()
        secure = aiosmtplib.SMTP(
            hostname=inbox.host, port=inbox.port, start_tls=True, tls_context=client_tls
        )
        await secure.connect()
        inbox.faults.add(timeout_after_acceptance())
        hanging = asyncio.create_task(send(inbox))
        async with asyncio.timeout(5):
            await inbox.ledger.reached(1)
    assert await idle.read() == b""
    idle_writer.close()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await hanging
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await secure.noop()


async def test_a_taken_port_is_an_error_and_leaves_nothing_open(
    inbox: Inbox, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="address already in use"):
        async with Inbox(folder=tmp_path, port=inbox.port, ledger=tmp_path / "other.jsonl"):
            pass
