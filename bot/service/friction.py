"""The answer to `/friction`: how much friction customers have, of which kind, in whose words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.reports import (
    FRICTION_KINDS,
    Count,
    Feature,
    FeatureLine,
    FrictionReport,
    HelpReport,
    Kind,
    Quote,
    RankingReport,
    Theme,
    Understood,
    Week,
    Window,
)
from bot.service import cards, convert, meaning, ranking
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.voice.features import Catalogue
from bot.voice.query import Question, parse
from bot.voice.stems import similarity
from storage import figures
from storage import friction as friction_rows
from storage import tickets as ticket_rows
from storage.scope import Scope
from storage.values import QuoteRow

FLOOR = 5
QUOTES_SHOWN = 3
THEMES_SHOWN = 3
OPEN_INSIGHTS_SHOWN = 3
THEME_SAMPLE = 200
EARLIER_SAMPLE = 200
SAME_STORY = 0.5

Answered = FrictionReport | RankingReport | HelpReport


def ask(context: Context, text: str, now: datetime, *, with_themes: bool = True) -> Answered:
    """Answer a question as it was typed. Never fails on what was typed.

    Themes are most of the work; an answer without them has the same figures and quotes.
    """
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        question = parse(text, catalogue, now)
        if question.ask == "help":
            return _help(session, catalogue, now)
        if question.ask == "rank":
            ranked = rank(session, catalogue, question.window)
            return replace(ranked, note=question.window_note)
        return _answer(session, context, catalogue, question, with_themes=with_themes)


def rank(session: Session, catalogue: Catalogue, window: Window) -> RankingReport:
    """All features with friction in the window or the one before, most friction first."""
    before = _before(window)
    counted = figures.per_feature(session, before.since, window.since, window.until)
    lines = [
        FeatureLine(feature, tickets, customers, previous=Count(*then))
        for feature in catalogue.features
        if feature.id in counted
        for (tickets, customers), then in [counted[feature.id]]
    ]
    lines.sort(key=lambda line: (-line.tickets, -line.previous.tickets, line.feature.name))
    total = ticket_rows.total(session)
    return RankingReport(window, tuple(lines), total, catalogue=len(catalogue.features))


def _before(window: Window) -> Window:
    return Window(window.since - (window.until - window.since), window.since, "the window before")


def _help(session: Session, catalogue: Catalogue, now: datetime) -> HelpReport:
    month = Window(now - timedelta(days=30), now, "last 30 days")
    busiest = [line.feature for line in rank(session, catalogue, month).features]
    names = [feature.name.lower() for feature in [*busiest, *catalogue.features]]
    names = list(dict.fromkeys(names))[:2] or ["checkout"]
    first, second = names[0], names[-1]
    return HelpReport(
        examples=(
            ("", "which features have the most friction, and what changed"),
            (first, "how much friction, of which kind, in whose words, in the last 30 days"),
            (f"{second} 12w", "the last twelve weeks: also 30d, 6m, last month"),
            (f"{second} since {now:%Y}-01-01", "since a day"),
            ('"cannot log in"', "words that are no feature are searched in all tickets"),
        ),
        hint="" if catalogue.features else "No features yet: see `earshot features`.",
    )


def _answer(
    session: Session,
    context: Context,
    catalogue: Catalogue,
    question: Question,
    *,
    with_themes: bool,
) -> FrictionReport:
    window = question.window
    feature = question.feature
    words = None if feature else question.words
    scope = Scope(window.since, window.until, feature.id if feature else None, words)
    found = figures.of(session, scope, _before(window).since)
    scope = replace(scope, matched=found.matched)
    counts, previous = found.now, found.before
    return FrictionReport(
        asked=question.asked,
        reading=f"{feature.name if feature else question.words} · {window.label}",
        understood=_understood(question, counts.mentioned),
        feature=feature,
        search=words,
        window=window,
        enough=counts.tickets >= FLOOR,
        tickets=counts.tickets,
        customers=counts.customers,
        customers_known=counts.known > 0,
        mentioned=counts.mentioned,
        previous=Count(0, 0) if found.is_capped else Count(previous.tickets, previous.customers),
        kinds={kind: counts.kinds[kind] for kind in Kind},
        weeks=_weeks(found.weeks, window),
        themes=_themes(session, context, scope, counts.tickets) if with_themes else (),
        quotes=_quotes(session, scope, FRICTION_KINDS, QUOTES_SHOWN),
        praise=_quotes(session, scope, (Kind.PRAISE,), 1),
        insights=cards.open_on(session, context, catalogue, feature, OPEN_INSIGHTS_SHOWN),
        suggestions=_suggestions(session, context, catalogue, question),
        sampled=counts.tickets > THEME_SAMPLE,
        note=question.window_note,
        kinds_unknown=counts.kinds_unknown,
        akin=_akin(session, context, scope, window),
        capped=figures.MOST_HITS if found.is_capped else 0,
    )


def _akin(session: Session, context: Context, scope: Scope, window: Window) -> tuple[Quote, ...]:
    """For a search: what tickets without its words say that means nearly the same.

    Each is of another customer and another story.
    """
    if scope.words is None:
        return ()
    near = meaning.nearest(session, context, scope.words, window)
    same = friction_rows.matching(session, scope, near)
    found: dict[str, Quote] = {}
    for ticket in ticket_rows.get(session, [row for row in near if row not in same]):
        said = convert.ticket(ticket, {}).quote
        if said is None or ticket.customer in found:
            continue
        if all(similarity(said.text, other.text) < SAME_STORY for other in found.values()):
            found[ticket.customer] = said
    return tuple(found.values())[:QUOTES_SHOWN]


def _suggestions(
    session: Session, context: Context, catalogue: Catalogue, question: Question
) -> tuple[Feature, ...]:
    """What the question may mean: names like it, else features that it speaks of otherwise."""
    if question.feature or question.suggestions:
        return question.suggestions
    return ranking.nearest(session, context, catalogue, question.words)


def _understood(question: Question, mentioned: int) -> Understood:
    if question.feature is None and mentioned == 0:
        return Understood.NOTHING
    return question.understood if question.feature else Understood.SEARCH


def _weeks(counted: Sequence[tuple[int, int]], window: Window) -> tuple[Week, ...]:
    """Friction by stretches of seven days, counted back from the window's end.

    So the last week is always whole, and only the first one may be cut by the window.
    """
    return tuple(
        Week(max(window.since, window.until - back * figures.WEEK).date(), *counts)
        for back, counts in zip(range(len(counted), 0, -1), counted, strict=True)
    )


def _quotes(session: Session, scope: Scope, kinds: Sequence[Kind], most: int) -> tuple[Quote, ...]:
    """The best quotes, each of another customer and another story."""
    chosen: list[QuoteRow] = []
    for row in friction_rows.quotes(session, scope, kinds, most * 15):
        if any(row.customer == other.customer for other in chosen):
            continue
        if any(similarity(row.text, other.text) >= SAME_STORY for other in chosen):
            continue
        chosen.append(row)
        if len(chosen) == most:
            break
    return tuple(convert.quote(row) for row in chosen)


def _themes(session: Session, context: Context, scope: Scope, tickets: int) -> tuple[Theme, ...]:
    """The largest groups of tickets that tell the same story."""
    from bot.service import themes

    sample = ticket_rows.get(session, friction_rows.newest(session, scope, THEME_SAMPLE))
    whole = FLOOR <= tickets <= THEME_SAMPLE
    earlier = themes.earlier_sample(session, scope, EARLIER_SAMPLE) if whole else None
    return themes.of_tickets(session, context, sample, earlier, THEMES_SHOWN)
