"""Report a leak: what should not be seen of a ticket, and what became of it.

What a person types here is nowhere shown again, nor carried by a modal.
"""

from __future__ import annotations

from bot.blocks import forms, words
from bot.blocks.kit import (
    ACTION_LEAK_OTHERS,
    BLOCK_LEAKED,
    BLOCK_WHOLE,
    VIEW_LEAK,
    VIEW_NOTICE,
    Block,
    actions,
    button,
    context,
    data,
    line,
    ours,
    rich,
    theirs,
)
from bot.reports import LeakReport

LONGEST = 1_500
WHOLE = "whole"
TITLE = "Report a leak"
HINT = "Copy it from the ticket. What belongs together on one line, several on several lines."
TOLD = "Whoever runs Earshot sees that a leak was reported, never these words."


def form(ticket: int) -> Block:
    """Asks what leaked of the ticket in this row."""
    whole = forms.option(WHOLE, "Withhold the ticket's whole text")
    return forms.modal(
        VIEW_LEAK,
        TITLE,
        [
            forms.field(
                BLOCK_LEAKED,
                "What should nobody see?",
                forms.text_input("", LONGEST, multiline=True),
                hint=HINT,
                optional=True,
            ),
            forms.field(BLOCK_WHOLE, "Or", forms.checkboxes([whole], ()), optional=True),
            context(f"It is masked at once, here and in what was posted. {TOLD}"),
        ],
        submit="Mask it",
        metadata=data(ticket=ticket),
    )


def done(report: LeakReport) -> Block:
    """What was masked; offers the other tickets that say the same."""
    view = forms.modal(
        VIEW_NOTICE,
        TITLE,
        [
            rich(line(*_ticket(report), ours(f". {_where(report)}"))),
            *_offer(report),
            context("Posts change within a minute. Close this, and open a ticket again to see it."),
        ],
    )
    # What lies below shows the ticket as it was.
    return {**view, "clear_on_close": True}


def told(report: LeakReport) -> str:
    """The same as a sentence, for the terminal."""
    return f"{''.join(str(piece['text']) for piece in _ticket(report))}. {_where(report)}"


def _ticket(report: LeakReport) -> list[Block]:
    if report.is_whole:
        return [ours("The text of ticket "), theirs(report.ticket_id), ours(" is withheld")]
    places = words.number(report.places, "place")
    if report.tickets > 1:
        return [ours(f"Masked in {places} of {report.tickets:,} tickets")]
    return [ours(f"Masked in {places} of ticket "), theirs(report.ticket_id)]


def _where(report: LeakReport) -> str:
    found = [words.number(report.posts, "post")] if report.posts else []
    found += [words.number(report.insights, "insight")] if report.insights else []
    return f"It is taken out of {' and '.join(found)} as well." if found else "No post has it."


def _offer(report: LeakReport) -> list[Block | None]:
    if report.offered:
        others = words.number(report.offered, "other ticket")
        return [
            rich(line(ours(f"{others} {_say(report.offered)} the same."))),
            actions(button(f"Mask it in {others}", ACTION_LEAK_OTHERS, str(report.ticket))),
        ]
    return []


def _say(count: int) -> str:
    return "says" if count == 1 else "say"
