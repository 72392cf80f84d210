"""Insights: the card in a channel, the list, and the modals that make and change one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import forms, parts, words
from bot.blocks.kit import (
    ACTION_SHOW,
    ACTION_STATUS,
    ACTION_TAG_MESSAGE,
    BLOCK_FEATURE,
    BLOCK_KIND,
    BLOCK_NOTE,
    BLOCK_TITLE,
    NAME,
    QUOTE,
    TITLE,
    TYPED,
    VIEW_EDIT,
    VIEW_TAG,
    Block,
    actions,
    bullets,
    button,
    context,
    data,
    emoji,
    header,
    line,
    link,
    message,
    ours,
    person,
    quote,
    rich,
    theirs,
)
from bot.blocks.text import label_word, shown
from bot.reports import (
    AnswerCount,
    Feature,
    InsightCard,
    InsightLine,
    InsightsReport,
    Kind,
    Message,
    Quote,
    Status,
    TagSuggestion,
)

NOTE = 1_000
MOST_LISTED = 12
MOST_PEOPLE = 5
MOST_OTHERS = 8


def card(card: InsightCard) -> Message:
    """An insight as its channel sees it, with what the team answered."""
    return message(
        _card_summary(card),
        [
            header(f"Insight {card.id} · {card.status}"),
            _story(card),
            _answers(card),
            actions(*_card_buttons(card)),
        ],
    )


def render_list(report: InsightsReport) -> Message:
    """The insights that match, newest first as the service gives them."""
    listed = report.insights[:MOST_LISTED]
    verdict = words.number(report.total, "insight") if report.total else "No insights"
    verdict += " match" if report.words and report.total != 1 else ""
    sought = None
    if report.words:
        sought = rich(line(ours("Looking for "), theirs(report.words, TYPED, bold=True)))
    body = [block for item in listed for block in _listed(item)]
    more = report.total - len(listed)
    hint = f"{more:,} more: narrow with words, as in /insights coupon" if more > 0 else ""
    if not listed:
        hint = "Tag a ticket with its button, or react with 💡 to a ticket's post."
    return message(
        f"{verdict}{_statuses(report)}",
        [header(verdict), sought, *body, context(hint, emoji=True) if hint else None],
    )


def already(insight: int, *, by_other: bool) -> str:
    """Said at the title of who tags what is an insight with other words."""
    when = ", tagged by someone else just now" if by_other else ""
    return f"This is insight {insight} already{when}. Edit it on its card."


def tag_view(suggestion: TagSuggestion) -> Block:
    """The modal that makes an insight of a ticket or of a message."""
    where: dict[str, object] = {}
    if suggestion.ticket:
        where["ticket"] = suggestion.ticket.key
    if suggestion.message:
        where["channel"], where["ts"] = suggestion.message
    ticket = suggestion.ticket
    said = ticket.quote if ticket else None
    return forms.modal(
        VIEW_TAG,
        "Tag as insight",
        [
            _existing(suggestion),
            parts.quoted(said) if said else None,
            *_inputs(
                suggestion.title,
                suggestion.feature,
                suggestion.kind,
                suggestion.note,
                suggestion.catalogue,
            ),
        ],
        submit="Tag",
        metadata=data(**where),
    )


def edit_view(card: InsightCard, catalogue: Sequence[Feature]) -> Block:
    """The modal that changes an insight."""
    feature = card.feature.id if card.feature else None
    return forms.modal(
        VIEW_EDIT,
        "Edit insight",
        _inputs(card.title, feature, card.kind, card.note, catalogue),
        submit="Save",
        metadata=data(insight=card.id),
    )


def tag_offer(channel: str, ts: str) -> Message:
    """Shown to one person who reacted with the tag emoji to a message that is no ticket."""
    offer = "Tag this message as an insight?"
    tag = button("Tag as insight", ACTION_TAG_MESSAGE, data(channel=channel, ts=ts))
    return message(offer, [rich(line(ours(offer))), actions(tag)])


def _card_summary(card: InsightCard) -> str:
    about = f" on {shown(card.feature.name, NAME)}" if card.feature else ""
    said = words.crowd(card.tickets, card.customers)
    answers = ", ".join(f"{len(given.people)} {given.label}" for given in _given(card))
    return f"Insight {card.id} is {card.status}: {card.kind}{about}, {said}. {answers}".strip(". ")


def _story(card: InsightCard) -> Block:
    title = line(
        ours(f"{card.kind.capitalize()}: ", bold=True), theirs(card.title, TITLE, bold=True)
    )
    facts = [ours(words.crowd(card.tickets, card.customers))]
    if card.feature:
        facts = [theirs(card.feature.name), ours(" · "), *facts]
    tagged = [
        ours(" · tagged by "),
        person(card.tagged_by),
        ours(f", {words.day(card.created_at)}"),
    ]
    note = line(ours("Note: "), theirs(card.note, NOTE)) if card.note.strip() else None
    return rich(
        title,
        line(*facts, *tagged, *link("message", card.source_link)),
        quote(theirs(card.quote.text, QUOTE)) if card.quote else None,
        note,
    )


def _given(card: InsightCard) -> list[AnswerCount]:
    return [answer for answer in card.answers if answer.people]


def _answers(card: InsightCard) -> Block | None:
    items = [_answer(answer) for answer in _given(card)]
    others = [name_count for name_count in card.others[:MOST_OTHERS] if name_count[1] > 0]
    if others:
        items.append([part for name, n in others for part in (emoji(name), ours(f" {n}  "))])
    return rich(bullets(items)) if items else None


def _answer(answer: AnswerCount) -> list[Block]:
    elements = [
        emoji(answer.emoji),
        ours(f" {len(answer.people)} "),
        theirs(answer.label),
        ours(":"),
    ]
    for user in answer.people[:MOST_PEOPLE]:
        elements += [ours(" "), person(user)]
    more = len(answer.people) - MOST_PEOPLE
    return [*elements, ours(f" and {more:,} more")] if more > 0 else elements


def _card_buttons(card: InsightCard) -> list[Block | None]:
    options = [forms.option(f"{card.id}:{status}", status.capitalize()) for status in Status]
    status = forms.select(options, f"{card.id}:{card.status}", "Status") | {
        "action_id": ACTION_STATUS
    }
    return [status, parts.edit_button(card.id), *_ticket_buttons(card.quote)]


def _ticket_buttons(said: Quote | None) -> list[Block | None]:
    if not said:
        return []
    spoken = f"Show ticket {label_word(said.ticket_id)}"
    show = button("Show ticket", ACTION_SHOW, str(said.key), spoken=spoken)
    return [show, parts.open_button(said.ticket_id, said.url)]


def _listed(item: InsightLine) -> list[Block | None]:
    edit = actions(parts.edit_button(item.id))
    return [rich(line(*parts.insight(item, answers=True))), edit]


def _statuses(report: InsightsReport) -> str:
    counts = {s: sum(item.status is s for item in report.insights) for s in Status}
    said = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return f": {said}" if said else ""


def _existing(suggestion: TagSuggestion) -> Block | None:
    if not suggestion.existing:
        return None
    warning = ours("This ticket is already part of: ")
    return rich(line(warning, *parts.insight(suggestion.existing)))


def _inputs(
    title: str, feature: str | None, kind: Kind, note: str, catalogue: Sequence[Feature]
) -> list[Block | None]:
    options = forms.feature_options(catalogue, [feature] if feature else [])
    kinds = [forms.option(one, f"{one.capitalize()}: {words.KIND_MEANINGS[one]}") for one in Kind]
    features = forms.select(options, feature, "No feature")
    noted = forms.text_input(note, NOTE, multiline=True)
    return [
        forms.field(BLOCK_TITLE, "Title", forms.text_input(title, TITLE)),
        forms.field(BLOCK_FEATURE, "Feature", features, optional=True) if options else None,
        forms.field(BLOCK_KIND, "Kind", forms.select(kinds, kind, "Kind")),
        forms.field(BLOCK_NOTE, "Note", noted, hint="What the team should know.", optional=True),
    ]
