"""The tickets of an insight, ten on a modal, with how each came to it."""

from __future__ import annotations

from bot.blocks import forms, listing, parts, tickets, words
from bot.blocks.kit import (
    ACTION_DETACH,
    ACTION_TOLD_NEXT,
    ACTION_TOLD_PREVIOUS,
    QUOTE,
    TITLE,
    VIEW_TOLD,
    Block,
    actions,
    button,
    context,
    data,
    header,
    line,
    ours,
    person,
    quote,
    rich,
    theirs,
)
from bot.blocks.text import label_word
from bot.reports import InsightTicketLine, InsightTickets


def view(report: InsightTickets) -> Block:
    """One page of them, the newest in front."""
    blocks: list[Block | None] = [
        header(f"Insight {report.insight}: {words.number(report.total, 'ticket')}"),
        rich(line(theirs(report.title, TITLE, bold=True))),
    ]
    for each in report.tickets:
        blocks += [_ticket(each), _buttons(report.insight, each)]
    if not report.tickets:
        blocks.append(context("No ticket tells this yet."))
    return forms.modal(
        VIEW_TOLD,
        "Tickets",
        [
            *blocks,
            *listing.paging(
                report.page, report.total, report.size, ACTION_TOLD_PREVIOUS, ACTION_TOLD_NEXT
            ),
        ],
        metadata=data(insight=report.insight, page=report.page),
    )


def _ticket(each: InsightTicketLine) -> Block:
    ticket = each.ticket
    if not each.can_detach:
        how = [ours("tagged by "), person(each.by)]
    elif each.by:
        how = [ours("added by "), person(each.by)]
    else:
        how = [ours("attached by itself")]
    said = ticket.quote
    text = said.text if said else ticket.subject or ticket.body
    elements = listing.facts(ticket)
    return rich(line(*elements, ours(" · "), *how), quote(theirs(text, QUOTE)))


def _buttons(insight: int, each: InsightTicketLine) -> Block | None:
    ticket = each.ticket
    spoken = f"Detach ticket {label_word(ticket.ticket_id)}"
    value = f"{insight}:{ticket.key}"
    return actions(
        tickets.show_button(ticket.key, ticket.ticket_id, "Show all"),
        parts.open_button(ticket.ticket_id, ticket.url),
        button("Detach", ACTION_DETACH, value, spoken=spoken) if each.can_detach else None,
        parts.leak_menu(ticket.key),
    )
