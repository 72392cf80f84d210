"""One ticket: its post in a digest's thread, and the modal that shows all of it."""

from __future__ import annotations

from bot.blocks import forms, parts, words
from bot.blocks.kit import (
    ACTION_CORRECT,
    ACTION_SHOW,
    ACTION_UNDO,
    NAME,
    TITLE,
    VIEW_TICKET,
    Block,
    actions,
    body,
    button,
    context,
    data,
    line,
    message,
    ours,
    person,
    quote,
    rich,
    theirs,
)
from bot.blocks.text import ELLIPSIS, PLACEHOLDER, clean, cut, label_word, shown
from bot.reports import Corrected, Correction, Kind, Message, TicketView, Verdict

FOLD_LINES = 15
FOLD_LENGTH = 1_500
MOST_FEATURES = 3
CHUNK = 2_500
LONGEST = 40_000
MOST_CORRECTIONS = 20


def render(ticket: TicketView) -> Message:
    """The post of one ticket, folded to what fits a thread."""
    whole = clean(ticket.body).strip()
    folded = _fold(whole)
    show = show_button(ticket.key, ticket.ticket_id, "Show all" if folded != whole else "Correct…")
    return message(
        _summary(ticket),
        [
            rich(_subject(ticket), _facts(ticket), quote(body(folded, FOLD_LENGTH))),
            actions(
                parts.source_button(ticket.key, ticket.ticket_id, ticket.url),
                parts.tag_button(ticket.key, ticket.ticket_id),
                show,
                parts.leak_menu(ticket.key),
            ),
        ],
    )


def show_button(key: int, ticket_id: str, label: str) -> Block:
    """Opens the modal with all of a ticket, where it can be corrected."""
    spoken = f"{label.rstrip(ELLIPSIS)}: ticket {label_word(ticket_id)}"
    return button(label, ACTION_SHOW, str(key), spoken=spoken)


def view(ticket: TicketView, **carried: object) -> Block:
    """The modal with the whole text, as far as a modal holds it, and what is said to be wrong.

    `carried` goes through Slack and back with the ticket's row: see `forms.modal`.
    """
    full = clean(ticket.body).strip() or PLACEHOLDER
    whole = cut(full, LONGEST)
    missing = context(f"{ELLIPSIS} cut after {LONGEST:,} of {len(full):,} characters")
    return forms.modal(
        VIEW_TICKET,
        "Ticket",
        [
            rich(_subject(ticket), _facts(ticket)),
            *_corrections(ticket),
            *(rich(line(body(chunk, CHUNK))) for chunk in _chunks(whole)),
            missing if whole != full else None,
            {
                # Another id each time: what was chosen before must not stand in it.
                "block_id": f"{ACTION_CORRECT}_{len(ticket.corrections)}",
                **(_buttons(ticket) or {}),
            },
        ],
        metadata=data(ticket=ticket.key, **carried),
    )


def _buttons(ticket: TicketView) -> Block | None:
    address = parts.open_button(ticket.ticket_id, ticket.url)
    return actions(_wrong(ticket), address, parts.leak_menu(ticket.key))


def _wrong(ticket: TicketView) -> Block | None:
    """A menu of what can be said to be wrong with the way a ticket was read."""
    about = [
        (Corrected.FEATURE, Verdict.NOT, feature.id, feature.name) for feature in ticket.features
    ]
    not_so = [(Corrected.KIND, Verdict.NOT, kind, kind) for kind in ticket.kinds]
    so = [(Corrected.KIND, Verdict.IS, kind, kind) for kind in Kind if kind not in ticket.kinds]
    options = [
        forms.option(value, said(what, verdict, shown(name, NAME)))
        for what, verdict, id, name in (*about, *not_so, *so)
        if len(value := f"{what}:{verdict}:{id}") <= forms.OPTION_VALUE
    ]
    return forms.select(options[: forms.OPTIONS], "", "Something wrong?") | {
        "action_id": ACTION_CORRECT
    }


def said(what: Corrected, verdict: Verdict, name: str) -> str:
    """`Not about Checkout`, `Not broken`, `A request`."""
    if what is Corrected.FEATURE:
        return f"Not about {name}"
    if verdict is Verdict.NOT:
        return f"Not {_as_said(name)}"
    return f"It is {_as_said(name)}"


def _as_said(kind: str) -> str:
    return "a request" if kind == Kind.REQUEST else kind


def _corrections(ticket: TicketView) -> list[Block | None]:
    """What people said, each with a button that takes it back."""
    blocks: list[Block | None] = []
    for each in ticket.corrections[-MOST_CORRECTIONS:]:
        sentence = said(each.what, each.verdict, shown(each.name, NAME))
        who = [ours(", says "), person(each.by), ours(f", {words.day(each.said_at)}")]
        spoken = said(each.what, each.verdict, label_word(each.value))
        undo = button("Undo", ACTION_UNDO, _id(each), spoken=f"Undo: {spoken}")
        blocks += [rich(line(ours(sentence, bold=True), *who)), actions(undo)]
    return blocks


def _id(said: Correction) -> str:
    return f"{said.what}:{said.value}"


def _subject(ticket: TicketView) -> Block:
    label = [ours("Ticket ", bold=True), theirs(ticket.ticket_id, bold=True)]
    return line(*label, ours(": ", bold=True), theirs(ticket.subject, TITLE, bold=True))


def _facts(ticket: TicketView) -> Block:
    elements = [ours(words.kinds_said(ticket.kinds).capitalize())]
    names = [feature.name for feature in ticket.features[:MOST_FEATURES]]
    for name in (*names, ticket.segment, ticket.source):
        if name:
            elements += [ours(" · "), theirs(name)]
    at = ticket.created_at
    return line(*elements, ours(f" · {words.day(at, year=True)}, {at:%H:%M} UTC"))


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
