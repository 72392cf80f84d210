"""The answer to `/friction read FEATURE`: a feature as its customers know it, on one screen."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import parts, words
from bot.blocks.kit import (
    ACTION_ASK,
    ACTION_SHARE,
    ACTION_TICKETS,
    QUOTE,
    TYPED,
    Block,
    actions,
    bullets,
    button,
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
from bot.blocks.native import Part
from bot.blocks.questions import carried_question
from bot.reports import InsightLine, Message, Quote, WayInReport

MOST_FIRST = 3
MOST_LOVED = 2
MOST_INSIGHTS = 3


def render_way_in(report: WayInReport, *, in_channel: bool = True) -> Message:
    """What they love, what hurts, what to read first, and what is being done."""
    asked = report.friction
    figures = carried_question(asked, asked.phrase)
    again = carried_question(asked, report.phrase)
    buttons = actions(
        button("Show the figures", ACTION_ASK, figures),
        button("Show tickets", ACTION_TICKETS, figures) if asked.tickets else None,
        button("Share here", ACTION_SHARE, again) if in_channel else None,
    )
    return message(_summary(report), [*_answer(report), buttons])


def render_way_in_shared(report: WayInReport, by: str) -> Message:
    """The same for a channel."""
    who = rich(line(ours("Shared by "), person(by)))
    return message(_summary(report), [*_answer(report), who])


def _answer(report: WayInReport) -> list[Part]:
    asked = report.friction
    blocks: list[Part] = [header(_verdict(report)), _figures(report)]
    loved = [_said(said) for said in report.loved[:MOST_LOVED]]
    blocks.append(_section("What they love", loved, "Nobody said so in this window."))
    if asked.themes:
        told = bullets(
            [theirs(theme.label, QUOTE), ours(f" · {words.number(theme.tickets, 'ticket')}")]
            for theme in asked.themes[:MOST_FIRST]
        )
        blocks.append(rich(line(ours("What hurts", bold=True)), told))
    if report.first:
        blocks.append(rich(line(ours("Read these first", bold=True))))
        for said in report.first[:MOST_FIRST]:
            blocks += [parts.quoted(said), parts.quote_buttons(said)]
    blocks += _insights("Open insights", asked.insights)
    blocks += _insights("Shipped", report.shipped)
    return blocks


def _verdict(report: WayInReport) -> str:
    name, only = parts.name_of(report.friction.feature), parts.narrowed_to(report.friction)
    return f"{name}{f' ({only})' if only else ''}, as its customers know it"


def _figures(report: WayInReport) -> Block:
    asked = report.friction
    when = words.in_window(asked.window)
    if not asked.enough:
        said = f"Too few tickets to say: {asked.tickets or 'none'} {when}"
    else:
        crowd = words.crowd(asked.tickets, asked.customers, known=asked.customers_known)
        said = f"{crowd} {when}. {words.split(asked.kinds, asked.narrowed)}"
    elements = [theirs(report.reading, TYPED, bold=True), ours(f"\n{said}")]
    if asked.note:
        elements += [ours("\n"), theirs(asked.note, QUOTE)]
    if report.as_of:
        elements.append(ours(f"\n{words.as_of(report.as_of)}"))
    return rich(line(*elements))


def _summary(report: WayInReport) -> str:
    asked = report.friction
    crowd = words.crowd(asked.tickets, asked.customers, known=asked.customers_known)
    return f"{_verdict(report)}: {crowd} {words.in_window(asked.window)}"


def _section(title: str, said: Sequence[Sequence[Block]], nothing: str) -> Block:
    heading = line(ours(title, bold=True))
    if not said:
        return rich(heading, line(ours(nothing)))
    return rich(heading, *(part for parts_of in said for part in parts_of))


def _said(said: Quote) -> list[Block]:
    return [
        line(*parts.about(said), *link("open", said.url)),
        quote(theirs(said.text, QUOTE)),
    ]


def _insights(title: str, insights: Sequence[InsightLine]) -> list[Part]:
    if not insights:
        return []
    listed = bullets(parts.insight(item) for item in insights[:MOST_INSIGHTS])
    return [rich(line(ours(title, bold=True)), listed)]
