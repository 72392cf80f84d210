"""Still useful? The question to a channel that does not use its digest, and what became of it."""

from __future__ import annotations

from bot.blocks import cadence, words
from bot.blocks.kit import (
    ACTION_DIGEST_BACK,
    ACTION_DIGEST_KEEP,
    Block,
    actions,
    button,
    header,
    line,
    message,
    ours,
    person,
    rich,
)
from bot.reports import Message, QuestionReport

ASKED = "Is this digest still useful?"


def render(report: QuestionReport) -> Message:
    """The question as it stands."""
    if report.answer is not None:
        return message(f"{ASKED} Answered", [rich(line(*_answered(report)))])
    weekday = words.WEEKDAYS[report.weekday - 1]
    said = (
        f"On {report.quiet} working days with a digest, nobody here opened, asked about, tagged "
        "or answered a ticket. Reading leaves no trace, so please say so. If nobody does in "
        f"{report.patience} working days, it comes once a week, on {weekday}s."
    )
    keep = button("Keep", ACTION_DIGEST_KEEP, str(report.id), spoken="Keep the digest as it is")
    return message(ASKED, [header(ASKED), rich(line(ours(said))), actions(keep)])


def turned_weekly(report: QuestionReport) -> Message:
    """That it comes weekly, with a way back; or that it was brought back."""
    before = cadence.often(report.before, report.days)
    if report.answer != "weekly":
        return message("The digest is back", [rich(line(*_answered(report)))])
    weekday = words.WEEKDAYS[report.weekday - 1]
    text = f"The digest comes once a week now, on {weekday}s"
    said = "Nobody said that it is still useful. Nothing is lost: tickets wait for the next one."
    back = button(f"Back to {before}", ACTION_DIGEST_BACK, str(report.id))
    return message(text, [header(text), rich(line(ours(said))), actions(back)])


def _answered(report: QuestionReport) -> list[Block]:
    before = cadence.often(report.before, report.days)
    if report.answer == "kept":
        return [ours("Still useful, says "), person(report.by), ours(f". It stays: {before}.")]
    if report.answer == "back":
        return [ours("Brought back by "), person(report.by), ours(f": {before}.")]
    if report.answer == "used":
        return [ours("Somebody did something with it since: it stays as it is.")]
    return [ours("Nobody answered: the digest comes once a week now.")]
