"""The answer to `/friction ONE vs OTHER`: two features side by side, on the same scale."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import parts, trends, words
from bot.blocks.kit import (
    ACTION_ASK,
    ACTION_SHARE,
    NAME,
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
    told_apart,
)
from bot.blocks.native import Native, Part
from bot.blocks.questions import carried_question
from bot.blocks.tables import table
from bot.blocks.text import shown
from bot.blocks.trends import Trend
from bot.reports import FRICTION_KINDS, FrictionReport, Kind, Message, Quote, VersusReport

MOST_BOTH = 2
COLUMN = 30
_SEARCH = "Full-text search"
"""No feature is likely to be called so, as one may be called Search."""


def render_versus(report: VersusReport, *, in_channel: bool = True) -> Message:
    """The answer for the asker only, with what can be done next."""
    question = carried_question(report.left, report.phrase or report.left.asked)
    looks = [
        button(f"Show {name}", ACTION_ASK, carried_question(side, side.phrase))
        for side, name in _named(report)
        if side.phrase
    ]
    share = button("Share here", ACTION_SHARE, question) if in_channel else None
    return message(_summary(report), _answer(report, actions(*told_apart(looks), share)))


def render_versus_shared(report: VersusReport, by: str) -> Message:
    """The same answer for a channel."""
    who = rich(line(ours("Shared by "), person(by)))
    return message(_summary(report), [*_answer(report), who])


def _sides(report: VersusReport) -> tuple[FrictionReport, FrictionReport]:
    return report.left, report.right


def _names(report: VersusReport) -> list[str]:
    """What the sides are called in places where no typed words may stand."""
    left, right = (side.feature for side in _sides(report))
    searches = ("First search", "Second search") if not (left or right) else (_SEARCH, _SEARCH)
    return [
        shown(feature.name, NAME) if feature else search
        for feature, search in zip((left, right), searches, strict=True)
    ]


def _named(report: VersusReport) -> list[tuple[FrictionReport, str]]:
    return list(zip(_sides(report), _names(report), strict=True))


def _answer(report: VersusReport, buttons: Block | None = None) -> list[Part]:
    blocks: list[Part] = [header(_verdict(report)), _reading(report), _figures(report)]
    for side, name in _named(report):
        blocks += [_quoted(said, feature=name) for said in side.quotes[:1]]
    return [*blocks, *_both(report), buttons]


def _quoted(said: Quote, *, feature: str = "") -> Block:
    """Without buttons of its own: figures and quotes of two sides have to fit one screen."""
    about = line(*parts.about(said, feature=feature), *link("open", said.url))
    return rich(about, quote(theirs(said.text, QUOTE)))


def _verdict(report: VersusReport) -> str:
    said = ", ".join(
        f"{name}: {words.crowd(side.tickets, side.customers, known=side.customers_known)}"
        for side, name in _named(report)
    )
    only = parts.narrowed_to(report.left)
    return f"{said} ({only})" if only else said


def _summary(report: VersusReport) -> str:
    """All figures in words, for those who hear the answer."""
    said = [f"{_verdict(report)} {words.in_window(report.left.window)}"]
    for side, name in _named(report):
        kinds, trend = _split(side).replace(" · ", ", "), _trend(side)
        more = [_before(side), kinds, trends.in_words(trend) if trend else ""]
        said.append(f"{name}: {'. '.join(each for each in more if each)}")
    said.append(_mentioned(report))
    return ". ".join(said)


def _reading(report: VersusReport) -> Block:
    elements: list[Block] = [theirs(report.reading, TYPED, bold=True)]
    if report.as_of:
        elements.append(ours(f"\n{words.as_of(report.as_of)}"))
    for note in dict.fromkeys(side.note for side in _sides(report) if side.note):
        elements += [ours("\n"), theirs(note, QUOTE)]
    return rich(line(*elements))


def _trend(side: FrictionReport) -> Trend | None:
    if not side.enough or side.capped:
        return None
    return trends.trend_of(side.weeks, side.window)


def _figures(report: VersusReport) -> Native:
    """A chart with two lines and a table; in text two sparklines and two lines of figures."""
    names = _names(report)
    drawn: list[Block] = []
    plain = [rich(bullets(_in_a_line(side, name) for side, name in _named(report)))]
    left, right = (_trend(side) for side in _sides(report))
    if left and right and left.starts == right.starts:
        both, narrowed = [(names[0], left), (names[1], right)], bool(report.left.narrowed)
        drawn.append(trends.draw_both(both, narrowed=narrowed))
        top = max(*left.tickets, *right.tickets)
        sparks = [
            line(
                theirs(name, COLUMN, bold=True),
                ours(f" {words.sparkline(trend.tickets, top)} {trends.range_of(trend)}"),
            )
            for name, trend in zip(names, (left, right), strict=True)
        ]
        plain.append(rich(line(ours(trends.since(left))), *sparks))
    window = report.left.window.label.capitalize() or "Figures"
    headings = (window, *(shown(name, COLUMN) for name in names))
    drawn.append(table([headings, *_rows(report)], numeric=(1, 2)))
    return Native(tuple(drawn), tuple(plain))


def _in_a_line(side: FrictionReport, name: str) -> list[Block]:
    said = words.crowd(side.tickets, side.customers, known=side.customers_known)
    kinds = _split(side)
    ending = f" · {kinds}" if kinds else ""
    return [theirs(name, NAME, bold=True), ours(f": {said}, {_before(side)}{ending}")]


def _split(side: FrictionReport) -> str:
    return words.split(side.kinds, side.narrowed)


def _before(side: FrictionReport) -> str:
    if not side.enough:
        return "too few to say more"
    return words.before(side.previous, side.window)


def _rows(report: VersusReport) -> Sequence[tuple[str, ...]]:
    """Figure by figure; below the floor nothing is compared."""

    def row(label: str, *cells: str) -> tuple[str, ...]:
        return (label, *cells)

    sides = _sides(report)
    rows = [
        row("Tickets", *(f"{side.tickets:,}" for side in sides)),
        row("Customers", *(_customers(side) for side in sides)),
        row("Before", *(f"{s.previous.tickets:,}" if s.enough else "too few" for s in sides)),
    ]
    for kind in (*FRICTION_KINDS, Kind.PRAISE):
        counts = [side.kinds.get(kind, 0) for side in sides]
        if any(counts):
            rows.append(row(kind.capitalize(), *(f"{count:,}" for count in counts)))
    return rows


def _customers(side: FrictionReport) -> str:
    return f"{side.customers:,}" if side.customers_known or not side.tickets else "not known"


def _mentioned(report: VersusReport) -> str:
    count = report.both_tickets
    if not count:
        return f"No ticket {words.in_window(report.left.window)} is about both"
    return f"{words.number(count, 'ticket')} {'is' if count == 1 else 'are'} about both"


def _both(report: VersusReport) -> list[Part]:
    """What customers say when they mention both: when would they use one rather than the other?"""
    blocks: list[Part] = [rich(line(ours(_mentioned(report), bold=True)))]
    return [*blocks, *(_quoted(said) for said in report.both[:MOST_BOTH])]
