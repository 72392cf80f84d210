"""The answer to `/friction` alone: where it hurts most, and how that changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import forms, parts, words
from bot.blocks.kit import (
    ACTION_ASK,
    ACTION_ASK_OTHER,
    NAME,
    QUOTE,
    Block,
    actions,
    bullets,
    button,
    context,
    data,
    header,
    line,
    message,
    ours,
    rich,
    theirs,
    told_apart,
)
from bot.blocks.native import Native
from bot.blocks.tables import table
from bot.blocks.text import bare, shown
from bot.reports import FeatureLine, Message, RankingReport

MOST_ROWS = 14
MOST_BUTTONS = 5
MOST_BLIND = 8
HEADINGS = ("Feature", "Tickets", "Customers", "Before", "Change")
ACTED = "Last heard by owners"


def render_ranking(report: RankingReport) -> Message:
    """A table where Slack draws one, lines where it does not; every row is a click away."""
    verdict = _verdict(report)
    top = report.features[:MOST_ROWS]
    note = rich(line(theirs(report.note, QUOTE))) if report.note else None
    if not top:
        remedy = rich(line(ours(_remedy(report))))
        return message(verdict, [header(verdict), note, remedy, _blind(report)])
    ranked = Native(
        drawn=(table(_rows(report, top), numeric=(1, 2, 3, 4)),),
        plain=(rich(bullets(_in_a_line(report, item) for item in top)),),
    )
    rest = [ranked, _blind(report), _look(report, top), _footing(report)]
    return message(_summary(verdict, top), [header(verdict), note, *rest])


def _rows(report: RankingReport, top: Sequence[FeatureLine]) -> list[tuple[str, ...]]:
    """Silence has a column where anybody owns anything."""
    if not any(item.is_owned for item in top):
        return [HEADINGS, *map(_row, top)]
    until = report.window.until
    return [(*HEADINGS, ACTED), *((*_row(item), words.silence(item, until)) for item in top)]


def _row(item: FeatureLine) -> tuple[str, ...]:
    figures = (item.tickets, item.customers, item.previous.tickets)
    return (item.feature.name, *(f"{figure:,}" for figure in figures), words.change(item))


def _in_a_line(report: RankingReport, item: FeatureLine) -> list[Block]:
    said = parts.feature(item)
    if not item.is_owned:
        return said
    return [*said, ours(f" · heard by owners: {words.silence(item, report.window.until)}")]


def _verdict(report: RankingReport) -> str:
    when = words.in_window(report.window)
    if not report.total:
        return "No tickets stored yet"
    if not report.features:
        return f"No friction {when}" if report.catalogue else "No features known yet"
    first = report.features[0]
    if not first.tickets:
        return f"No friction {when}"
    said = words.crowd(first.tickets, first.customers)
    return f"{shown(first.feature.name, NAME)} hurts most: {said} {when}"


def _summary(verdict: str, top: Sequence[FeatureLine]) -> str:
    """The first rows in words, for those who hear the answer."""
    following = [
        f"{shown(item.feature.name, NAME)} {item.tickets:,}, {before or 'none'} before"
        for item in top[1:MOST_BUTTONS]
        for before in [item.previous.tickets]
    ]
    return f"{verdict}. Then {'; '.join(following)}" if following else verdict


def _remedy(report: RankingReport) -> str:
    if not report.total:
        return "Whoever runs Earshot can bring tickets in with: earshot ingest FILE"
    if report.catalogue:
        return "Nor in the time before. Try a longer one, as in /friction 12w"
    return "Whoever runs Earshot can name the product's parts with: earshot features suggest"


def _blind(report: RankingReport) -> Block | None:
    """What the catalogue knows and no customer names: a quiet feature, or a wrong alias."""
    if not report.blind or not report.total:
        return None
    days = words.days_in(report.window) * 2
    said = [ours(f"Named in no ticket of the last {days} days: ")]
    for number, feature in enumerate(report.blind[:MOST_BLIND]):
        said += [ours(", "), theirs(feature.name)] if number else [theirs(feature.name)]
    more = len(report.blind) - MOST_BLIND
    return rich(line(*said, *([ours(f" and {more} more")] if more > 0 else [])))


def _look(report: RankingReport, top: Sequence[FeatureLine]) -> Block | None:
    """Buttons for the first rows, a menu for the others."""
    felt = [item for item in top if item.tickets]
    buttons = [
        button(name, ACTION_ASK, _question(report, item), spoken=f"Show {bare(name, NAME)}")
        for item in felt[:MOST_BUTTONS]
        for name in [shown(item.feature.name, NAME)]
    ]
    return actions(*told_apart(buttons), _menu(report, felt[MOST_BUTTONS:]))


def _menu(report: RankingReport, others: Sequence[FeatureLine]) -> Block | None:
    options = [
        forms.option(value, item.feature.name)
        for item in others
        if len(value := _question(report, item)) <= forms.OPTION_VALUE
    ]
    if not options:
        return None
    return forms.select(options, None, "Show another") | {"action_id": ACTION_ASK_OTHER}


def _question(report: RankingReport, item: FeatureLine) -> str:
    asked = words.question(item.feature, report.window)
    return data(q=asked, at=report.window.until.isoformat())


def _footing(report: RankingReport) -> Block:
    said = [f"Before: the {words.number(words.days_in(report.window), 'day')} before"]
    left_out = len(report.features) - MOST_ROWS
    if left_out > 0:
        said.append(f"{words.number(left_out, 'feature')} more not shown")
    said.append(f"{words.number(report.total, 'ticket')} stored")
    return context(" · ".join(said))
