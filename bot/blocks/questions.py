"""What the buttons of an answer carry: a question and its moment."""

from __future__ import annotations

from bot.blocks.kit import data
from bot.blocks.text import clean
from bot.reports import FrictionReport

LONGEST_QUESTION = 1_000


def carried_question(report: FrictionReport, question: str) -> str:
    """The question and its moment, so that a click answers what was seen, not what came since.

    A window that ended before the question was asked ("last month") is read the same from its
    own end, so that end is the moment.
    """
    return data(q=clean(question)[:LONGEST_QUESTION], at=report.window.until.isoformat())
