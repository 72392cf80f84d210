"""Did our fix help? An insight, or a feature, before and after the day on which a fix shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from bot.errors import NotFound, UserError
from bot.reports import (
    EffectReport,
    EffectVerdict,
    Feature,
    LeftOut,
    Measured,
    Nearby,
    NextDoor,
)
from bot.service import catalogue as catalogues
from bot.service import effect_counts, effect_stories, schedule
from bot.service.context import Context
from bot.service.effect_counts import Group, Rest, Span
from bot.service.effect_stories import MOST_TEXTS, Texts, Theme
from bot.voice import effect, effect_looks, effect_verdicts
from storage import effect_counts as rows
from storage import insight_tickets
from storage import insights as insight_rows
from storage.values import InsightValue

THEMES: Final = 6
NEIGHBOURS: Final = 6
"""Of the feature, at the most, that are looked at next door."""


@dataclass(frozen=True, slots=True)
class Fix:
    """What is asked about: what shipped when, and the tickets (rows) that it was for.

    Those `apart` are none of them, whatever they tell.
    """

    shipped: date
    feature: str | None = None
    tickets: tuple[int, ...] = ()
    apart: frozenset[int] = frozenset()
    insight: int | None = None
    title: str = ""
    asked: int | None = None
    """The insight that was asked for, where it was merged into this one."""


def of_insight(
    context: Context, insight: int, now: datetime, shipped: date | None = None
) -> EffectReport:
    """Whether the fix of an insight helped, by the last look whose day has come.

    Of one that was merged it is that of the insight which has its tickets now. `shipped` is the day
    for an insight that has none of its own. Raises `NotFound`, and `UserError` where nothing can be
    counted.
    """
    with context.store.read() as session:
        value = insight_rows.get(session, insight)
        if value is None:
            raise NotFound("This insight is no longer there.")
        return report(session, context, fix_of(session, value, shipped), now)


def of_feature(context: Context, feature: str, shipped: date, now: datetime) -> EffectReport:
    """The same for a feature (by id or name), without any insight."""
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        about = catalogue.by_id.get(feature) or catalogue.find(feature).feature
        if about is None:
            raise UserError(f"There is no feature {feature!r}: `earshot features list` has them.")
        return report(session, context, Fix(shipped, about.id, title=about.name), now)


def fix_of(session: Session, value: InsightValue, shipped: date | None = None) -> Fix:
    """What an insight's fix is, or that of the one it was merged into. Raises `UserError` where no
    day is known.

    What it was for is told by the tickets that people gave it, so that a story cannot drift; those
    that were detached tell something else.
    """
    asked, value = value, insight_rows.standing(session, value)
    shipped = shipped or value.shipped_on
    if shipped is None:
        merged = f"Insight {asked.id} was merged into {value.id}. " if value != asked else ""
        raise UserError(
            f"{merged}Insight {value.id} has not shipped: set its status to shipped, or say the "
            "day with --shipped."
        )
    tickets, detached = insight_tickets.given_to(session, value.id)
    return Fix(
        shipped=shipped,
        feature=value.feature_id,
        tickets=tuple(tickets),
        apart=frozenset(detached),
        insight=value.id,
        title=value.title,
        asked=asked.id if asked.id != value.id else None,
    )


def report(session: Session, context: Context, fix: Fix, now: datetime) -> EffectReport:
    """By the last look whose day has come. Raises `UserError` where nothing can be counted."""
    if not schedule.has_come(fix.shipped, now):
        raise UserError("This day is still to come: there is nothing to compare yet.")
    return look(session, context, fix, effect_looks.latest(fix.shipped, now.date()))


def counted(session: Session, context: Context, fix: Fix, weeks: int) -> tuple[Measured, bool]:
    """What the verdict of such a look is about, week by week, and whether customers are known.

    Raises `UserError` where nothing can be counted.
    """
    about = catalogues.load(session).by_id.get(fix.feature or "")
    _check(fix, about)
    around, _ = effect_counts.span(session, fix.shipped, weeks)
    group = _seen(session, context, fix, about, around, beside=False).groups[0]
    [found] = effect_counts.measured(session, around, [group])
    return found, any(one.customer_known for one in group.group.tickets)


def look(session: Session, context: Context, fix: Fix, weeks: int) -> EffectReport:
    """By the look so many weeks after shipping, whatever came later."""
    catalogue = catalogues.load(session)
    about = catalogue.by_id.get(fix.feature or "")
    _check(fix, about)
    around, stored_from = effect_counts.span(session, fix.shipped, weeks)
    seen = _seen(session, context, fix, about, around, beside=around.after > 0)
    measured = effect_counts.measured(session, around, seen.groups)
    own, beside = measured[: seen.own], measured[seen.own :]
    story = own[0] if seen.has_story else None
    main = own[0]
    verdict = main.estimate.verdict
    # What a source that fell silent will bring nobody knows.
    is_silent = any(week.left_out is LeftOut.SOURCE for week in main.after)
    is_open = verdict is EffectVerdict.TOO_EARLY and not is_silent
    following = effect_looks.following(weeks)
    return EffectReport(
        insight=fix.insight,
        title=fix.title,
        about=about,
        shipped_on=fix.shipped,
        weeks=weeks,
        looked_on=effect_looks.day_of(fix.shipped, weeks) if weeks else None,
        looks_next=None if following is None else effect_looks.day_of(fix.shipped, following),
        verdict=verdict,
        expects=effect.expects(main.estimate, fix.shipped, weeks) if is_open else None,
        stored_from=stored_from,
        story=story,
        feature=own[-1] if about is not None else None,
        next_door=_next_door(beside, seen.beside),
        customers_known=any(
            one.customer_known for group in seen.groups for one in group.group.tickets
        ),
        sampled=seen.is_sample,
        asked=fix.asked,
    )


def _check(fix: Fix, about: Feature | None) -> None:
    if about is None and not fix.tickets:
        raise UserError("This insight has neither a ticket nor a feature: nothing can be counted.")


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that is counted: the first `own` are the story and the feature, then what is beside."""

    groups: tuple[Rest, ...]
    own: int
    has_story: bool
    beside: tuple[Nearby, ...]
    is_sample: bool


def _seen(
    session: Session,
    context: Context,
    fix: Fix,
    about: Feature | None,
    around: Span,
    *,
    beside: bool,
) -> _Seen:
    """The story, the feature, and what is `beside` them."""
    if about:
        felt, is_part = rows.felt(session, about.id, around.since, around.until), False
    else:
        felt, is_part = rows.felt_of_all(session, around.since, around.until, MOST_TEXTS)
    on_feature = frozenset(one.row for one in felt) if about else frozenset()
    texts = effect_stories.texts(session, context, felt, around)
    given = effect_stories.tellers(session, context, fix.tickets, around.midnight)
    told, others = effect_stories.story(given, texts, fix.apart)
    groups: list[Rest] = []
    if fix.tickets:
        story = Group(fix.title, tuple(texts.felt[row] for row in sorted(told)))
        # What tells the story unread would be in the control.
        among = frozenset(texts.felt) if is_part else None
        groups.append(Rest(story, on_feature | told, among))
    near: list[tuple[Nearby, Rest]] = []
    if about:
        groups.append(Rest(Group(about.name, tuple(felt)), on_feature))
        if beside:
            near = [
                *_other_themes(texts, others, on_feature),
                *_neighbours(session, about, around, on_feature),
            ]
    return _Seen(
        groups=(*groups, *(rest for _, rest in near)),
        own=len(groups),
        has_story=bool(fix.tickets),
        beside=tuple(what for what, _ in near),
        is_sample=texts.is_sample or is_part,
    )


def _other_themes(
    texts: Texts, others: Sequence[Theme], on_feature: frozenset[int]
) -> list[tuple[Nearby, Rest]]:
    """The largest other stories of the feature, of both sides of shipping together."""
    return [
        (
            Nearby.THEME,
            Rest(
                Group(each.label, tuple(texts.felt[row] for row in sorted(each.rows))), on_feature
            ),
        )
        for each in others[:THEMES]
        if len(each.rows) >= effect.FEWEST_CUSTOMERS
    ]


def _neighbours(
    session: Session, about: Feature, around: Span, on_feature: frozenset[int]
) -> list[tuple[Nearby, Rest]]:
    """The features that customers name most beside this one, without the tickets of both.

    They are chosen by the weeks before, so that what happened after has no say in it.
    """
    catalogue = catalogues.load(session)
    ids = rows.neighbours(session, about.id, around.since, around.midnight, NEIGHBOURS)
    found = []
    for id in ids:
        felt = rows.felt(session, id, around.since, around.until)
        own = tuple(one for one in felt if one.row not in on_feature)
        if id in catalogue.by_id and len(own) >= effect.FEWEST_CUSTOMERS:
            apart = on_feature | {one.row for one in felt}
            found.append((Nearby.FEATURE, Rest(Group(catalogue.by_id[id].name, own), apart)))
    return found


def _next_door(beside: list[Measured], what: tuple[Nearby, ...]) -> tuple[NextDoor, ...]:
    verdicts = effect_verdicts.together([each.estimate for each in beside])
    return tuple(
        NextDoor(sort, each.name, each.estimate, verdict, each.before, each.after)
        for sort, each, verdict in zip(what, beside, verdicts, strict=True)
    )
