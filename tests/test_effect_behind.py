"""The tickets behind a look: found once for all pages, and anew once the insight is another."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.errors import NotFound, UserError
from bot.reports import Status
from bot.service import effect_stories, effect_tickets, insight_acts
from bot.service.context import Context
from bot.service.effect_stories import Texts, Theme
from bot.service.effect_tickets import Behind, Side
from bot.voice.themes import Story
from conftest import NOW
from effect_tickets import SHIPPED
from storage import insight_moves, insight_tickets
from storage import tickets as ticket_rows
from storage_rows import rows
from test_effect_service import GONE, STEADY, shop

DAY = SHIPPED.date()


@pytest.fixture
def compared(context: Context, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An entry for each time that stories are compared."""
    insight = shop(context, GONE)
    insight_acts.set_status(context, insight, Status.SHIPPED, NOW, user="U1", on=DAY)
    found: list[int] = []
    real = effect_stories.story

    def counting(
        tellers: Sequence[Story], among: Texts, apart: frozenset[int]
    ) -> tuple[frozenset[int], list[Theme]]:
        found.append(1)
        return real(tellers, among, apart)

    monkeypatch.setattr(effect_stories, "story", counting)
    return found


def sides(weeks: int = 8) -> tuple[Side, Side]:
    return Side(1, DAY, weeks, after=False), Side(1, DAY, weeks, after=True)


def test_all_pages_of_both_sides_compare_stories_once(
    context: Context, compared: list[int]
) -> None:
    behind = Behind(context)
    before, after = sides()
    pages = [behind.page(before, number) for number in range(9)]
    assert behind.page(after, 0).total == 7
    told = [ticket.key for page in pages for ticket in page.tickets]
    assert len(set(told)) == len(told) == pages[0].total == sum(STEADY[2:-1])
    assert len(compared) == 1
    behind.page(sides(4)[0], 0)
    assert len(compared) == 2


def test_what_people_change_of_the_insight_is_compared_anew(
    context: Context, compared: list[int]
) -> None:
    behind, (before, _) = Behind(context), sides()
    behind.page(before, 0)
    [(ticket,)] = rows(context.store, "SELECT id FROM ticket WHERE external_id = 'story-10-1'")
    with context.store.write() as session:
        insight_moves.give(
            session, insight_tickets.Attached(1, ticket, insight_tickets.ADDED, "U1", NOW)
        )
        insight_moves.detach(session, 1, ticket, "U2", NOW)
    assert behind.page(before, 0).total == sum(STEADY[2:-1]) - 1
    assert len(compared) == 2


def test_what_was_found_is_forgotten_after_some_minutes_and_beyond_so_many_looks(
    context: Context, compared: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(effect_tickets, "monotonic", lambda: now)
    behind, (before, _) = Behind(context), sides()
    behind.page(before, 0)
    now = effect_tickets.KEPT_FOR + 1
    behind.page(before, 0)
    assert len(compared) == 2
    monkeypatch.setattr(effect_tickets, "KEPT", 1)
    behind.page(sides(4)[0], 0)
    behind.page(before, 0)
    assert len(compared) == 4


@pytest.mark.usefixtures("compared")
def test_tickets_that_were_removed_meanwhile_are_on_no_page(context: Context) -> None:
    behind, (_, after) = Behind(context), sides()
    first = behind.page(after, 0)
    with context.store.write() as session:
        ticket_rows.remove(session, [first.tickets[0].key])
    then = behind.page(after, 0)
    assert (then.total, len(then.tickets)) == (6, 6)


@pytest.mark.usefixtures("compared")
def test_what_is_not_there_is_refused(context: Context) -> None:
    behind = Behind(context)
    with pytest.raises(NotFound):
        behind.page(Side(1, DAY, 3, after=True), 0)
    with pytest.raises(UserError):
        behind.page(Side(9, DAY, 8, after=True), 0)
