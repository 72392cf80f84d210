"""The figures of a look at a fix in words: how much it changed, the control, what was left out."""

from __future__ import annotations

from bot.blocks import words
from bot.reports import Estimate, LeftOut, Measured

STEADY = 0.05


def weekly(count: float, weeks: int) -> str:
    """`7.9`, `12`; nobody at all is `0`."""
    rate = count / weeks
    return f"{rate:,.0f}" if rate >= 10 or not count else f"{rate:.1f}"


def times(found: Estimate) -> str:
    """`0.52 times (95 % interval 0.38 to 0.70)`."""
    return f"{found.ratio or 0:.2f} times (95 % interval {_interval(found)})"


def at_least(found: Estimate) -> str:
    """` (at least 33.72 times)` where nobody wrote before, so that there is no ratio."""
    least = _least(found)
    return f" ({least})" if least else ""


def _least(found: Estimate) -> str:
    is_more = found.ratio is None and found.low is not None and found.low > 1
    return f"at least {found.low:,.2f} times" if is_more else ""


def change(found: Estimate) -> str:
    """The ratio with its interval, or what stands for it where nobody wrote before."""
    if found.ratio is not None:
        return times(found)
    return _since_none(found) if found.low is not None else ""


def briefly(found: Estimate) -> str:
    """The same in brackets: `2.18 times, 1.82 to 2.62`."""
    if found.ratio is None:
        return _since_none(found)
    return f"{found.ratio:.2f} times, {_interval(found)}"


def _since_none(found: Estimate) -> str:
    """`0 a week before, 12 after, at least 33.72 times`."""
    after = weekly(found.after, max(found.weeks_after, 1))
    return ", ".join(filter(None, ("0 a week before", f"{after} after", _least(found))))


def _interval(found: Estimate) -> str:
    # What is without end had nobody before.
    high = found.high if found.high is not None and found.high < words.MOST_TIMES else None
    return f"{found.low or 0:.2f} to {'any' if high is None else f'{high:.2f}'}"


def queue(found: Estimate) -> str:
    """What the control did."""
    if found.control is None or abs(found.control - 1) < STEADY:
        return "it stayed as it was"
    said = f"it has {found.control:.2f} times what it had"
    return f"{said}, more than growth explains" if found.is_capped else said


def is_silent(main: Measured) -> bool:
    """Whether weeks are left out in which a source was not heard."""
    return any(week.left_out is LeftOut.SOURCE for week in (*main.before, *main.after))


def left_out(main: Measured) -> str:
    """Which weeks were left out, and why; empty for none."""
    weeks = [week for week in (*main.before, *main.after) if week.left_out is not None]
    reasons = [week.left_out for week in weeks]
    said = ["the week of shipping and the one before"] if LeftOut.ROLLOUT in reasons else []
    for reason, text in (
        (LeftOut.QUEUE, "unusual weeks of the queue"),
        (LeftOut.SOURCE, "weeks in which a source was not heard"),
        (LeftOut.MIRROR, "their mirrors"),
    ):
        days = [words.day(week.start) for week in weeks if week.left_out is reason]
        said += [f"{text} ({', '.join(days)})"] if days else []
    return ", ".join(said)
