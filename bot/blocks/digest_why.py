"""Why a digest shows what it shows: every part of each score, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import forms, parts, words
from bot.blocks.kit import (
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
    rich,
    theirs,
)
from bot.reports import ScorePart, UnshownReport, WhyItem, WhyReport

SAID = {
    "clarity": "clear and telling",
    "breadth": "how many tell the same",
    "rise": "above the usual",
    "severity": "what it cost the customer",
    "novelty": "new here",
    "feedback": "what this channel answered to similar ones",
    "segment": "sort of account",
}
HINT = "Each part is what it counts at the most, times how much of it there is. 100 is the most."


def view(report: WhyReport) -> Block:
    """The parts of every item, which add up to its score."""
    day = report.day.isoformat()
    blocks: list[Block | None] = [context(HINT)]
    for item in report.items:
        blocks.append(_item(item))
    blocks.append(header(_left_out(report)))
    if report.left_out:
        blocks.append(actions(button("Show them", ACTION_DIGEST_UNSHOWN, data(day=day, page=0))))
    return forms.modal(VIEW_DIGEST_WHY, "Why these?", blocks, metadata=data(channel=report.channel))


def unshown_view(report: UnshownReport) -> Block:
    """A page of the tickets that a digest read and did not show."""
    blocks: list[Block | None] = [header(f"{words.number(report.total, 'ticket')} read, not shown")]
    for ticket in report.tickets:
        said = ticket.quote
        text = said.text if said else ticket.subject or ticket.body
        label = ours(words.kinds_said(ticket.kinds).capitalize(), bold=True)
        about = line(label, ours(f" · {words.day(ticket.created_at)}"))
        blocks.append(rich(about, line(theirs(text, QUOTE))))
        blocks.append(actions(parts.open_button(ticket.ticket_id, ticket.url)))
    blocks.append(_paging(report))
    return forms.modal(VIEW_DIGEST_WHY, "Not shown", blocks, metadata=data(channel=report.channel))


def why_button(day: str) -> Block:
    return button("Why these?", ACTION_DIGEST_WHY, day)


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
    like = [ours(f", and {item.similar:,} like it")] if item.similar else []
    return rich(
        line(theirs(item.quote, QUOTE, bold=True)),
        line(ours(f"{total} points: "), theirs(item.why, QUOTE), *like),
        bullets(lines),
    )


def _left_out(report: WhyReport) -> str:
    if not report.left_out:
        return "Nothing was left out"
    return f"{words.number(report.left_out, 'more ticket')} read and left out"


def _paging(report: UnshownReport) -> Block | None:
    day = report.day.isoformat()
    last = max(report.total - 1, 0) // report.size
    newer = older = None
    if report.page:
        newer = button("Newer", ACTION_DIGEST_NEWER, data(day=day, page=report.page - 1))
    if report.page < last:
        older = button("Older", ACTION_DIGEST_OLDER, data(day=day, page=report.page + 1))
    return actions(newer, older)
