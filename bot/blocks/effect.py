"""Whether a fix helped, as its card's thread and the command line tell it: three lines, a chart."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import words
from bot.blocks.charts import Series, chart
from bot.blocks.kit import (
    ACTION_VERIFY,
    NAME,
    TITLE,
    Block,
    actions,
    button,
    context,
    header,
    line,
    message,
    ours,
    rich,
    theirs,
)
from bot.blocks.native import Native
from bot.blocks.trends import SIGN
from bot.reports import (
    EffectReport,
    EffectVerdict,
    EffectWeek,
    Estimate,
    LeftOut,
    Measured,
    Message,
    NextDoor,
)

MOST_NEXT_DOOR = 3
FEWEST_BARS = 3
_NEVER = "too few customers write about it for any look to tell"


def render(report: EffectReport, *, offer: bool = False) -> Message:
    """A look, as it stands. With `offer` and a fix that helped there is a button that verifies."""
    main = report.main
    verdict = f"{_name(report)}: {_verdict(report)}"
    return message(
        f"{verdict}. {_figures(report, main)}" if main else verdict,
        [
            header(verdict),
            rich(
                *([line(theirs(report.title, TITLE))] if report.insight is not None else []),
                line(ours(_figures(report, main))) if main else None,
                line(*_beside(report)) if report.weeks else None,
            ),
            _drawn(report, main) if main else None,
            context(_counted(report, main)),
            _buttons(report) if offer else None,
        ],
    )


def _name(report: EffectReport) -> str:
    return f"Insight {report.insight}" if report.insight is not None else _about(report)


def _about(report: EffectReport) -> str:
    return report.about.name if report.about else "All tickets"


def _verdict(report: EffectReport) -> str:
    after = f" after {words.number(report.weeks, 'week')}" if report.weeks else ""
    return f"{report.verdict}{after}"


def _noun(report: EffectReport, count: int) -> str:
    return words.number(count, "customer" if report.customers_known else "ticket")


def _figures(report: EffectReport, main: Measured) -> str:
    """What was counted, the ratio with its interval, and what follows from it."""
    found = main.estimate
    before = (
        f"{_noun(report, found.before)} in {words.number(found.weeks_before, 'week')} before it"
        f" shipped on {words.day(report.shipped_on, year=True)}"
    )
    if found.ratio is None or found.low is None or found.high is None:
        return f"{before}. {_waiting(report, found)}"
    after = f"{found.after:,} in {words.number(found.weeks_after, 'week')} after"
    expected = f"where about {found.expected:,.0f} would be usual"
    return f"{before}, {after}, {expected}: {_times(found)}. {_so(report, found)}".strip()


def _times(found: Estimate) -> str:
    """`0.52 times (95 % interval 0.38 to 0.70)`."""
    if found.ratio is None or found.low is None or found.high is None:
        return "nothing to compare"
    # What is infinite had nobody before.
    high = "any" if found.high > 1_000 else f"{found.high:.2f}"
    return f"{found.ratio:.2f} times (95 % interval {found.low:.2f} to {high})"


def _so(report: EffectReport, found: Estimate) -> str:
    if report.verdict is EffectVerdict.TOO_EARLY:
        return _waiting(report, found)
    if report.verdict is EffectVerdict.NO_CHANGE:
        return "A halving would most likely have been seen."
    return ""


def _waiting(report: EffectReport, found: Estimate) -> str:
    if not found.weeks_before:
        return "There is nothing stored from before to compare with."
    if report.expects is not None:
        return f"It can most likely be told on {words.day(report.expects, year=True)}."
    if found.weeks_before < 4:
        return "Too few weeks are stored from before to compare with."
    return f"{_NEVER[0].upper()}{_NEVER[1:]}."


def _beside(report: EffectReport) -> list[Block]:
    """The feature as a whole, and what moved next door."""
    said: list[Block] = []
    if report.story is not None and report.feature is not None:
        found = report.feature.estimate
        said = [
            theirs(report.feature.name, NAME),
            ours(f" as a whole: {found.verdict}, {_times(found)}. "),
        ]
    return [*said, *_next_door(report)]


def _next_door(report: EffectReport) -> list[Block]:
    if not report.next_door:
        return [ours("Nothing next door has enough customers to be looked at.")]
    changes = (EffectVerdict.WORSE, EffectVerdict.HELPED)
    moved = sorted(
        (each for each in report.next_door if each.verdict in changes),
        key=lambda each: (changes.index(each.verdict), each.estimate.p),
    )
    looked = f"{words.number(len(report.next_door), 'other story or feature')}".replace(
        "story or features", "stories and features"
    )
    if not moved:
        return [ours(f"Next door nothing moved ({looked} looked at).")]
    said: list[Block] = [ours("Next door: ")]
    for number, each in enumerate(moved[:MOST_NEXT_DOOR]):
        said += [ours("; " if number else ""), *_moved(each)]
    more = len(moved) - MOST_NEXT_DOOR
    return [*said, ours(f" and {more} more" if more > 0 else ""), ours(f" (of {looked}).")]


def _moved(each: NextDoor) -> list[Block]:
    word = "worse" if each.verdict is EffectVerdict.WORSE else "fewer"
    return [
        ours(f"{word} in {each.what} "),
        theirs(each.name, NAME),
        ours(f", {_times(each.estimate)}"),
    ]


def _drawn(report: EffectReport, main: Measured) -> Native | None:
    weeks = [*main.before, *main.after]
    if len(weeks) < FEWEST_BARS:
        return None
    noun = "Customers" if report.customers_known else "Tickets"
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
    counts = [week.customers for week in weeks]
    return f"{min(counts):,} to {max(counts):,} a week"


def _counted(report: EffectReport, main: Measured | None) -> str:
    """How it was counted: the control, what was left out, when it is looked at again."""
    said = []
    if main is not None and main.estimate.control is not None:
        said.append(f"The rest of the queue is the control: {_queue(main.estimate)}.")
    left_out = _left_out(main) if main else ""
    if left_out:
        said.append(f"Left out: {left_out}.")
    if report.sampled:
        said.append("A sample of the tickets was read.")
    if report.looks_next is not None:
        said.append(f"Next look on {words.day(report.looks_next, year=True)}.")
    return " ".join(said)


def _queue(found: Estimate) -> str:
    change = f"it has {found.control:.2f} times what it had"
    return f"{change}, more than growth explains" if found.is_capped else change


def _left_out(main: Measured) -> str:
    weeks = [week for week in (*main.before, *main.after) if week.left_out is not None]
    reasons = [week.left_out for week in weeks]
    said = ["the week of shipping and the one before"] if LeftOut.ROLLOUT in reasons else []
    for reason, text in (
        (LeftOut.QUEUE, "unusual weeks of the queue"),
        (LeftOut.MIRROR, "their mirrors"),
    ):
        days = [words.day(week.start) for week in weeks if week.left_out is reason]
        said += [f"{text} ({', '.join(days)})"] if days else []
    return ", ".join(said)


def _buttons(report: EffectReport) -> Block | None:
    if report.insight is None or report.verdict is not EffectVerdict.HELPED:
        return None
    key = str(report.insight)
    return actions(
        button("Mark as verified", ACTION_VERIFY, key, spoken=f"Mark insight {key} as verified")
    )
