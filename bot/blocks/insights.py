"""Insights in a list, and what is said to one person: about a 💡, about where a card stands."""

from __future__ import annotations

from bot.blocks import parts, words
from bot.blocks.insight_card import open_card
from bot.blocks.kit import (
    ACTION_INSIGHTS,
    ACTION_TAG_MESSAGE,
    TYPED,
    Block,
    actions,
    button,
    context,
    data,
    header,
    line,
    link,
    message,
    ours,
    rich,
    theirs,
    told_apart,
)
from bot.blocks.text import clean
from bot.reports import InsightLine, InsightsReport, Message, Status

MOST_LISTED = 12
LONGEST_ASKED = 500
MAY_NOT = (
    "Insights are tagged by a few people here, so this 💡 stays an emoji. Whoever runs Earshot can "
    "add you to them."
)


def render_list(report: InsightsReport) -> Message:
    """The insights that match, newest first as the service gives them."""
    listed = report.insights[:MOST_LISTED]
    verdict = words.number(report.total, "insight") if report.total else "No insights"
    if report.mine:
        verdict += " of yours"
    elif report.words and report.total != 1:
        verdict += " match"
    sought = None
    if report.words:
        sought = rich(line(ours("Looking for "), theirs(report.words, TYPED, bold=True)))
    body = [block for item in listed for block in _listed(item)]
    hint = "" if listed else "Tag a ticket with its button, or react with 💡 to a ticket's post."
    return message(
        f"{verdict}{_statuses(report)}",
        [
            header(verdict),
            sought,
            *body,
            context(hint, emoji=True) if hint else None,
            *_paging(report),
        ],
    )


def _listed(item: InsightLine) -> list[Block | None]:
    buttons = actions(open_card(item.id), parts.edit_button(item.id))
    return [rich(line(*parts.insight(item, answers=True))), buttons]


def _paging(report: InsightsReport) -> list[Block | None]:
    last = max(report.total - 1, 0) // report.size
    if not last:
        return []
    newer = _turn("Newer", report, report.page - 1) if report.page else None
    older = _turn("Older", report, report.page + 1) if report.page < last else None
    buttons = told_apart([each for each in (newer, older) if each])
    return [actions(*buttons), context(f"Page {report.page + 1:,} of {last + 1:,}")]


def _turn(label: str, report: InsightsReport, page: int) -> Block:
    asked = f"mine {report.words}" if report.mine else report.words
    # Long enough to find the same again, and short enough for a button.
    return button(label, ACTION_INSIGHTS, data(q=clean(asked).strip()[:LONGEST_ASKED], page=page))


def _statuses(report: InsightsReport) -> str:
    counts = {s: sum(item.status is s for item in report.insights) for s in Status}
    said = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return f": {said}" if said else ""


def tag_offer(channel: str, ts: str) -> Message:
    """Shown to one person who reacted with the tag emoji to a message that is no ticket."""
    offer = "Tag this message as an insight?"
    tag = button("Tag as insight", ACTION_TAG_MESSAGE, data(channel=channel, ts=ts))
    return message(offer, [rich(line(ours(offer))), actions(tag)])


def found_card(insight: int, url: str) -> Message:
    """Where a card stands, told to who asked for it."""
    text = f"Insight {insight} has its card."
    return message(text, [rich(line(ours(text), *link("Go to the card", url)))])


def new_card(insight: int, channel: Block, *, was_gone: bool = True) -> Message:
    """Said to who asked for a card that is gone, or not there yet."""
    text = f"The card of insight {insight} " + (
        "was gone. It is posted anew" if was_gone else "is on its way. It will stand"
    )
    return message(text, [rich(line(ours(f"{text} in "), channel, ours(".")))])
