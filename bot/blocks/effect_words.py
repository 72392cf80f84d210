"""A look at a fix in one line, as cards and lists have it, and the sentence for what stands."""

from __future__ import annotations

from bot.blocks import words
from bot.reports import EffectVerdict, Look

LAST = 12
"""Weeks after shipping of the last look: what is too early then is never told."""


def told(look: Look) -> str:
    """`Helped: 62 % fewer customers a week (40 to 76 %), looked at after 4 weeks`."""
    said, after = verdict(look).capitalize(), f"looked at after {words.number(look.weeks, 'week')}"
    if look.verdict is EffectVerdict.TOO_EARLY:
        return f"{said}, {after}"
    if look.ratio is None:
        return f"{said}{_since_none(look)}, {after}"
    noun = "customers" if look.customers_known else "tickets"
    return f"{said}: {_change(look.ratio, noun)} a week{_range(look)}, {after}"


def briefly(look: Look) -> str:
    """`helped after 4 weeks, 62 % fewer`."""
    said = f"{verdict(look)} after {words.number(look.weeks, 'week')}"
    if look.verdict not in (EffectVerdict.HELPED, EffectVerdict.WORSE):
        return said
    if look.ratio is None:
        return f"{said}{', nobody before' if look.low else ''}"
    return f"{said}, {_change(look.ratio)}"


def verdict(look: Look) -> str:
    is_over = look.verdict is EffectVerdict.TOO_EARLY and look.weeks >= LAST
    return "too few to say" if is_over else str(look.verdict)


def _since_none(look: Look) -> str:
    """`: nobody before, at least 34 times as many now`; looks were kept without figures once."""
    if not look.low:
        return ""
    least = f", at least {look.low:,.1f} times as many now" if look.low > 1 else ""
    return f": nobody before{least}"


def _change(ratio: float, noun: str = "") -> str:
    percent = _percent(ratio)
    if not percent:
        return f"as many {noun}".strip()
    return f"{_size(percent)} {'fewer' if percent < 0 else 'more'} {noun}".strip()


def _range(look: Look) -> str:
    """` (40 to 76 %)`, ` (7 % fewer to 22 % more)`: the 95 % interval, as what it changes."""
    low = _percent(look.low or 0)
    if look.high is None or look.high >= words.MOST_TIMES:
        return f" (at least {_change(look.low or 0)})"
    high = _percent(look.high)
    if high <= 0:
        return f" ({-high} to {-low} %)"
    if low >= 0:
        return f" ({low:,} to {high:,} %)"
    return f" ({_size(low)} fewer to {_size(high)} more)"


def _percent(ratio: float) -> int:
    return round(100 * (ratio - 1))


def _size(percent: int) -> str:
    return f"{abs(percent):,} %"
