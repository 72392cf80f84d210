"""Insights: unique, on a card in the owner's channel, answered by emoji, found again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.blocks import insight_card as screens
from bot.errors import NotFound, UserError
from bot.reports import Answer, Feature, Kind, Status
from bot.service import friction, insight_acts, insight_list, insights
from bot.service.context import Context
from bot.service.insight_acts import Edit
from bot.service.insights import MessageRef, TagRequest
from conftest import NOW
from own_tickets import CRASH, put, stored, write_catalogue
from storage import posts
from storage.values import PostValue

LATER = NOW + timedelta(minutes=5)
TICKET = TagRequest("T1", "U1", "C1", "Paying fails", "checkout", Kind.BROKEN, ticket=1)
MESSAGE = replace(TICKET, ticket=None, message=MessageRef("C5", "17.001", "https://slack/p17"))


@pytest.fixture
def shop(context: Context) -> Context:
    """Checkout is owned by C7 and C8 by the catalogue, Search by nobody; two tickets."""
    write_catalogue(
        context, Feature("checkout", "Checkout", channels=("C8", "C7")), Feature("search", "Search")
    )
    put(
        context,
        stored("1", said=CRASH),
        stored("2", said="Where is your office?", kinds=(), features=(), subject="A  question"),
    )
    return context


def rows(context: Context, sql: str) -> list[Any]:
    with context.store.read() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def post(context: Context, shows: str, subject: int, ts: str, channel: str = "C7") -> PostValue:
    value = PostValue("T1", channel, ts, shows, subject)
    with context.store.write() as session:
        posts.remember(session, value, NOW)
    return value


def react(
    context: Context, on: PostValue, user: str, emoji: str, at: str = "1.0", *, gone: bool = False
) -> None:
    with context.store.write() as session:
        posts.react(session, on, user=user, emoji=emoji, present=not gone, event_ts=at)


# --- tagging --------------------------------------------------------------------------------


@pytest.mark.parametrize("request_", [TICKET, MESSAGE])
def test_a_ticket_or_message_becomes_one_insight_however_often_it_is_tagged(
    shop: Context, request_: TagRequest
) -> None:
    first = insights.tag(shop, request_, NOW)
    again = insights.tag(shop, replace(request_, title="Another", user="U2"), LATER)
    assert (first.made, again.made, again.insight) == (True, False, first.insight)
    assert rows(shop, "SELECT title, tagged_by FROM insight") == [("Paying fails", "U1")]
    assert rows(shop, "SELECT dedupe_key FROM outbox") == [(f"card:{first.insight}",)]


def test_tagging_again_plans_a_card_that_failed_anew_and_only_once(shop: Context) -> None:
    insight = insights.tag(shop, TICKET, NOW).insight
    keys = [f"card:{insight}", f"card:{insight}:1", f"card:{insight}:2"]
    for tries in (1, 2, 3):
        for _ in range(2):
            insights.tag(shop, replace(TICKET, feature=None, channel="C2"), LATER)
        expected = keys[: min(tries, 3)]
        assert rows(shop, "SELECT dedupe_key FROM outbox ORDER BY id") == [
            (key,) for key in expected
        ]
        with shop.store.write() as session:
            session.execute(text("UPDATE outbox SET state = 'failed'"))
    channels = rows(shop, "SELECT channel FROM outbox ORDER BY id")
    assert channels == [("C7",), ("C2",), ("C2",)], "anew, where it was checked that it may go"
    post(shop, "insight", insight, "1.0")
    insights.tag(shop, TICKET, LATER)
    assert len(rows(shop, "SELECT id FROM outbox")) == 3


def test_the_same_words_of_the_same_person_are_kept_and_others_are_not(shop: Context) -> None:
    assert insights.tag(shop, TICKET, NOW).kept
    assert insights.tag(shop, TICKET, LATER).kept
    for other in (replace(TICKET, note="n"), replace(TICKET, user="U2")):
        tagged = insights.tag(shop, other, LATER)
        assert (tagged.kept, tagged.by) == (False, "U1")


def test_what_people_type_is_kept_without_personal_data(shop: Context) -> None:
    typed = ("Ask kim@shop.example", "Call +49 30 1234567, kim@shop.example")
    title, note = typed
    insight = insights.tag(shop, replace(TICKET, title=title, note=note), NOW).insight
    kept = [("Ask [email 1]", "Call [phone 1], [email 1]")]
    assert rows(shop, "SELECT title, note FROM insight") == kept
    for wanted in (Edit("x", None, Kind.BROKEN, ""), Edit(title, None, Kind.BROKEN, note)):
        insight_acts.edit(shop, insight, wanted, "U1", LATER)
    assert rows(shop, "SELECT title, note FROM insight") == kept


def test_an_address_at_the_cut_of_a_title_leaves_nothing_of_itself(shop: Context) -> None:
    title = "x" * 140 + " kim.lee@shop.example"
    insights.tag(shop, replace(TICKET, title=title), NOW)
    assert "kim" not in rows(shop, "SELECT title FROM insight")[0][0]


def test_two_people_who_tag_at_the_same_time_make_one_insight(shop: Context) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: insights.tag(shop, TICKET, NOW).made, range(4)))
    assert sorted(made) == [False, False, False, True]
    assert rows(shop, "SELECT count(*) FROM outbox") == [(1,)]


def test_messages_at_another_place_are_other_insights(shop: Context) -> None:
    places = [("C5", "17.001"), ("C5", "17.002"), ("C6", "17.001")]
    for channel, ts in places:
        insights.tag(shop, replace(MESSAGE, message=MessageRef(channel, ts, None)), NOW)
    insights.tag(shop, replace(MESSAGE, team="T2"), NOW)
    assert rows(shop, "SELECT count(*) FROM insight") == [(4,)]


@pytest.mark.parametrize(
    ("feature", "channel", "kept"),
    [("checkout", "C7", "checkout"), ("search", "C1", "search"), ("gone", "C1", None)],
)
def test_the_card_goes_to_the_owner_or_to_where_the_tag_was_made(
    shop: Context, feature: str, channel: str, kept: str | None
) -> None:
    tagged = insights.tag(shop, replace(TICKET, feature=feature), NOW)
    assert tagged.channel == channel
    assert rows(shop, "SELECT channel, shows, subject_id FROM outbox") == [
        (channel, "insight", tagged.insight)
    ]
    assert rows(shop, "SELECT feature_id FROM insight") == [(kept,)]


@pytest.mark.parametrize("title", ["", "  \n\t "])
def test_an_insight_needs_a_title(shop: Context, title: str) -> None:
    with pytest.raises(UserError, match="title"):
        insights.tag(shop, replace(TICKET, title=title), NOW)
    tagged = insights.tag(shop, TICKET, NOW)
    wanted = Edit(title, None, Kind.BROKEN, "")
    with pytest.raises(UserError, match="title"):
        insight_acts.edit(shop, tagged.insight, wanted, "U1", LATER)
    assert insights.card(shop, tagged.insight).title == "Paying fails"


def test_a_ticket_that_is_gone_cannot_be_tagged(shop: Context) -> None:
    with pytest.raises(NotFound):
        insights.tag(shop, replace(TICKET, ticket=99), NOW)
    with pytest.raises(NotFound):
        insights.suggest(shop, ticket=99)
    with pytest.raises(NotFound):
        insights.card(shop, 99)
    with pytest.raises(NotFound):
        insight_acts.set_status(shop, 99, Status.OWNED, NOW)
    assert rows(shop, "SELECT count(*) FROM insight") == [(0,)]


def test_the_modal_opens_with_the_quote_and_its_kind_and_feature(shop: Context) -> None:
    suggestion = insights.suggest(shop, ticket=1)
    assert (suggestion.title, suggestion.feature, suggestion.kind) == (
        *(CRASH, "checkout"),
        Kind.BROKEN,
    )
    assert suggestion.existing is None
    blank = insights.suggest(shop, ticket=2)
    assert (blank.title, blank.feature) == ("A question", None)
    insights.tag(shop, TICKET, NOW)
    existing = insights.suggest(shop, ticket=1).existing
    assert existing is not None
    assert existing.title == "Paying fails"


def test_a_message_that_shows_a_ticket_is_tagged_as_that_ticket(shop: Context) -> None:
    post(shop, "ticket", 1, "5.0")
    found = insights.suggest(shop, message=("C7", "5.0"), team="T1")
    assert found.ticket is not None
    assert found.ticket.key == 1
    other = insights.suggest(shop, message=("C7", "5.0"), team="T2")
    assert (other.ticket, other.message) == (None, ("C7", "5.0"))


def test_a_tag_by_emoji_takes_the_suggested_values(shop: Context) -> None:
    tagged = insights.tag_as_suggested(shop, team="T1", user="U3", channel="C1", ticket=1, now=NOW)
    card = insights.card(shop, tagged.insight)
    assert (card.title, card.kind, card.tagged_by) == (CRASH, Kind.BROKEN, "U3")
    assert card.feature is not None
    assert card.quote is not None
    assert (card.feature.id, card.quote.ticket_id, card.status) == ("checkout", "1", Status.OPEN)


# --- editing --------------------------------------------------------------------------------


def test_an_edit_and_a_status_change_plan_the_edit_of_every_card(shop: Context) -> None:
    insight = insights.tag(shop, TICKET, NOW).insight
    for ts in ("1.0", "2.0"):
        post(shop, "insight", insight, ts)
    wanted = Edit(" Pay\nfails ", "search", Kind.REQUEST, "n")
    insight_acts.edit(shop, insight, wanted, "U2", LATER)
    card = insights.card(shop, insight)
    assert (card.title, card.kind, card.note) == ("Pay fails", Kind.REQUEST, "n")
    edits = "SELECT target_ts FROM outbox WHERE action = 'update' ORDER BY id"
    assert rows(shop, edits) == [("1.0",), ("2.0",)]
    insight_acts.set_status(shop, insight, Status.SHIPPED, LATER + timedelta(seconds=1))
    assert insights.card(shop, insight).status is Status.SHIPPED
    planned = rows(shop, edits)
    insight_acts.set_status(shop, insight, Status.SHIPPED, LATER + timedelta(seconds=2))
    assert rows(shop, edits) == planned, "what shows already is not sent again"
    assert screens.card(insights.card(shop, insight)).blocks


def test_an_open_insight_shows_on_its_feature_and_a_closed_one_does_not(shop: Context) -> None:
    insight = insights.tag(shop, TICKET, NOW).insight
    for status in Status:
        insight_acts.set_status(shop, insight, status, NOW)
        report = friction.ask(shop, "checkout", NOW)
        shown = [line.id for line in getattr(report, "insights", ())]
        assert (shown == [insight]) is (status not in (Status.VERIFIED, Status.DECLINED)), status


# --- answers --------------------------------------------------------------------------------


def test_answers_are_counted_over_cards_and_ticket_posts_each_person_once(shop: Context) -> None:
    insight = insights.tag(shop, TICKET, NOW).insight
    card, ticket = post(shop, "insight", insight, "1.0"), post(shop, "ticket", 1, "2.0", "C1")
    other = post(shop, "ticket", 2, "3.0")
    for on, user, emoji in (
        (card, "U1", "white_check_mark"),
        (ticket, "U1", "white_check_mark"),
        (ticket, "U2", "white_check_mark"),
        (ticket, "U2", "open_mouth"),
        (other, "U4", "white_check_mark"),
        (card, "U3", "tada"),
        (ticket, "U2", "tada"),
        (ticket, "U1", "bulb"),
    ):
        react(shop, on, user, emoji)
    shown = insights.card(shop, insight)
    assert {answer.label: answer.people for answer in shown.answers} == {
        Answer.KNEW: ("U1", "U2"),
        Answer.SURPRISED: ("U2",),
    }
    assert shown.others == (("tada", 2),), "others are kept; the tag emoji is no answer"
    [line] = insight_list.search(shop, "").insights
    assert line.answers == {Answer.KNEW: 2, Answer.SURPRISED: 1}


def test_an_answer_that_was_taken_back_does_not_count(shop: Context) -> None:
    insight = insights.tag(shop, TICKET, NOW).insight
    card = post(shop, "insight", insight, "1.0")
    react(shop, card, "U1", "no_good", "10.0")
    react(shop, card, "U1", "no_good", "11.0", gone=True)
    react(shop, card, "U1", "no_good", "10.0")
    assert insights.card(shop, insight).answers == ()


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_of_two_events_at_one_moment_the_one_that_took_it_away_wins(
    shop: Context, order: tuple[bool, bool]
) -> None:
    insight = insights.tag(shop, TICKET, NOW).insight
    card = post(shop, "insight", insight, "1.0")
    for gone in order:
        react(shop, card, "U1", "no_good", "10.0", gone=gone)
    assert insights.card(shop, insight).answers == ()


def test_two_emoji_with_one_meaning_are_one_answer_of_a_person(shop: Context) -> None:
    meaning = {**shop.settings.answers, "+1": Answer.KNEW}
    shop = Context(shop.store, replace(shop.settings, answers=meaning))
    insight = insights.tag(shop, TICKET, NOW).insight
    card = post(shop, "insight", insight, "1.0")
    for user, emoji in (("U1", "white_check_mark"), ("U1", "+1"), ("U2", "white_check_mark")):
        react(shop, card, user, emoji)
    [line] = insight_list.search(shop, "").insights
    assert line.answers == {Answer.KNEW: 2}


# --- search ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["d", "c", "b", "a"]),
        ("fails", ["b", "a"]),
        ("FAILS paying", ["a"]),
        ("checkout", ["a"]),
        ("search", ["b"]),
        ("request", ["c"]),
        ("declined", ["d"]),
        ("fails declined", []),
        ("Stefan", ["c"]),
        ("100%", ["c"]),
        ("%", ["c"]),
        ("_", ["d"]),
        ("a_b", ["d"]),
        ("a\\b", []),
        ("\\", []),
        ("'; --", []),
        ("axb", []),
    ],
)
def test_insights_are_found_by_words_feature_kind_and_status(
    shop: Context, words: str, found: list[str]
) -> None:
    told: list[tuple[str, str | None, Kind, str, Status]] = [
        ("a Paying fails", "checkout", Kind.BROKEN, "", Status.OPEN),
        ("b Finding fails", "search", Kind.CONFUSING, "", Status.OWNED),
        ("c Export 100% of rows", None, Kind.REQUEST, "asked by Stefan", Status.SHIPPED),
        ("d Field a_b is lost", None, Kind.UNEXPECTED, "", Status.DECLINED),
    ]
    for n, (title, feature, kind, note, status) in enumerate(told):
        request = TagRequest(
            *("T1", "U1", "C1", title, feature, kind, note),
            message=MessageRef("C5", f"{n}.0", None),
        )
        tagged = insights.tag(shop, request, NOW + timedelta(minutes=n))
        insight_acts.set_status(shop, tagged.insight, status, LATER)
    report = insight_list.search(shop, words)
    assert [line.title[0] for line in report.insights] == found
    assert report.total == len(found)


def test_a_long_list_shows_the_newest_ten_and_says_how_many_there_are(shop: Context) -> None:
    for n in range(13):
        where = MessageRef("C5", f"{n}.0", None)
        insights.tag(shop, replace(MESSAGE, title=f"Insight {n}", message=where), NOW)
    report = insight_list.search(shop, " insight ")
    assert (report.words, report.total, len(report.insights)) == ("insight", 13, 10)
    assert report.insights[0].title == "Insight 12"


def test_a_title_in_which_nothing_can_be_seen_is_refused(shop: Context) -> None:
    with pytest.raises(UserError, match="needs a title"):
        insights.tag(shop, replace(TICKET, title="\u200b\u202e \u2060"), NOW)


def test_insights_can_be_looked_at_from_an_earlier_moment(shop: Context) -> None:
    insights.tag(shop, TICKET, NOW)
    assert insight_list.search(shop, "", NOW).total == 0
    assert insight_list.search(shop, "", LATER).total == 1
