"""Whether a fix helped, as its card's thread and the command line tell it: three lines, a chart."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import effect_figures as figures
from bot.blocks import words
from bot.blocks.charts import Series, chart
from bot.blocks.kit import (
    ACTION_EFFECT,
    ACTION_VERIFY,
    NAME,
    TITLE,
    Block,
    actions,
    button,
    context,
    data,
    header,
    line,
    message,
    ours,
    rich,
    theirs,
    told_apart,
)
from bot.blocks.native import Native
from bot.blocks.trends import SIGN
from bot.reports import (
    EffectReport,
    EffectVerdict,
    EffectWeek,
    Measured,
    Message,
    NextDoor,
)

MOST_NEXT_DOOR = 3
MOST_SOURCES = 3
FEWEST_BARS = 3
FEWEST_WEEKS = 4
_SILENT = "A source of these was not heard for weeks; without them there is too little to compare."
CHANGES = (EffectVerdict.WORSE, EffectVerdict.HELPED)


def render(report: EffectReport, *, posted: bool = False, offer: bool = False) -> Message:
    """A look, as it stands.

    What is `posted` has buttons that open the tickets behind its figures; with `offer` and a fix
    that helped there is one that verifies.
    """
    main = report.main
    verdict = f"{_name(report)}: {_verdict(report)}"
    counted = _counted(report, main)
    return message(
        f"{verdict}. {_figures(report, main)}" if main else verdict,
        [
            header(verdict),
            rich(
                *([line(theirs(report.title, TITLE))] if report.insight is not None else []),
                line(ours(_figures(report, main))) if main else None,
                line(*_beside(report)) if report.weeks else None,
                line(*_without(main)) if main and main.without else None,
            ),
            _drawn(report, main) if main else None,
            context(counted) if counted else None,
            _buttons(report, offer=offer) if posted else None,
        ],
    )


def _name(report: EffectReport) -> str:
    return f"Insight {report.insight}" if report.insight is not None else _about(report)


def _about(report: EffectReport) -> str:
    return report.about.name if report.about else "All tickets"


def _verdict(report: EffectReport) -> str:
    after = f" after {words.number(report.weeks, 'week')}" if report.weeks else ""
    never = report.verdict is EffectVerdict.TOO_EARLY and report.looks_next is None
    return f"{'too few to say' if never else report.verdict}{after}"


def _noun(report: EffectReport) -> str:
    return "Customers" if report.customers_known else "Tickets"


def _figures(report: EffectReport, main: Measured) -> str:
    """What was counted, the ratio with its interval, and what follows from it."""
    found = main.estimate
    if not found.weeks_before:
        if figures.is_silent(main):
            return _SILENT
        return "Nothing is stored from before it shipped to compare with."
    shipped = words.day(report.shipped_on, year=True)
    before = figures.weekly(found.before, found.weeks_before)
    said = f"{_noun(report)} a week: {before} before {shipped}"
    if found.low is not None:
        said += f", {figures.weekly(found.after, found.weeks_after)} after"
    if found.ratio is not None:
        usual = figures.weekly(found.expected, found.weeks_after)
        said += f", where {usual} would be usual. That is {figures.times(found)}"
    return f"{said}{figures.at_least(found)}. {_so(report, main)}".strip()


def _so(report: EffectReport, main: Measured) -> str:
    found = main.estimate
    if report.verdict is not found.alone and report.verdict in CHANGES:
        told = words.number(found.since, "week")
        return f"It was told after {told}; this look alone could not, and does not take it back."
    if report.verdict is EffectVerdict.NO_CHANGE:
        return "A halving would most likely have been seen."
    if report.verdict is not EffectVerdict.TOO_EARLY:
        return ""
    if found.low is None and report.weeks and figures.is_silent(main):
        return _SILENT
    if report.expects is not None:
        return f"It can most likely be told on {words.day(report.expects, year=True)}."
    if found.weeks_before < FEWEST_WEEKS:
        return "Too few weeks are stored from before to compare with."
    return f"Too few {_noun(report).lower()} for any look to tell."


def _beside(report: EffectReport) -> list[Block]:
    """The feature as a whole, and what moved next door."""
    said: list[Block] = []
    if report.story is not None and report.feature is not None:
        found = report.feature.estimate
        change = figures.change(found)
        said = [
            theirs(report.feature.name, NAME),
            ours(f" as a whole: {found.verdict}{f', {change}' if change else ''}. "),
        ]
    return [*said, *_next_door(report.next_door)]


def _next_door(looked: Sequence[NextDoor]) -> list[Block]:
    if not looked:
        return [ours("Nothing next door has enough customers to be looked at.")]
    moved = sorted(
        (each for each in looked if each.verdict in CHANGES),
        key=lambda each: (CHANGES.index(each.verdict), each.estimate.p),
    )
    count = f"{len(looked)} other stories and features looked at"
    if len(looked) == 1:
        count = "1 other story or feature looked at"
    if not moved:
        return [ours(f"Next door nothing moved; {count}.")]
    said: list[Block] = [ours("Next door")]
    for number, each in enumerate(moved[:MOST_NEXT_DOOR]):
        word = "worse" if each.verdict is EffectVerdict.WORSE else "fewer"
        said += [ours(f"{';' if number else ''} {word}: "), theirs(each.name, NAME, bold=True)]
        said.append(ours(f" ({figures.briefly(each.estimate)})"))
    more = len(moved) - MOST_NEXT_DOOR
    return [*said, ours(f"{f' and {more} more' if more > 0 else ''}; {count}.")]


def _without(main: Measured) -> list[Block]:
    """The sources that are not counted."""
    said: list[Block] = [ours("Not counted: ")]
    for number, source in enumerate(main.without[:MOST_SOURCES]):
        said += [ours(", ")] if number else []
        said.append(theirs(source, NAME))
    more = len(main.without) - MOST_SOURCES
    others = f" and {words.number(more, 'more source')}" if more > 0 else ""
    return [*said, ours(f"{others}, heard in a part of these weeks only.")]


def _drawn(report: EffectReport, main: Measured) -> Native | None:
    weeks = [*main.before, *main.after]
    if len(weeks) < FEWEST_BARS:
        return None
    noun = _noun(report)
    labels = [
        words.day(week.start) + (f" {SIGN}" if week.start == report.shipped_on else "")
        for week in weeks
    ]
    bars = chart(
        "bar",
        f"{noun} by week",
        labels,
        [Series(noun, [week.customers for week in weeks])],
        across=f"Week from ({SIGN} shipped)",
        upward=noun,
    )
    top = max(week.customers for week in weeks)
    drawn = " | ".join(
        words.sparkline([week.customers for week in side], top)
        for side in (main.before, main.after)
        if side
    )
    spoken = f"{noun} by week, before | after: {drawn}, {_range(weeks)}"
    return Native((bars,), (rich(line(ours(spoken))),))


def _range(weeks: Sequence[EffectWeek]) -> str:
    low, high = (bound(week.customers for week in weeks) for bound in (min, max))
    return f"{low:,} to {high:,} a week" if low != high else f"{low:,} a week"


def _counted(report: EffectReport, main: Measured | None) -> str:
    """How it was counted: the control, what was left out, when it is looked at again."""
    said = []
    if report.asked is not None:
        said.append(f"Insight {report.asked} was merged into this one.")
    if main is not None and main.estimate.control is not None:
        said.append(f"The rest of the queue is the control: {figures.queue(main.estimate)}.")
    left_out = figures.left_out(main) if main else ""
    if left_out:
        said.append(f"Left out: {left_out}.")
    if report.sampled:
        said.append("A sample of the tickets was read.")
    if report.looks_next is not None:
        said.append(f"Next look on {words.day(report.looks_next, year=True)}.")
    return " ".join(said)


def _buttons(report: EffectReport, *, offer: bool) -> Block | None:
    if report.insight is None:
        return None
    key = str(report.insight)
    main = report.main
    sides = ((False, main.before), (True, main.after)) if main else ()
    opens = [
        _tickets(report, report.insight, after=after)
        for after, weeks in sides
        if any(week.tickets for week in weeks if week.left_out is None)
    ]
    verify = button(
        "Mark as verified", ACTION_VERIFY, key, spoken=f"Mark insight {key} as verified"
    )
    helped = offer and report.verdict is EffectVerdict.HELPED
    return actions(*told_apart(opens), verify if helped else None)


def _tickets(report: EffectReport, insight: int, *, after: bool) -> Block:
    """Opens the tickets of one side of shipping."""
    label = "Tickets after" if after else "Tickets before"
    value = data(
        insight=insight, on=report.shipped_on.isoformat(), weeks=report.weeks, after=int(after)
    )
    return button(label, ACTION_EFFECT, value, spoken=f"{label} insight {insight} shipped")
