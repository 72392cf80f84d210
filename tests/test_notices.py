"""What goes wrong in a channel is told, once, to the person who set it up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.demo.fake_slack import reset_after_accept
from bot.demo.stage import Stage
from bot.reports import ChannelSettings
from bot.service import channels
from outbox_stage import (
    CHECKOUT,
    HOUR,
    MINUTE,
    TEAM,
    WITHOUT_HISTORY,
    pass_time,
    plan,
    row,
    states,
    texts,
)
from own_tickets import put, stored

OWNER = "U0ADA"


def told(stage: Stage) -> list[str]:
    """What the person who set the channel up was written, as plain text."""
    channel = stage.slack.space.direct_channel(OWNER)
    return [str(post.blocks) for post in stage.slack.posts(channel.id)]


@pytest.fixture
def owned(http_stage: Stage) -> Stage:
    """A stage with a channel that somebody set up; its digest is due every day in an hour."""
    at = f"{(http_stage.now + HOUR):%H:%M}"
    settings = ChannelSettings(TEAM, CHECKOUT, at=at, days=(1, 2, 3, 4, 5, 6, 7))
    channels.save(http_stage.context, settings, OWNER, http_stage.now - timedelta(hours=30))
    with http_stage.context.store.write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO digest (team, channel, local_date, state, reason, left_out, newest_ticket,"
            f" decided_at) VALUES ('{TEAM}', '{CHECKOUT}', '2026-11-02', 'silent', '', 0, 0,"
            " '2026-11-02 17:00:00')"
        )
    return http_stage


def test_a_message_in_doubt_is_told_once_with_what_to_do(owned: Stage) -> None:
    owned.slack.grant(WITHOUT_HISTORY)
    owned.slack.fail_next("chat.postMessage", reset_after_accept())
    id = plan(owned, "Good morning")
    pass_time(owned, 30 * MINUTE, MINUTE)
    assert row(owned, id).state == "held"
    [sentence] = told(owned)
    assert CHECKOUT in sentence
    assert f"earshot posts retry {id}" in sentence
    assert f"earshot posts drop {id} --seen" in sentence
    assert "Good morning" not in sentence


def test_a_notice_in_doubt_makes_no_notice(owned: Stage) -> None:
    owned.slack.grant(WITHOUT_HISTORY)
    owned.slack.fail_next("chat.postMessage", reset_after_accept(), times=2)
    plan(owned, "Good morning")
    pass_time(owned, 30 * MINUTE, MINUTE)
    assert states(owned) == ["held", "failed"]
    assert len(told(owned)) == 1


def test_a_digest_that_was_skipped_is_told_with_its_day(owned: Stage) -> None:
    owned.now += timedelta(hours=6)
    pass_time(owned, MINUTE)
    [sentence] = told(owned)
    assert "Tuesday, 3 November" in sentence or "Tuesday, 3 Nov" in sentence
    assert "more than four hours late" in sentence
    assert texts(owned) == []


def test_a_digest_that_is_refused_is_told_with_its_reason(owned: Stage) -> None:
    put(owned.context, stored("1", segment="enterprise", features=(), stored_at=owned.now))
    owned.slack.fail_next("chat.postMessage", "is_archived")
    owned.now += HOUR
    pass_time(owned, MINUTE)
    [sentence] = told(owned)
    assert "is_archived" in sentence


def test_where_nobody_set_the_channel_up_nobody_is_told(http_stage: Stage) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    http_stage.slack.fail_next("chat.postMessage", reset_after_accept())
    plan(http_stage, "Good morning")
    pass_time(http_stage, 30 * MINUTE, MINUTE)
    assert (states(http_stage), told(http_stage)) == (["held"], [])
