"""One ticket: its post in a digest's thread, and the modal that shows all of it."""

from __future__ import annotations

from bot.blocks import forms, parts, words
from bot.blocks.kit import (
    ACTION_SHOW,
    TITLE,
    VIEW_TICKET,
    Block,
    actions,
    body,
    button,
    context,
    line,
    message,
    ours,
    quote,
    rich,
    theirs,
)
from bot.blocks.text import ELLIPSIS, PLACEHOLDER, clean, cut, label_word
from bot.reports import Message, TicketView

FOLD_LINES = 15
FOLD_LENGTH = 1_500
MOST_FEATURES = 3
CHUNK = 2_500
LONGEST = 40_000


def render(ticket: TicketView) -> Message:
    """The post of one ticket, folded to what fits a thread."""
    whole = clean(ticket.body).strip()
    folded = _fold(whole)
    show = None
    if folded != whole:
        spoken = f"Show all of ticket {label_word(ticket.ticket_id)}"
        show = button("Show all", ACTION_SHOW, str(ticket.key), spoken=spoken)
    return message(
        _summary(ticket),
        [
            rich(_subject(ticket), _facts(ticket), quote(body(folded, FOLD_LENGTH))),
            actions(
                parts.open_button(ticket.ticket_id, ticket.url),
                parts.tag_button(ticket.key, ticket.ticket_id),
                show,
            ),
        ],
    )


def view(ticket: TicketView) -> Block:
    """The modal with the whole text, as far as a modal holds it."""
    full = clean(ticket.body).strip() or PLACEHOLDER
    whole = cut(full, LONGEST)
    missing = context(f"{ELLIPSIS} cut after {LONGEST:,} of {len(full):,} characters")
    return forms.modal(
        VIEW_TICKET,
        "Ticket",
        [
            rich(_subject(ticket), _facts(ticket)),
            *(rich(line(body(chunk, CHUNK))) for chunk in _chunks(whole)),
            missing if whole != full else None,
            actions(parts.open_button(ticket.ticket_id, ticket.url)),
        ],
    )


def _subject(ticket: TicketView) -> Block:
    label = [ours("Ticket ", bold=True), theirs(ticket.ticket_id, bold=True)]
    return line(*label, ours(": ", bold=True), theirs(ticket.subject, TITLE, bold=True))


def _facts(ticket: TicketView) -> Block:
    elements = [ours(words.kinds_said(ticket.kinds).capitalize())]
    names = [feature.name for feature in ticket.features[:MOST_FEATURES]]
    for name in (*names, ticket.segment, ticket.source):
        if name:
            elements += [ours(" · "), theirs(name)]
    return line(*elements, ours(f" · {words.day(ticket.created_at, year=True)}"))


def _summary(ticket: TicketView) -> str:
    said = f"A ticket of {words.day(ticket.created_at, year=True)}"
    names = ", ".join(feature.name for feature in ticket.features[:MOST_FEATURES])
    about = f" about {names}" if names else ""
    return f"{said}{about}: {words.kinds_said(ticket.kinds)}"


def _fold(text: str) -> str:
    lines = text.split("\n")
    folded = cut("\n".join(lines[:FOLD_LINES]).rstrip(), FOLD_LENGTH - 2)
    if len(lines) > FOLD_LINES and not folded.endswith(ELLIPSIS):
        folded += f"\n{ELLIPSIS}"
    return folded


def _chunks(text: str) -> list[str]:
    """Pieces that Slack takes in one block each, broken between lines or words where possible."""
    pieces = []
    while len(text) > CHUNK:
        at = max(text.rfind("\n", 1, CHUNK), text.rfind(" ", 1, CHUNK))
        at = at if at > 0 else CHUNK
        pieces.append(text[:at])
        text = text[at:].lstrip("\n ")
    return [*pieces, text] if text else pieces
