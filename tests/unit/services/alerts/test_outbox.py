"""Every way in which a delivery goes wrong: nothing lost, nothing doubled, the permanent shown."""

from __future__ import annotations

import pytest

from demo import inbox as mail_faults
from demo.inbox import Inbox, MailFault
from demo.slack import (
    SlackFault,
    SlackStandIn,
    drop_after_acceptance,
    drop_before_acceptance,
    rate_limited,
    server_error,
    slack_error,
    timeout_after_acceptance,
    timeout_before_acceptance,
)
from services.alerts.messages import Kind
from services.alerts.store.notifications import State
from services.alerts.troubles import Troubles
from services.common.health import Health
from tests.unit.services.alerts.desk import SETTINGS, Desk
from tests.unit.services.alerts.samples import NEGATIVE, null_record, viral

POST, UPDATE = "chat.postMessage", "chat.update"
CHANNEL = "museum-alerts"


def posted(slack: SlackStandIn, method: str = POST) -> int:
    return sum(call.method == method for call in slack.ledger)


@pytest.mark.parametrize(
    "fault",
    [
        timeout_after_acceptance(method=POST),
        timeout_before_acceptance(method=POST),
        drop_after_acceptance(method=POST),
        drop_before_acceptance(method=POST),
        server_error(503, method=POST),
        server_error(500, method=POST, after_acceptance=True),
        slack_error("internal_error", method=POST, after_acceptance=True),
        slack_error("fatal_error", method=POST),
    ],
    ids=lambda fault: fault.name,
)
async def test_doubtful_answer_of_slack_gives_exactly_one_message(
    desk: Desk, slack: SlackStandIn, fault: SlackFault
) -> None:
    slack.faults.add(fault)
    await desk.keep(viral())
    await desk.deliver_due()
    assert (await desk.states())["slack"] == State.PENDING

    await desk.deliver_all()

    assert (await desk.states())["slack"] == State.SENT
    assert len(slack.messages(CHANNEL)) == 1
    assert posted(slack) == (1 if fault.after_acceptance else 2)


@pytest.mark.parametrize("left", [-1.0, 0.0, SETTINGS.call_seconds - 0.1])
async def test_sender_that_was_frozen_beyond_its_lease_does_not_call(
    desk: Desk, slack: SlackStandIn, inbox: Inbox, left: float
) -> None:
    """As a machine that slept: the wall's clock went on, the sender knows of nothing."""
    await desk.keep(viral())
    frozen = await desk.outbox.claim()
    assert frozen is not None
    desk.pass_time(SETTINGS.lease_seconds - left)
    await desk.outbox.deliver(frozen)
    assert not slack.ledger
    assert not inbox.ledger
    await desk.deliver_all()
    assert await desk.states() == {"slack": State.SENT, "email": State.SENT}
    assert len(slack.messages(CHANNEL)) == len(inbox.folder.files) == 1


async def test_sender_that_was_frozen_changes_no_message_back(
    desk: Desk, slack: SlackStandIn
) -> None:
    post = viral(text="Zephyr")
    await desk.keep(post)
    await desk.deliver_all()
    await desk.keep(viral(post_id="bluesky:2", story_id="bluesky:1", text="Zephyr"))
    frozen = await desk.outbox.claim()
    assert frozen is not None
    await desk.keep(
        null_record(post, "author_delete"),
        null_record(viral(post_id="bluesky:2"), "author_delete"),
    )
    await desk.deliver_all()
    await desk.outbox.deliver(frozen)
    assert "Zephyr" not in str(slack.messages(CHANNEL))


async def test_probe_that_fails_is_repeated_before_anything_is_sent(
    desk: Desk, slack: SlackStandIn
) -> None:
    slack.faults.add(
        timeout_after_acceptance(method=POST),
        server_error(502, method="conversations.history", times=2),
        rate_limited(1, method="conversations.history"),
        slack_error("missing_scope", method="conversations.history"),
    )
    await desk.keep(viral())
    await desk.deliver_all()
    assert (await desk.states())["slack"] == State.SENT
    assert posted(slack) == len(slack.messages(CHANNEL)) == 1


async def test_message_is_found_behind_a_page_of_others(desk: Desk, slack: SlackStandIn) -> None:
    slack.faults.add(timeout_after_acceptance(method=POST))
    await desk.keep(viral())
    await desk.deliver_due()
    channel = slack.workspace.channel(CHANNEL, by_name=True)
    for number in range(250):
        slack.workspace.post(channel, {"text": f"chat {number}"})
    await desk.deliver_all()
    assert (await desk.states())["slack"] == State.SENT
    assert posted(slack) == 1


async def test_rate_limit_holds_the_whole_channel(desk: Desk, slack: SlackStandIn) -> None:
    slack.faults.add(rate_limited(30, method=POST))
    await desk.keep(viral(), viral(post_id="bluesky:2"))
    await desk.deliver_due()
    assert posted(slack) == 1
    desk.pass_time(29)
    await desk.deliver_due()
    assert posted(slack) == 1
    await desk.deliver_all()
    assert len(slack.messages(CHANNEL)) == 2


@pytest.mark.parametrize(
    "error",
    [
        "channel_not_found", "invalid_auth", "token_expired", "token_revoked", "not_in_channel",
        "is_archived", "missing_scope",
    ],
)  # fmt: skip
async def test_permanent_error_is_shown_tried_slowly_and_mended(
    desk: Desk, slack: SlackStandIn, error: str
) -> None:
    slack.faults.add(slack_error(error, method=POST, times=None))
    for number in range(3):
        await desk.keep(viral(post_id=f"bluesky:{number}"))
    await desk.deliver_due()
    health = Health()
    troubles = Troubles(desk.database, health, desk.clock)
    await troubles.look()
    _, detail = health.readiness()
    assert detail["notes"] == {"slack of receiver egizio": f"3 notification(s) blocked: {error}"}
    tries = posted(slack)
    assert tries == 1, "one refusal must hold back the others of the receiver"
    desk.pass_time(SETTINGS.blocked_seconds - 1)
    assert await desk.deliver_due() == 0

    slack.faults.clear()
    desk.pass_time(2)
    await desk.deliver_due()
    assert len(slack.messages(CHANNEL)) == 3
    await troubles.look()
    assert health.readiness()[1]["notes"] == {}


async def test_refusal_of_one_message_holds_back_no_other(desk: Desk, slack: SlackStandIn) -> None:
    slack.faults.add(slack_error("invalid_blocks", method=POST))
    await desk.keep(viral(), viral(post_id="bluesky:2"))
    await desk.deliver_due()
    assert len(slack.messages(CHANNEL)) == 1


async def test_what_is_never_mended_fails_in_the_end_and_stays_shown(
    desk: Desk, slack: SlackStandIn
) -> None:
    slack.faults.add(slack_error("is_archived", method=POST, times=None))
    await desk.keep(viral())
    await desk.deliver_all(within_seconds=SETTINGS.give_up_seconds * 2)
    assert (await desk.states())["slack"] == State.FAILED
    tries = SETTINGS.give_up_seconds / SETTINGS.blocked_seconds
    assert posted(slack) <= tries + 2
    health = Health()
    await Troubles(desk.database, health, desk.clock).look()
    notes = health.readiness()[1]["notes"]
    assert notes == {"slack of receiver egizio": "1 notification(s) failed: is_archived"}


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        (mail_faults.refuse_recipient(), 1),
        (mail_faults.refuse_recipient("550 5.1.1 No such user"), 1),
        (mail_faults.refuse_mail(), 1),
        (mail_faults.refuse_mail("550 5.7.1 Not wanted"), 1),
        (mail_faults.drop_before_acceptance(), 1),
        (mail_faults.drop_after_acceptance(), 2),
        (mail_faults.timeout_after_acceptance(), 2),
    ],
    ids=["rcpt 450", "rcpt 550", "data 451", "data 550", "drop before", "drop after", "timeout"],
)
async def test_mail_repeats_only_under_the_same_message_id(
    desk: Desk, inbox: Inbox, fault: MailFault, kept: int
) -> None:
    inbox.faults.add(fault)
    await desk.keep(viral())
    await desk.deliver_due()
    assert (await desk.states())["email"] in (State.PENDING, State.BLOCKED)
    await desk.deliver_all()
    assert (await desk.states())["email"] == State.SENT
    accepted = [mail.message_id for mail in inbox.ledger if mail.accepted]
    assert len(accepted) == kept
    assert len(set(accepted)) == 1


async def test_only_the_recipient_that_refused_gets_the_mail_later(
    desk: Desk, inbox: Inbox
) -> None:
    desk.routing._receivers = {"egizio": {"email": ("first@a.example", "second@a.example")}}
    inbox.faults.add(
        mail_faults.refuse_recipient(
            "550 5.1.1 No such user", recipient="second@a.example", times=2
        )
    )
    await desk.keep(viral())
    await desk.deliver_all()
    accepted = [mail.recipients for mail in inbox.ledger if mail.accepted]
    assert accepted == [("first@a.example",), ("second@a.example",)]


async def test_address_that_is_dead_keeps_nothing_from_the_others(desk: Desk, inbox: Inbox) -> None:
    desk.routing._receivers = {"egizio": {"email": ("good@a.example", "dead@a.example")}}
    inbox.faults.add(
        mail_faults.refuse_recipient("550 5.1.1 No such user", recipient="dead@a.example", times=99)
    )
    await desk.keep(*(viral(post_id=f"bluesky:{number}") for number in range(4)))
    await desk.deliver_due()
    assert len([mail for mail in inbox.ledger if mail.accepted]) == 4
    await desk.keep(viral(post_id="bluesky:0", sentiment=NEGATIVE))
    await desk.deliver_due()
    told = [mail for mail in inbox.ledger if mail.accepted]
    assert len(told) == 5
    assert {mail.recipients for mail in told} == {("good@a.example",)}


async def test_message_that_cannot_be_changed_holds_back_no_new_one(
    desk: Desk, slack: SlackStandIn
) -> None:
    await desk.keep(viral())
    await desk.deliver_all()
    slack.faults.add(slack_error("is_archived", method=UPDATE, times=99))
    await desk.keep(viral(sentiment=NEGATIVE))
    claim = await desk.outbox.claim()
    assert claim is not None
    assert claim.accepted
    await desk.keep(viral(post_id="bluesky:new"))
    await desk.outbox.deliver(claim)
    await desk.deliver_due()
    assert len(slack.messages(CHANNEL)) == 3  # the old one, the reply to it, and the new one


async def test_reply_to_a_message_that_was_given_up_is_given_up(
    desk: Desk, slack: SlackStandIn
) -> None:
    slack.faults.add(timeout_before_acceptance(method=POST, times=1))
    slack.faults.add(slack_error("missing_scope", method="conversations.history", times=99_999))
    await desk.keep(viral())
    await desk.deliver_due()
    await desk.keep(viral(sentiment=NEGATIVE))
    await desk.deliver_all(within_seconds=SETTINGS.give_up_seconds + 3600)
    states = {(row.kind, row.state) for row in await desk.rows() if row.channel == "slack"}
    assert states == {(Kind.MESSAGE, State.FAILED), (Kind.REPLY, State.FAILED)}


async def test_rise_is_told_though_the_post_went_and_came_back(
    desk: Desk, slack: SlackStandIn
) -> None:
    await desk.keep(viral())
    await desk.deliver_all()
    await desk.keep(viral(revision=2, sentiment=NEGATIVE))
    await desk.remove(viral())
    await desk.deliver_all()
    assert len(slack.messages(CHANNEL)) == 1
    await desk.keep(viral(revision=4, sentiment=NEGATIVE))
    await desk.deliver_all()
    assert len(slack.messages(CHANNEL)) == 2
    assert (await desk.states(Kind.REPLY))["slack"] == State.SENT


async def test_address_that_was_missing_at_a_crash_is_looked_up_again(
    desk: Desk, slack: SlackStandIn
) -> None:
    known, desk.routing._receivers = desk.routing._receivers, {"egizio": {"slack": ()}}
    await desk.keep(viral())
    desk.routing._receivers = {}
    assert await desk.outbox.claim() is not None
    desk.routing._receivers = known
    await desk.deliver_all()
    assert len(slack.messages(CHANNEL)) == 1


async def test_later_alert_changes_the_message_and_posts_nothing_new(
    desk: Desk, slack: SlackStandIn, inbox: Inbox
) -> None:
    await desk.keep(viral())
    await desk.deliver_all()
    await desk.keep(viral(post_id="bluesky:2", story_id="bluesky:1"))
    await desk.deliver_all()
    [message] = slack.messages(CHANNEL)
    assert "1 more post(s)" in str(message["blocks"])
    assert len(inbox.folder.files) == 1


async def test_changes_that_pile_up_become_one_update(desk: Desk, slack: SlackStandIn) -> None:
    await desk.keep(viral())
    await desk.deliver_all()
    for number in range(2, 6):
        await desk.keep(viral(post_id=f"bluesky:{number}", story_id="bluesky:1"))
    await desk.deliver_all()
    assert posted(slack, UPDATE) == 1


async def test_rise_in_severity_is_one_reply_in_the_thread(
    desk: Desk, slack: SlackStandIn, inbox: Inbox
) -> None:
    await desk.keep(viral())
    await desk.deliver_all()
    slack.faults.add(timeout_after_acceptance(method=POST))
    await desk.keep(viral(sentiment=NEGATIVE))
    await desk.deliver_all()
    first, reply = slack.messages(CHANNEL)
    assert reply["thread_ts"] == first["ts"]
    assert await desk.states(Kind.REPLY) == {"slack": State.SENT, "email": State.SENT}
    assert len(inbox.folder.files) == 2
    await desk.keep(viral(sentiment=NEGATIVE))
    await desk.deliver_all()
    assert len(slack.messages(CHANNEL)) == len(inbox.folder.files) == 2


async def test_reply_has_nothing_that_a_removal_must_strike(
    desk: Desk, slack: SlackStandIn
) -> None:
    post = viral(text="Zephyr", url="https://quixotic.example/1")
    await desk.keep(post)
    await desk.deliver_all()
    await desk.keep(post.model_copy(update={"sentiment": viral(sentiment=NEGATIVE).sentiment}))
    await desk.deliver_all()
    assert "quixotic" in str(slack.messages(CHANNEL)[0])
    await desk.remove(post)
    await desk.deliver_all()
    first, reply = slack.messages(CHANNEL)
    assert "The author removed this post." in str(first)
    assert "Now: Urgent" in str(reply)
    for word in ("Zephyr", "quixotic", "Anna"):
        assert word not in str(slack.messages(CHANNEL))


async def test_rise_before_the_message_was_sent_needs_no_reply(
    desk: Desk, slack: SlackStandIn
) -> None:
    await desk.keep(viral())
    await desk.keep(viral(sentiment=NEGATIVE))
    await desk.deliver_all()
    [message] = slack.messages(CHANNEL)
    assert "Urgent" in str(message["blocks"])


async def test_removed_before_it_was_sent_is_never_sent(
    desk: Desk, slack: SlackStandIn, inbox: Inbox
) -> None:
    post = viral()
    await desk.keep(post)
    await desk.remove(post)
    await desk.deliver_all()
    assert set((await desk.states()).values()) == {State.CANCELLED}
    assert not slack.ledger
    assert not inbox.ledger


async def test_removed_while_in_doubt_is_found_and_struck(
    desk: Desk, slack: SlackStandIn, inbox: Inbox
) -> None:
    slack.faults.add(timeout_after_acceptance(method=POST))
    inbox.faults.add(mail_faults.drop_after_acceptance())
    post = viral(text="Zephyr")
    await desk.keep(post)
    await desk.deliver_due()
    await desk.remove(post)
    await desk.deliver_all()
    [message] = slack.messages(CHANNEL)
    assert "The author removed this post." in str(message)
    assert "Zephyr" not in str(message)
    assert (await desk.states()) == {"slack": State.SENT, "email": State.CANCELLED}
    assert sum(mail.accepted for mail in inbox.ledger) == 1


async def test_removed_while_it_is_being_sent_is_struck_afterwards(
    desk: Desk, slack: SlackStandIn
) -> None:
    post = viral(text="Zephyr")
    await desk.keep(post)
    claims = [await desk.outbox.claim()]
    await desk.remove(post)
    for claim in claims:
        assert claim is not None
        await desk.outbox.deliver(claim)
    await desk.deliver_all()
    assert all("Zephyr" not in str(message) for message in slack.messages(CHANNEL))


async def test_post_that_comes_back_is_shown_in_the_same_message(
    desk: Desk, slack: SlackStandIn, inbox: Inbox
) -> None:
    post = viral()
    await desk.keep(post)
    await desk.deliver_all()
    await desk.remove(post, "edit")
    await desk.deliver_all()
    assert "no longer about Museo Egizio" in str(slack.messages(CHANNEL))
    await desk.keep(viral(version=2, text="Again about the museum"))
    await desk.deliver_all()
    [message] = slack.messages(CHANNEL)
    assert "Again about the museum" in str(message)
    assert len(inbox.folder.files) == 1


async def test_message_deleted_by_hand_needs_no_change(desk: Desk, slack: SlackStandIn) -> None:
    post = viral()
    await desk.keep(post)
    await desk.deliver_all()
    channel = slack.workspace.channel(CHANNEL, by_name=True)
    slack.workspace.delete(channel, slack.messages(CHANNEL)[0]["ts"])
    await desk.remove(post)
    await desk.deliver_all()
    assert (await desk.states())["slack"] == State.SENT
    assert slack.messages(CHANNEL) == []


async def test_receiver_taken_out_of_settings_is_shown(desk: Desk, slack: SlackStandIn) -> None:
    await desk.keep(viral())
    desk.routing._receivers = {}
    await desk.deliver_due()
    reasons = {row.reason for row in await desk.rows()}
    assert reasons == {"no_address"}
