"""Pieces that several screens share: a quote with its buttons, an insight, a feature in a line."""

from __future__ import annotations

from bot.blocks import effect_words, forms, words
from bot.blocks.kit import (
    ACTION_DIGEST_OPEN,
    ACTION_EDIT,
    ACTION_LEAK,
    ACTION_OPEN,
    ACTION_TAG,
    NAME,
    QUOTE,
    TITLE,
    Block,
    actions,
    button,
    line,
    ours,
    quote,
    rich,
    theirs,
)
from bot.blocks.text import label_word, safe_url, shown
from bot.reports import Feature, FeatureLine, FrictionReport, InsightLine, Quote

REPORT_A_LEAK = "Report a leak…"


def open_button(ticket_id: str, url: str | None) -> Block | None:
    address = safe_url(url)
    if not address:
        return None
    return button("Open", ACTION_OPEN, spoken=f"Open ticket {label_word(ticket_id)}") | {
        "url": address
    }


def source_button(key: int, ticket_id: str, url: str | None) -> Block | None:
    """Opens a ticket at its source from a digest, where that is counted as an act."""
    made = open_button(ticket_id, url)
    return made | {"action_id": ACTION_DIGEST_OPEN, "value": str(key)} if made else None


def tag_button(key: int, ticket_id: str) -> Block:
    spoken = f"Tag as insight: ticket {label_word(ticket_id)}"
    return button("Tag as insight", ACTION_TAG, str(key), spoken=spoken)


def leak_menu(key: int) -> Block:
    """Behind three dots, as it is seldom wanted; says which ticket by its row."""
    return forms.overflow(ACTION_LEAK, [forms.option(str(key), REPORT_A_LEAK)])


def edit_button(insight: int) -> Block:
    return button("Edit", ACTION_EDIT, str(insight), spoken=f"Edit insight {insight}")


def about(said: Quote, *, feature: str = "", label: str = "") -> list[Block]:
    """`Broken · Checkout · business · 12 Sep`; begins with our word, so that none can be faked."""
    elements = [ours(label or said.kind.capitalize(), bold=True)]
    for name in (feature, said.segment):
        if name:
            elements += [ours(" · "), theirs(name, NAME)]
    return [*elements, ours(f" · {words.day(said.created_at)}")]


def quoted(
    said: Quote, *after: Block, feature: str = "", label: str = "", most: int = QUOTE
) -> Block:
    """A quote under its `label` (its kind, unless given); `after` are lines below it."""
    first = line(*about(said, feature=feature, label=label))
    return rich(first, quote(theirs(said.text, most)), *after)


def quote_buttons(said: Quote) -> Block | None:
    return actions(
        open_button(said.ticket_id, said.url),
        tag_button(said.key, said.ticket_id),
        leak_menu(said.key),
    )


def name_of(feature: Feature | None) -> str:
    """A feature's name as it stands in headers and on buttons; "" for none."""
    return shown(feature.name, NAME) if feature else ""


def narrowed_to(report: FrictionReport) -> str:
    """What the figures of an answer are narrowed to, for places where no typed words may stand."""
    return words.only(
        report.narrowed, segment=report.segment is not None, source=report.source is not None
    )


def insight(item: InsightLine, *, answers: bool = False) -> list[Block]:
    """One insight in a line."""
    elements = [theirs(item.title, TITLE, bold=True), ours(f" · {item.status}, {item.kind}")]
    if item.feature:
        elements += [ours(" · "), theirs(item.feature.name)]
    elements.append(ours(f" · {words.crowd(item.tickets, item.customers)}"))
    if item.looked:
        elements.append(ours(f" · {effect_words.briefly(item.looked)}"))
    if answers and item.answers:
        given = ", ".join(f"{count} {label}" for label, count in item.answers.items() if count)
        elements += [ours(" · "), theirs(given, TITLE)] if given else []
    return elements


def feature(item: FeatureLine) -> list[Block]:
    """One feature in a line: `Checkout: 34 tickets from 29 customers, 21 before`."""
    said = words.crowd(item.tickets, item.customers)
    if item.tickets < words.FLOOR:
        said = f"{said}, too few to say more" if item.tickets else "no friction"
    else:
        said = f"{said}, {item.previous.tickets or 'none'} before"
    return [theirs(item.feature.name, NAME, bold=True), ours(f": {said}")]
