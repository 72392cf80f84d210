"""An insight's card: what customers say, what the team answered, and what became of it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from bot.blocks import effect_words, forms, parts, words
from bot.blocks.kit import (
    ACTION_CARD,
    ACTION_MERGE,
    ACTION_NOTE,
    ACTION_OWN,
    ACTION_STATUS,
    ACTION_TOLD,
    NAME,
    QUOTE,
    TITLE,
    Block,
    actions,
    bullets,
    button,
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
from bot.blocks.text import safe_url, shown
from bot.reports import AnswerCount, InsightCard, Message, Status

NOTE = 1_000
SAID = 300
MOST_PEOPLE = 5
MOST_OTHERS = 8
MOST_LINKS = 3
WEEK = timedelta(days=7)
_ISSUE = (
    # GitHub and GitLab, Jira, Linear.
    re.compile(r"/([\w.-]{1,40})/(?:-/)?(?:issues|pull|merge_requests)/(\d{1,9})$", re.ASCII),
    re.compile(r"/browse/([A-Z][A-Z0-9_]{0,19}-\d{1,9})$", re.ASCII),
    re.compile(r"/issue/([A-Z][A-Z0-9]{0,19}-\d{1,9})(?:/[\w-]*)?$", re.ASCII),
)


def card(card: InsightCard) -> Message:
    """An insight as its channel sees it, with what the team answered."""
    if card.merged_into is not None:
        return _merged(card, card.merged_into)
    return message(
        _summary(card),
        [
            header(f"Insight {card.id} · {card.status}"),
            _story(card),
            _outcome(card),
            _answers(card),
            actions(*_buttons(card)),
        ],
    )


def issue_label(url: str) -> str:
    """What an issue is called by its address: `shop#12`, `PAY-7`, else the host."""
    parts_of = urlsplit(url)
    for pattern in _ISSUE:
        found = pattern.search(parts_of.path.rstrip("/"))
        if found:
            return "#".join(found.groups())
    return parts_of.hostname or "issue"


def _merged(card: InsightCard, into: int) -> Message:
    text = f"Insight {card.id} is part of insight {into} now"
    return message(
        text,
        [
            header(f"Insight {card.id} · part of insight {into}"),
            rich(line(theirs(card.title, TITLE, bold=True))),
            actions(open_card(into, f"Open insight {into}")),
        ],
    )


def open_card(insight: int, label: str = "Open card") -> Block:
    return button(label, ACTION_CARD, str(insight), spoken=f"Open the card of insight {insight}")


def _summary(card: InsightCard) -> str:
    about = f" on {shown(card.feature.name, NAME)}" if card.feature else ""
    said = _crowd(card)
    answers = ", ".join(f"{len(given.people)} {given.label}" for given in _given(card))
    return f"Insight {card.id} is {card.status}: {card.kind}{about}, {said}. {answers}".strip(". ")


def _crowd(card: InsightCard) -> str:
    return words.crowd(card.tickets, card.customers, known=card.customers_known)


def _story(card: InsightCard) -> Block:
    title = line(
        ours(f"{card.kind.capitalize()}: ", bold=True), theirs(card.title, TITLE, bold=True)
    )
    facts = [ours(_crowd(card))]
    if card.feature:
        facts = [theirs(card.feature.name), ours(" · "), *facts]
    tagged = [
        ours("Tagged by "),
        person(card.tagged_by),
        ours(f", {words.day(card.created_at)}"),
    ]
    heard = [part for url in card.links[:MOST_LINKS] for part in link("heard again", url)]
    note = line(ours("Note: "), theirs(card.note, NOTE)) if card.note.strip() else None
    return rich(
        title,
        line(*facts, *_weeks(card)),
        line(*tagged, *link("message", card.source_link), *heard),
        quote(theirs(card.quote.text, QUOTE)) if card.quote else None,
        note,
    )


def _weeks(card: InsightCard) -> list[Block]:
    """Customers by week, where there is more than one week to show."""
    if len(card.weeks) < 2 or card.last_day is None:
        return []
    first = card.last_day - WEEK * len(card.weeks) + timedelta(days=1)
    spark = words.sparkline(card.weeks)
    return [ours(f" · {spark} by week, {words.day(first)} to {words.day(card.last_day)}")]


def _outcome(card: InsightCard) -> Block | None:
    """Who owns it, where it is worked on, how it ended, and whether that helped."""
    lines: list[Block] = []
    if card.owner:
        lines.append(line(ours("Owner: "), person(card.owner)))
    address = safe_url(card.issue_url)
    if address:
        issue: Block = {"type": "link", "url": address, "text": issue_label(address)}
        lines.append(line(ours("Issue: "), issue))
    if card.shipped_on and card.status in (Status.SHIPPED, Status.VERIFIED):
        said = [ours(": "), theirs(card.shipped_what, SAID)] if card.shipped_what else []
        lines.append(line(ours(f"Shipped on {words.day(card.shipped_on, year=True)}"), *said))
        if card.looked:
            lines.append(line(ours(effect_words.told(card.looked))))
    if card.status is Status.DECLINED and card.declined_why:
        lines.append(line(ours("Declined: "), theirs(card.declined_why, SAID)))
    return rich(*lines) if lines else None


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


def _buttons(card: InsightCard) -> list[Block | None]:
    id, named = str(card.id), f"insight {card.id}"
    options = [forms.option(f"{id}:{status}", status.capitalize()) for status in Status]
    status = forms.select(options, f"{id}:{card.status}", "Status") | {"action_id": ACTION_STATUS}
    told = button("See tickets", ACTION_TOLD, id, spoken=f"See tickets of {named}")
    said = card.quote
    return [
        button("Own it", ACTION_OWN, id, spoken=f"Own {named}"),
        status,
        parts.edit_button(card.id),
        told if card.tickets else None,
        button("Add note", ACTION_NOTE, id, spoken=f"Add a note to {named}"),
        button("Merge into…", ACTION_MERGE, id, spoken=f"Merge {named} into another"),
        parts.open_button(said.ticket_id, said.url) if said else None,
    ]
