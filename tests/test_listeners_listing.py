"""Show tickets: the tickets that an answer counts, page by page, each of them in full."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.blocks import kit
from bot.demo.fake_slack import Message, View
from bot.demo.stage import Stage
from bot.reports import Window
from bot.service import scopes
from bot.service.context import Context
from bot.service.listing import tickets_of
from conftest import NOW
from databases import Databases
from own_tickets import put, stored, write_catalogue
from people import ADA, GUS, SUPPORT, asked, modal, rows, said, told
from storage import figures, listing
from storage.scope import Scope

STORIES = (
    "The checkout crashes when I pay",
    "I cannot find where to pay in the checkout",
    "Please add a dark theme to the checkout",
    "The checkout is lovely",
)
KINDS = (("broken",), ("confusing", "broken"), ("request",), ("praise",))


@pytest.fixture(scope="module")
def stage(module_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Fifty tickets, a third of them with friction on Checkout; most tests change nothing."""
    folder = tmp_path_factory.mktemp("listing")
    with Stage(folder, NOW, "http", module_databases.migrated(folder)) as opened:
        write_catalogue(opened.context)
        fill(opened.context)
        yield opened


def fill(context: Context, count: int = 50) -> None:
    lot = random.Random(7)
    for number in range(count):
        which = number % 4
        put(
            context,
            stored(
                f"t{number}",
                said=STORIES[which],
                kinds=KINDS[which],
                features=("checkout",) if number % 3 else ("search",),
                ago=timedelta(hours=lot.randrange(80 * 24), minutes=number),
                segment="business" if number % 2 else None,
            ),
        )


def opened(stage: Stage, question: str = "checkout 12w") -> tuple[Message, View]:
    """An answer, and the list that its button opens."""
    answer = asked(stage, ADA, SUPPORT, question)
    stage.slack.space.views.clear(ADA)
    assert stage.slack.click(ADA, answer, kit.ACTION_TICKETS).ok
    return answer, modal(stage, ADA)


def listed(view: View) -> list[int]:
    """Rows of the tickets that a page lists."""
    elements = [e for block in view.blocks for e in block.get("elements", ())]
    return [int(e["value"]) for e in elements if e.get("action_id") == kit.ACTION_SHOW]


def turned(stage: Stage, view: View, action: str) -> View:
    before = view.hash
    assert stage.slack.click(ADA, view, action).ok
    stage.slack.wait_for(lambda: view.hash != before)
    return view


def pages(stage: Stage, view: View) -> list[list[int]]:
    found = [listed(view)]
    while "Older" in said(view):
        found.append(listed(turned(stage, view, kit.ACTION_NEXT)))
    return found


def test_the_list_has_just_the_tickets_that_the_answer_counts(stage: Stage) -> None:
    answer, view = opened(stage)
    counted = rows(
        stage,
        "SELECT t.id FROM ticket t JOIN ticket_feature f ON f.ticket_id = t.id"
        " WHERE f.feature_id = 'checkout' AND t.kinds & 15 <> 0"
        " ORDER BY t.created_at DESC, t.id DESC",
    )
    found = [row for page in pages(stage, view) for row in page]
    assert found == [row for (row,) in counted]
    assert f"Checkout: {len(counted)} tickets from" in said(answer)
    assert f"{len(counted)} tickets with friction" in said(view)


def test_ten_stand_on_a_page_and_both_ways_lead_through_all(stage: Stage) -> None:
    _, view = opened(stage)
    assert "1 to 10, newest first" in said(view)
    assert "Newer" not in said(view)
    there = pages(stage, view)
    assert [len(page) for page in there] == [10, 10, len(there[-1])]
    assert "Older" not in said(view)
    back = [listed(turned(stage, view, kit.ACTION_PREVIOUS)) for _ in there[1:]]
    assert back == there[-2::-1]


def test_a_search_lists_what_has_its_words(stage: Stage) -> None:
    answer, view = opened(stage, "crashes 12w")
    found = [row for page in pages(stage, view) for row in page]
    expected = rows(
        stage,
        "SELECT id FROM ticket WHERE body LIKE '%crashes%' AND kinds & 15 <> 0"
        " ORDER BY created_at DESC, id DESC",
    )
    assert found == [row for (row,) in expected]
    assert f"Full-text search: {len(found)} tickets" in said(answer)


def test_each_opens_in_full_on_top_of_the_list_and_closing_it_leads_back(stage: Stage) -> None:
    _, view = opened(stage)
    row = listed(view)[3]
    assert stage.slack.click(ADA, view, kit.ACTION_SHOW, value=str(row)).ok
    stage.slack.wait_for(lambda: modal(stage, ADA) is not view)
    body = rows(stage, f"SELECT body FROM ticket WHERE id = {row}")[0][0]
    assert modal(stage, ADA).definition["callback_id"] == kit.VIEW_TICKET
    assert body in said(modal(stage, ADA))
    stage.slack.close_view(ADA)
    assert modal(stage, ADA) is view


def test_the_list_is_of_the_moment_of_its_answer(stage: Stage) -> None:
    answer = asked(stage, ADA, SUPPORT, "checkout 12w")
    before = stage.now
    stage.now += timedelta(days=40)
    stage.slack.space.views.clear(ADA)
    assert stage.slack.click(ADA, answer, kit.ACTION_TICKETS).ok
    place = json.loads(modal(stage, ADA).definition["private_metadata"])
    assert (
        place["at"]
        == json.loads(
            next(
                e["value"]
                for block in answer.blocks
                for e in block.get("elements", ())
                if e.get("action_id") == kit.ACTION_TICKETS
            )
        )["at"]
    )
    assert "to 10, newest first" in said(modal(stage, ADA))
    stage.now = before


def test_an_answer_without_friction_has_nothing_to_list(stage: Stage) -> None:
    assert "Show tickets" not in said(asked(stage, ADA, SUPPORT, "billing"))


def test_a_guest_is_shown_no_list(stage: Stage) -> None:
    _, view = opened(stage)
    stage.slack.space.views.stacks[GUS] = [view]
    before = view.hash
    assert stage.slack.click(GUS, view, kit.ACTION_NEXT).ok
    top = stage.slack.space.views.stacks[GUS]
    stage.slack.wait_for(lambda: len(top) == 2)
    assert "full members" in said(top[-1])
    assert view.hash == before


@pytest.mark.parametrize("question", ["help", "", "qwertz", "checkout since 2031-01-01"])
def test_whatever_was_asked_its_list_is_no_error(stage: Stage, question: str) -> None:
    report = tickets_of(stage.context, question, NOW, 3)
    assert len(report.tickets) <= 10
    assert report.page <= report.total // 10


def test_a_list_that_became_shorter_ends_with_its_last_page(context: Context) -> None:
    write_catalogue(context)
    fill(context, 44)
    with context.store.write() as session:
        session.execute(text("DELETE FROM ticket WHERE id > 24"))
    report = tickets_of(context, "checkout 12w", NOW, 9)
    assert 0 < len(report.tickets) <= 10
    assert (report.page, report.total) == (1, 12)


@pytest.mark.parametrize("words", [None, "checkout"])
def test_the_list_is_as_long_as_the_answer_counts_wherever_the_window_cuts(
    context: Context, words: str | None
) -> None:
    write_catalogue(context)
    fill(context, 60)
    for hours in range(0, 80 * 24, 131):
        since = NOW - timedelta(hours=hours, minutes=17)
        scope = Scope(since, NOW, None if words else "checkout", words)
        earlier = scopes.window_before(Window(since, NOW, "")).since
        with context.store.read() as session:
            counted = figures.of(session, scope, earlier).now.tickets
            total, found = listing.page(session, scope, earlier, 0, 1_000)
        assert (total, len(found)) == (counted, counted)


# --- corrected below ----------------------------------------------------------------------------


def test_a_correction_shows_in_the_list_below(http_stage: Stage, tmp_path: Path) -> None:
    write_catalogue(http_stage.context)
    fill(http_stage.context)
    _, view = opened(http_stage)
    row, total = listed(view)[0], len(rows(http_stage, COUNTED))
    assert http_stage.slack.click(ADA, view, kit.ACTION_SHOW, value=str(row)).ok
    http_stage.slack.wait_for(lambda: modal(http_stage, ADA) is not view)
    before = view.hash
    ticket = modal(http_stage, ADA)
    assert http_stage.slack.select(ADA, ticket, kit.ACTION_CORRECT, "feature:not:checkout").ok
    http_stage.slack.wait_for(lambda: view.hash != before)
    assert row not in listed(view)
    assert f"{total - 1} tickets with friction" in said(view)
    assert not http_stage.slack.ephemerals(ADA)[1:], told(http_stage, ADA)


COUNTED = (
    "SELECT t.id FROM ticket t JOIN ticket_feature f ON f.ticket_id = t.id"
    " WHERE f.feature_id = 'checkout' AND t.kinds & 15 <> 0"
)


def test_any_of_them_is_tagged_on_the_spot_and_its_card_stands_where_it_was_asked(
    stage: Stage,
) -> None:
    _, view = opened(stage)
    row = str(listed(view)[0])
    assert stage.slack.click(ADA, view, kit.ACTION_TAG, value=row).ok
    stage.slack.wait_for(lambda: modal(stage, ADA).definition["callback_id"] == kit.VIEW_TAG)
    assert stage.slack.submit_view(ADA).faults == ()
    stage.work()
    with stage.context.store.read() as session:
        [(ticket, channel)] = session.execute(text("SELECT ticket_id, card_channel FROM insight"))
    assert (str(ticket), channel) == (row, SUPPORT)
    assert modal(stage, ADA).definition["callback_id"] == kit.VIEW_TICKETS, "the list is there"
