"""The modals of insights: to tag, edit, ship, decline, note and merge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.blocks import forms, parts, words
from bot.blocks.insight_card import NOTE, SAID
from bot.blocks.kit import (
    BLOCK_DATE,
    BLOCK_FEATURE,
    BLOCK_INSIGHT,
    BLOCK_ISSUE,
    BLOCK_KIND,
    BLOCK_NOTE,
    BLOCK_OWNER,
    BLOCK_TITLE,
    TITLE,
    VIEW_DECLINE,
    VIEW_EDIT,
    VIEW_MERGE,
    VIEW_NOTE,
    VIEW_SHIP,
    VIEW_TAG,
    Block,
    context,
    data,
    line,
    ours,
    rich,
    theirs,
)
from bot.blocks.text import shown
from bot.reports import Feature, InsightCard, InsightLine, Kind, TagSuggestion

URL = 1_000
NEW = "new"
MOST_OFFERED = 3
OFFERED_TITLE = 75


def tag_view(suggestion: TagSuggestion) -> Block:
    """The modal that makes an insight of a ticket or of a message, or adds it to one."""
    where: dict[str, object] = {}
    if suggestion.ticket:
        where["ticket"] = suggestion.ticket.key
    if suggestion.message:
        where["channel"], where["ts"] = suggestion.message
    ticket = suggestion.ticket
    said = ticket.quote if ticket else None
    offered = suggestion.similar[:MOST_OFFERED]
    return forms.modal(
        VIEW_TAG,
        "Tag as insight",
        [
            _existing(suggestion),
            parts.quoted(said) if said else None,
            _offer(offered) if offered else None,
            *_inputs(
                suggestion.title,
                suggestion.feature,
                suggestion.kind,
                suggestion.note,
                suggestion.catalogue,
                title_optional=bool(offered),
            ),
        ],
        submit="Tag",
        metadata=data(**where),
    )


def _existing(suggestion: TagSuggestion) -> Block | None:
    if not suggestion.existing:
        return None
    what = "ticket" if suggestion.ticket else "message"
    warning = ours(f"This {what} is already part of: ")
    return rich(line(warning, *parts.insight(suggestion.existing)))


def _offer(similar: Sequence[InsightLine]) -> Block:
    options = [forms.option(NEW, "No, this is another story")]
    options += [forms.option(str(one.id), _named(one)) for one in similar]
    return forms.field(BLOCK_INSIGHT, "Add it to one of these instead?", forms.radio(options, NEW))


def _named(one: InsightLine) -> str:
    """`7: Coupon vanishes · 12 tickets`, whatever the length of its title."""
    told = f" · {words.number(one.tickets, 'ticket')}"
    return f"{one.id}: {shown(one.title, OFFERED_TITLE - len(told) - 8)}{told}"


def edit_view(card: InsightCard, catalogue: Sequence[Feature]) -> Block:
    """The modal that changes an insight, and knows what it began with."""
    feature = card.feature.id if card.feature else None
    issue = forms.text_input(card.issue_url or "", URL)
    hint = "The address of an issue at Jira, GitHub, Linear, GitLab or elsewhere."
    inputs = [
        *_inputs(card.title, feature, card.kind, card.note, catalogue),
        forms.field(BLOCK_OWNER, "Owner", forms.person_select(card.owner), optional=True),
        forms.field(BLOCK_ISSUE, "Issue", issue, hint=hint, optional=True),
    ]
    return forms.modal(
        VIEW_EDIT,
        "Edit insight",
        inputs,
        submit="Save",
        metadata=data(insight=card.id, was=forms.digests(inputs)),
    )


def ship_view(card: InsightCard, today: date) -> Block:
    """Asks when it shipped, and what changed."""
    day = card.shipped_on or today
    what = forms.text_input(card.shipped_what, SAID, multiline=True)
    hint = "In a sentence, for those who come later."
    return forms.modal(
        VIEW_SHIP,
        "Shipped",
        [
            _titled(card),
            forms.field(BLOCK_DATE, "Shipped on", forms.date_input(day)),
            forms.field(BLOCK_NOTE, "What changed", what, hint=hint, optional=True),
        ],
        submit="Save",
        metadata=data(insight=card.id),
    )


def decline_view(card: InsightCard) -> Block:
    """Asks why nothing will be done."""
    why = forms.text_input(card.declined_why, SAID, multiline=True)
    hint = "Whoever tagged it will want to know."
    return forms.modal(
        VIEW_DECLINE,
        "Decline insight",
        [_titled(card), forms.field(BLOCK_NOTE, "Why", why, hint=hint)],
        submit="Decline",
        metadata=data(insight=card.id),
    )


def note_view(card: InsightCard) -> Block:
    """Asks for a note, which goes to the card's thread."""
    note = forms.text_input("", NOTE, multiline=True)
    return forms.modal(
        VIEW_NOTE,
        "Add note",
        [_titled(card), forms.field(BLOCK_NOTE, "Note", note)],
        submit="Add",
        metadata=data(insight=card.id),
    )


def merge_view(card: InsightCard, others: Sequence[InsightLine]) -> Block:
    """Asks into which other insight this one goes, the most similar first."""
    options = [forms.option(str(one.id), _named(one)) for one in others[: forms.OPTIONS]]
    if not options:
        nothing = context("There is no other insight that is open.")
        return forms.modal(VIEW_MERGE, "Merge insight", [_titled(card), nothing])
    into = forms.select(options, None, "Insight")
    said = "Its tickets, messages and answers go along; its card will point there."
    return forms.modal(
        VIEW_MERGE,
        "Merge insight",
        [_titled(card), forms.field(BLOCK_INSIGHT, "Merge into", into, hint=said)],
        submit="Merge",
        metadata=data(insight=card.id),
    )


def already(insight: int, *, by_other: bool) -> str:
    """Said at the title of who tags what is an insight with other words."""
    when = ", tagged by someone else just now" if by_other else ""
    return f"This is insight {insight} already{when}. Edit it on its card."


def _titled(card: InsightCard) -> Block:
    return rich(line(ours(f"Insight {card.id}: "), theirs(card.title, TITLE, bold=True)))


def _inputs(
    title: str,
    feature: str | None,
    kind: Kind,
    note: str,
    catalogue: Sequence[Feature],
    *,
    title_optional: bool = False,
) -> list[Block | None]:
    options = forms.feature_options(catalogue, [feature] if feature else [])
    kinds = [forms.option(one, f"{one.capitalize()}: {words.KIND_MEANINGS[one]}") for one in Kind]
    features = forms.select(options, feature, "No feature")
    noted = forms.text_input(note, NOTE, multiline=True)
    typed = forms.text_input(title, TITLE)
    return [
        forms.field(BLOCK_TITLE, "Title", typed, optional=title_optional),
        forms.field(BLOCK_FEATURE, "Feature", features, optional=True) if options else None,
        forms.field(BLOCK_KIND, "Kind", forms.select(kinds, kind, "Kind")),
        forms.field(BLOCK_NOTE, "Note", noted, hint="What the team should know.", optional=True),
    ]
