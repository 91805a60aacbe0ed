"""Mail servers as they are: with TLS, with logging in, away."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr, ValidationError

from demo.inbox import Inbox, refuse_mail
from deploy.local.ports import free_port
from services.alerts.channels.channel import NotAccepted, Refused
from services.alerts.channels.email import EmailChannel, SmtpSettings
from services.alerts.messages import trial_message

MESSAGE = trial_message("n-1", "press")
TO = ("press@museum.example",)


async def send(**settings: Any) -> None:
    await EmailChannel(SmtpSettings(host="127.0.0.1", **settings), 5).send(MESSAGE, TO, None)


@pytest.fixture
def authority(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """A server's certificate, and the file of the authority to trust."""
    made = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("127.0.0.1").configure_cert(context)
    path = tmp_path / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return context, str(path)


async def test_starttls_and_login(tmp_path: Path, authority: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = authority
    async with Inbox(folder=tmp_path / "m", tls=context, require_tls=True, users={"u": "p"}) as box:
        login = {"port": box.port, "username": "u", "ca_file": ca_file}
        await send(**login, password=SecretStr("p"))
        assert len(box.folder.files) == 1
        with pytest.raises(Refused, match="user name or password: 535") as raised:
            await send(**login, password=SecretStr("wrong"))
        assert raised.value.reason == "auth_refused"
        with pytest.raises(Refused) as raised:
            await send(port=box.port)
        assert raised.value.reason == "tls_failed"
        assert f"127.0.0.1:{box.port}" in str(raised.value)


@pytest.mark.parametrize("name", ["nowhere.pem", "none.pem"])
async def test_file_of_authorities_that_cannot_be_used_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("none")
    with pytest.raises(Refused, match=f"PASSAPAROLA_SMTP__CA_FILE: {tmp_path / name}") as raised:
        await send(port=free_port(), ca_file=str(tmp_path / name))
    assert raised.value.reason == "tls_failed"


async def test_server_without_tls_is_never_spoken_to_in_the_clear(inbox: Inbox) -> None:
    with pytest.raises(Refused) as raised:
        await send(port=inbox.port)
    assert raised.value.reason == "not_supported"
    assert not inbox.ledger


async def test_server_that_is_away_is_tried_again() -> None:
    port = free_port()
    with pytest.raises(NotAccepted, match=f"127.0.0.1:{port} cannot be reached") as raised:
        await send(port=port, security="none", username="u", password=SecretStr("hush"))
    assert "hush" not in str(raised.value)


async def test_no_server_is_told() -> None:
    with pytest.raises(Refused, match="set PASSAPAROLA_SMTP__HOST"):
        await EmailChannel(SmtpSettings(), 5).send(MESSAGE, TO, None)


async def test_refused_mail_holds_back_no_other(inbox: Inbox) -> None:
    inbox.faults.add(refuse_mail("554 5.6.0 No such content"))
    with pytest.raises(Refused) as raised:
        await send(port=inbox.port, security="none")
    assert not raised.value.whole_receiver


@pytest.mark.parametrize("value", ["stop@x.org", "http://x.org", "mailto:a@x.org>\r\nBcc: b@x.org"])
def test_unsubscribe_is_an_address_that_fits_a_header(value: str) -> None:
    with pytest.raises(ValidationError):
        SmtpSettings(unsubscribe=value)
