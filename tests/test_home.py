"""The Home tab: what concerns the viewer's channels, and how to start."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reports import ChannelSettings, Count, Feature, HomeReport, Kind
from bot.service import channels, home, insights
from bot.service.context import Context
from bot.service.insights import TagRequest
from conftest import NOW
from own_tickets import put, stored, write_catalogue

SETTINGS = ChannelSettings("T1", "C1")


@pytest.fixture
def shop(context: Context) -> Context:
    """Checkout leads Search, Search leads Billing; C9 owns Billing by the catalogue."""
    write_catalogue(
        context,
        Feature("checkout", "Checkout"),
        Feature("search", "Search"),
        Feature("billing", "Billing", channels=("C9",)),
    )
    for feature, count in (("checkout", 3), ("search", 2), ("billing", 1)):
        put(context, *(stored(f"{feature}{n}", features=(feature,)) for n in range(count)))
    return context


def view(context: Context, *of: str, team: str = "T1") -> HomeReport:
    return home.view(context, team, of, NOW)


def features(report: HomeReport) -> list[str]:
    return [line.feature.id for line in report.features]


def test_before_anything_is_set_up_home_shows_all_and_how_to_start(shop: Context) -> None:
    report = view(shop, "C1", "C2")
    assert (features(report), report.channels) == (["checkout", "search", "billing"], ())
    assert (report.is_new, report.tickets, report.insights) == (True, 6, ())


def test_an_empty_installation_has_an_empty_home(context: Context) -> None:
    report = view(context)
    assert (report.features, report.tickets, report.is_new) == ((), 0, True)


def test_home_shows_the_features_that_the_viewers_channels_follow_or_own(shop: Context) -> None:
    channels.save(shop, replace(SETTINGS, features=("search",)), "U1", NOW)
    channels.save(shop, replace(SETTINGS, channel="C2", owns=("checkout",)), "U1", NOW)
    assert features(view(shop, "C1")) == ["search"]
    assert features(view(shop, "C2")) == ["checkout"]
    assert features(view(shop, "C1", "C2", "C9")) == ["checkout", "search", "billing"]
    assert features(view(shop, "C9")) == ["billing"]
    assert view(shop, "C2", "C1").channels == ("C1", "C2")


def test_channels_that_the_viewer_is_not_in_do_not_show(shop: Context) -> None:
    channels.save(shop, replace(SETTINGS, features=("search",)), "U1", NOW)
    report = view(shop, "C3")
    assert (report.channels, report.is_new) == ((), False)
    assert features(report) == ["checkout", "search", "billing"]


def test_channels_of_another_workspace_with_the_same_id_do_not_show(shop: Context) -> None:
    channels.save(shop, replace(SETTINGS, features=("search",), owns=("search",)), "U1", NOW)
    report = view(shop, "C1", team="T2")
    assert report.channels == ()
    assert features(report) == ["checkout", "search", "billing"]


def test_figures_on_home_are_those_of_the_ranking_of_thirty_days(shop: Context) -> None:
    put(
        shop,
        *(stored(f"old{n}", ago=timedelta(days=40), customer="one") for n in range(3)),
        stored("praise", kinds=("praise",)),
        stored("ancient", ago=timedelta(days=61)),
    )
    line = view(shop).features[0]
    assert (line.feature.id, line.tickets, line.customers) == ("checkout", 3, 3)
    assert line.previous == Count(3, 1)
    assert view(shop).window.since == NOW - timedelta(days=30)


def test_at_most_eight_features_and_the_five_newest_insights_show(context: Context) -> None:
    names = [f"f{n}" for n in range(9)]
    write_catalogue(context, *(Feature(name, name.upper()) for name in names))
    put(context, *(stored(name, features=(name,)) for name in names))
    for n in range(7):
        request = TagRequest("T1", "U1", "C1", f"Insight {n}", None, Kind.BROKEN, ticket=n + 1)
        insights.tag(context, request, NOW + timedelta(minutes=n))
    report = view(context)
    assert features(report) == names[:8]
    assert [line.title for line in report.insights] == [f"Insight {n}" for n in (6, 5, 4, 3, 2)]
