"""Less of this: the menu beside a digest's ticket, its confirmation, and all that was said so."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import forms, words
from bot.blocks.kit import (
    ACTION_DIGEST_LESS,
    ACTION_DIGEST_LESS_LIST,
    ACTION_DIGEST_LESS_UNDO,
    NAME,
    QUOTE,
    VIEW_DIGEST_LESS,
    Block,
    actions,
    button,
    context,
    data,
    line,
    message,
    ours,
    person,
    rich,
    theirs,
)
from bot.reports import DigestItem, Kind, LessLine, LessOf, Message

SHOWN = 40
"""Of what a channel wants less of, so much fits on one modal; the rest comes up as it is taken
back."""
KINDS = {
    Kind.BROKEN: "less of what is broken",
    Kind.CONFUSING: "less of what is confusing",
    Kind.UNEXPECTED: "less of what is unexpected",
    Kind.REQUEST: "fewer requests",
    Kind.PRAISE: "less praise",
}


def menu(item: DigestItem) -> Block:
    """What one can want less of, of a digest's ticket: `feature:ID`, `kind:KIND`, `story:ROW`."""
    offered = []
    for feature in item.ticket.features[:1]:
        value = f"{LessOf.FEATURE}:{feature.id}"
        if len(value) <= forms.OPTION_VALUE:
            offered.append(forms.option(value, f"Less about {feature.name}"))
    kind = item.quote.kind
    offered.append(forms.option(f"{LessOf.KIND}:{kind}", _first_up(KINDS[kind])))
    story = f"{LessOf.STORY}:{item.ticket.key}"
    offered.append(forms.option(story, "This story no more"))
    return forms.overflow(ACTION_DIGEST_LESS, offered)


def confirmed(said: LessLine) -> Message:
    """To the one who said so."""
    return message(
        "Less of this, from the next digest on",
        [
            rich(line(ours("From the next digest on: "), *_said(said), ours("."))),
            context("It holds for this channel. /digest lists it and takes it back."),
            actions(button("Undo", ACTION_DIGEST_LESS_UNDO, str(said.id))),
        ],
    )


def taken_back(said: LessLine) -> Message:
    """After Undo."""
    return message(
        "Taken back", [rich(line(ours("Taken back: "), *_said(said), ours(" no longer holds.")))]
    )


def list_button(lines: Sequence[LessLine]) -> list[Block | None]:
    """In the settings: how much a channel wants less of, and the way to see it."""
    if not lines:
        return []
    said = words.number(len(lines), "thing")
    listed = button("See and take back", ACTION_DIGEST_LESS_LIST)
    return [rich(line(ours(f"This channel wants less of {said}."))), actions(listed)]


def list_view(channel: str, lines: Sequence[LessLine]) -> Block:
    """All that a channel wants less of, who said so, and a button each that takes it back."""
    blocks: list[Block | None] = []
    for one in lines[:SHOWN]:
        by = [ours(" · "), person(one.by), ours(f", {words.day(one.said_at)}")]
        spoken = f"Take back number {one.id}"
        back = button("Take back", ACTION_DIGEST_LESS_UNDO, str(one.id), spoken=spoken)
        blocks += [rich(line(*_said(one, start=True), *by)), actions(back)]
    if len(lines) > SHOWN:
        blocks.append(context(f"And {len(lines) - SHOWN:,} older."))
    if not lines:
        blocks.append(rich(line(ours("Nothing: the digest chooses among all that it reads."))))
    return forms.modal(VIEW_DIGEST_LESS, "Less of this", blocks, metadata=data(channel=channel))


def _said(one: LessLine, *, start: bool = False) -> list[Block]:
    if one.what is LessOf.FEATURE:
        words_of = "less about "
        about = [theirs(one.name, NAME, bold=True)]
    elif one.what is LessOf.KIND:
        words_of, about = KINDS[Kind(one.name)], []
    else:
        words_of = "this story no more: "
        about = [theirs(one.name, QUOTE)]
    return [ours(_first_up(words_of) if start else words_of), *about]


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
