"""The answer to `/friction`: how much friction customers have, of which kind, in whose words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.reports import (
    Count,
    Feature,
    FeatureLine,
    FrictionReport,
    HelpReport,
    RankingReport,
    TicketView,
    VersusReport,
    WayInReport,
    Window,
)
from bot.service import answers, help, known, tickets, usual
from bot.service import catalogue as catalogues
from bot.service.answers import Asked
from bot.service.context import Context
from bot.service.scopes import window_before
from bot.voice.features import Catalogue
from bot.voice.filters import listed
from bot.voice.query import Question, parse
from storage import acts, feature_days, figures
from storage import tickets as ticket_rows

Answered = FrictionReport | RankingReport | VersusReport | WayInReport | HelpReport | TicketView

FRESH = timedelta(hours=1)
"""An answer this old is the same as one of now, for those who go on from it."""


def again(context: Context, text: str, at: datetime, now: datetime) -> Answered:
    """Answer as of an earlier moment, and say so where the same question means other days now."""
    report = ask(context, text, at)
    if not isinstance(report, FrictionReport | VersusReport | WayInReport) or now - at <= FRESH:
        return report
    shown = _window_of(report)
    with context.store.read() as session:
        window = parse(text, catalogues.load(session), now).window
    same = (window.since, window.until) == (shown.since, shown.until)
    return report if same else replace(report, as_of=at)


def _window_of(report: FrictionReport | VersusReport | WayInReport) -> Window:
    if isinstance(report, VersusReport):
        return report.left.window
    return report.friction.window if isinstance(report, WayInReport) else report.window


def ask(context: Context, text: str, now: datetime, *, with_themes: bool = True) -> Answered:
    """Answer a question as it was typed. Never fails on what was typed.

    Themes are most of the work; an answer without them has the same figures and quotes.
    """
    with context.store.read() as session:
        catalogue, labels = known.with_catalogue(session)
        question = parse(text, catalogue, now, segments=labels.segments, sources=labels.sources)
        asked = Asked(session, context, catalogue, labels)
        if question.ask == "help":
            return _help(asked, now)
        if question.ticket:
            found = tickets.named(session, catalogue, question.ticket, question.source)
            if found:
                return found
            question = _no_ticket(question)
        if question.ask == "rank":
            return _ranking(asked, question)
        if question.versus:
            return answers.versus(asked, question)
        if question.ask == "read":
            return answers.way_in(asked, question)
        return answers.of(asked, question, in_full=with_themes)


def _help(asked: Asked, now: datetime) -> HelpReport:
    month = Window(now - timedelta(days=30), now, "last 30 days")
    busiest = [line.feature for line in rank(asked.session, asked.catalogue, month).features]
    return help.of(asked.session, asked.catalogue, asked.labels, busiest, now)


def _ranking(asked: Asked, question: Question) -> RankingReport:
    ranked = rank(asked.session, asked.catalogue, question.window)
    acted = acts.by_owners(asked.session)
    lines = tuple(
        replace(line, acted=acted.get(line.feature.id), is_owned=line.feature.id in acted)
        for line in ranked.features
    )
    blind = _blind(asked.session, asked.catalogue, question.window)
    begun = usual.begun(question.window, asked.labels.first_day) if lines else ""
    notes = (_unranked(question), begun)
    return replace(ranked, features=lines, note=" ".join(filter(None, notes)), blind=blind)


def _unranked(question: Question) -> str:
    """All features are ranked by all their friction: what else was asked is said to be left out."""
    parts = {"kind": question.kinds, "segment": question.segment, "source": question.source}
    left_out = [name for name, asked in parts.items() if asked]
    if not left_out:
        return question.note
    note = f"Not taken into account: {listed(left_out)}. Name a feature for that."
    return f"{question.note} {note}".strip()


def rank(session: Session, catalogue: Catalogue, window: Window) -> RankingReport:
    """All features with friction in the window or the one before.

    Most friction first, and of equals the one that had less before.
    """
    before = window_before(window)
    counted = figures.per_feature(session, before.since, window.since, window.until)
    lines = [
        FeatureLine(feature, tickets, customers, previous=Count(*then))
        for feature in catalogue.features
        if feature.id in counted
        for (tickets, customers), then in [counted[feature.id]]
    ]
    lines.sort(key=lambda line: (-line.tickets, line.previous.tickets, line.feature.name))
    total = ticket_rows.total(session)
    return RankingReport(window, tuple(lines), total, catalogue=len(catalogue.features))


def _blind(session: Session, catalogue: Catalogue, window: Window) -> tuple[Feature, ...]:
    """Features that no ticket of the window or the one before names."""
    named = feature_days.named(session, window_before(window).since, window.until)
    return tuple(feature for feature in catalogue.features if feature.id not in named)


def _no_ticket(question: Question) -> Question:
    note = f'No ticket is called "{question.ticket}".'
    return replace(question.fallback, note=f"{note} {question.note}".strip())
