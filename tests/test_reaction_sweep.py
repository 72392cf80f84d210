"""Missed reactions are found once an hour: whatever was lost, swapped or repeated on the way."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.fake_slack import BOT_USER, Message, rate_limited
from bot.demo.stage import Stage
from bot.reaction_sweep import AT_ONCE, PACE, ReactionSweep
from bot.service import insights, posting, reactions
from bot.service.reactions import ADDED, REMOVED, ReactionEvent, emoji_name
from insight_stage import card, later
from people import (
    ADA,
    BEN,
    CHECKOUT,
    CHIDI,
    MIRA,
    SUPPORT,
    TEAM,
    card_post,
    rows,
    said,
    take_some_tickets,
    ticket_post,
)
from storage import posts
from storage.values import PostValue
from storage_rows import forget_all

HOUR = timedelta(hours=1, minutes=1)
PRESENT = 'SELECT "user", emoji FROM reaction WHERE present ORDER BY "user", emoji'
ORDERS = 1_000
EMOJI = ("open_mouth", "raising_hand::skin-tone-2", "no_good", "eyes")
PEOPLE = (ADA, BEN, CHIDI)


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def missed(stage: Stage, message: Message, user: str, emoji: str) -> None:
    """Somebody reacts, and no event reaches us."""
    shown = stage.slack.message(message.channel, message.ts)
    stage.slack.space.react(shown, user, emoji)


def test_reactions_given_while_the_bot_was_down_are_found_within_the_hour(some: Stage) -> None:
    shown = card_post(some)
    missed(some, shown, ADA, "open_mouth")
    missed(some, shown, BEN, "raising_hand::skin-tone-3")
    missed(some, shown, BEN, "tada")
    later(some, timedelta(minutes=50))
    assert rows(some, PRESENT) == []
    later(some, timedelta(minutes=11))
    assert rows(some, PRESENT) == [
        (ADA, "open_mouth"),
        (BEN, "raising_hand"),
        (BEN, "tada"),
    ]
    later(some)
    assert "1 surprised me" in said(card(some))
    assert "1 we own it" in said(card(some))


def test_reactions_taken_back_while_the_bot_was_down_are_found_too(some: Stage) -> None:
    shown = card_post(some)
    assert some.slack.react(ADA, CHECKOUT, shown.ts, "open_mouth").ok
    some.slack.wait_for(lambda: rows(some, PRESENT))
    some.slack.space.unreact(some.slack.message(CHECKOUT, shown.ts), ADA, "open_mouth")
    later(some, HOUR)
    later(some)
    assert rows(some, PRESENT) == []
    assert "surprised me" not in said(card(some))


def test_a_tag_that_was_missed_makes_the_insight(some: Stage) -> None:
    post = ticket_post(some)
    missed(some, post, ADA, "bulb")
    later(some, HOUR)
    assert rows(some, "SELECT ticket_id, tagged_by FROM insight") == [(1, ADA)]
    later(some, HOUR)
    assert len(rows(some, "SELECT id FROM insight")) == 1


def test_a_tag_that_breaks_off_is_found_missing_again(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = ticket_post(some)
    missed(some, post, ADA, "bulb")
    some.now += HOUR
    found = reactions.next_to_sweep(some.context, TEAM, some.now)
    assert found is not None

    def breaks_off(*args: object, **values: object) -> None:
        raise RuntimeError("the machine goes down")

    given = reactions.Given(frozenset({(ADA, "bulb")}))
    tag = insights.tag_as_suggested
    monkeypatch.setattr(insights, "tag_as_suggested", breaks_off)
    with pytest.raises(RuntimeError):
        reactions.mend(some.context, *found, given, now=some.now, may_tag=lambda *_: True)
    monkeypatch.setattr(insights, "tag_as_suggested", tag)
    later(some, HOUR)
    assert rows(some, "SELECT ticket_id, tagged_by FROM insight") == [(1, ADA)]
    assert rows(some, PRESENT) == [(ADA, "bulb")]


def test_a_tag_on_a_ticket_that_is_gone_is_an_emoji_like_others(some: Stage) -> None:
    post = ticket_post(some)
    missed(some, post, ADA, "bulb")
    with some.context.store.write() as session:
        forget_all(session)
    later(some, HOUR)
    assert rows(some, PRESENT) == [(ADA, "bulb")]
    assert rows(some, "SELECT id FROM insight") == []


def test_the_bots_own_reactions_are_nobodys_answer(some: Stage) -> None:
    missed(some, card_post(some), BOT_USER, "open_mouth")
    later(some, HOUR)
    assert rows(some, PRESENT) == []


def test_every_post_is_looked_at_once_an_hour_and_old_ones_no_more(some: Stage) -> None:
    card_post(some)
    ticket_post(some)
    for hours, looks in ((1, 2), (2, 4)):
        later(some, HOUR)
        later(some, timedelta(minutes=10))
        assert len(some.slack.calls_of("reactions.get")) == looks, hours
    later(some, timedelta(days=15))
    assert len(some.slack.calls_of("reactions.get")) == 4


def test_a_post_of_some_days_ago_is_looked_at_every_hour_too(some: Stage) -> None:
    shown = card_post(some)
    later(some, timedelta(days=13))
    missed(some, shown, ADA, "open_mouth")
    later(some, HOUR)
    assert rows(some, PRESENT) == [(ADA, "open_mouth")]


def test_of_more_posts_than_slack_takes_in_an_hour_none_is_left_out(some: Stage) -> None:
    made = [some.slack.space.post(CHECKOUT, BOT_USER, "A card") for _ in range(3 * AT_ONCE)]
    with some.context.store.write() as session:
        for each in made:
            post = PostValue(TEAM, CHECKOUT, each.ts, posting.INSIGHT, 99)
            posts.remember(session, post, some.now)
    looked: list[str] = []
    for _ in range(6):
        some.now += HOUR / 2
        some.earshot.clock.run_one(some.now)
        asked = [str(call.arguments["timestamp"]) for call in some.slack.calls_of("reactions.get")]
        assert len(asked) - len(looked) <= AT_ONCE, "no faster than Slack's limit"
        looked = asked
    assert sorted(looked[: len(made)]) == sorted(each.ts for each in made), "each in its turn"


def test_when_slack_asks_to_wait_the_sweep_waits_and_comes_back(some: Stage) -> None:
    shown = card_post(some)
    missed(some, shown, ADA, "open_mouth")
    some.slack.fail_next("reactions.get", rate_limited(60))
    later(some, HOUR)
    assert rows(some, PRESENT) == []
    later(some, timedelta(seconds=30))
    assert len(some.slack.calls_of("reactions.get")) == 1
    later(some, timedelta(seconds=31))
    assert rows(some, PRESENT) == [(ADA, "open_mouth")]


@pytest.mark.parametrize("how", ["deleted", "channel gone"])
def test_a_message_that_is_gone_is_marked_and_its_answers_are_kept(some: Stage, how: str) -> None:
    shown, post = card_post(some), ticket_post(some)
    assert some.slack.react(ADA, SUPPORT, post.ts, "open_mouth").ok
    some.slack.wait_for(lambda: rows(some, PRESENT))
    if how == "deleted":
        some.slack.space.delete(some.slack.message(SUPPORT, post.ts))
    else:
        del some.slack.space.channels[SUPPORT]
    later(some, HOUR)
    gone = "SELECT channel FROM post WHERE gone_at IS NOT NULL"
    assert rows(some, gone) == [(SUPPORT,)]
    assert rows(some, PRESENT) == [(ADA, "open_mouth")]
    before = len(some.slack.calls_of("reactions.get"))
    later(some, HOUR)
    assert len(some.slack.calls_of("reactions.get")) == before + 1, "the card alone is looked at"
    assert "1 surprised me" in said(some.slack.message(CHECKOUT, shown.ts))


def test_an_event_that_arrives_during_the_look_is_not_overwritten(some: Stage) -> None:
    shown = card_post(some)
    some.now += HOUR
    found = reactions.next_to_sweep(some.context, TEAM, some.now)
    assert found is not None
    post, known = found
    assert some.slack.react(ADA, CHECKOUT, shown.ts, "open_mouth").ok
    some.slack.wait_for(lambda: rows(some, PRESENT))
    nobody = reactions.Given(frozenset())
    count = reactions.mend(some.context, post, known, nobody, now=some.now, may_tag=lambda *_: True)
    assert (count, rows(some, PRESENT)) == (0, [(ADA, "open_mouth")])
    assert reactions.next_to_sweep(some.context, TEAM, some.now) is None, "taken by one"


def test_people_whom_slack_does_not_list_are_left_as_they_are(some: Stage) -> None:
    shown = card_post(some)
    assert some.slack.react(ADA, CHECKOUT, shown.ts, "open_mouth").ok
    some.slack.wait_for(lambda: rows(some, PRESENT))
    some.now += HOUR
    found = reactions.next_to_sweep(some.context, TEAM, some.now)
    assert found is not None
    given = reactions.Given(frozenset({(BEN, "open_mouth")}), frozenset({"open_mouth"}))
    reactions.mend(some.context, *found, given, now=some.now, may_tag=lambda *_: True)
    assert rows(some, PRESENT) == [(ADA, "open_mouth"), (BEN, "open_mouth")]


# --- a thousand orders ----------------------------------------------------------------------


def history(stage: Stage, message: Message, chance: random.Random) -> list[ReactionEvent]:
    """What people really did to a message, as the events that Slack would send."""
    events = []
    for number in range(chance.randint(3, 7)):
        user, emoji = chance.choice(PEOPLE), chance.choice(EMOJI)
        is_there = user in message.reactions.get(emoji, [])
        if is_there:
            stage.slack.space.unreact(message, user, emoji)
        else:
            stage.slack.space.react(message, user, emoji)
        events.append(
            ReactionEvent(
                team=TEAM,
                event_id=f"Ev{message.ts}-{number}",
                type=REMOVED if is_there else ADDED,
                user=user,
                emoji=emoji_name(emoji),
                channel=message.channel,
                ts=message.ts,
                event_ts=f"{message.ts.split('.')[0]}.{number:06d}",
            )
        )
    return events


def delivered(events: Sequence[ReactionEvent], chance: random.Random) -> list[ReactionEvent]:
    """In a random order, some twice, some never."""
    kept = [event for event in events if chance.random() > 0.2]
    kept += [event for event in kept if chance.random() > 0.7]
    chance.shuffle(kept)
    return kept


@pytest.mark.timeout(300)
@pytest.mark.only("sqlite")
def test_a_thousand_orders_with_repeats_and_losses_end_in_what_slack_shows(some: Stage) -> None:
    chance = random.Random(8)
    card_post(some)
    for _ in range(ORDERS):
        message = some.slack.space.post(CHECKOUT, BOT_USER, "A card")
        with some.context.store.write() as session:
            post = PostValue(TEAM, CHECKOUT, message.ts, posting.INSIGHT, 99)
            posts.remember(session, post, some.now)
        for event in delivered(history(some, message, chance), chance):
            reactions.record(some.context, event, some.now)
            reactions.finish(some.context, event, some.now, lambda *_: True)
    wrong = differing(some)
    assert len(wrong) > ORDERS // 10, "much was lost before the sweep"
    some.now += HOUR
    client, identity = some.earshot.client, some.earshot.identity
    sweep = ReactionSweep(
        some.context, client, team=TEAM, bot=identity.user, may_tag=lambda *_: True
    )
    for _ in range(ORDERS // AT_ONCE + 1):
        sweep.run_one(some.now)
        some.now += PACE
    assert differing(some) == []


def differing(stage: Stage) -> list[str]:
    """Messages of which we hold something else than Slack shows."""
    ours: dict[str, set[tuple[str, str]]] = {}
    held = 'SELECT ts, "user", emoji FROM reaction WHERE present'
    for ts, user, emoji in rows(stage, held):
        ours.setdefault(ts, set()).add((user, emoji))
    return [
        message.ts
        for message in stage.slack.posts(CHECKOUT)
        if ours.get(message.ts, set())
        != {
            (user, emoji_name(name))
            for name, people in message.reactions.items()
            for user in people
        }
    ]


def test_the_person_who_tagged_is_the_one_who_may(some: Stage) -> None:
    post = ticket_post(some)
    missed(some, post, "U0GUS", "bulb")
    missed(some, post, MIRA, "bulb")
    later(some, HOUR)
    assert rows(some, "SELECT tagged_by FROM insight") == [(MIRA,)]
