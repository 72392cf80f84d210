"""The answer to `/friction` alone: where it hurts most, and how that changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import parts, words
from bot.blocks.kit import (
    ACTION_ASK,
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
    table,
    theirs,
)
from bot.blocks.text import shown
from bot.reports import FeatureLine, Message, RankingReport

MOST_ROWS = 14
HEADINGS = ("Feature", "Tickets", "Customers", "Before", "Change")


def render_ranking(report: RankingReport) -> Message:
    """A native table; `ranking_as_text` is for workspaces that refuse it."""
    return _ranked(report, table([HEADINGS, *map(_row, _top(report))], numeric=(1, 2, 3, 4)))


def ranking_as_text(report: RankingReport) -> Message:
    """The same in lines."""
    return _ranked(report, rich(bullets(parts.feature(item) for item in _top(report))))


def _ranked(report: RankingReport, listed: Block) -> Message:
    verdict = _verdict(report)
    top = _top(report)
    note = rich(line(theirs(report.note, QUOTE))) if report.note else None
    if not top:
        return message(verdict, [header(verdict), note, rich(line(ours(_remedy(report))))])
    rest = [listed, _look(report, top[0]), _footing(report)]
    return message(_summary(verdict, top), [header(verdict), note, *rest])


def _top(report: RankingReport) -> Sequence[FeatureLine]:
    return report.features[:MOST_ROWS]


def _row(item: FeatureLine) -> tuple[str, ...]:
    figures = (item.tickets, item.customers, item.previous.tickets)
    return (item.feature.name, *(f"{figure:,}" for figure in figures), words.change(item))


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
    following = [f"{shown(item.feature.name, NAME)} {item.tickets:,}" for item in top[1:5]]
    return f"{verdict}. Then {', '.join(following)}" if following else verdict


def _remedy(report: RankingReport) -> str:
    if not report.total:
        return "Whoever runs Earshot can bring tickets in with: earshot ingest FILE"
    if report.catalogue:
        return "Nor in the time before. Try a longer one, as in /friction 12w"
    return "Whoever runs Earshot can name the product's parts with: earshot features suggest"


def _look(report: RankingReport, first: FeatureLine) -> Block | None:
    if not first.tickets:
        return None
    value = data(q=words.question(first.feature, report.window), at=report.window.until.isoformat())
    return actions(button(f"Show {shown(first.feature.name, NAME)}", ACTION_ASK, value))


def _footing(report: RankingReport) -> Block:
    said = [f"Before: the {words.number(words.days_in(report.window), 'day')} before"]
    left_out = len(report.features) - MOST_ROWS
    if left_out > 0:
        said.append(f"{words.number(left_out, 'feature')} more not shown")
    said.append(f"{words.number(report.total, 'ticket')} stored")
    return context(" · ".join(said))
