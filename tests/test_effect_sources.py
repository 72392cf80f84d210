"""Did our fix help, where sources of tickets are connected, fall silent or have few tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot.reports import EffectReport, EffectVerdict, Feature, LeftOut
from bot.service import effect
from bot.service.context import Context
from effect_tickets import SHIPPED, WEEK, queue, weekly
from own_tickets import put, write_catalogue
from storage import effect_sources
from storage.values import NewTicket
from storage_rows import rows

CHECKOUT, SEARCH = Feature("checkout", "Checkout"), Feature("search", "Search")
BEFORE, AFTER = 14, 12
STEADY = [8] * BEFORE


@pytest.fixture
def shop(context: Context) -> Context:
    write_catalogue(context, CHECKOUT, SEARCH)
    return context


def come(
    context: Context,
    source: str,
    before: Sequence[int],
    after: Sequence[int],
    *,
    on: str = "checkout",
) -> None:
    """So many tickets a week from this source."""
    found = weekly(f"{source}-{on}", before, after, features=(on,))
    put(context, *from_source(source, found))


def from_source(source: str, tickets: Sequence[NewTicket]) -> list[NewTicket]:
    return [replace(ticket, source=source) for ticket in tickets]


def looked(context: Context, weeks: int = 8) -> EffectReport:
    at = SHIPPED + weeks * WEEK + WEEK / 2
    return effect.of_feature(context, "checkout", SHIPPED.date(), at)


def test_a_source_that_died_at_shipping_is_no_help(shop: Context) -> None:
    come(shop, "zendesk", STEADY, [])
    come(shop, "zendesk", [60] * BEFORE, [], on="search")
    come(shop, "github", [60] * BEFORE, [60] * AFTER, on="search")
    for weeks in (2, 4, 8, 12):
        report = looked(shop, weeks)
        assert report.verdict is EffectVerdict.TOO_EARLY
        assert report.expects is None
        assert report.main is not None
        assert {week.left_out for week in report.main.after[1:]} == {LeftOut.SOURCE}
        assert report.main.estimate.ratio is None


def test_a_source_that_was_connected_before_shipping_is_no_harm(shop: Context) -> None:
    come(shop, "zendesk", [*[0] * (BEFORE - 1), 8], [8] * AFTER)
    put(shop, *queue(BEFORE, AFTER))
    for weeks in (4, 8, 12):
        report = looked(shop, weeks)
        assert report.verdict is EffectVerdict.TOO_EARLY
        assert report.main is not None
        assert {week.left_out for week in report.main.before} <= {LeftOut.SOURCE, LeftOut.ROLLOUT}


def test_a_second_source_that_was_connected_is_not_counted_and_the_first_one_tells(
    shop: Context,
) -> None:
    come(shop, "zendesk", STEADY, [8] * AFTER)
    come(shop, "reviews", [0] * BEFORE, [7] * AFTER)
    put(shop, *from_source("zendesk", queue(BEFORE, AFTER)))
    main = looked(shop, 12).main
    assert main is not None
    assert main.without == ("reviews",)
    assert {week.customers for week in main.after} == {8}
    assert main.estimate.verdict is EffectVerdict.NO_CHANGE


@pytest.mark.parametrize(("before", "after"), [(0, 90), (90, 0)], ids=["connected", "fell silent"])
def test_a_source_of_the_rest_of_the_queue_is_no_control_where_it_came_or_went(
    shop: Context, before: int, after: int
) -> None:
    come(shop, "zendesk", [12] * BEFORE, [12] * AFTER)
    put(shop, *from_source("zendesk", queue(BEFORE, AFTER)))
    come(shop, "github", [before] * BEFORE, [after] * AFTER, on="search")
    report = looked(shop, 12)
    assert report.main is not None
    assert report.main.without == ("github",)
    assert report.main.estimate.control == pytest.approx(1, abs=0.05)
    assert report.verdict is EffectVerdict.NO_CHANGE


def test_weeks_in_which_the_source_of_most_tickets_was_down_are_left_out(shop: Context) -> None:
    outage = [8, 8, 8, 0, 0, *[8] * 7]
    come(shop, "zendesk", STEADY, outage)
    put(shop, *from_source("github", queue(BEFORE, AFTER)))
    main = looked(shop, 12).main
    assert main is not None
    assert main.without == ()
    marks = [week.left_out for week in main.after]
    assert [place for place, mark in enumerate(marks) if mark is LeftOut.SOURCE] == [2, 3, 4, 5]
    assert main.estimate.before == main.estimate.after == 7 * 8
    assert main.estimate.weeks_before == main.estimate.weeks_after == 7


def test_a_source_that_another_replaced_long_before_shipping_is_left_out(shop: Context) -> None:
    come(shop, "zendesk", [*[30] * 13, *[0] * 12], [])
    come(shop, "intercom", [*[0] * 13, *[8] * 12], [8, *[1] * (AFTER - 1)])
    come(shop, "intercom", [*[0] * 13, *[60] * 12], [60] * AFTER, on="search")
    report = looked(shop)
    assert report.main is not None
    assert report.main.without == ("zendesk",)
    assert report.main.estimate.weeks_before == 10, "its first week may be a part of one"
    assert report.verdict is EffectVerdict.HELPED


def test_quiet_weeks_of_a_small_source_are_weeks_like_any_other(shop: Context) -> None:
    come(shop, "zendesk", STEADY, [8, *[1] * (AFTER - 1)])
    put(shop, *from_source("zendesk", queue(BEFORE, AFTER)))
    come(shop, "email", [0, 1, 0, 0, 2, 0, 1, 0, 0, 1, 0, 0, 1, 0], [1, 0, 0, 1, 0, 0, 0, 0, 1])
    report = looked(shop)
    assert report.main is not None
    assert report.main.without == ()
    assert report.main.estimate.weeks_before == 11
    assert report.verdict is EffectVerdict.HELPED


def test_one_source_alone_is_the_queue_itself(shop: Context) -> None:
    come(shop, "zendesk", STEADY, [])
    come(shop, "zendesk", [60] * BEFORE, [], on="search")
    report = looked(shop)
    assert report.verdict is EffectVerdict.TOO_EARLY
    assert report.main is not None
    assert {week.left_out for week in report.main.after[1:]} == {LeftOut.QUEUE}


def test_tickets_are_counted_by_source_and_week(shop: Context) -> None:
    come(shop, "zendesk", [2, 3], [0, 1])
    come(shop, "github", [0, 4], [5])
    with shop.store.read() as session:
        span = SHIPPED - 2 * WEEK, SHIPPED + 2 * WEEK
        found = effect_sources.weekly(session, *span)
        chosen = effect_sources.rows_of(session, ["github", "none"], *span)
        sources = effect_sources.of_tickets(session, chosen.tolist())
    assert found == {"zendesk": {0: 2, 1: 3, 3: 1}, "github": {1: 4, 2: 5}}
    own = rows(shop.store, "SELECT id FROM ticket WHERE source = 'github' ORDER BY id")
    assert np.sort(chosen).tolist() == [row for (row,) in own]
    assert set(sources.values()) == {"github"}
