"""The answer to `/friction`: what hurts, in figures and in customers' words, on one screen."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import alarm, friction_buttons, parts, trends, words
from bot.blocks.kit import (
    COMMAND_FRICTION,
    NAME,
    QUOTE,
    TITLE,
    TYPED,
    Block,
    actions,
    bullets,
    context,
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
from bot.blocks.native import Native, Part
from bot.blocks.ranking import render_ranking
from bot.blocks.trends import Trend
from bot.reports import FrictionReport, HelpReport, Message, Quote, Theme, Understood

__all__ = ["render", "render_help", "render_ranking", "render_shared"]

MOST_THEMES = 3
MOST_QUOTES = 3
MOST_INSIGHTS = 3
MOST_SEGMENTS = 5


def render(report: FrictionReport, *, may_edit: bool = False, in_channel: bool = True) -> Message:
    """The answer for the asker only, with what can be done next.

    `may_edit` says whether the asker is offered to edit features; they are asked again then.
    `in_channel` says whether there is a channel to share it with.
    """
    alias = friction_buttons.alias(report) if may_edit else None
    if report.understood is Understood.NOTHING:
        return _nothing(report, alias)
    more = friction_buttons.edit(report.feature) if may_edit and report.feature else None
    themes = friction_buttons.more_themes(report)
    closer = friction_buttons.look_closer(report)
    on = friction_buttons.pass_on(report) if in_channel else []
    buttons = actions(*closer, alias, *on, more)
    rest = context(_footing(report)) if _footing(report) else None
    return message(
        _summary(report),
        [*_answer(report, themes), *friction_buttons.suggestions(report), buttons, rest],
    )


def render_shared(report: FrictionReport, by: str) -> Message:
    """The same answer for a channel, where nobody else's questions are in the way."""
    rest = [ours(f" · {_footing(report)}")] if _footing(report) else []
    who = rich(line(ours("Shared by "), person(by), *rest))
    if report.understood is Understood.NOTHING:
        return message(_summary(report), [header(_verdict(report)), who])
    return message(_summary(report), [*_answer(report), who])


def render_help(report: HelpReport) -> Message:
    """What can be asked, by example."""
    examples = bullets(
        [
            theirs(f"{COMMAND_FRICTION} {typed}", TYPED, code=True),
            ours("  "),
            theirs(meaning, TITLE),
        ]
        for typed, meaning in report.examples
    )
    hint = line(theirs(report.hint, QUOTE)) if report.hint else None
    listed = examples if report.examples else None
    body = rich(hint, listed) if hint or listed else None
    return message(
        "What you can ask Earshot: a feature, a window of time, or any words from a ticket",
        [header("What you can ask"), body, context("Order does not matter. Typos are fine.")],
    )


def _answer(report: FrictionReport, more_themes: Block | None = None) -> list[Part]:
    blocks: list[Part] = [header(_verdict(report)), *_figures(report)]
    if report.alarm:
        blocks.append(rich(line(ours("Alarm · ", bold=True), *alarm.in_a_line(report.alarm))))
    if report.themes:
        told = bullets(_theme(theme, report) for theme in report.themes[:MOST_THEMES])
        blocks.append(rich(line(ours("What they tell", bold=True)), told))
        blocks.append(more_themes)
    for said in report.quotes[:MOST_QUOTES]:
        blocks += [parts.quoted(said), parts.quote_buttons(said)]
    blocks += _akin(report)
    blocks += [_praise(said) for said in report.praise[:1]]
    if report.insights:
        listed = bullets(parts.insight(item) for item in report.insights[:MOST_INSIGHTS])
        blocks.append(rich(line(ours("Insights", bold=True)), listed))
    return blocks


def _verdict(report: FrictionReport) -> str:
    """The first line; typed words stay out of it, since it also becomes the notification."""
    when = words.in_window(report.window)
    if report.understood is Understood.NOTHING:
        return "Nothing found by that name"
    subject = parts.name_of(report.feature) if report.feature else "Full-text search"
    only = parts.narrowed_to(report)
    subject = f"{subject} ({only})" if only else subject
    if not report.enough:
        return f"{subject}. Too few tickets to say: {report.tickets or 'none'} {when}"
    said = words.crowd(report.tickets, report.customers, known=report.customers_known)
    if report.capped:
        return f"{subject}: more than can be counted, {said} in the newest {report.capped:,} alone"
    verdict = f"{subject}: {said}, {words.before(report.previous, report.window)}"
    if report.usual is None:
        return verdict
    return f"{verdict}, {words.usual(report.tickets, report.customers, report.usual)}"


def _summary(report: FrictionReport) -> str:
    """The figures in words, for those who hear the answer and for notifications."""
    if report.understood is Understood.NOTHING:
        return _verdict(report)
    kinds = words.split(report.kinds, report.narrowed).replace(" · ", ", ")
    trend = _trend(report)
    said = [_verdict(report), kinds, trends.in_words(trend) if trend else ""]
    return ". ".join(each for each in said if each)


def _trend(report: FrictionReport) -> Trend | None:
    if not report.enough or report.capped:
        return None
    return trends.trend_of(report.weeks, report.window)


def _figures(report: FrictionReport) -> list[Part]:
    """How the question was read, the split by kind, and the trend with what was noted."""
    lines = [_reading(report)]
    if report.note:
        lines.append([theirs(report.note, QUOTE)])
    if report.as_of:
        lines.append([ours(words.as_of(report.as_of))])
    nothing = "No friction of any kind" if not report.narrowed else "None of these kinds"
    lines.append([ours(words.split(report.kinds, report.narrowed) or nothing)])
    lines += _who(report)
    marks, trend = trends.within(report.marks, report.window), _trend(report)
    below = [trends.noted(marks, sign=False)] if marks else []
    if trend is None:
        return [_lines([*lines, *below])]
    drawn = _lines([*lines, [ours(trends.in_words(trend))]])
    plain = _lines([*lines, [ours(trends.in_words(trend, spark=True))], *below])
    chart = [trends.draw(trend, marks, narrowed=bool(report.narrowed))]
    if marks:
        chart.append(rich(line(*trends.noted(marks, sign=True))))
    return [Native((drawn, *chart), (plain,))]


def _who(report: FrictionReport) -> list[list[Block]]:
    """Who wrote: sorts of accounts where they are known, and one customer who wrote most."""
    lines: list[list[Block]] = []
    if report.most_of_one:
        lines.append([ours(words.of_one(report.tickets, report.most_of_one))])
    if report.segments and report.enough:
        shown = report.segments[:MOST_SEGMENTS]
        said: list[Block] = []
        for each, crowd in zip(shown, words.spoke(shown), strict=True):
            name = theirs(each.name, NAME) if each.name else ours("segment not known")
            said += [*([ours(" · ")] if said else []), name, ours(f" {crowd}")]
        more = len(report.segments) - len(shown)
        if more:
            said.append(ours(f" · {words.number(more, 'smaller segment')}"))
        lines.append(said)
    return lines


def _lines(lines: Sequence[Sequence[Block]]) -> Block:
    elements = list(lines[0])
    for each in lines[1:]:
        elements += [ours("\n"), *each]
    return rich(line(*elements))


def _reading(report: FrictionReport) -> list[Block]:
    when = words.in_window(report.window)
    if report.understood is Understood.SEARCH:
        sought = theirs(report.search or report.asked, TYPED, bold=True)
        called = "" if report.is_a_name else ": no feature is called so"
        return [ours("Tickets that say "), sought, ours(f" {when}{called}")]
    read = theirs(report.reading or f"{parts.name_of(report.feature)} {when}", TYPED, bold=True)
    return [ours("Showing "), read] if report.understood is Understood.MISSPELT else [read]


def _akin(report: FrictionReport) -> list[Block | None]:
    """What means the same as a search and has none of its words, apart from all figures."""
    if not report.akin:
        return []
    said = [parts.quoted(each) for each in report.akin[:MOST_QUOTES]]
    return [rich(line(ours("In other words", bold=True), ours(", not counted above"))), *said]


def _praise(said: Quote) -> Block:
    """Beside the friction, so with no buttons of its own."""
    return rich(line(*parts.about(said), *link("open", said.url)), quote(theirs(said.text, QUOTE)))


def _theme(theme: Theme, report: FrictionReport) -> list[Block]:
    """Linked unless its quote stands below with a button of its own."""
    size = words.crowd(theme.tickets, theme.customers)
    if not report.customers_known:
        size = words.number(theme.tickets, "ticket")
    before = "" if theme.previous is None else f", {theme.previous or 'none'} before"
    said = ours(f" · {size}{before}")
    below = theme.quote in report.quotes[:MOST_QUOTES]
    url = theme.quote.url if theme.quote and not below else None
    return [theirs(theme.label, TITLE), said, *link("open", url)]


def _footing(report: FrictionReport) -> str:
    """What the figures leave out."""
    said = []
    silent = report.mentioned - report.tickets - report.kinds_unknown
    if silent > 0:
        more = words.number(silent, "more ticket")
        felt = "of other kinds or of none" if report.narrowed else ""
        felt = felt or "in which no friction was recognised"
        said.append(f"{more} {felt}")
    if report.kinds_unknown:
        unread = words.number(report.kinds_unknown, "ticket")
        said.append(f"{unread} of unknown kind, in languages that are not read")
    if report.sampled:
        said.append("themes and quotes from the newest tickets only")
    joined = ", ".join(said)
    return joined[:1].upper() + joined[1:]


def _nothing(report: FrictionReport, alias: Block | None) -> Message:
    asked = [ours("I looked for "), theirs(report.asked, TYPED, bold=True)]
    where = ours(" among the features and in the tickets' text.")
    note = rich(line(theirs(report.note, QUOTE))) if report.note else None
    return message(
        _summary(report),
        [
            header(_verdict(report)),
            rich(line(*asked, where)),
            note,
            *_akin(report),
            *friction_buttons.suggestions(report),
            actions(alias),
            context("/friction alone ranks all features. /friction help shows what can be asked."),
        ],
    )
