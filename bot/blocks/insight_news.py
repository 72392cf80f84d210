"""What happened to an insight, as its card's thread tells it: who, when, and what."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import words
from bot.blocks.insight_card import NOTE, issue_label
from bot.blocks.kit import (
    TITLE,
    Block,
    bullets,
    line,
    link,
    message,
    ours,
    person,
    quote,
    rich,
    theirs,
)
from bot.blocks.text import safe_url
from bot.reports import Happened, InsightNews, Message, Status


def told(insight: int, news: Sequence[InsightNews]) -> Message:
    """What one person did at one moment, in a line each."""
    first = news[0]
    who = [person(first.by), ours(" ")] if first.by else []
    if len(news) == 1:
        shown = rich(line(*who, *_said(first), _when(first)), _quoted(first))
    else:
        lead = [*who, ours("changed this"), _when(first)]
        shown = rich(line(*lead), bullets(_said(one) for one in news))
    return message(f"Insight {insight}: {_spoken(news)}", [shown])


def new_tickets(insight: int, tickets: int, customers: int) -> Message:
    """The line about tickets that attached themselves, which comes once a day at most."""
    tell = "tells" if tickets == 1 else "tell"
    ticket = "1 more ticket" if tickets == 1 else f"{tickets:,} more tickets"
    said = f"{ticket} from {words.number(customers, 'customer')} {tell} the same"
    hint = "Attached by itself: “See tickets” on the card shows what, and can detach it."
    return message(f"Insight {insight}: {said}", [rich(line(ours(f"{said}. {hint}")))])


def _spoken(news: Sequence[InsightNews]) -> str:
    named = []
    for one in news:
        moved = one.what is Happened.STATUS
        named.append(f"{_known(one.before)} → {_known(one.after)}" if moved else _NAMES[one.what])
    return ", ".join(named)


def _known(status: str) -> str:
    return status if status in set(Status) else "another status"


_NAMES = {
    Happened.TAGGED: "tagged",
    Happened.OWNER: "another owner",
    Happened.LEFT: "its owner has left",
    Happened.TITLE: "another title",
    Happened.FEATURE: "another feature",
    Happened.KIND: "another kind",
    Happened.ISSUE: "another issue",
    Happened.TEXT: "another text",
    Happened.NOTE: "a note",
    Happened.ADDED: "more was added",
    Happened.DETACHED: "a ticket was detached",
    Happened.MERGED: "merged",
    Happened.MOVED: "its card moved",
    Happened.LOOKED: "whether it helped",
}


def _when(one: InsightNews) -> Block:
    return ours(f" · {words.moment(one.at)}")


def _said(one: InsightNews) -> list[Block]:
    """What was done, after the name of who did it."""
    plain = {
        Happened.TEXT: "changed its note",
        Happened.NOTE: "noted",
        Happened.MOVED: "showed this card anew; the one before is gone",
    }
    if one.what is Happened.STATUS:
        return _status(one)
    if one.what is Happened.OWNER:
        return _owner(one)
    if one.what is Happened.LEFT:
        return [person(one.before), ours(" has left, so nobody owns this now. Who takes it on?")]
    if one.what is Happened.ISSUE:
        return _issue(one)
    if one.what in _FROM_TO:
        before = [ours(" from "), theirs(one.before, TITLE)] if one.before else []
        after = theirs(one.after, TITLE) if one.after else ours("none")
        return [ours(f"changed {_FROM_TO[one.what]}"), *before, ours(" to "), after]
    if one.what is Happened.MERGED:
        return [ours(one.after)]
    if one.what in (Happened.ADDED, Happened.DETACHED):
        return _ticket(one)
    return [ours(plain.get(one.what, str(one.what)))]


_FROM_TO = {
    Happened.TITLE: "the title",
    Happened.FEATURE: "the feature",
    Happened.KIND: "the kind",
}


def _status(one: InsightNews) -> list[Block]:
    elements = [ours(f"{_known(one.before)} → "), ours(_known(one.after), bold=True)]
    if one.said:
        joined = " on " if one.after == Status.SHIPPED else ": "
        elements += [ours(joined), theirs(one.said, NOTE)]
    return elements


def _owner(one: InsightNews) -> list[Block]:
    if not one.after:
        return [ours("gave it back: nobody owns it now")]
    over = [ours(" from "), person(one.before)] if one.before else []
    if one.after == one.by:
        return [ours("took it on"), *over]
    return [ours("made "), person(one.after), ours(" its owner")]


def _issue(one: InsightNews) -> list[Block]:
    address = safe_url(one.after)
    if address is None:
        return [ours("took the issue away")]
    return [ours("linked an issue"), *link(issue_label(address), address)]


def _ticket(one: InsightNews) -> list[Block]:
    if one.what is Happened.DETACHED:
        return [ours("detached ticket "), theirs(one.before), ours("; it stays away")]
    if safe_url(one.after):
        return [ours("heard it again"), *link("message", one.after)]
    named = [ours("ticket "), theirs(one.after)] if one.after else [ours("a message")]
    return [ours("added "), *named]


def _quoted(one: InsightNews) -> Block | None:
    """The words that a person said beside it."""
    if one.what is Happened.STATUS or not one.said:
        return None
    return quote(theirs(one.said, NOTE))
