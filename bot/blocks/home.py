"""The Home tab: my channels' features, what was tagged lately, and how to begin."""

from __future__ import annotations

from bot.blocks import parts, words
from bot.blocks.fitting import fit_view
from bot.blocks.kit import (
    COMMAND_DIGEST,
    COMMAND_FRICTION,
    Block,
    bullets,
    channel,
    context,
    header,
    line,
    ours,
    rich,
)
from bot.reports import HomeReport

MOST_FEATURES = 10
MOST_INSIGHTS = 5
MOST_CHANNELS = 5


def view(report: HomeReport) -> Block:
    """A whole Home tab; the listener publishes it as it is."""
    blocks = [*_features(report), *_insights(report), *_start(report), _footing(report)]
    fitted = fit_view([block for block in blocks if block])
    return {"type": "home", "blocks": fitted}


def _features(report: HomeReport) -> list[Block | None]:
    if not report.features:
        return []
    listed = bullets(parts.feature(item) for item in report.features[:MOST_FEATURES])
    return [header(f"Your features {words.in_window(report.window)}"), _whose(report), rich(listed)]


def _whose(report: HomeReport) -> Block | None:
    if not report.channels:
        return None
    elements = [ours("Owned by ")]
    for number, id in enumerate(report.channels[:MOST_CHANNELS]):
        elements += [ours(", "), channel(id)] if number else [channel(id)]
    more = len(report.channels) - MOST_CHANNELS
    return rich(line(*elements, *([ours(f" and {more} more")] if more > 0 else [])))


def _insights(report: HomeReport) -> list[Block | None]:
    if not report.insights:
        return []
    listed = bullets(parts.insight(item, answers=True) for item in report.insights[:MOST_INSIGHTS])
    return [header("Newest insights"), rich(listed)]


def _start(report: HomeReport) -> list[Block | None]:
    if not report.is_new and report.features:
        return []
    steps = [
        (COMMAND_FRICTION, "  where customers struggle most"),
        (f"{COMMAND_FRICTION} checkout", "  one feature, in customers' words"),
        (COMMAND_DIGEST, "  in a channel: a short digest there, on the days you choose"),
    ]
    listed = bullets([ours(typed, code=True), ours(meaning)] for typed, meaning in steps)
    return [header("How to start"), rich(listed)]


def _footing(report: HomeReport) -> Block:
    if not report.tickets:
        return context("No tickets stored yet. Whoever runs Earshot brings them in.")
    return context(f"{words.number(report.tickets, 'ticket')} stored, all redacted.")
