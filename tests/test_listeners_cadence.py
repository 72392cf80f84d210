"""How often a digest comes, its mute, less of this and whether it is still useful, in Slack."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.blocks.notice import notice
from bot.demo.fake_slack import Message, View
from bot.demo.stage import Stage
from bot.service import posting
from outbox_stage import WITHOUT_HISTORY
from people import (
    ADA,
    BEN,
    CHECKOUT,
    GUS,
    MIRA,
    SUPPORT,
    TEAM,
    asked,
    buttons,
    card_post,
    finish_listeners,
    modal,
    rows,
    said,
    take_some_tickets,
    ticket_post,
    told,
)
from storage import digests

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

WEDNESDAY = datetime(2026, 11, 4, 8, 31, tzinfo=UTC)
DAY = timedelta(days=1)
KEPT = "SELECT cadence, CAST(days AS TEXT), weekday FROM channel_setting"
ACTS = 'SELECT channel, "user", kind FROM act ORDER BY id'
WANTED_LESS = 'SELECT channel, what, value, "user" FROM digest_less ORDER BY id'


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def settings_of(stage: Stage, user: str = MIRA, channel: str = CHECKOUT) -> View:
    assert stage.slack.slash_command(user, channel, "/digest").ok
    return modal(stage, user)


def set_up(stage: Stage, values: dict[str, object] | None = None) -> None:
    settings_of(stage)
    assert stage.slack.submit_view(MIRA, values or {kit.BLOCK_TIME: "09:30"}).ok


def posted_digest(stage: Stage) -> Message:
    """The first message of the digest of the next morning."""
    set_up(stage)
    stage.now = WEDNESDAY
    stage.work()
    return next(post for post in stage.slack.posts(CHECKOUT) if post.thread_ts is None)


def redrawn(stage: Stage, view: View, act: object) -> View:
    """The modal once an act has drawn it anew."""
    before = view.hash
    assert callable(act)
    assert act().ok
    stage.slack.wait_for(lambda: view.hash != before)
    return view


def block_ids(view: View) -> set[str]:
    return {str(block.get("block_id")) for block in view.blocks}


def press(stage: Stage, view: View, action: str, **which: str) -> View:
    return redrawn(stage, view, lambda: stage.slack.click(MIRA, view, action, **which))


def acted(stage: Stage, count: int) -> list[tuple[str, str, str]]:
    """What was kept of what people did, once there is so much of it."""
    stage.slack.wait_for(lambda: len(rows(stage, ACTS)) >= count)
    return [(channel, user, kind) for channel, user, kind in rows(stage, ACTS)]


# --- how often ------------------------------------------------------------------------------


def test_choosing_a_cadence_shows_its_own_days_and_saves_them(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    view = settings_of(stage)
    assert kit.BLOCK_DAYS in block_ids(view)
    stage.slack.fill(MIRA, {kit.BLOCK_DAYS: ["2", "4"], kit.BLOCK_TIME: "07:45"})
    for cadence, shown in (("daily", set()), ("rises", {kit.BLOCK_DAYS})):
        redrawn(
            stage,
            view,
            lambda value=cadence: stage.slack.select(MIRA, view, kit.ACTION_DIGEST_CADENCE, value),
        )
        assert block_ids(view) & {kit.BLOCK_DAYS, kit.BLOCK_WEEKDAY} == shown
    redrawn(
        stage, view, lambda: stage.slack.select(MIRA, view, kit.ACTION_DIGEST_CADENCE, "weekly")
    )
    assert kit.BLOCK_WEEKDAY in block_ids(view)
    assert not rows(stage, KEPT), "choosing is not saving"
    assert stage.slack.submit_view(MIRA, {kit.BLOCK_WEEKDAY: "4"}).ok
    assert [row[::2] for row in rows(stage, KEPT)] == [("weekly", 4)]
    assert rows(stage, "SELECT at FROM channel_setting") == [("07:45",)]


def test_the_days_of_another_cadence_are_kept_for_when_it_is_chosen_again(some: Stage) -> None:
    set_up(some, {kit.BLOCK_DAYS: ["2", "4"]})
    view = settings_of(some)
    redrawn(some, view, lambda: some.slack.select(MIRA, view, kit.ACTION_DIGEST_CADENCE, "daily"))
    assert some.slack.submit_view(MIRA).ok
    [(cadence, days, _)] = rows(some, KEPT)
    assert (cadence, json.loads(days)) == ("daily", [2, 4])


def test_a_weekly_digest_comes_on_its_day_with_the_tickets_of_the_days_before(some: Stage) -> None:
    view = settings_of(some)
    redrawn(some, view, lambda: some.slack.select(MIRA, view, kit.ACTION_DIGEST_CADENCE, "weekly"))
    assert some.slack.submit_view(MIRA, {kit.BLOCK_WEEKDAY: "5"}).ok
    for day in (0, 1):
        some.now = WEDNESDAY + day * DAY
        some.work()
        assert some.slack.posts(CHECKOUT) == []
    some.now = WEDNESDAY + 2 * DAY
    some.work()
    assert [p for p in some.slack.posts(CHECKOUT) if p.thread_ts is None]


# --- mute -----------------------------------------------------------------------------------


def test_a_mute_is_said_and_ended_in_the_settings_and_leaves_cards_alone(
    stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(stage, tmp_path)
    assert "Until changed" not in said(settings_of(stage)), "there is nothing to mute yet"
    stage.slack.close_view(MIRA)
    set_up(stage)
    view = settings_of(stage)
    stage.slack.fill(MIRA, {kit.BLOCK_MOST: "2"})
    press(stage, view, f"{kit.ACTION_DIGEST_MUTE}:1")
    assert "muted until Tuesday, 10 Nov, 17:00, by" in said(view)
    stage.now = WEDNESDAY
    stage.work()
    assert stage.slack.posts(CHECKOUT) == []
    assert rows(stage, "SELECT state, reason FROM digest") == [("silent", "muted")]
    card_post(stage)
    again = settings_of(stage, ADA)
    before = again.hash
    assert stage.slack.click(ADA, again, kit.ACTION_DIGEST_UNMUTE).ok
    stage.slack.wait_for(lambda: again.hash != before)
    assert "For a day" in said(again)
    stage.now = WEDNESDAY + DAY
    stage.work()
    shown = [p for p in stage.slack.posts(CHECKOUT) if buttons(p, kit.ACTION_DIGEST_WHY)]
    assert len(shown) == 1, "with the tickets of the muted day"


@pytest.mark.parametrize(
    ("button", "until"),
    [
        (kit.ACTION_DIGEST_MUTE, "Wednesday, 4 Nov, 17:00"),
        (f"{kit.ACTION_DIGEST_MUTE}:2", "somebody"),
    ],
)
def test_each_mute_says_until_when(some: Stage, button: str, until: str) -> None:
    set_up(some)
    view = settings_of(some)
    press(some, view, button)
    assert f"until {until}" in said(view)


def test_home_says_which_digests_are_muted_and_ends_it_in_one_click(some: Stage) -> None:
    set_up(some)
    view = settings_of(some)
    press(some, view, f"{kit.ACTION_DIGEST_MUTE}:2")
    some.slack.open_home(ADA)
    home = some.slack.wait_for(lambda: some.slack.home(ADA))
    assert home is not None
    assert "Monday to Friday at 09:30" in said(home)
    assert "muted until somebody ends it" in said(home)
    assert some.slack.click(ADA, home, kit.ACTION_DIGEST_UNMUTE).ok
    some.slack.wait_for(lambda: "muted until" not in said(some.slack.home(ADA)))


# --- less of this ---------------------------------------------------------------------------


def less_menu(message: Message) -> list[tuple[str, list[str]]]:
    """Block and option values of each menu of a digest."""
    return [
        (str(block["block_id"]), [option["value"] for option in element["options"]])
        for block in message.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == kit.ACTION_DIGEST_LESS
    ]


def test_less_of_a_feature_is_confirmed_to_one_and_undone(some: Stage) -> None:
    digest = posted_digest(some)
    block, values = less_menu(digest)[0]
    assert [value.partition(":")[0] for value in values] == ["feature", "kind", "story"]
    assert some.slack.select(ADA, digest, kit.ACTION_DIGEST_LESS, values[0], block).ok
    shown = told(some, ADA)
    assert "From the next digest on: less about Checkout" in said(shown)
    assert not some.slack.ephemerals(BEN)
    assert rows(some, WANTED_LESS) == [(CHECKOUT, "feature", "checkout", ADA)]
    assert some.slack.click(ADA, shown, kit.ACTION_DIGEST_LESS_UNDO).ok
    some.slack.wait_for(lambda: "Taken back" in said(told(some, ADA)))
    assert rows(some, WANTED_LESS) == []


def test_what_a_channel_wants_less_of_is_listed_with_its_author_and_taken_back(
    some: Stage,
) -> None:
    digest = posted_digest(some)
    block, values = less_menu(digest)[0]
    for user, value in ((ADA, values[1]), (BEN, values[2])):
        assert some.slack.select(user, digest, kit.ACTION_DIGEST_LESS, value, block).ok
        told(some, user)
    view = settings_of(some)
    assert "less of 2 things" in said(view)
    assert some.slack.click(MIRA, view, kit.ACTION_DIGEST_LESS_LIST).ok
    listed = some.slack.wait_for(lambda: top if (top := modal(some, MIRA)).id != view.id else None)
    assert listed is not None
    people = [
        e["user_id"]
        for b in listed.blocks
        for part in b.get("elements", ())
        for e in part.get("elements", ())
        if e.get("type") == "user"
    ]
    assert people == [BEN, ADA]
    [(newest,)] = rows(some, "SELECT max(id) FROM digest_less")
    press(some, listed, kit.ACTION_DIGEST_LESS_UNDO, value=str(newest))
    assert [row[1] for row in rows(some, WANTED_LESS)] == ["kind"]
    some.slack.wait_for(lambda: "less of 1 thing." in said(view))


def test_a_story_that_is_wanted_no_more_is_out_of_the_next_digest(some: Stage) -> None:
    view = settings_of(some)
    assert "charged twice" in said(view)
    [(row,)] = rows(some, "SELECT id FROM ticket WHERE body LIKE '%charged twice%'")
    digest = posted_digest(some)
    menus = less_menu(digest)
    block = next(block for block, values in menus if f"story:{row}" in values)
    assert some.slack.select(ADA, digest, kit.ACTION_DIGEST_LESS, f"story:{row}", block).ok
    assert "this story no more" in said(told(some, ADA)).lower()


@pytest.mark.parametrize(
    "value", ["nothing:1", "story:", "feature:gone", "kind:", "story:9999999999"]
)
def test_a_forged_choice_changes_nothing(some: Stage, value: str) -> None:
    digest = posted_digest(some)
    block, _ = less_menu(digest)[0]
    [menu] = [
        element
        for each in digest.blocks
        if each["block_id"] == block
        for element in each["elements"]
        if element.get("action_id") == kit.ACTION_DIGEST_LESS
    ]
    menu["options"][0]["value"] = value
    assert some.slack.select(ADA, digest, kit.ACTION_DIGEST_LESS, value, block).ok
    assert "any more" in said(told(some, ADA))
    assert rows(some, WANTED_LESS) == []


def test_a_guest_may_not_say_less_nor_mute(some: Stage) -> None:
    digest = posted_digest(some)
    block, values = less_menu(digest)[0]
    some.slack.space.channel(CHECKOUT).members.append(GUS)
    assert some.slack.select(GUS, digest, kit.ACTION_DIGEST_LESS, values[0], block).ok
    told(some, GUS)
    assert rows(some, WANTED_LESS) == []


# --- acts -----------------------------------------------------------------------------------


def test_what_people_do_is_kept_without_what_it_was_about(some: Stage) -> None:
    answer = asked(some, ADA, CHECKOUT, "checkout")
    assert acted(some, 1) == [(CHECKOUT, ADA, "asked")]
    assert some.slack.click(ADA, answer, kit.ACTION_TICKETS).ok
    modal(some, ADA)
    post = ticket_post(some, 1, CHECKOUT)
    assert some.slack.click(BEN, post, kit.ACTION_DIGEST_OPEN).ok
    acted(some, 3)
    some.slack.mention(BEN, CHECKOUT, "login")
    acted(some, 4)
    assert some.slack.click(BEN, post, kit.ACTION_TAG).ok
    modal(some, BEN)
    assert some.slack.submit_view(BEN, {kit.BLOCK_TITLE: "Charged twice"}).ok
    found = acted(some, 5)
    assert found == [
        (CHECKOUT, ADA, "asked"),
        (CHECKOUT, ADA, "opened"),
        (CHECKOUT, BEN, "opened"),
        (CHECKOUT, BEN, "asked"),
        (CHECKOUT, BEN, "tagged"),
    ]


def test_why_these_and_sharing_are_acts_and_what_is_done_in_private_is_none(some: Stage) -> None:
    digest = posted_digest(some)
    assert acted(some, 1) == [(CHECKOUT, MIRA, "set up")]
    assert some.slack.click(ADA, digest, kit.ACTION_DIGEST_WHY).ok
    assert acted(some, 2)[1:] == [(CHECKOUT, ADA, "opened")]
    some.slack.direct_message(ADA, "checkout")
    answer = asked(some, ADA, SUPPORT, "checkout")
    acted(some, 3)
    assert some.slack.click(ADA, answer, kit.ACTION_SHARE).ok
    acted(some, 4)
    finish_listeners(some)
    assert acted(some, 4)[2:] == [(SUPPORT, ADA, "asked"), (SUPPORT, ADA, "shared")]


# --- still useful ---------------------------------------------------------------------------


def quiet_weeks(stage: Stage, days: int) -> None:
    """Mornings on which a digest is posted, of working days, and nobody does anything."""
    for _ in range(days):
        stage.now += DAY
        if stage.now.weekday() < 5 and rows(stage, KEPT)[0][0] == "days":
            _post_digest(stage)
        stage.work()


def _post_digest(stage: Stage) -> None:
    day = stage.now.date().isoformat()
    with stage.context.store.write() as session:
        made = digests.claim(session, TEAM, CHECKOUT, day, newest_ticket=0, now=stage.now)
        assert made is not None
        digests.settle(session, made, state=digests.POSTED, reason="", left_out=0, items=())
        posting.plan_post(
            session,
            notice(f"The digest of {day}"),
            team=TEAM,
            channel=CHECKOUT,
            key=f"digest:{CHECKOUT}:{day}",
            shows=posting.DIGEST,
            subject=made,
            now=stage.now,
        )


def questions(stage: Stage) -> list[Message]:
    return [post for post in stage.slack.posts(CHECKOUT) if "still useful" in said(post).lower()]


@pytest.fixture
def quiet(some: Stage) -> Stage:
    """A channel that was asked whether its digest is still useful."""
    set_up(some)
    some.now = WEDNESDAY - DAY
    quiet_weeks(some, 15)
    return some


def test_a_channel_is_asked_keeps_its_digest_and_the_question_says_who_said_so(
    quiet: Stage,
) -> None:
    [question] = questions(quiet)
    assert question.thread_ts is None
    assert quiet.slack.click(ADA, question, kit.ACTION_DIGEST_KEEP).ok
    quiet.slack.wait_for(lambda: rows(quiet, "SELECT answer FROM digest_question") == [("kept",)])
    quiet.work()
    assert "Still useful, says" in said(questions(quiet)[0])


def test_nobody_answers_it_turns_weekly_and_one_click_turns_it_back(quiet: Stage) -> None:
    quiet_weeks(quiet, 8)
    [(cadence, _, weekday)] = rows(quiet, KEPT)
    assert (cadence, weekday) == ("weekly", 1)
    [weekly] = [post for post in quiet.slack.posts(CHECKOUT) if "once a week now" in post.text]
    assert "on Mondays" in said(weekly)
    assert "Nobody answered" in said(
        next(post for post in quiet.slack.posts(CHECKOUT) if "Answered" in post.text)
    )
    assert quiet.slack.click(ADA, weekly, kit.ACTION_DIGEST_BACK).ok
    quiet.slack.wait_for(lambda: rows(quiet, KEPT)[0][0] == "days")
    quiet.work()
    assert any("Brought back by" in said(post) for post in quiet.slack.posts(CHECKOUT))


def test_a_reply_in_a_digests_thread_counts_where_history_may_be_read(some: Stage) -> None:
    set_up(some)
    some.now = WEDNESDAY - DAY
    quiet_weeks(some, 9)
    digest = [post for post in some.slack.posts(CHECKOUT) if post.thread_ts is None][-1]
    some.slack.say(BEN, CHECKOUT, "Looking into this one.", thread_ts=digest.ts)
    quiet_weeks(some, 6)
    assert questions(some) == []
    assert [kind for *_, kind in acted(some, 2)] == ["set up", "replied"]


def test_without_history_replies_are_not_seen_and_it_asks(some: Stage) -> None:
    some.slack.grant(WITHOUT_HISTORY)
    set_up(some)
    some.now = WEDNESDAY - DAY
    quiet_weeks(some, 9)
    digest = [post for post in some.slack.posts(CHECKOUT) if post.thread_ts is None][-1]
    some.slack.say(BEN, CHECKOUT, "Looking into this one.", thread_ts=digest.ts)
    quiet_weeks(some, 6)
    assert len(questions(some)) == 1
