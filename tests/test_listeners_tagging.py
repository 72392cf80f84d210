"""Insights in Slack: tagged by button, by shortcut and by 💡; edited, moved on, found again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import BOT_USER, ClientRefusal, Message
from bot.demo.stage import Stage
from bot.service import posting
from people import (
    ADA,
    BEN,
    CHECKOUT,
    CUSTOMERS_WORDS,
    GUS,
    PRIVATE,
    SHARED,
    SUPPORT,
    TEAM,
    asked,
    buttons,
    card_post,
    events_done,
    finish_listeners,
    modal,
    rows,
    said,
    take_some_tickets,
    ticket_post,
    told,
)
from storage import posts
from storage.values import PostValue
from storage_rows import everything_in

WORDS_OF_A_MESSAGE = "marmalade-on-the-modem"
TAGGED_BY_ANOTHER = (
    "This is insight 1 already, tagged by someone else just now. Edit it on its card."
)
INSIGHTS = "SELECT id, title, feature_id, kind, note, status, ticket_id, card_channel FROM insight"
PLACES = "SELECT message_channel, message_ts, message_link FROM insight"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def press_tag(stage: Stage, user: str) -> None:
    answer = asked(stage, user, SUPPORT, "checkout")
    first = buttons(answer, kit.ACTION_TAG)[0]
    assert stage.slack.click(user, answer, kit.ACTION_TAG, value=first).ok


# --- the button -----------------------------------------------------------------------------


def test_a_ticket_is_tagged_by_its_button(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    press_tag(stage, ADA)
    assert "Tag as insight" in str(modal(stage, ADA).definition["title"])
    typed: dict[str, object] = {
        kit.BLOCK_TITLE: "Charged twice",
        kit.BLOCK_KIND: "unexpected",
        kit.BLOCK_NOTE: "Since the release",
    }
    assert stage.slack.submit_view(ADA, typed).ok
    assert stage.slack.view(ADA) is None
    [(id, title, feature, kind, note, status, ticket, channel)] = rows(stage, INSIGHTS)
    assert (id, title, feature, kind) == (1, "Charged twice", "checkout", "unexpected")
    assert (note, status, channel) == ("Since the release", "open", CHECKOUT)
    assert ticket is not None
    stage.work()
    [card] = stage.slack.posts(CHECKOUT)
    for shown in ("Insight 1", "Charged twice", "Since the release", "Checkout"):
        assert shown in said(card)


def test_the_modal_suggests_what_the_ticket_says(some: Stage) -> None:
    press_tag(some, ADA)
    view = modal(some, ADA)
    assert some.slack.submit_view(ADA).ok, "the suggestions alone are enough"
    [(_, title, feature, kind, *_)] = rows(some, INSIGHTS)
    assert title in said(view)
    assert (feature, kind) == ("checkout", "broken")


def test_who_tags_a_tagged_ticket_is_told_that_their_words_are_not_kept(some: Stage) -> None:
    press_tag(some, ADA)
    modal(some, ADA)
    assert some.slack.submit_view(ADA, {kit.BLOCK_TITLE: "The first name"}).ok
    press_tag(some, BEN)
    view = modal(some, BEN)
    assert "already part of" in said(view)
    assert "The first name" in said(view)
    assert some.slack.submit_view(BEN, {kit.BLOCK_TITLE: "Another name"}).faults == ()
    assert modal(some, BEN).errors == {kit.BLOCK_TITLE: TAGGED_BY_ANOTHER}
    some.work()
    assert [row[1] for row in rows(some, INSIGHTS)] == ["The first name"]
    assert len(some.slack.posts(CHECKOUT)) == 1


def test_a_submission_that_is_delivered_twice_makes_one_insight(some: Stage) -> None:
    press_tag(some, ADA)
    modal(some, ADA)
    delivery = some.slack.submit_view(ADA, {kit.BLOCK_TITLE: "Once"})
    assert some.slack.redeliver(delivery).ok
    some.work()
    assert len(rows(some, INSIGHTS)) == 1
    assert len(some.slack.posts(CHECKOUT)) == 1


def test_a_title_of_blanks_is_said_at_the_title_and_the_modal_stays(some: Stage) -> None:
    press_tag(some, ADA)
    modal(some, ADA)
    answer = some.slack.submit_view(ADA, {kit.BLOCK_TITLE: "   ", kit.BLOCK_NOTE: "kept"})
    assert answer.faults == ()
    assert modal(some, ADA).errors == {kit.BLOCK_TITLE: "An insight needs a title."}
    with pytest.raises(ClientRefusal):
        some.slack.submit_view(ADA, {kit.BLOCK_TITLE: "x" * 151})
    assert not rows(some, INSIGHTS)


def test_without_an_owner_the_card_goes_where_the_tag_was_made(some: Stage) -> None:
    answer = asked(some, ADA, SUPPORT, "login")
    assert some.slack.click(ADA, answer, kit.ACTION_TAG).ok
    modal(some, ADA)
    assert some.slack.submit_view(ADA).ok
    some.work()
    assert len(some.slack.posts(SUPPORT)) == 1
    assert not some.slack.posts(CHECKOUT)


def test_who_tags_again_with_other_words_is_not_told_of_someone_else(some: Stage) -> None:
    for title in ("First", "Second"):
        press_tag(some, ADA)
        modal(some, ADA)
        some.slack.submit_view(ADA, {kit.BLOCK_TITLE: title})
    sentence = "This is insight 1 already. Edit it on its card."
    assert modal(some, ADA).errors == {kit.BLOCK_TITLE: sentence}


UNPOSTABLE = {
    "shared with another company": (SHARED, "shared with another company"),
    "without the bot": (PRIVATE, "/invite @Earshot"),
}


@pytest.mark.parametrize("case", UNPOSTABLE)
def test_a_tag_whose_card_cannot_be_posted_is_refused_in_the_modal(some: Stage, case: str) -> None:
    channel, sentence = UNPOSTABLE[case]
    answer = asked(some, ADA, channel, "login")
    assert some.slack.click(ADA, answer, kit.ACTION_TAG).ok
    modal(some, ADA)
    assert some.slack.submit_view(ADA).faults == ()
    assert sentence in modal(some, ADA).errors[kit.BLOCK_TITLE]
    assert not rows(some, INSIGHTS)
    assert some.slack.submit_view(ADA, {kit.BLOCK_FEATURE: "checkout"}).ok, "its owner can be told"
    some.work()
    assert len(some.slack.posts(CHECKOUT)) == 1


# --- the message shortcut -------------------------------------------------------------------


def test_any_message_is_tagged_without_its_words(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    message, _ = stage.slack.say(BEN, SUPPORT, f"Customer says: {WORDS_OF_A_MESSAGE}")
    assert stage.slack.shortcut(ADA, SUPPORT, message.ts, kit.SHORTCUT_TAG).ok
    view = modal(stage, ADA)
    assert WORDS_OF_A_MESSAGE not in json.dumps(view.definition)
    assert stage.slack.submit_view(ADA, {kit.BLOCK_TITLE: "Heard", kit.BLOCK_NOTE: "my note"}).ok
    stage.work()
    [(channel, ts, link)] = rows(stage, PLACES)
    assert (channel, ts) == (SUPPORT, message.ts)
    assert link.startswith("https://")
    [(_, title, _, _, note, _, ticket, card_channel)] = rows(stage, INSIGHTS)
    assert (title, note, ticket, card_channel) == ("Heard", "my note", None, SUPPORT)
    finish_listeners(stage)
    assert b"my note" in everything_in(stage.context.store)
    assert WORDS_OF_A_MESSAGE.encode() not in everything_in(stage.context.store)


def test_a_message_is_tagged_once_whoever_comes_second(some: Stage) -> None:
    message, _ = some.slack.say(BEN, SUPPORT, "look at this")
    for user, title in ((ADA, "First"), (BEN, "Second")):
        assert some.slack.shortcut(user, SUPPORT, message.ts, kit.SHORTCUT_TAG).ok
        view = modal(some, user)
        assert ("already part of" in said(view)) == (user == BEN)
        assert some.slack.submit_view(user, {kit.BLOCK_TITLE: title}).faults == ()
    assert modal(some, BEN).errors == {kit.BLOCK_TITLE: TAGGED_BY_ANOTHER}
    assert [row[1] for row in rows(some, INSIGHTS)] == ["First"]


def test_a_message_where_the_bot_is_not_is_tagged_without_a_link(some: Stage) -> None:
    message, _ = some.slack.say(ADA, PRIVATE, "between us")
    assert some.slack.shortcut(ADA, PRIVATE, message.ts, kit.SHORTCUT_TAG).ok
    modal(some, ADA)
    typed: dict[str, object] = {kit.BLOCK_TITLE: "Heard", kit.BLOCK_FEATURE: "checkout"}
    assert some.slack.submit_view(ADA, typed).ok
    assert rows(some, PLACES) == [(PRIVATE, message.ts, None)]
    some.work()
    assert len(some.slack.posts(CHECKOUT)) == 1


def test_the_link_of_a_message_is_fetched_before_the_modal_opens_and_not_after(
    some: Stage,
) -> None:
    message, _ = some.slack.say(BEN, SUPPORT, "look at this")
    assert some.slack.shortcut(ADA, SUPPORT, message.ts, kit.SHORTCUT_TAG).ok
    carried = json.loads(str(modal(some, ADA).definition["private_metadata"]))
    assert len(some.slack.calls_of("chat.getPermalink")) == 1
    assert some.slack.submit_view(ADA, {kit.BLOCK_TITLE: "Heard"}).ok
    assert len(some.slack.calls_of("chat.getPermalink")) == 1
    assert rows(some, PLACES) == [(SUPPORT, message.ts, carried["link"])]


def test_the_shortcut_on_a_tickets_post_tags_the_ticket(some: Stage) -> None:
    post = ticket_post(some)
    assert some.slack.shortcut(ADA, SUPPORT, post.ts, kit.SHORTCUT_TAG).ok
    assert CUSTOMERS_WORDS in said(modal(some, ADA))
    assert some.slack.submit_view(ADA).ok
    [(*_, ticket, _)] = rows(some, INSIGHTS)
    assert ticket == 1
    assert rows(some, PLACES) == [(None, None, None)]


# --- 💡 -------------------------------------------------------------------------------------


def test_the_tag_emoji_on_a_tickets_post_makes_an_insight(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    post = ticket_post(stage)
    assert stage.slack.react(ADA, SUPPORT, post.ts, "bulb").ok
    events_done(stage, 1)
    stage.work()
    [card] = stage.slack.posts(CHECKOUT)
    assert CUSTOMERS_WORDS in said(card)
    assert stage.slack.view(ADA) is None
    assert stage.slack.click(BEN, card, kit.ACTION_EDIT).ok
    assert "Edit insight" in str(modal(stage, BEN).definition["title"])


def test_two_people_with_the_tag_emoji_make_one_insight(some: Stage) -> None:
    post = ticket_post(some)
    for count, user in enumerate((ADA, BEN), 1):
        assert some.slack.react(user, SUPPORT, post.ts, "bulb").ok
        events_done(some, count)
    some.work()
    assert len(rows(some, INSIGHTS)) == 1
    assert len(some.slack.posts(CHECKOUT)) == 1


def test_taking_the_tag_emoji_away_changes_nothing(some: Stage) -> None:
    post = ticket_post(some)
    some.slack.react(ADA, SUPPORT, post.ts, "bulb")
    events_done(some, 1)
    some.work()
    before = rows(some, INSIGHTS)
    some.slack.unreact(ADA, SUPPORT, post.ts, "bulb")
    events_done(some, 2)
    some.work()
    assert rows(some, INSIGHTS) == before
    assert len(some.slack.posts(CHECKOUT)) == 1


def test_the_tag_emoji_elsewhere_gives_a_private_offer_that_opens_the_modal(
    stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(stage, tmp_path)
    message, _ = stage.slack.say(BEN, SUPPORT, WORDS_OF_A_MESSAGE)
    assert stage.slack.react(ADA, SUPPORT, message.ts, "bulb").ok
    offer = told(stage, ADA)
    assert not rows(stage, INSIGHTS)
    assert stage.slack.click(ADA, offer, kit.ACTION_TAG_MESSAGE).ok
    modal(stage, ADA)
    assert stage.slack.submit_view(ADA, {kit.BLOCK_TITLE: "Heard"}).ok
    assert rows(stage, PLACES)[0][:2] == (SUPPORT, message.ts)
    assert not rows(stage, "SELECT * FROM reaction")


def test_the_tag_emoji_on_a_message_of_ours_that_is_no_ticket_gives_the_offer_too(
    some: Stage,
) -> None:
    ours = some.slack.space.post(SUPPORT, BOT_USER, "Five tickets this morning")
    with some.context.store.write() as session:
        posts.remember(session, PostValue(TEAM, SUPPORT, ours.ts, posting.DIGEST, 1), some.now)
    assert some.slack.react(ADA, SUPPORT, ours.ts, "bulb").ok
    assert some.slack.click(ADA, told(some, ADA), kit.ACTION_TAG_MESSAGE).ok
    modal(some, ADA)


def test_a_card_is_an_insight_already_whoever_tags_it(some: Stage) -> None:
    shown = card_post(some)
    assert some.slack.react(ADA, CHECKOUT, shown.ts, "bulb").ok
    events_done(some, 1)
    assert some.slack.shortcut(BEN, CHECKOUT, shown.ts, kit.SHORTCUT_TAG).ok
    assert "This message is already part of: Charged twice" in said(modal(some, BEN))
    assert some.slack.submit_view(BEN, {kit.BLOCK_TITLE: "Again"}).faults == ()
    assert "This is insight 1 already" in modal(some, BEN).errors[kit.BLOCK_TITLE]
    assert not some.slack.ephemerals(ADA)
    assert len(rows(some, INSIGHTS)) == 1


def test_a_guests_tag_emoji_tags_nothing_now_or_later(some: Stage) -> None:
    post = ticket_post(some)
    message, _ = some.slack.say(BEN, SUPPORT, "look")
    some.slack.react(GUS, SUPPORT, post.ts, "bulb")
    some.slack.react(GUS, SUPPORT, message.ts, "bulb")
    events_done(some, 2)
    some.now = some.now.replace(hour=23)
    some.work()
    finish_listeners(some)
    assert not rows(some, INSIGHTS)
    assert not some.slack.ephemerals(GUS)
    assert not some.slack.posts(CHECKOUT)


# --- the card -------------------------------------------------------------------------------


def _shows(stage: Stage, card: Message, words: str) -> None:
    stage.work()
    assert words in said(stage.slack.message(card.channel, card.ts))


def test_edit_changes_the_card(some: Stage) -> None:
    card = card_post(some)
    assert some.slack.click(BEN, card, kit.ACTION_EDIT).ok
    assert "Charged twice" in json.dumps(modal(some, BEN).definition)
    typed: dict[str, object] = {
        kit.BLOCK_TITLE: "Charged thrice",
        kit.BLOCK_FEATURE: None,
        kit.BLOCK_NOTE: "<!channel> look",
    }
    assert some.slack.submit_view(BEN, typed).ok
    _shows(some, card, "Charged thrice")
    _shows(some, card, "<!channel> look")
    assert rows(some, INSIGHTS)[0][2] is None
    assert len(some.slack.messages(CHECKOUT)) == 1


def test_edit_without_a_title_keeps_the_modal_and_the_card(some: Stage) -> None:
    card = card_post(some)
    some.slack.click(BEN, card, kit.ACTION_EDIT)
    modal(some, BEN)
    assert some.slack.submit_view(BEN, {kit.BLOCK_TITLE: "   "}).faults == ()
    assert kit.BLOCK_TITLE in modal(some, BEN).errors
    _shows(some, card, "Charged twice")


def test_a_status_is_one_click(some: Stage) -> None:
    card = card_post(some)
    assert some.slack.select(BEN, card, kit.ACTION_STATUS, "1:verified").ok
    some.slack.wait_for(lambda: rows(some, INSIGHTS)[0][5] == "verified")
    _shows(some, card, "verified")


def test_an_insight_is_edited_from_the_list(some: Stage) -> None:
    card_post(some)
    assert some.slack.slash_command(BEN, SUPPORT, "/insights").ok
    listed = told(some, BEN)
    assert buttons(listed, kit.ACTION_EDIT) == ["1"]
    assert some.slack.click(BEN, listed, kit.ACTION_EDIT).ok
    assert "Charged twice" in json.dumps(modal(some, BEN).definition)


@pytest.mark.parametrize("action", [kit.ACTION_EDIT, kit.ACTION_STATUS])
def test_an_insight_that_is_gone_is_said_to_be_gone(some: Stage, action: str) -> None:
    card = card_post(some)
    with some.context.store.write() as session:
        session.connection().exec_driver_sql("DELETE FROM insight")
    if action == kit.ACTION_EDIT:
        assert some.slack.click(BEN, card, action).ok
    else:
        assert some.slack.select(BEN, card, action, "1:owned").ok
    assert "no longer there" in said(told(some, BEN))
