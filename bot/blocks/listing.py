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


def view(report: TicketsReport) -> Block:
    """One page; the question and its moment go with it, so that the next is of the same list."""
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
    for ticket in report.tickets:
        blocks += [_ticket(ticket), _buttons(ticket)]
    question = clean(report.asked)[:LONGEST_QUESTION]
    return forms.modal(
        VIEW_TICKETS,
        "Tickets",
        [*blocks, *_paging(report)],
        metadata=data(q=question, at=report.at.isoformat(), page=report.page),
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


def _ticket(ticket: TicketView) -> Block:
    said = ticket.quote
    text = said.text if said else ticket.subject or ticket.body
    return rich(line(*facts(ticket)), quote(theirs(text, QUOTE)))


def _buttons(ticket: TicketView) -> Block | None:
    show = tickets.show_button(ticket.key, ticket.ticket_id, "Show all")
    address = parts.open_button(ticket.ticket_id, ticket.url)
    return actions(show, address, parts.leak_menu(ticket.key))


def _paging(report: TicketsReport) -> list[Block | None]:
    last = max(report.total - 1, 0) // report.size
    if not last:
        return []
    newer = button("Newer", ACTION_PREVIOUS, str(report.page)) if report.page else None
    older = button("Older", ACTION_NEXT, str(report.page)) if report.page < last else None
    return [actions(newer, older), context(f"Page {report.page + 1:,} of {last + 1:,}")]
