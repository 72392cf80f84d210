"""The answer to `/friction`: figures, weeks, themes and quotes of the same tickets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from bot.blocks import friction as screens
from bot.blocks import versus
from bot.config import Settings, load
from bot.reports import (
    Count,
    Feature,
    FrictionReport,
    HelpReport,
    Kind,
    RankingReport,
    Understood,
    VersusReport,
)
from bot.service import answers, friction, sharing, themes
from bot.service.context import Context, open_context
from bot.service.friction import Answered
from bot.service.ingest import ingest
from bot.voice.usual import usual
from conftest import NOW
from databases import Databases
from own_tickets import draft, put, stored, write_catalogue
from storage import figures, sending, tickets
from storage.models import Ticket
from storage.values import NewTicket

DAY = timedelta(days=1)
FRICTION = {"broken", "confusing", "unexpected", "request"}


@pytest.fixture
def shop(context: Context) -> Context:
    """An installation with a catalogue of Checkout, Search and Billing, and no tickets."""
    write_catalogue(context)
    return context


def ask(context: Context, question: str) -> FrictionReport:
    report = friction.ask(context, question, NOW)
    assert isinstance(report, FrictionReport)
    return report


def many(count: int, first: int = 0, **values: object) -> list[NewTicket]:
    return [stored(f"t{n}", **values) for n in range(first, first + count)]  # type: ignore[arg-type]


# --- what is understood ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("checkout", Understood.EXACT),
        ("pay button", Understood.EXACT),
        ("checkuot", Understood.MISSPELT),
        ("what do customers say about the checkout 12w?", Understood.EXACT),
    ],
)
def test_a_feature_is_found_however_it_is_written(
    shop: Context, question: str, understood: Understood
) -> None:
    put(shop, *many(6))
    report = ask(shop, question)
    assert report.feature is not None
    assert (report.feature.id, report.understood, report.search) == ("checkout", understood, None)
    assert report.tickets == 6


def test_words_that_are_no_feature_are_searched_in_all_tickets(shop: Context) -> None:
    put(shop, stored("1", said="It crashes with marmalade on it", features=()), stored("2"))
    report = ask(shop, "marmalade crash")
    assert (report.feature, report.understood) == (None, Understood.SEARCH)
    assert (report.search, report.mentioned, report.tickets) == ("marmalade crash", 1, 1)
    assert [quote.ticket_id for quote in report.quotes] == ["1"]


@pytest.mark.parametrize("question", ["search: checkout", '"pay button"'])
def test_a_search_for_what_a_feature_is_called_does_not_deny_the_feature(
    shop: Context, question: str
) -> None:
    put(shop, stored("1", said="The pay button crashes my checkout"))
    report = ask(shop, question)
    assert (report.understood, report.tickets) == (Understood.SEARCH, 1)
    assert "no feature is called so" not in str(screens.render(report).blocks)


def test_a_search_beside_a_feature_is_not_taken_for_the_feature_search(shop: Context) -> None:
    put(shop, *many(6), stored("7", said="It crashes with marmalade", features=()))
    report = friction.ask(shop, "checkout vs marmalade", NOW)
    assert isinstance(report, VersusReport)
    assert "Full-text search: 1 ticket from 1 customer" in versus.render_versus(report).text


def test_of_a_side_without_tickets_no_customer_is_unknown(shop: Context) -> None:
    put(shop, *many(6))
    report = friction.ask(shop, "checkout vs billing", NOW)
    assert isinstance(report, VersusReport)
    message = versus.render_versus(report)
    assert "Billing: 0 tickets" in message.text
    assert "not known" not in f"{message.text}{message.blocks}{message.plain}"


def test_close_names_are_offered(context: Context) -> None:
    write_catalogue(context, Feature("imports", "Imports"), Feature("exports", "Exports"))
    report = ask(context, "emports")
    assert report.feature is None
    assert {feature.id for feature in report.suggestions} == {"imports", "exports"}


@pytest.mark.parametrize("question", ["zanzibar", "???!", '"', "'; DROP TABLE x; --", "NEAR(x"])
def test_what_nobody_wrote_is_answered_with_nothing(shop: Context, question: str) -> None:
    put(shop, *many(6))
    answer = friction.ask(shop, question, NOW)
    if isinstance(answer, FrictionReport):
        assert (answer.understood, answer.tickets) == (Understood.NOTHING, 0)
        assert (answer.quotes, answer.themes) == ((), ())
    assert friction.ask(shop, "checkout", NOW) == ask(shop, "checkout")


# --- figures --------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "enough"), [(0, False), (4, False), (5, True)])
def test_below_five_tickets_there_is_too_little_to_compare(
    shop: Context, count: int, enough: bool
) -> None:
    put(shop, *many(count), *many(9, 50, kinds=("praise",)), *many(9, 80, ago=40 * DAY))
    assert ask(shop, "checkout").enough is enough


def test_the_window_before_is_as_long_and_ends_where_this_one_begins(shop: Context) -> None:
    instant = timedelta(microseconds=1)
    edges = [instant, 7 * DAY, 7 * DAY + instant, 14 * DAY, 14 * DAY + instant, timedelta(0)]
    put(shop, *(stored(f"e{n}", ago=ago) for n, ago in enumerate(edges)))
    report = ask(shop, "checkout 7d")
    assert (report.window.since, report.window.until) == (NOW - 7 * DAY, NOW)
    assert report.tickets == 2, "the beginning is inside, the end is not"
    assert report.previous == Count(2, 2)


def test_a_window_before_that_is_not_stored_as_a_whole_is_said_to_be_so(shop: Context) -> None:
    put(shop, *many(6, ago=3 * DAY), stored("first", ago=40 * DAY))
    begun = f"Stored tickets begin on {(NOW - 40 * DAY).day} "
    assert begun in ask(shop, "checkout").note
    ranked = friction.ask(shop, "", NOW)
    assert isinstance(ranked, RankingReport)
    assert begun in ranked.note
    assert ask(shop, "checkout 7d").note == ""
    put(shop, stored("earlier", ago=61 * DAY))
    assert ask(shop, "checkout").note == ""


def test_side_by_side_it_is_said_once_where_stored_tickets_begin(shop: Context) -> None:
    put(shop, *many(6), *many(6, first=6, features=("billing",)))
    report = friction.ask(shop, "checkout vs billing", NOW)
    assert isinstance(report, VersusReport)
    assert (report.left.note.count("Stored tickets begin"), report.right.note) == (1, "")


def test_praise_is_shown_beside_friction_and_never_counted_in_it(shop: Context) -> None:
    put(
        shop,
        stored("1", kinds=("praise",), said="I love the way that this looks"),
        stored("2", kinds=("broken", "praise")),
        stored("3", kinds=()),
    )
    report = ask(shop, "checkout")
    assert (report.tickets, report.customers, report.mentioned) == (1, 1, 3)
    assert report.kinds == {**dict.fromkeys(Kind, 0), Kind.BROKEN: 1, Kind.PRAISE: 2}
    assert {quote.kind for quote in report.quotes} == {Kind.BROKEN}
    assert [quote.kind for quote in report.praise] == [Kind.PRAISE]
    assert sum(week.tickets for week in report.weeks) == 1


def test_one_customer_with_many_tickets_is_one_customer_with_one_quote(shop: Context) -> None:
    loud = [
        stored(f"l{n}", customer="loud", said=f"Crash {n} of the day, again", score=0.9)
        for n in range(60)
    ]
    put(shop, *loud, *many(2, said="The basket forgets what was in it since yesterday"))
    report = ask(shop, "checkout")
    assert (report.tickets, report.customers) == (62, 3)
    assert report.weeks[-1].customers == 3
    assert [quote.ticket_id[0] for quote in report.quotes] == ["l", "t"], "the others are heard"


def test_customers_are_not_known_where_no_ticket_has_a_requester(shop: Context) -> None:
    put(shop, *many(6, known=False))
    assert ask(shop, "checkout").customers_known is False
    put(shop, stored("one more"))
    assert ask(shop, "checkout").customers_known is True


def test_of_a_word_that_most_tickets_hold_the_newest_are_counted_and_the_answer_says_so(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, *many(9, said="Marmalade jams the printer", features=()))
    whole = ask(shop, "marmalade")
    assert (whole.mentioned, whole.capped) == (9, 0)
    monkeypatch.setattr(figures, "MOST_HITS", 6)
    report = ask(shop, "marmalade")
    assert (report.mentioned, report.tickets, report.capped) == (6, 6, 6)
    assert report.previous == Count(0, 0), "nothing is compared"
    said = screens.render(report).text
    assert "in the newest 6 alone" in said
    assert "before" not in said
    assert ask(shop, "checkout").capped == 0


# --- weeks ----------------------------------------------------------------------------------


def test_weeks_are_counted_back_from_the_end_and_only_the_first_is_cut(shop: Context) -> None:
    days = (0.5, 6.5, 7, 7.5, 20, 29, 29.9)
    put(shop, *(stored(f"w{n}", ago=day * DAY) for n, day in enumerate(days)))
    report = ask(shop, "checkout 30d")
    assert [week.tickets for week in report.weeks] == [2, 0, 1, 1, 3]
    starts = [week.start for week in report.weeks]
    assert starts == [(NOW - day * DAY).date() for day in (30, 28, 21, 14, 7)]


# --- quotes and themes ----------------------------------------------------------------------


def test_quotes_are_of_different_customers_and_tell_different_stories(shop: Context) -> None:
    same = "The pay button crashes the whole page at night"
    put(
        shop,
        stored("1", said=same, score=0.9),
        stored("2", said=same + " again", score=0.8),
        stored("3", said="Coupons vanish from my basket in Norway", customer="customer of 1"),
        stored("4", said="No invoice arrives for orders from Sweden", score=0.3),
        stored("5", said="My address book is empty after the update", score=0.2),
    )
    assert [quote.ticket_id for quote in ask(shop, "checkout").quotes] == ["1", "4", "5"]


def test_themes_stand_on_tickets_of_the_window_with_friction(shop: Context) -> None:
    story = "Customers are charged twice when they press the button again, number"
    put(
        shop,
        *(stored(f"in{n}", said=f"{story} {n}") for n in range(4)),
        stored("praise", said=f"{story} 7", kinds=("praise",)),
        stored("early", said=f"{story} 8", ago=40 * DAY),
        stored("elsewhere", said=f"{story} 9", features=("search",)),
    )
    [theme] = ask(shop, "checkout").themes
    assert set(theme.ticket_ids) == {"in0", "in1", "in2", "in3"}
    assert (theme.tickets, theme.customers) == (4, 4)
    assert theme.quote is not None
    assert theme.quote.ticket_id in theme.ticket_ids


def test_a_theme_counts_those_of_the_window_before_that_tell_it(shop: Context) -> None:
    story = "Customers are charged twice when they press the button again, number"
    put(
        shop,
        *(stored(f"in{n}", said=f"{story} {n}") for n in range(5)),
        *(stored(f"early{n}", said=f"{story} {n}", ago=40 * DAY) for n in range(3)),
        stored("other", said="The invoice shows yesterday", ago=40 * DAY),
        stored("long ago", said=f"{story} 9", ago=70 * DAY),
    )
    [theme] = ask(shop, "checkout").themes
    assert (theme.tickets, theme.previous) == (5, 3)


def test_what_was_before_is_not_said_where_not_all_of_it_was_looked_at(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shop, *many(6), *many(4, 20, ago=40 * DAY))
    assert [theme.previous for theme in ask(shop, "checkout").themes] == [4]
    monkeypatch.setattr(answers, "EARLIER_SAMPLE", 3)
    assert [theme.previous for theme in ask(shop, "checkout").themes] == [None]


def test_of_the_newest_matches_alone_no_theme_is_said_to_be_new(
    shop: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "Marmalade jams the printer"
    put(shop, *many(4, 20, said=told, ago=40 * DAY), *many(6, said=told))
    assert [theme.previous for theme in ask(shop, "marmalade").themes] == [4]
    monkeypatch.setattr(figures, "MOST_HITS", 6)
    report = ask(shop, "marmalade")
    assert [(theme.tickets, theme.previous) for theme in report.themes] == [(6, None)]
    assert report.note == ""
    listed = themes.find(shop, "marmalade", NOW)
    assert (listed.sampled, [theme.previous for theme in listed.themes]) == (True, [None])


def test_the_order_in_which_tickets_came_changes_nothing(
    context: Context, databases: Databases, tmp_path: Path
) -> None:
    told = [
        stored(f"t{n}", ago=n * DAY / 3, kinds=("broken", "request"), said=f"It failed {n} times")
        for n in range(40)
    ]
    folder = tmp_path / "other"
    other = open_context(settings_in(folder, databases.migrated(folder)), create=True)
    for one, order in ((context, told), (other, told[::-1])):
        write_catalogue(one)
        put(one, *order)
    first, second = ask(context, "checkout"), ask(other, "checkout")
    other.store.close()
    assert first == ask(context, "checkout")
    assert [(t.tickets, set(t.ticket_ids)) for t in first.themes] == [
        (t.tickets, set(t.ticket_ids)) for t in second.themes
    ]
    assert [(q.ticket_id, q.kind) for q in first.quotes] == [
        (q.ticket_id, q.kind) for q in second.quotes
    ]


def test_a_shared_answer_shows_the_figures_that_were_seen(shop: Context) -> None:
    put(shop, *many(6), *many(3, 20, ago=40 * DAY))
    seen = ask(shop, "checkuot 30d")
    put(shop, *(stored(f"late{n}", ago=-DAY) for n in range(5)))
    later = NOW + 2 * DAY
    for _ in range(2):
        sharing.share(
            shop, seen.asked, at=NOW, team="T1", channel="C1", user="U1", key="k", now=later
        )
    with shop.store.write() as session:
        message = sending.claim(session, "T1", later, DAY)
    assert message is not None
    shown = screens.render_shared(replace(seen, as_of=NOW), "U1")
    assert message.payload["text"] == shown.text
    assert message.payload["blocks"] == list(shown.blocks)
    assert friction.ask(shop, seen.asked, NOW) == seen


# --- ranking and help -----------------------------------------------------------------------


def ranked(answer: Answered) -> list[tuple[str, int, int, Count]]:
    assert isinstance(answer, RankingReport)
    return [(n.feature.id, n.tickets, n.customers, n.previous) for n in answer.features]


def test_features_are_ranked_by_friction_and_of_equals_those_first_that_rose(shop: Context) -> None:
    put(
        shop,
        *many(2, features=("billing",)),
        *many(2, 10, features=("search", "checkout")),
        *many(3, 20, features=("search",), ago=40 * DAY),
        *many(9, 30, features=("billing",), kinds=("praise",)),
    )
    assert ranked(friction.ask(shop, "", NOW)) == [
        ("billing", 2, 2, Count(0, 0)),
        ("checkout", 2, 2, Count(0, 0)),
        ("search", 2, 2, Count(3, 3)),
    ]
    report = friction.ask(shop, "7d", NOW)
    assert isinstance(report, RankingReport)
    assert (report.window.since, report.total) == (NOW - 7 * DAY, 16)


def test_what_is_usual_is_told_from_the_twelve_weeks_before(shop: Context) -> None:
    for week in range(12):
        put(shop, *many(3, 10 * week, features=("checkout",), ago=(33 + 7 * week) * DAY))
    put(shop, *many(40, 300, features=("checkout",), ago=2 * DAY))
    # Too old to count, and of another feature.
    put(shop, *many(90, 400, features=("checkout",), ago=150 * DAY))
    put(shop, *many(90, 500, features=("search",), ago=40 * DAY))
    report = ask(shop, "checkout")
    assert report.usual == usual([3] * 12, 30)
    assert report.usual is not None
    assert report.tickets > report.usual.high
    assert ask(shop, "checkout 6m").usual is None


def test_weeks_before_the_first_ticket_are_no_quiet_weeks(shop: Context) -> None:
    for week in range(5):
        put(shop, *many(3, 10 * week, features=("checkout",), ago=(33 + 7 * week) * DAY))
    assert ask(shop, "checkout 28d").usual == usual([3] * 4, 28)
    assert ask(shop, "checkout 30d").usual is None, "four weeks say too little of a longer window"


def test_a_feature_that_no_ticket_of_both_windows_names_is_blind(shop: Context) -> None:
    put(
        shop,
        *many(2, features=("checkout",), ago=45 * DAY),
        *many(1, 10, features=("billing",), kinds=("praise",)),
        *many(3, 20, features=("search",), ago=70 * DAY),
    )
    report = friction.ask(shop, "", NOW)
    assert isinstance(report, RankingReport)
    assert [feature.id for feature in report.blind] == ["search"]
    assert "billing" not in [line.feature.id for line in report.features]
    longer = friction.ask(shop, "12w", NOW)
    assert isinstance(longer, RankingReport)
    assert longer.blind == ()


def test_help_is_made_of_the_features_of_this_installation(shop: Context) -> None:
    put(shop, *many(3, features=("search",)))
    answer = friction.ask(shop, "help", NOW)
    assert isinstance(answer, HelpReport)
    assert [question for question, _ in answer.examples][1] == "search"
    for question, _ in answer.examples:
        assert not isinstance(friction.ask(shop, question, NOW), HelpReport)


# --- a recount ------------------------------------------------------------------------------


def settings_in(folder: Path, url: str) -> Settings:
    values = {"DATABASE_URL": url, "EARSHOT_KEY_FILE": str(folder / "earshot.key")}
    return load(values, env_file=folder / "no.env")


@pytest.fixture(scope="module")
def reused(
    module_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Context]:
    """An installation that every example fills anew."""
    folder = tmp_path_factory.mktemp("reused")
    opened = open_context(settings_in(folder, module_databases.migrated(folder)), create=True)
    write_catalogue(opened)
    yield opened
    opened.store.close()


TICKETS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(sorted(Kind))),
        st.sets(st.sampled_from(["checkout", "search"])),
        st.integers(min_value=-2 * 24, max_value=70 * 24),
        st.sampled_from("abcd"),
    ),
    max_size=25,
)


@given(TICKETS, st.sampled_from([1, 6, 7, 8, 14, 30]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_figure_is_that_of_a_naive_recount(
    reused: Context, drawn: list[tuple[set[str], set[str], int, str]], days: int
) -> None:
    with reused.store.write() as session:
        tickets.remove(session, list(session.execute(select(col(Ticket.id))).scalars()))
    put(
        reused,
        *(
            stored(
                f"t{n}",
                kinds=sorted(kinds),
                features=tuple(sorted(features)),
                ago=timedelta(hours=hours),
                customer=customer,
                said="Some words about the checkout" if features else "Some words",
            )
            for n, (kinds, features, hours, customer) in enumerate(drawn)
        ),
    )
    for question, wanted in ((f"checkout {days}d", {"checkout"}), (f'"some words" {days}d', set())):
        about = [ticket for ticket in drawn if wanted <= ticket[1]]
        report = ask(reused, question)
        now = [t for t in about if 0 < t[2] <= days * 24]
        then = [t for t in about if days * 24 < t[2] <= 2 * days * 24]
        hurt, hurt_then = ([t for t in part if t[0] & FRICTION] for part in (now, then))
        assert report.mentioned == len(now)
        assert (report.tickets, report.customers) == (len(hurt), len({t[3] for t in hurt}))
        assert report.previous == Count(len(hurt_then), len({t[3] for t in hurt_then}))
        assert report.kinds == {kind: sum(kind in t[0] for t in now) for kind in Kind}
        assert [(w.tickets, w.customers) for w in report.weeks] == [
            (len(week), len({t[3] for t in week}))
            for back in range(-(-days // 7) - 1, -1, -1)
            for week in [[t for t in hurt if back * 168 < t[2] <= (back + 1) * 168]]
        ]
        assert report.enough == (len(hurt) >= 5)


def test_ingested_tickets_are_counted_by_the_kinds_that_were_read(shop: Context) -> None:
    ingest(shop, [draft("1"), draft("2", "Our office is on the third floor.")], NOW)
    report = ask(shop, "checkout")
    assert (report.mentioned, report.tickets, report.kinds[Kind.BROKEN]) == (1, 1, 1)
