"""The whole story of an insight, played through the real app: from three tags to verified."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.blocks import kit
from bot.demo.stage import Stage
from bot.voice.effect_looks import LOOKS
from insight_stage import becomes, card, choose, fill_in, happened, later, ship, take_in, thread
from people import (
    ADA,
    BEN,
    CHECKOUT,
    CHIDI,
    CUSTOMERS_WORDS,
    MIRA,
    SUPPORT,
    asked,
    events_done,
    modal,
    rows,
    said,
    take_some_tickets,
    ticket_post,
    told,
)

STATES = "SELECT id, status, merged_into FROM insight ORDER BY id"
WEEK = timedelta(days=7)


def test_from_a_customers_words_to_a_change_and_back(stage: Stage, tmp_path: Path) -> None:
    """Tag three ways, one put to another, react, own, detach, merge, ship, verify, decline."""
    take_some_tickets(stage, tmp_path)
    slack = stage.slack

    # Ada tags a quote by its button, and Slack delivers her form twice.
    answer = asked(stage, ADA, SUPPORT, "checkout")
    assert slack.click(ADA, answer, kit.ACTION_TAG, value="1").ok
    modal(stage, ADA)
    delivery = slack.submit_view(ADA, {kit.BLOCK_TITLE: "Charged twice"})
    assert slack.redeliver(delivery).ok
    stage.work()

    # Ben heard the same in a support thread: the insight that is there is offered, and takes it.
    message, _ = slack.say(CHIDI, SUPPORT, f"A shop says: {CUSTOMERS_WORDS}")
    assert slack.shortcut(BEN, SUPPORT, message.ts, kit.SHORTCUT_TAG).ok
    assert "1: Charged twice" in said(modal(stage, BEN))
    assert slack.submit_view(BEN, {kit.BLOCK_INSIGHT: "1", kit.BLOCK_NOTE: "at the fair"}).ok
    later(stage)

    # Mira tags another ticket's post with a 💡, twice.
    post = ticket_post(stage, 2)
    assert slack.react(MIRA, SUPPORT, post.ts, "bulb").ok
    assert slack.unreact(MIRA, SUPPORT, post.ts, "bulb").ok
    assert slack.react(MIRA, SUPPORT, post.ts, "bulb").ok
    events_done(stage, 3)
    later(stage)
    [(one, *_), (two, *_)] = rows(stage, STATES)

    # The team answers the card; Ben owns it and says where it is worked on.
    slack.react(CHIDI, CHECKOUT, card(stage).ts, "open_mouth::skin-tone-4")
    slack.react(MIRA, CHECKOUT, card(stage).ts, "white_check_mark")
    events_done(stage, 5)
    assert slack.click(BEN, card(stage), kit.ACTION_OWN).ok
    becomes(stage, "owned")
    assert slack.click(BEN, card(stage), kit.ACTION_EDIT).ok
    fill_in(stage, BEN, {kit.BLOCK_ISSUE: "https://linear.app/marigold/issue/PAY-7/twice"})
    slack.wait_for(lambda: rows(stage, "SELECT id FROM insight WHERE issue_url IS NOT NULL"))
    later(stage)
    for shown in ("1 surprised me", "1 knew it", "Owner:", "PAY-7", "heard again"):
        assert shown in said(card(stage)), shown

    # The same story goes on; what attached itself wrongly is detached for good.
    take_in(stage, tmp_path, f"{CUSTOMERS_WORDS}!", f"{CUSTOMERS_WORDS}?")
    later(stage)
    assert "3 tickets from 3 customers" in said(card(stage))
    assert slack.click(MIRA, card(stage), kit.ACTION_TOLD).ok
    assert slack.click(MIRA, modal(stage, MIRA), kit.ACTION_DETACH, value="1:10").ok
    slack.wait_for(lambda: "2 tickets" in said(slack.view(MIRA)))
    slack.close_view(MIRA, clear=True)
    later(stage)
    assert "2 tickets from 2 customers" in said(card(stage))

    # Mira's insight turns out to be the same, and is put into it.
    assert slack.click(MIRA, card(stage, two), kit.ACTION_MERGE).ok
    fill_in(stage, MIRA, {kit.BLOCK_INSIGHT: "1"})
    slack.wait_for(lambda: rows(stage, STATES)[1][2] == one)
    later(stage)
    assert "3 tickets from 3 customers" in said(card(stage))

    # It ships and is looked at, customers are quiet, and Mira verifies; another is declined.
    ship(stage, BEN, "One charge a click")
    becomes(stage, "shipped")
    for _ in range(LOOKS[-1] + 1):
        later(stage, WEEK)
    choose(stage, MIRA, "verified")
    becomes(stage, "verified")
    other = ticket_post(stage, 8)
    assert slack.react(ADA, SUPPORT, other.ts, "bulb").ok
    # Events of months ago have left by now, so they cannot be counted.
    slack.wait_for(lambda: len(rows(stage, STATES)) == 3)
    later(stage)
    last = rows(stage, STATES)[-1][0]
    posted = next(m for m in slack.posts(SUPPORT) if m.text.startswith(f"Insight {last}"))
    assert slack.select(ADA, posted, kit.ACTION_STATUS, f"{last}:declined").ok
    fill_in(stage, ADA, {kit.BLOCK_NOTE: "The mail provider's doing"})
    slack.wait_for(lambda: rows(stage, STATES)[2][1] == "declined")
    later(stage)

    # All of it stands in the thread, in order, and can be found again.
    assert [what for what, _, _ in happened(stage)] == [
        *("tagged", "added", "owner", "status", "issue", "detached", "merged"),
        *("status", *["looked at"] * len(LOOKS), "status"),
    ]
    told_of = [
        *("heard it again", "took it on", "linked an issue", "tell the same", "detached"),
        *(f"merged insight {two}", "One charge a click", "after 12 weeks"),
        "shipped → verified",
    ]
    lines = thread(stage)
    places = [next(n for n, line in enumerate(lines) if words in line) for words in told_of]
    assert places == sorted(places)
    before = len(slack.ephemerals(MIRA))
    assert slack.slash_command(MIRA, SUPPORT, "/insights", "mine").ok
    assert "Charged twice" not in said(told(stage, MIRA, before + 1)), "hers is part of it now"
