"""Why a digest shows what it shows: every part of each score, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.blocks import forms, parts, tickets, words
from bot.blocks.kit import (
    ACTION_DIGEST_LIKE,
    ACTION_DIGEST_NEWER,
    ACTION_DIGEST_OLDER,
    ACTION_DIGEST_UNSHOWN,
    ACTION_DIGEST_WHY,
    QUOTE,
    VIEW_DIGEST_WHY,
    Block,
    actions,
    bullets,
    button,
    context,
    data,
    header,
    line,
    ours,
    quote,
    rich,
    theirs,
)
from bot.reports import BehindReport, ScorePart, WhyItem, WhyReport

SAID = {
    "clarity": "clear and telling",
    "breadth": "how many tell the same",
    "rise": "above the usual",
    "severity": "what it cost the customer",
    "novelty": "new here",
    "feedback": "what this channel answered to similar ones",
    "segment": "sort of account",
}
HINT = (
    "Tickets are ranked by points, at most 100. Each line is a part of them: what the ticket got, "
    "of what it could get."
)


def view(report: WhyReport) -> Block:
    """The parts of every item, which add up to its score."""
    day = report.day.isoformat()
    blocks: list[Block | None] = [context(HINT)]
    for item in report.items:
        blocks += [_item(item), actions(like_button(report.day, item.key, item.similar))]
    if not report.items:
        blocks.append(context("What it showed is no longer stored."))
    blocks.append(header(_left_out(report)))
    if report.left_out:
        blocks.append(actions(button("Show them", ACTION_DIGEST_UNSHOWN, data(day=day, page=0))))
    return forms.modal(VIEW_DIGEST_WHY, "Why these?", blocks, metadata=data(channel=report.channel))


def behind_view(report: BehindReport) -> Block:
    """A page of the tickets behind a figure: those left out, or those like one that is shown."""
    blocks: list[Block | None] = [header(_counted(report))]
    if report.like is not None:
        blocks.append(rich(line(ours("They tell the same as")), quote(theirs(report.quote, QUOTE))))
        blocks.append(context(_who(report)) if report.customers else None)
    for ticket in report.tickets:
        said = ticket.quote
        text = said.text if said else ticket.subject or ticket.body
        label = ours(words.kinds_said(ticket.kinds).capitalize(), bold=True)
        about = line(label, ours(f" · {words.day(ticket.created_at)}"))
        show = tickets.show_button(ticket.key, ticket.ticket_id, "Show all")
        blocks.append(rich(about, quote(theirs(text, QUOTE))))
        address = parts.open_button(ticket.ticket_id, ticket.url)
        blocks.append(actions(show, address, parts.leak_menu(ticket.key)))
    blocks += _paging(report)
    title = "Left out" if report.like is None else "Like it"
    return forms.modal(VIEW_DIGEST_WHY, title, blocks, metadata=data(channel=report.channel))


def why_button(day: str) -> Block:
    return button("Why these?", ACTION_DIGEST_WHY, day)


def like_button(day: date, key: int, similar: int) -> Block | None:
    """Opens those that tell the same as the ticket of a row; None where there are none."""
    if not similar:
        return None
    carried = data(day=day.isoformat(), like=key, page=0)
    return button(f"{similar:,} like it", ACTION_DIGEST_LIKE, carried)


def points(found: Sequence[ScorePart]) -> tuple[int, list[int]]:
    """The score in whole points of 100, and those of its parts, which add up to it.

    By largest remainders (Hamilton's method), so that rounding loses nothing.
    """
    exact = [part.points * 100 for part in found]
    total = round(sum(exact))
    rounded = [int(value) for value in exact]
    rest = sorted(range(len(exact)), key=lambda place: rounded[place] - exact[place])
    for place in rest[: total - sum(rounded)]:
        rounded[place] += 1
    return total, rounded


def _item(item: WhyItem) -> Block:
    total, each = points(item.parts)
    lines = [
        [ours(f"{value} of {round(part.weight * 100)}: {SAID.get(part.name, part.name)}")]
        for part, value in zip(item.parts, each, strict=True)
    ]
    return rich(
        quote(theirs(item.quote, QUOTE)),
        line(ours(f"{total} points: ", bold=True), theirs(item.why, QUOTE)),
        bullets(lines),
    )


def _left_out(report: WhyReport) -> str:
    if not report.left_out:
        return "Nothing was left out"
    return f"{words.number(report.left_out, 'more ticket')} read and left out"


def _counted(report: BehindReport) -> str:
    found = words.number(report.total, "ticket")
    return f"{found} read and left out" if report.like is None else f"{found} like it"


def _who(report: BehindReport) -> str:
    """How many tell it with the one that is shown, as its reason counts them."""
    everybody = words.number(report.customers or 0, "customer")
    lately = "" if report.lately == report.customers else f", {report.lately:,} of them"
    return f"With the one that is shown: {everybody}{lately} in the last week"


def _paging(report: BehindReport) -> list[Block | None]:
    last = max(report.total - 1, 0) // report.size
    if not last:
        return []

    def turn(label: str, action: str, page: int) -> Block:
        return button(label, action, data(day=report.day.isoformat(), like=report.like, page=page))

    newer = turn("Newer", ACTION_DIGEST_NEWER, report.page - 1) if report.page else None
    older = turn("Older", ACTION_DIGEST_OLDER, report.page + 1) if report.page < last else None
    return [actions(newer, older), context(f"Page {report.page + 1:,} of {last + 1:,}")]
