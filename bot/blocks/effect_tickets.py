"""The tickets behind a look at a fix, ten on a modal, of one side of the day of shipping."""

from __future__ import annotations

from bot.blocks import forms, listing, words
from bot.blocks.kit import (
    ACTION_EFFECT_NEXT,
    ACTION_EFFECT_PREVIOUS,
    TITLE,
    VIEW_EFFECT,
    Block,
    context,
    data,
    header,
    line,
    ours,
    rich,
    theirs,
)
from bot.reports import EffectTickets


def view(report: EffectTickets) -> Block:
    """One page of them, the newest in front."""
    side = "after" if report.after else "before"
    total = words.number(report.total, "ticket")
    shipped = words.day(report.shipped_on, year=True)
    blocks: list[Block | None] = [
        header(f"Insight {report.insight}: {total} {side} {shipped}"),
        rich(line(theirs(report.title, TITLE, bold=True)), line(ours(_figure(report)))),
    ]
    for ticket in report.tickets:
        blocks += listing.ticket(ticket)
    if not report.tickets:
        blocks.append(context("None of these tickets is stored any more."))
    return forms.modal(
        VIEW_EFFECT,
        "Tickets",
        [
            *blocks,
            *listing.paging(
                report.page, report.total, report.size, ACTION_EFFECT_PREVIOUS, ACTION_EFFECT_NEXT
            ),
        ],
        metadata=data(
            insight=report.insight,
            on=report.shipped_on.isoformat(),
            weeks=report.weeks,
            after=int(report.after),
            page=report.page,
        ),
    )


def counting(insight: int) -> Block:
    """What stands there until they are found."""
    return forms.modal(VIEW_EFFECT, "Tickets", [context(f"Counting for insight {insight}…")])


def _figure(report: EffectTickets) -> str:
    weeks = words.number(report.weeks_counted, "week")
    if not report.customers_known:
        return f"In the {weeks} that count; whose they are is not known."
    counted = words.number(report.counted, "customer")
    return f"In the {weeks} that count: {counted}, each once a week."
