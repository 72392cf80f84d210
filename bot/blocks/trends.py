"""Friction over time: as Slack's chart, as a sparkline, and always in words.

Bars are whole weeks, counted back from the window's end. Where there are more of them than a chart
holds, each bar is as many weeks as it takes, so that the whole window is shown. The days that are
left over at its beginning are not drawn: they would pass for a quiet week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.blocks import words
from bot.blocks.charts import MOST_POINTS, Series, chart
from bot.blocks.kit import NAME, Block, ours, theirs
from bot.reports import Mark, Week, Window

FEWEST_BARS = 3
MOST_MARKS = 4
SIGN = "◆"
"""Says at a bar that something was noted in its days; the line below says what."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Tickets by stretches of `step` weeks that begin on `starts`; the last may be running.

    `since` is the window's first day: what lies between it and the first bar is not drawn.
    """

    since: date
    starts: tuple[date, ...]
    tickets: tuple[int, ...]
    step: int
    is_running: bool

    @property
    def span(self) -> str:
        """`week`, `3 weeks`: how long a bar is."""
        return "week" if self.step == 1 else f"{self.step} weeks"

    @property
    def is_long(self) -> bool:
        """Whether the same month may come twice, so that days need their year."""
        return self.starts[-1] - self.starts[0] >= timedelta(days=300)


def trend_of(weeks: Sequence[Week], window: Window) -> Trend | None:
    """The bars of a window; None where there are too few of them to show a trend."""
    ends = [*(week.start for week in weeks[1:]), window.until.date()]
    lengths = [(end - week.start).days for week, end in zip(weeks, ends, strict=True)]
    whole = weeks[1 if lengths and lengths[0] < 7 else 0 :]
    step = -(-len(whole) // MOST_POINTS) or 1
    kept = whole[len(whole) % step :]
    bars = [kept[at : at + step] for at in range(0, len(kept), step)]
    if len(bars) < FEWEST_BARS:
        return None
    return Trend(
        since=weeks[0].start,
        starts=tuple(bar[0].start for bar in bars),
        tickets=tuple(sum(week.tickets for week in bar) for bar in bars),
        step=step,
        is_running=lengths[-1] < 7,
    )


def in_words(trend: Trend, *, spark: bool = False) -> str:
    """`By week since 6 Oct: 1 to 8 a week, 8 in the week of 27 Oct`; `spark` draws it, too."""
    bars = f"{words.sparkline(trend.tickets)} " if spark else ""
    return f"{since(trend)}: {bars}{range_of(trend)}"


def since(trend: Trend) -> str:
    """`By week since 6 Oct`; in longer windows with the year."""
    return f"By {trend.span} since {words.day(trend.starts[0], year=trend.is_long)}"


def range_of(trend: Trend) -> str:
    """`1 to 8 a week, 8 in the week of 27 Oct`."""
    counts = trend.tickets
    whole = counts[:-1] if trend.is_running else counts
    low, high = min(whole), max(whole)
    each = "a week" if trend.step == 1 else f"in {trend.span}"
    range_ = f"{low:,} {each}" if low == high else f"{low:,} to {high:,} {each}"
    last = words.day(trend.starts[-1])
    when = f"in the week of {last}" if trend.step == 1 else f"in the {trend.span} from {last}"
    latest = f"{counts[-1]:,} {'so far ' if trend.is_running else ''}{when}"
    return f"{range_}, {latest}"


def draw(trend: Trend, marks: Sequence[Mark] = (), *, narrowed: bool = False) -> Block:
    """Bars of one feature or search; its name, and what it is narrowed to, stand above."""
    title = _title(trend, narrowed=narrowed)
    values = [Series("Tickets", trend.tickets)]
    labels = _labels(trend, marks)
    return chart("bar", title, labels, values, across=_across(trend), upward="Tickets")


def _title(trend: Trend, *, narrowed: bool) -> str:
    return f"Tickets by {trend.span}" if narrowed else f"Tickets with friction by {trend.span}"


def draw_both(trends: Sequence[tuple[str, Trend]], *, narrowed: bool = False) -> Block:
    """Lines of several features over the same weeks, on one scale, with their names."""
    first = trends[0][1]
    title = _title(first, narrowed=narrowed)
    series = [Series(name, trend.tickets) for name, trend in trends]
    labels = _labels(first, ())
    return chart("line", title, labels, series, across=_across(first), upward="Tickets")


def _across(trend: Trend) -> str:
    """The axis says where a bar begins, and which days have none."""
    said = "Week from" if trend.step == 1 else f"{trend.span} from"
    last = trend.starts[0] - timedelta(days=1)
    if last < trend.since:
        return said
    days = words.day(last)
    if last > trend.since:
        same = (last.year, last.month) == (trend.since.year, trend.since.month)
        days = f"{trend.since.day if same else words.day(trend.since)} to {days}"
    return f"{said} ({days} not drawn)"


def _labels(trend: Trend, marks: Sequence[Mark]) -> list[str]:
    """The bars' first days, with a sign where something was noted."""
    noted = {_bar_of(trend, mark.day) for mark in marks}
    return [
        words.day(start, year=trend.is_long) + (f" {SIGN}" if at in noted else "")
        for at, start in enumerate(trend.starts)
    ]


def _bar_of(trend: Trend, day: date) -> int | None:
    days = (day - trend.starts[0]).days // (7 * trend.step)
    return days if 0 <= days < len(trend.starts) else None


def within(marks: Sequence[Mark], window: Window) -> list[Mark]:
    """What was noted in a window, by day."""
    since, until = window.since.date(), window.until.date()
    return sorted((mark for mark in marks if since <= mark.day <= until), key=lambda mark: mark.day)


def noted(marks: Sequence[Mark], *, sign: bool) -> list[Block]:
    """`12 Nov deployed 4.2 · 20 Nov fee shown earlier`: the newest, with the sign of the chart."""
    said: list[Block] = [ours(f"{SIGN} ")] if sign else []
    for number, mark in enumerate(marks[-MOST_MARKS:]):
        said += [ours(f"{' · ' if number else ''}{words.day(mark.day)} "), theirs(mark.label, NAME)]
    left_out = len(marks) - MOST_MARKS
    return [*said, ours(f" · {left_out} earlier")] if left_out > 0 else said
