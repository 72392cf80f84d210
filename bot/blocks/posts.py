"""What was posted, what was not, and why: for the operator's terminal."""

from __future__ import annotations

from bot.blocks import words
from bot.blocks.digest_why import SAID, points
from bot.blocks.kit import QUOTE, Block, bullets, context, header, line, message, ours, rich, theirs
from bot.reports import (
    DigestDecision,
    DigestItem,
    DigestReport,
    DigestSent,
    Message,
    PostLine,
    PostsReport,
)

SIZE = 9_000
_STATES = {
    "planned": "waits to be sent",
    "sending": "is being sent",
    "sent": "was sent",
    "failed": "was not sent",
    "unknown": "sent or not? It is looked up",
    "held": "sent or not? Nobody can look it up",
}


def render(report: PostsReport) -> Message:
    """The outbox: messages that were not simply sent, those that a person decides about first."""
    counted = ", ".join(
        f"{count:,} {state}" for state, count in sorted(report.counts.items()) if count
    )
    if not report.lines:
        text = f"Nothing waits, and nothing is in doubt ({counted or 'nothing was ever planned'})."
        return message(text, [rich(line(ours(text)))], SIZE)
    blocks: list[Block | None] = [header(f"Messages to Slack: {counted}")]
    blocks += [rich(line(theirs(_line(each), QUOTE))) for each in report.lines]
    if report.more:
        blocks.append(context(f"And {words.number(report.more, 'older message')}."))
    if any(each.is_open for each in report.lines):
        blocks.append(context(_REMEDY))
    return message("Messages to Slack", blocks, SIZE)


_REMEDY = (
    "In doubt: look into the channel. Not there: `earshot posts retry ID`. There: "
    "`earshot posts drop ID --seen`. Not wanted any more: `earshot posts drop ID`."
)


def _line(one: PostLine) -> str:
    what = f"edit of {one.what}" if one.action == "update" else one.what
    state = _STATES.get(one.state, one.state)
    error = f" ({one.error})" if one.error else ""
    return (
        f"{one.id} · {what} to {one.channel}: {state}{error}, since {one.since:%Y-%m-%d %H:%M} UTC"
    )


def sent(value: DigestSent) -> str:
    """What became of the wish to send a digest."""
    day = f"{words.WEEKDAYS[value.day.weekday()]}, {words.day(value.day)}"
    reason = value.reason.rstrip(".")
    if value.is_new:
        return f"The digest of {day} is sent by `earshot run` or `earshot serve`, once."
    if value.state == "posted":
        return f"The digest of {day} was sent, or is on its way; it is not sent twice."
    if value.state == "failed":
        return f"The digest of {day} could not be posted ({reason}); the next one has its tickets."
    return f"Nothing is sent: {reason}."


def reasons(report: DigestReport, decision: DigestDecision | None) -> Message:
    """Why these, part by part, and what was decided for the day already."""
    said = [_points(item) for item in report.items]
    blocks: list[Block | None] = []
    if said:
        blocks += [header("Why these"), rich(bullets(said))]
    if decision is not None:
        reason = f": {decision.reason.rstrip('.')}" if decision.reason else ""
        blocks.append(
            context(f"The digest of {decision.day.isoformat()} is {decision.state}{reason}.")
        )
    if not blocks:
        blocks.append(context("Nothing was decided for this day yet."))
    return message("Why these", blocks, SIZE)


def _points(item: DigestItem) -> list[Block]:
    """`4711: 58 points = 34 clear and telling + 24 …`: the parts that are not nought."""
    total, each = points(item.parts)
    named = [
        f"{value} {SAID.get(part.name, part.name)}"
        for part, value in zip(item.parts, each, strict=True)
        if value
    ]
    said = f": {words.number(total, 'point')} = {' + '.join(named)}"
    return [theirs(item.ticket.ticket_id), ours(said)]
