"""The answer on one subject, on two side by side, and the way into one for somebody new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from bot.reports import (
    FRICTION_KINDS,
    Count,
    Feature,
    FrictionReport,
    Kind,
    Quote,
    Theme,
    Understood,
    VersusReport,
    WayInReport,
    Week,
    Window,
)
from bot.service import beside, convert, insight_views, meaning, ranking, scopes, speaking, usual
from bot.service.context import Context
from bot.service.known import Labels
from bot.voice.features import Catalogue
from bot.voice.query import Question
from bot.voice.stems import similarity
from bot.voice.wording import phrase, reading
from storage import figures
from storage import friction as friction_rows
from storage import tickets as ticket_rows
from storage.scope import Scope
from storage.values import Counts, QuoteRow
from storage.values import Figures as Found

FLOOR = 5
QUOTES_SHOWN = 3
THEMES_SHOWN = 3
OPEN_INSIGHTS_SHOWN = 3
LOVED_SHOWN = 2
FIRST_SHOWN = 3
THEME_SAMPLE = 200
EARLIER_SAMPLE = 200
BOTH_FROM = 100_000
SAME_STORY = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What every part of an answer is told from."""

    session: Session
    context: Context
    catalogue: Catalogue
    labels: Labels


def of(asked: Asked, question: Question, *, in_full: bool = True) -> FrictionReport:
    """The answer on a feature or on words.

    Themes and who wrote are most of the work; an answer without them (`in_full` False) has the
    same figures and quotes.
    """
    scope, found = _looked_up(asked, question)
    report = _figures(asked, question, scope, found)
    if not in_full:
        return report
    return replace(
        report,
        themes=_themes(asked, scope, found),
        **speaking.who(asked.session, scope, found.now.tickets),
        most_of_one=speaking.most_of_one(asked.session, scope, found.now),
        akin=_akin(asked, scope, question.window),
        marks=beside.marks(asked.session, question.feature, question.window),
        alarm=beside.alarm(asked.session, question.feature, question.window),
    )


def versus(asked: Asked, question: Question) -> VersusReport:
    """Two subjects in one window; what customers say who mention both."""
    other = question.versus
    assert other is not None
    alone = replace(question, versus=None, ask="feature" if question.feature else "search")
    second = replace(
        alone,
        feature=other.feature,
        words=other.words,
        understood=other.understood,
        ask="feature" if other.feature else "search",
        suggestions=(),
        note="",
    )
    sides = [(each, *_looked_up(asked, each)) for each in (alone, second)]
    left, right = (_figures(asked, each, scope, found) for each, scope, found in sides)
    right = replace(right, note="" if right.note in left.note else right.note)
    scopes = [scope for _, scope, _ in sides]
    both = friction_rows.about_both(asked.session, *scopes, most=BOTH_FROM)
    # Praise tells as well as friction when they would use one rather than the other.
    kinds = question.kinds or tuple(Kind)
    said = friction_rows.quotes_of(asked.session, both, kinds, QUOTES_SHOWN)
    return VersusReport(
        left=left,
        right=right,
        both=_of_different_stories(said, QUOTES_SHOWN),
        both_tickets=len(both),
        reading=reading(question),
        phrase=phrase(question),
    )


def way_in(asked: Asked, question: Question) -> WayInReport:
    """What customers love about a feature, what hurts, what to read first, what was done."""
    report = of(asked, replace(question, ask="feature" if question.feature else "search"))
    scope, _ = _looked_up(asked, question)
    best = [theme.quote for theme in report.themes if theme.quote]
    first = best + [said for said in report.quotes if said not in best]
    told: list[Quote] = []
    for said in first:
        if all(similarity(said.text, other.text) < SAME_STORY for other in told):
            told.append(said)
    (loved,) = friction_rows.quotes(asked.session, scope, [((Kind.PRAISE,), LOVED_SHOWN)])
    return WayInReport(
        friction=report,
        loved=_of_different_stories(loved, LOVED_SHOWN),
        first=tuple(told[:FIRST_SHOWN]),
        shipped=insight_views.shipped_on(
            asked.session, asked.context, asked.catalogue, question.feature
        ),
        reading=reading(question),
        phrase=phrase(question),
    )


# --- figures --------------------------------------------------------------------------------------


def _looked_up(asked: Asked, question: Question) -> tuple[Scope, Found]:
    scope = scopes.of(question)
    earlier = scopes.window_before(question.window).since
    found = figures.of(asked.session, scope, earlier, usual.DAYS_BEFORE)
    return replace(scope, matched=found.matched), found


def _figures(asked: Asked, question: Question, scope: Scope, found: Found) -> FrictionReport:
    counts, previous, feature = found.now, found.before, question.feature
    quotes, praise = _said(asked.session, scope, question)
    return FrictionReport(
        asked=question.asked,
        reading=reading(question),
        understood=_understood(question, counts.mentioned),
        feature=feature,
        search=scope.words,
        window=question.window,
        enough=counts.tickets >= FLOOR,
        tickets=counts.tickets,
        customers=counts.customers,
        customers_known=counts.known > 0,
        mentioned=counts.mentioned,
        previous=Count(0, 0) if found.is_capped else Count(previous.tickets, previous.customers),
        kinds={kind: _of_kind(question, counts, kind) for kind in Kind},
        weeks=_weeks(found.weeks, question.window),
        themes=(),
        quotes=quotes,
        praise=praise,
        insights=insight_views.open_on(
            asked.session, asked.context, asked.catalogue, feature, OPEN_INSIGHTS_SHOWN
        ),
        suggestions=_suggestions(asked, question),
        sampled=counts.tickets > THEME_SAMPLE,
        note=usual.note(question, found, asked.labels.first_day),
        kinds_unknown=counts.kinds_unknown,
        capped=figures.MOST_HITS if found.is_capped else 0,
        usual=usual.of(found, question.window, asked.labels.first_day),
        phrase=phrase(question),
        narrowed=question.kinds,
        segment=question.segment,
        source=question.source,
        is_a_name=feature is None and asked.catalogue.named(question.words) is not None,
    )


def _of_kind(question: Question, counts: Counts, kind: Kind) -> int:
    """Of an answer that is narrowed to some kinds the others are left out."""
    return 0 if question.kinds and kind not in question.kinds else counts.kinds[kind]


def _suggestions(asked: Asked, question: Question) -> tuple[Feature, ...]:
    """What the question may mean: names like it, else features that it speaks of otherwise."""
    if question.feature or question.suggestions:
        return question.suggestions
    return ranking.nearest(asked.session, asked.context, asked.catalogue, question.words)


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


# --- words ----------------------------------------------------------------------------------------


def _said(
    session: Session, scope: Scope, question: Question
) -> tuple[tuple[Quote, ...], tuple[Quote, ...]]:
    """Quotes of the kinds that are asked for, and praise beside them where all are."""
    friction = (question.kinds or FRICTION_KINDS, QUOTES_SHOWN)
    if question.kinds:
        (said,) = friction_rows.quotes(session, scope, [friction])
        return _of_different_stories(said, QUOTES_SHOWN), ()
    said, loved = friction_rows.quotes(session, scope, [friction, ((Kind.PRAISE,), 1)])
    return _of_different_stories(said, QUOTES_SHOWN), _of_different_stories(loved, 1)


def _of_different_stories(said: Iterable[QuoteRow], most: int) -> tuple[Quote, ...]:
    """The best quotes, each of another customer and another story."""
    chosen: list[QuoteRow] = []
    for row in said:
        if any(row.customer == other.customer for other in chosen):
            continue
        if any(similarity(row.text, other.text) >= SAME_STORY for other in chosen):
            continue
        chosen.append(row)
        if len(chosen) == most:
            break
    return tuple(convert.quote(row) for row in chosen)


def _akin(asked: Asked, scope: Scope, window: Window) -> tuple[Quote, ...]:
    """For a search: what tickets without its words say that means nearly the same.

    Each is of another customer and another story.
    """
    if scope.words is None:
        return ()
    near = meaning.nearest(asked.session, asked.context, scope.words, window)
    same = friction_rows.matching(asked.session, scope, near)
    found: dict[str, Quote] = {}
    for ticket in ticket_rows.get(asked.session, [row for row in near if row not in same]):
        said = convert.ticket(ticket, {}).quote
        if said is None or ticket.customer in found:
            continue
        if all(similarity(said.text, other.text) < SAME_STORY for other in found.values()):
            found[ticket.customer] = said
    return tuple(found.values())[:QUOTES_SHOWN]


def _themes(asked: Asked, scope: Scope, found: Found) -> tuple[Theme, ...]:
    """The largest groups of tickets that tell the same story.

    What they told before is counted where all tickets of both windows were looked at.
    """
    from bot.service import themes

    session = asked.session
    sample = ticket_rows.get(session, friction_rows.newest(session, scope, THEME_SAMPLE))
    whole = FLOOR <= found.now.tickets <= THEME_SAMPLE and not found.is_capped
    earlier = themes.earlier_sample(session, scope, EARLIER_SAMPLE) if whole else None
    return themes.of_tickets(session, asked.context, sample, earlier, THEMES_SHOWN)
