"""Tickets that tell what an insight tells attach themselves, and people have the last word."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.blocks import insight_forms as forms
from bot.blocks import kit
from bot.demo.fake_slack import View
from bot.demo.stage import Stage
from bot.reports import Kind, Status
from bot.service import attaching, insight_acts, insight_list, insights, similar
from bot.service.insights import MessageRef, TagRequest
from insight_stage import becomes, card, fill_in, happened, later, ship, take_in, thread
from people import (
    ADA,
    BEN,
    CHECKOUT,
    CUSTOMERS_WORDS,
    MIRA,
    SUPPORT,
    TEAM,
    card_post,
    events_done,
    modal,
    rows,
    said,
    take_some_tickets,
    ticket_post,
)

SAME = f"{CUSTOMERS_WORDS}!"
NEAR = "You took the money for one pot of jam twice; charged my card on Monday and on Friday."
OTHER = "How do I change the colour of the buttons in my shop?"
PAIRS = """SELECT insight_id, ticket_id, how, "by" FROM insight_ticket
WHERE detached_at IS NULL ORDER BY ticket_id"""
DAY = timedelta(hours=25)


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets and a card on the first of them."""
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    return http_stage


def seen(stage: Stage, user: str) -> View:
    """The modal with the tickets of insight 1."""
    assert stage.slack.click(user, card(stage), kit.ACTION_TOLD).ok
    return modal(stage, user)


def test_a_new_ticket_that_tells_the_same_attaches_itself(some: Stage, tmp_path: Path) -> None:
    take_in(some, tmp_path, SAME, OTHER)
    later(some)
    assert rows(some, PAIRS) == [(1, 1, "tagged", MIRA), (1, 9, "itself", "")]
    assert "2 tickets from 2 customers" in said(card(some))
    [line] = thread(some)
    assert "1 more ticket from 1 customer tells the same" in line
    shown = said(seen(some, BEN))
    assert "attached by itself" in shown
    assert "tagged by" in shown


def test_what_is_detached_never_attaches_itself_again(some: Stage, tmp_path: Path) -> None:
    take_in(some, tmp_path, SAME)
    later(some)
    view = seen(some, BEN)
    assert some.slack.click(BEN, view, kit.ACTION_DETACH, value="1:9").ok
    some.slack.wait_for(lambda: len(rows(some, PAIRS)) == 1)
    later(some)
    assert "1 ticket from 1 customer" in said(card(some))
    assert "detached ticket 500 ; it stays away" in thread(some)[-1]
    with some.context.store.write() as session:
        session.connection().exec_driver_sql("UPDATE insight SET looked_row = NULL")
    later(some)
    assert rows(some, "SELECT looked_row FROM insight") == [(9,)], "it was looked at again"
    assert len(rows(some, PAIRS)) == 1
    assert "attached by itself" not in said(seen(some, MIRA))


def test_the_ticket_that_an_insight_was_made_of_cannot_be_detached(some: Stage) -> None:
    assert "Detach" not in said(seen(some, BEN))
    with pytest.raises(Exception, match="keeps the ticket"):
        insight_list.detach(some.context, 1, 1, BEN, some.now)


def test_the_thread_hears_of_new_tickets_once_a_day(some: Stage, tmp_path: Path) -> None:
    for number in range(4):
        take_in(some, tmp_path, SAME, number=600 + number)
        later(some, timedelta(hours=3))
    assert len(thread(some)) == 1
    later(some, DAY)
    lines = thread(some)
    assert len(lines) == 2
    assert "3 more tickets from 3 customers tell" in lines[1]
    later(some, DAY)
    assert len(thread(some)) == 2, "nothing new, nothing said"


def test_earlier_tickets_are_counted_and_not_told_of(http_stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(http_stage, tmp_path)
    take_in(http_stage, tmp_path, SAME)
    card_post(http_stage)
    later(http_stage)
    assert "2 tickets from 2 customers" in said(card(http_stage))
    assert thread(http_stage) == []


def test_closed_insights_and_praise_are_left_alone(some: Stage, tmp_path: Path) -> None:
    later(some)
    with some.context.store.write() as session:
        session.connection().exec_driver_sql("UPDATE insight SET status = 'declined'")
    take_in(some, tmp_path, SAME)
    assert not attaching.attach_some(some.context, some.now)
    with some.context.store.write() as session:
        session.connection().exec_driver_sql("UPDATE insight SET status = 'open', kind = 'praise'")
    later(some)
    assert len(rows(some, PAIRS)) == 1


def test_an_insight_that_shipped_goes_on_being_told(some: Stage, tmp_path: Path) -> None:
    ship(some, BEN)
    becomes(some, "shipped")
    take_in(some, tmp_path, SAME)
    later(some)
    assert len(rows(some, PAIRS)) == 2


def test_a_process_that_looks_a_second_time_finds_nothing_to_do(
    some: Stage, tmp_path: Path
) -> None:
    take_in(some, tmp_path, SAME)
    while attaching.attach_some(some.context, some.now):
        pass
    before = rows(some, PAIRS)
    assert not attaching.attach_some(some.context, some.now)
    assert rows(some, PAIRS) == before


# --- a person says it -----------------------------------------------------------------------


def test_a_similar_insight_is_offered_first_and_takes_the_ticket(
    some: Stage, tmp_path: Path
) -> None:
    take_in(some, tmp_path, NEAR)
    later(some)
    post = ticket_post(some, 9)
    assert some.slack.click(ADA, post, kit.ACTION_TAG).ok
    view = modal(some, ADA)
    assert "Add it to one of these instead?" in said(view)
    assert "1: Charged twice · 1 ticket" in said(view)
    typed: dict[str, object] = {kit.BLOCK_INSIGHT: "1", kit.BLOCK_NOTE: "heard in the shop too"}
    assert some.slack.submit_view(ADA, typed).ok
    later(some)
    assert rows(some, "SELECT count(*) FROM insight") == [(1,)]
    assert rows(some, PAIRS)[-1] == (1, 9, "added", ADA)
    assert "added ticket" in thread(some)[0]
    assert "heard in the shop too" in thread(some)[0]


def test_an_insight_on_the_same_feature_is_offered_where_no_word_tells(
    some: Stage,
) -> None:
    for row, is_offered in ((5, True), (8, False)):
        post = ticket_post(some, row)
        assert some.slack.click(ADA, post, kit.ACTION_TAG).ok
        assert ("1: Charged twice" in said(modal(some, ADA))) is is_offered, row
        some.slack.close_view(ADA, clear=True)


def test_a_message_is_put_to_an_insight_by_its_link_alone(some: Stage) -> None:
    message, _ = some.slack.say(BEN, SUPPORT, f"From the fair: {CUSTOMERS_WORDS}")
    for _ in range(2):
        assert some.slack.shortcut(ADA, SUPPORT, message.ts, kit.SHORTCUT_TAG).ok
        view = modal(some, ADA)
        if "Add it to one" in said(view):
            assert some.slack.submit_view(ADA, {kit.BLOCK_INSIGHT: "1"}).ok
            later(some)
    assert "already part of" in said(view), "the second time it is known"
    assert rows(some, "SELECT channel, ts, insight_id FROM insight_message") == [
        (SUPPORT, message.ts, 1)
    ]
    assert "heard it again" in thread(some)[0]
    assert "heard again" in said(card(some))
    assert rows(some, "SELECT count(*) FROM insight") == [(1,)]


def test_a_bulb_on_a_ticket_that_attached_itself_confirms_it(some: Stage, tmp_path: Path) -> None:
    take_in(some, tmp_path, SAME)
    later(some)
    post = ticket_post(some, 9)
    for _ in range(2):
        some.slack.space.message(SUPPORT, post.ts)
        some.slack.react(ADA, SUPPORT, post.ts, "bulb")
        some.slack.unreact(ADA, SUPPORT, post.ts, "bulb")
    events_done(some, 4)
    later(some)
    assert rows(some, PAIRS)[-1] == (1, 9, "added", ADA)
    assert rows(some, "SELECT count(*) FROM insight") == [(1,)]
    assert [what for what, _, _ in happened(some)].count("added") == 1


def test_a_person_who_makes_another_insight_of_an_attached_ticket_takes_it_away(
    some: Stage, tmp_path: Path
) -> None:
    take_in(some, tmp_path, SAME)
    later(some)
    request = TagRequest(TEAM, ADA, SUPPORT, "Another", "checkout", Kind.BROKEN, ticket=9)
    insights.tag(some.context, request, some.now)
    later(some)
    assert rows(some, PAIRS) == [(1, 1, "tagged", MIRA), (2, 9, "tagged", ADA)]
    assert "1 ticket from 1 customer" in said(card(some))


def test_an_insight_of_a_message_is_told_by_its_own_words(
    http_stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(http_stage, tmp_path)
    request = TagRequest(
        *(TEAM, MIRA, CHECKOUT, CUSTOMERS_WORDS, "checkout", Kind.BROKEN),
        message=MessageRef(SUPPORT, "17.1", None),
    )
    insights.tag(http_stage.context, request, http_stage.now)
    later(http_stage)
    assert rows(http_stage, PAIRS) == [(1, 1, "itself", "")]
    assert "1 ticket from 1 customer" in said(card(http_stage))


def test_the_tickets_of_an_insight_are_paged(some: Stage, tmp_path: Path) -> None:
    take_in(some, tmp_path, *([SAME] * 11))
    later(some)
    view = seen(some, BEN)
    assert "Page 1 of 2" in said(view)
    assert some.slack.click(BEN, view, kit.ACTION_TOLD_NEXT).ok
    some.slack.wait_for(lambda: "Page 2 of 2" in said(some.slack.view(BEN)))
    assert some.slack.click(BEN, modal(some, BEN), kit.ACTION_TOLD_PREVIOUS).ok
    some.slack.wait_for(lambda: "Page 1 of 2" in said(some.slack.view(BEN)))
    last = insight_list.tickets_of(some.context, 1, 99)
    assert (last.page, len(last.tickets), last.total) == (1, 2, 12)


def test_a_title_is_not_needed_where_it_is_put_to_another(some: Stage) -> None:
    message, _ = some.slack.say(BEN, SUPPORT, CUSTOMERS_WORDS)
    assert some.slack.shortcut(ADA, SUPPORT, message.ts, kit.SHORTCUT_TAG).ok
    modal(some, ADA)
    some.slack.submit_view(ADA, {kit.BLOCK_INSIGHT: forms.NEW})
    assert "needs a title" in modal(some, ADA).errors[kit.BLOCK_TITLE]
    fill_in(some, ADA, {kit.BLOCK_INSIGHT: "1"})


def test_all_of_many_insights_are_compared_and_then_there_is_rest(some: Stage) -> None:
    for number in range(similar.COMPARED + 3):
        message = MessageRef(SUPPORT, f"{number}.0", None)
        told = (TEAM, MIRA, SUPPORT, f"Alpha {number} beta", None, Kind.BROKEN)
        insights.tag(some.context, TagRequest(*told, message=message), some.now)
    rounds = 0
    while attaching.attach_some(some.context, some.now):
        rounds += 1
        assert rounds < 20
    newest = rows(some, "SELECT max(id) FROM ticket")[0][0]
    assert rows(some, "SELECT DISTINCT looked_row FROM insight") == [(newest,)]


def test_the_thread_of_a_declined_insight_hears_of_no_new_tickets(
    some: Stage, tmp_path: Path
) -> None:
    take_in(some, tmp_path, SAME)
    while attaching.attach_some(some.context, some.now):
        pass
    insight_acts.set_status(some.context, 1, Status.DECLINED, some.now, user=BEN, said="No")
    later(some)
    later(some, DAY)
    assert len(thread(some)) == 1, "that it was declined, and nothing else"
