"""The tickets that an answer counted, ten on a modal, each of which opens in full."""

from __future__ import annotations

from bot.blocks import forms, parts, tickets, words
from bot.blocks.kit import (
    ACTION_NEXT,
    ACTION_PREVIOUS,
    NAME,
    QUOTE,
    TITLE,
    VIEW_TICKETS,
    Block,
    actions,
    button,
    context,
    data,
    header,
    line,
    ours,
    quote,
    rich,
    theirs,
)
from bot.blocks.text import clean
from bot.reports import TicketsReport, TicketView

LONGEST_QUESTION = 1_000


def view(report: TicketsReport, home: str = "") -> Block:
    """One page; the question and its moment go with it, so that the next is of the same list.

    `home` is the channel in which it was opened: what is tagged here belongs there.
    """
    total = words.number(report.total, "ticket")
    of = words.only(report.kinds) if report.kinds else "with friction"
    blocks: list[Block | None] = [
        header(f"{total}, {of}" if report.kinds else f"{total} {of}"),
        rich(
            line(
                theirs(report.reading, TITLE, bold=True),
                ours(f" · {_from(report)}{_shown(report)}"),
            )
        ),
    ]
    for each in report.tickets:
        blocks += ticket(each, may_tag=True)
    question = clean(report.asked)[:LONGEST_QUESTION]
    return forms.modal(
        VIEW_TICKETS,
        "Tickets",
        [
            *blocks,
            *paging(report.page, report.total, report.size, ACTION_PREVIOUS, ACTION_NEXT),
        ],
        metadata=data(q=question, at=report.at.isoformat(), page=report.page, home=home),
    )


def _from(report: TicketsReport) -> str:
    return f"from {words.number(report.customers, 'customer')} · " if report.customers else ""


def _shown(report: TicketsReport) -> str:
    first = report.page * report.size + 1
    last = first + len(report.tickets) - 1
    return f"{first:,} to {last:,}, newest first" if report.tickets else "nothing to show"


def facts(ticket: TicketView) -> list[Block]:
    """`Broken · business · 12 Sep 2026`."""
    elements = [ours(words.kinds_said(ticket.kinds).capitalize(), bold=True)]
    if ticket.segment:
        elements += [ours(" · "), theirs(ticket.segment, NAME)]
    return [*elements, ours(f" · {words.day(ticket.created_at, year=True)}")]


def ticket(shown: TicketView, *, may_tag: bool = False) -> list[Block | None]:
    """One of them: what it says, and buttons that open it; to tag it where that is known how."""
    said = shown.quote
    text = said.text if said else shown.subject or shown.body
    show = tickets.show_button(shown.key, shown.ticket_id, "Show all")
    tag = parts.tag_button(shown.key, shown.ticket_id) if may_tag else None
    return [
        rich(line(*facts(shown)), quote(theirs(text, QUOTE))),
        actions(show, parts.open_button(shown.ticket_id, shown.url), tag),
    ]


def paging(page: int, total: int, size: int, newer: str, older: str) -> list[Block | None]:
    """Buttons (their action ids) to the pages beside this one; nothing where there is only one."""
    last = max(total - 1, 0) // size
    if not last:
        return []
    back = button("Newer", newer, str(page)) if page else None
    on = button("Older", older, str(page)) if page < last else None
    return [actions(back, on), context(f"Page {page + 1:,} of {last + 1:,}")]
