"""Messages that show a ticket, edited so that they show it no more."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.blocks import tickets as screens
from bot.demo.fake_slack.failures import reset_after_accept, reset_before
from bot.demo.stage import Stage
from bot.reports import ChannelSettings, EditedPosts, Message, ShownTicket
from bot.service import channels, post_edits, posting, sharing, tickets
from outbox_stage import pass_time, run, states
from people import (
    ADA,
    CHECKOUT,
    CUSTOMERS_WORDS,
    GENERAL,
    SUPPORT,
    TEAM,
    card_post,
    rows,
    said,
    take_some_tickets,
    ticket_post,
)
from storage import posts as post_rows
from storage import removals

NOTE = post_edits.FORGOTTEN
DAY = timedelta(days=1)


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def row_of(stage: Stage, words: str = CUSTOMERS_WORDS) -> int:
    found = rows(stage, f"SELECT id FROM ticket WHERE body LIKE '%{words}%'")
    return int(found[0][0])


def take_out(stage: Stage, row: int) -> EditedPosts:
    with stage.context.store.write() as session:
        shown = post_edits.shown(session, [row])
        return post_edits.take_out(session, shown, stage.now, note=NOTE)


def everything_shown(stage: Stage) -> str:
    """All that all channels show now, replies, buttons and summaries included."""
    seen = [
        (message.text, message.blocks)
        for channel in (CHECKOUT, SUPPORT, GENERAL)
        for message in stage.slack.posts(channel)
    ]
    return json.dumps(seen, ensure_ascii=False)


def kept(stage: Stage) -> str:
    return json.dumps([str(row[0]) for row in rows(stage, "SELECT payload FROM outbox")])


def digest(stage: Stage) -> None:
    settings = ChannelSettings(TEAM, CHECKOUT, on=True, at="17:00", timezone="UTC")
    channels.save(stage.context, settings, ADA, stage.now)
    stage.now += timedelta(hours=1, minutes=1)
    stage.work()


def test_a_digest_and_its_thread_lose_the_ticket_and_keep_the_others(full_stage: Stage) -> None:
    digest(full_stage)
    before = everything_shown(full_stage)
    quotes = "SELECT ticket_id, text FROM ticket_quote WHERE ticket_id IN "
    in_digest = rows(full_stage, quotes + "(SELECT ticket_id FROM digest_item)")
    shown = [(row, text) for row, text in in_digest if text in before]
    assert len({row for row, _ in shown}) > 2
    gone = shown[0][0]
    [(url,)] = rows(full_stage, f"SELECT url FROM ticket WHERE id = {gone}")
    assert url in before
    assert take_out(full_stage, gone).edits == 2
    full_stage.work()
    after = everything_shown(full_stage)
    assert url not in after
    assert after.count(NOTE) == 3, "in the digest, in its post, and in what that is announced by"
    assert all((text in after) == (row != gone) for row, text in shown)
    assert not any(text in kept(full_stage) for row, text in shown if row == gone)


def test_a_shared_answer_and_a_card_lose_the_ticket(some: Stage) -> None:
    sharing.share(
        some.context,
        "checkout",
        at=some.now,
        team=TEAM,
        channel=GENERAL,
        user=ADA,
        key="1",
        now=some.now,
    )
    row = row_of(some)
    card_post(some, row, title=CUSTOMERS_WORDS)
    some.work()
    assert everything_shown(some).count(CUSTOMERS_WORDS) >= 3
    assert take_out(some, row).edits == 2
    some.work()
    assert CUSTOMERS_WORDS not in everything_shown(some)
    [card] = some.slack.posts(CHECKOUT)
    assert "Insight 1" in said(card), "the card stays a card"


def plan_ticket(stage: Stage, row: int) -> None:
    """Put the post of a ticket in line."""
    message = screens.render(tickets.view(stage.context, row))
    with stage.context.store.write() as session:
        posting.plan_post(
            session,
            message,
            team=TEAM,
            channel=SUPPORT,
            key="one",
            shows=posting.TICKET,
            subject=row,
            now=stage.now,
        )


def test_what_was_not_sent_yet_is_never_sent(some: Stage) -> None:
    row = row_of(some)
    plan_ticket(some, row)
    assert take_out(some, row) == EditedPosts(withdrawn=1, kept=1)
    some.work()
    assert not some.slack.posts(SUPPORT)


def test_a_post_of_which_nobody_knows_whether_it_stands_is_edited_once_it_is_found(
    some: Stage,
) -> None:
    row = row_of(some)
    plan_ticket(some, row)
    some.slack.fail_next("chat.postMessage", reset_after_accept())
    run(some)
    assert states(some) == ["unknown"]
    assert take_out(some, row).edits == 1
    some.now += timedelta(seconds=10)
    some.work()
    [post] = some.slack.posts(SUPPORT)
    assert said(post) == NOTE
    assert states(some) == ["sent", "sent"]


@pytest.mark.case(31)
@pytest.mark.parametrize("fault", ["token_revoked", "internal_error", "ratelimited"])
def test_an_edit_waits_until_slack_takes_it(some: Stage, fault: str) -> None:
    row = row_of(some)
    ticket_post(some, row)
    some.slack.fail_next("chat.update", fault, 3)
    take_out(some, row)
    pass_time(some, timedelta(minutes=30), timedelta(minutes=1))
    assert [said(post) for post in some.slack.posts(SUPPORT)] == [NOTE]


def test_an_edit_is_still_made_after_days_without_slack_also_if_the_card_changed_meanwhile(
    some: Stage,
) -> None:
    row = row_of(some)
    card_post(some, row, title=CUSTOMERS_WORDS)
    some.slack.fail_next("chat.update", reset_before(), 10_000)
    take_out(some, row)
    with some.context.store.write() as session:
        # The card as it was, as if it had been rendered before.
        [post] = post_rows.showing(session, posting.INSIGHT, 1)
        posting.plan_edit(session, Message("Insight 1 is open"), post, some.now)
    for _ in range(6):
        some.now += DAY
        run(some)
    some.slack.failures.clear()
    some.now += DAY
    some.work()
    assert CUSTOMERS_WORDS not in everything_shown(some)


def test_what_shows_a_customers_words_is_edited_where_nothing_may_be_posted_any_more(
    some: Stage,
) -> None:
    row = row_of(some)
    ticket_post(some, row)
    some.slack.space.channels[SUPPORT].is_ext_shared = True
    take_out(some, row)
    some.work()
    assert [said(post) for post in some.slack.posts(SUPPORT)] == [NOTE]


@pytest.mark.parametrize("code", ["message_not_found", "channel_not_found", "is_archived"])
def test_what_slack_refuses_to_edit_is_recorded_and_not_tried_for_ever(
    some: Stage, code: str
) -> None:
    row = row_of(some)
    ticket_post(some, row)
    some.slack.fail_next("chat.update", code)
    take_out(some, row)
    some.work()
    with some.context.store.read() as session:
        [edit] = removals.of(session, posting.REMOVAL, 0)
    assert (edit.state, edit.error) == ("failed", code)
    assert len(some.slack.calls_of("chat.update")) == 1


def test_masking_leaves_all_but_the_words(some: Stage) -> None:
    digest(some)
    with some.context.store.write() as session:
        shown = post_edits.shown(session, [row_of(some)])
        masked = post_edits.mask(
            session, shown, lambda text: text.replace("my card", "[private 1]"), some.now
        )
    assert masked.edits == 2
    some.work()
    after = everything_shown(some)
    assert "my card is charged" not in after
    assert after.count("[private 1] is charged twice") == 2
    assert "tickets/900" in after, "its buttons stay"
    assert "my card is charged" not in kept(some)


def test_a_text_of_our_own_is_nobodys_words(some: Stage) -> None:
    """A ticket that says what Earshot says on every screen takes none of that away."""
    digest(some)
    before = everything_shown(some)
    said_by_us = ShownTicket(
        99, "desk", "5", None, ("Checkout", "tag as insight broken praise what they say 3 Nov 2026")
    )
    with some.context.store.write() as session:
        post_edits.take_out(session, [said_by_us], some.now, note=NOTE)
    some.work()
    assert everything_shown(some) == before
