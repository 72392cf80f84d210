"""`/digest` and the Home tab, in Slack."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import ClientRefusal, Message, Person, View
from bot.demo.stage import Stage
from own_tickets import put, stored, write_catalogue
from people import (
    ADA,
    CHECKOUT,
    CUSTOMERS_WORDS,
    GENERAL,
    GUS,
    MIRA,
    PRIVATE,
    SUPPORT,
    card_post,
    finish_listeners,
    modal,
    rows,
    said,
    take_some_tickets,
    told,
)

KEPT = (
    "SELECT channel, at, CAST(days AS TEXT), timezone, most, enabled, CAST(features AS TEXT),"
    " set_up_by FROM channel_setting"
)
CHOSEN: dict[str, object] = {
    kit.BLOCK_TIME: "07:45",
    kit.BLOCK_TIMEZONE: "America/New_York",
    kit.BLOCK_DAYS: ["2", "4"],
    kit.BLOCK_MOST: "2",
    kit.BLOCK_FEATURES: ["checkout", "login"],
    kit.BLOCK_OWNS: ["checkout"],
    kit.BLOCK_ON: ["on"],
}


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def settings_of(stage: Stage, user: str, channel: str = CHECKOUT) -> View:
    assert stage.slack.slash_command(user, channel, "/digest").ok
    return modal(stage, user)


def element(view: View, block: str) -> dict[str, Any]:
    [found] = [each["element"] for each in view.blocks if each.get("block_id") == block]
    assert isinstance(found, dict)
    return found


def offered(view: View, block: str) -> object:
    """What an input opens with."""
    shown = element(view, block)
    if "initial_options" in shown:
        return [option["value"] for option in shown["initial_options"]]
    if "initial_option" in shown:
        return shown["initial_option"]["value"]
    return shown.get("initial_value") or shown.get("initial_time")


@pytest.mark.parametrize(("user", "zone"), [(MIRA, "Europe/Berlin"), ("U0BEN", "America/New_York")])
def test_the_modal_opens_with_the_persons_time_zone(some: Stage, user: str, zone: str) -> None:
    view = settings_of(some, user)
    assert offered(view, kit.BLOCK_TIMEZONE) == zone
    assert offered(view, kit.BLOCK_TIME) == "09:30"
    assert offered(view, kit.BLOCK_DAYS) == ["1", "2", "3", "4", "5"]
    assert "Preview" in said(view)
    assert not rows(some, KEPT), "looking is not setting up"


def test_a_time_zone_that_is_unknown_here_is_shown_and_named(some: Stage) -> None:
    some.slack.space.add_person(Person(ADA, "ada", "Ada", tz="Mars/Olympus"))
    view = settings_of(some, ADA)
    assert offered(view, kit.BLOCK_TIMEZONE) == "Mars/Olympus"
    assert some.slack.submit_view(ADA).faults == ()
    assert list(modal(some, ADA).errors) == [kit.BLOCK_TIMEZONE]


def test_what_is_chosen_is_kept_and_shown_again(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    settings_of(stage, MIRA)
    assert stage.slack.submit_view(MIRA, CHOSEN).ok
    assert stage.slack.view(MIRA) is None
    [(channel, at, days, zone, most, on, features, by)] = rows(stage, KEPT)
    assert (channel, at, zone, most, on) == (CHECKOUT, "07:45", "America/New_York", 2, 1)
    assert (json.loads(days), by) == ([2, 4], MIRA)
    assert json.loads(features) == ["checkout", "login"]
    again = settings_of(stage, ADA)
    for block, expected in CHOSEN.items():
        assert offered(again, block) == expected, block
    assert stage.slack.submit_view(ADA, {kit.BLOCK_ON: []}).ok
    assert rows(stage, KEPT)[0][5] == 0, "switched off"


BAD_ZONES = [
    "Berlin",
    "Europe",
    "europe/berlin ",
    "../../etc/passwd",
    "UTC+1",
    "Mars/Olympus",
    "\ud83d\ude00",
]


@pytest.mark.parametrize("zone", BAD_ZONES)
def test_a_wrong_time_zone_is_said_at_its_input(some: Stage, zone: str) -> None:
    settings_of(some, MIRA)
    assert some.slack.submit_view(MIRA, {kit.BLOCK_TIMEZONE: zone}).faults == ()
    [(block, sentence)] = modal(some, MIRA).errors.items()
    assert block == kit.BLOCK_TIMEZONE
    assert "Europe/Berlin" in sentence
    assert not rows(some, KEPT)
    assert some.slack.submit_view(MIRA, {kit.BLOCK_TIMEZONE: "Europe/Berlin"}).ok


def test_no_day_chosen_is_said_at_the_days_by_slack_and_by_us(some: Stage) -> None:
    view = settings_of(some, MIRA)
    with pytest.raises(ClientRefusal) as refusal:
        some.slack.submit_view(MIRA, {kit.BLOCK_DAYS: []})
    assert list(refusal.value.errors) == [kit.BLOCK_DAYS]
    [days] = [each for each in view.blocks if each.get("block_id") == kit.BLOCK_DAYS]
    days["optional"] = True  # a client that lets it through
    assert some.slack.submit_view(MIRA).faults == ()
    assert "at least one day" in modal(some, MIRA).errors[kit.BLOCK_DAYS]
    assert not rows(some, KEPT)


def test_several_faults_are_said_each_at_its_input(some: Stage) -> None:
    view = settings_of(some, MIRA)
    [days] = [each for each in view.blocks if each.get("block_id") == kit.BLOCK_DAYS]
    days["optional"] = True
    wrong: dict[str, object] = {kit.BLOCK_DAYS: [], kit.BLOCK_TIMEZONE: "Berlin"}
    assert some.slack.submit_view(MIRA, wrong).faults == ()
    assert set(modal(some, MIRA).errors) == {kit.BLOCK_DAYS, kit.BLOCK_TIMEZONE}


# --- the preview ----------------------------------------------------------------------------


def test_refreshing_the_preview_keeps_what_was_chosen(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    view = settings_of(stage, MIRA)
    before = view.hash
    stage.slack.fill(MIRA, CHOSEN)
    assert stage.slack.click(MIRA, view, kit.ACTION_DIGEST_PREVIEW).ok
    stage.slack.wait_for(lambda: view.hash != before)
    for block, expected in CHOSEN.items():
        assert offered(view, block) == expected, block
    assert not rows(stage, KEPT), "a preview keeps nothing"
    assert stage.slack.submit_view(MIRA).ok
    assert rows(stage, KEPT)[0][1] == "07:45"


def test_the_preview_follows_the_features_that_were_chosen(some: Stage) -> None:
    view = settings_of(some, MIRA, SUPPORT)
    before = view.hash
    some.slack.fill(MIRA, {kit.BLOCK_FEATURES: ["csv-export"]})
    some.slack.click(MIRA, view, kit.ACTION_DIGEST_PREVIEW)
    some.slack.wait_for(lambda: view.hash != before)
    assert CUSTOMERS_WORDS not in said(view)


@pytest.mark.parametrize("zone", ["Berlin", "  "])
def test_the_preview_of_a_wrong_time_zone_is_still_a_preview(some: Stage, zone: str) -> None:
    view = settings_of(some, MIRA)
    before = view.hash
    some.slack.fill(MIRA, {kit.BLOCK_TIMEZONE: zone, kit.BLOCK_TIME: None, kit.BLOCK_DAYS: []})
    assert some.slack.click(MIRA, view, kit.ACTION_DIGEST_PREVIEW).ok
    some.slack.wait_for(lambda: view.hash != before)
    assert "Preview" in said(view)


def test_pressing_the_preview_twice_is_no_error(
    some: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    view = settings_of(some, MIRA)
    before = view.hash
    click = some.slack.click(MIRA, view, kit.ACTION_DIGEST_PREVIEW)
    some.slack.wait_for(lambda: view.hash != before)
    again = replace(click, payload={**click.payload, "trigger_id": "pressed-before-it-changed"})
    assert some.slack.redeliver(again).ok
    finish_listeners(some)
    assert [call.answer.get("error") for call in some.slack.calls_of("views.update")] == [
        None,
        "hash_conflict",
    ]
    assert "reference" not in caplog.text


def test_a_channel_that_became_shared_meanwhile_is_not_set_up(some: Stage) -> None:
    settings_of(some, MIRA)
    some.slack.space.change_channel(CHECKOUT, is_ext_shared=True)
    assert some.slack.submit_view(MIRA).faults == ()
    assert "shared with another company" in str(modal(some, MIRA).errors)
    assert not rows(some, KEPT)


def test_a_channel_without_the_bot_is_not_set_up(some: Stage) -> None:
    assert some.slack.slash_command(MIRA, PRIVATE, "/digest").ok
    assert "/invite @Earshot" in said(told(some, MIRA))
    assert some.slack.view(MIRA) is None


def test_the_digests_own_button_opens_the_settings(some: Stage) -> None:
    settings_of(some, MIRA)
    assert some.slack.submit_view(MIRA, {kit.BLOCK_TIME: "09:30"}).ok
    some.now = datetime(2026, 11, 4, 8, 31, tzinfo=UTC)
    some.work()
    digest = next(post for post in some.slack.posts(CHECKOUT) if post.thread_ts is None)
    assert some.slack.click(ADA, digest, kit.ACTION_DIGEST_SETTINGS).ok
    assert offered(modal(some, ADA), kit.BLOCK_TIMEZONE) == "Europe/Berlin"


def posted_digest(stage: Stage) -> Message:
    """The first message of the digest of the next morning."""
    settings_of(stage, MIRA)
    assert stage.slack.submit_view(MIRA, {kit.BLOCK_TIME: "09:30"}).ok
    stage.now = datetime(2026, 11, 4, 8, 31, tzinfo=UTC)
    stage.work()
    return next(post for post in stage.slack.posts(CHECKOUT) if post.thread_ts is None)


def test_why_these_shows_parts_that_add_up_and_opens_what_was_left_out(some: Stage) -> None:
    digest = posted_digest(some)
    assert some.slack.click(ADA, digest, kit.ACTION_DIGEST_WHY).ok
    why = modal(some, ADA)
    text = said(why)
    totals = [int(found) for found in re.findall(r"(\d+) points: ", text)]
    each = [int(found) for found in re.findall(r"(\d+) of \d+: ", text)]
    shown = len(totals)
    assert 1 <= shown <= 5
    assert len(each) % shown == 0
    size = len(each) // shown
    assert [sum(each[n * size : (n + 1) * size]) for n in range(shown)] == totals
    [(left,)] = rows(some, "SELECT left_out FROM digest")
    assert f"{left} more ticket" in text
    assert some.slack.click(ADA, why, kit.ACTION_DIGEST_UNSHOWN).ok
    assert some.slack.wait_for(lambda: modal(some, ADA).definition["title"]["text"] == "Left out")
    assert f"{left} ticket" in said(modal(some, ADA))


def listed(view: View) -> list[str]:
    """Rows of the tickets on a page of a list."""
    elements = [e for block in view.blocks for e in block.get("elements", ())]
    return [e["value"] for e in elements if e.get("action_id") == kit.ACTION_SHOW]


OWN_WORDS = (
    "It began on Monday and four of us tried what the help pages say.",
    "Our buyers in Porto went to another shop, which I can understand.",
    "Cash works, transfers work, cards of every bank I own do not.",
    "I waited twenty minutes with an empty page before I gave up.",
    "My niece has the same on her tablet with an American card.",
    "Is this because we moved to the yearly plan last Thursday?",
    "Chrome and Safari make no difference, nor does a new laptop.",
    "Nothing in the console, nothing in the mail, no receipt either.",
    "The waiter had to write eleven orders by hand at lunch time.",
    "Yesterday evening it went through once and never again since.",
    "Please ring me, I have a market stall to open on Saturday.",
    "We pay for priority support and nobody told us a thing.",
    "After a reload the amount is zero and the flowers are gone.",
)


def test_those_like_it_are_listed_page_by_page_and_open_whole(http_stage: Stage) -> None:
    write_catalogue(http_stage.context)
    story = "The pay button does nothing after the card number was typed in"
    put(
        http_stage.context,
        *(
            stored(f"like{n}", said=story, more=more, ago=timedelta(hours=n + 1), features=())
            for n, more in enumerate(OWN_WORDS)
        ),
    )
    digest = posted_digest(http_stage)
    [pressed] = [e for b in digest.blocks for e in b.get("elements", ()) if is_like(e)]
    assert pressed["text"]["text"] == "12 like it"
    assert http_stage.slack.click(ADA, digest, kit.ACTION_DIGEST_LIKE).ok
    view = modal(http_stage, ADA)
    assert "12 tickets like it" in said(view)
    assert "With the one that is shown: 13 customers in the last week" in said(view)
    first = listed(view)
    before = view.hash
    assert http_stage.slack.click(ADA, view, kit.ACTION_DIGEST_OLDER).ok
    http_stage.slack.wait_for(lambda: modal(http_stage, ADA).hash != before)
    both = first + listed(modal(http_stage, ADA))
    shown = rows(http_stage, "SELECT ticket_id FROM digest_item")[0][0]
    assert (len(first), len(both), len(set(both))) == (10, 12, 12)
    assert str(shown) not in both
    [button] = [e for b in view.blocks for e in b.get("elements", ()) if e.get("value") == both[-1]]
    where = {"value": both[-1]}
    assert http_stage.slack.click(ADA, modal(http_stage, ADA), button["action_id"], **where).ok
    http_stage.slack.wait_for(lambda: "Ticket" in said(modal(http_stage, ADA)))


def is_like(element: dict[str, Any]) -> bool:
    return element.get("action_id") == kit.ACTION_DIGEST_LIKE


def test_a_guest_sees_nothing_of_what_stands_behind_a_digest(some: Stage) -> None:
    digest = posted_digest(some)
    some.slack.space.channel(CHECKOUT).members.append(GUS)
    assert some.slack.click(GUS, digest, kit.ACTION_DIGEST_WHY).sent
    assert "full members" in said(told(some, GUS))
    reply = next(post for post in some.slack.posts(CHECKOUT) if post.thread_ts)
    assert some.slack.click(GUS, reply, kit.ACTION_SHOW).sent
    assert "full members" in said(told(some, GUS, 2))
    assert some.slack.view(GUS) is None


def test_opening_the_source_is_acknowledged_and_answers_nothing(some: Stage) -> None:
    digest = posted_digest(some)
    first = next(e for b in digest.blocks for e in b.get("elements", ()) if "url" in e)
    click = some.slack.click(ADA, digest, kit.ACTION_DIGEST_OPEN, value=first["value"])
    assert click.ok
    finish_listeners(some)
    assert (some.slack.ephemerals(ADA), some.slack.view(ADA)) == ([], None)


# --- Home -----------------------------------------------------------------------------------


def test_home_shows_features_insights_and_what_to_do(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    card_post(stage, 1, "Charged twice")
    assert stage.slack.open_home(ADA).ok
    home = said(stage.slack.wait_for(lambda: stage.slack.home(ADA)))
    for shown in ("Checkout", "Charged twice", "How to start", "8 tickets stored"):
        assert shown in home


def test_home_is_drawn_anew_each_time(some: Stage) -> None:
    some.slack.open_home(ADA)
    assert "Charged twice" not in said(some.slack.wait_for(lambda: some.slack.home(ADA)))
    card_post(some, 1, "Charged twice")
    some.slack.open_home(ADA)
    some.slack.wait_for(lambda: "Charged twice" in said(some.slack.home(ADA)))


def test_home_without_tickets_says_who_brings_them(http_stage: Stage) -> None:
    http_stage.slack.open_home(ADA)
    home = http_stage.slack.wait_for(lambda: http_stage.slack.home(ADA))
    assert "No tickets stored yet" in said(home)


def test_the_messages_tab_draws_no_home(http_stage: Stage) -> None:
    event = {"type": "app_home_opened", "user": ADA, "channel": GENERAL, "tab": "messages"}
    assert http_stage.slack.event(event).ok
    finish_listeners(http_stage)
    assert http_stage.slack.home(ADA) is None
