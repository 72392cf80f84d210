"""The Home tab: my channels' features, what was tagged lately, and how to begin."""

from __future__ import annotations

from bot.blocks import cadence, parts, words
from bot.blocks.fitting import fit_view
from bot.blocks.kit import (
    COMMAND_DIGEST,
    COMMAND_FRICTION,
    Block,
    actions,
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
    blocks = [
        *_features(report),
        *_digests(report),
        *_insights(report),
        *_start(report),
        _footing(report),
    ]
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


def _digests(report: HomeReport) -> list[Block | None]:
    """How often the digests of the viewer's channels come; a mute ends in one click."""
    if not report.digests:
        return []
    found: list[Block | None] = [header("Digests of your channels")]
    for one in report.digests[:MOST_CHANNELS]:
        end = actions(cadence.unmute_button(one.channel)) if one.mute else None
        found += [rich(line(*cadence.digest_line(one))), end]
    more = len(report.digests) - MOST_CHANNELS
    return [*found, context(f"And {more} more") if more > 0 else None]


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
    stored = f"{words.number(report.tickets, 'ticket')} stored, all redacted."
    return context(f"{stored} {_leaks(report)}".rstrip())


def _leaks(report: HomeReport) -> str:
    if not report.leaks:
        return ""
    said = words.number(report.leaks, "ticket")
    return f"A leak was reported in {said} {words.in_window(report.window)}, and masked."
