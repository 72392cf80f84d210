"""The line by which a channel sees once a week that Earshot is alive."""

from __future__ import annotations

from bot.blocks import words
from bot.blocks.kit import (
    ACTION_DIGEST_SETTINGS,
    NAME,
    QUOTE,
    Block,
    actions,
    button,
    line,
    message,
    ours,
    rich,
    theirs,
)
from bot.reports import AliveReport, Message

MOST_SOURCES = 3


def render(report: AliveReport, channel: str, reason: str) -> Message:
    """The line alone, on a day without a digest: first why there is none."""
    return message(
        f"No digest today: {words.number(report.tickets, 'ticket')} read in "
        f"{report.days} days, and Earshot is listening",
        [
            rich(line(theirs(reason, QUOTE)), said(report)),
            actions(button("Settings", ACTION_DIGEST_SETTINGS, channel)),
        ],
    )


def said(report: AliveReport) -> Block:
    """Tickets read and from where, digests sent, posts that failed."""
    elements = [ours("Weekly check: ", bold=True), ours(_read(report))]
    for place, source in enumerate(report.sources[:MOST_SOURCES]):
        before = ", " if place else ", the last from "
        elements += [ours(before), theirs(source.name, NAME)]
        elements.append(ours(f" {words.ago(source.last, report.until)}"))
    more = len(report.sources) - MOST_SOURCES
    if more > 0:
        elements.append(ours(f" and {words.number(more, 'more source')}"))
    elements.append(ours(f"; {_sent(report)}."))
    return line(*elements)


def _read(report: AliveReport) -> str:
    tickets = words.number(report.tickets, "ticket") if report.tickets else "no ticket"
    return f"{tickets} read in {report.days} days"


def _sent(report: AliveReport) -> str:
    sent = words.number(report.digests, "digest") if report.digests else "no digest"
    said = f"{sent} sent here"
    said += f", {words.number(report.failed, 'post')} failed" if report.failed else ""
    said += f", {report.doubtful:,} in doubt" if report.doubtful else ""
    if not (report.failed or report.doubtful):
        return f"{said}, no post failed"
    return f"{said}: `earshot posts` says which"
