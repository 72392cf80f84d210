"""The modals that narrow an answer, or hold it beside another feature's."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import forms
from bot.blocks.kit import (
    BLOCK_FEATURE,
    BLOCK_KINDS,
    BLOCK_SEGMENT,
    BLOCK_SOURCE,
    BLOCK_WINDOW,
    QUOTE,
    TYPED,
    VIEW_COMPARE,
    VIEW_NARROW,
    Block,
    line,
    ours,
    rich,
    theirs,
)
from bot.blocks.text import clean
from bot.blocks.words import KIND_MEANINGS
from bot.reports import NarrowingReport

WINDOWS = {
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "12w": "Last 12 weeks",
    "6m": "Last 6 months",
    "12m": "Last 12 months",
}
EVERY = "*"
"""Stands in a menu for no filter: Slack takes no empty value."""


def narrow_view(report: NarrowingReport, metadata: str) -> Block:
    """Kinds, segment, source and window, as they are and as they could be."""
    windows = [forms.option(EVERY, f"As it is: {report.window.label}")]
    windows += [forms.option(typed, label) for typed, label in WINDOWS.items()]
    kinds = [
        forms.option(kind.value, f"{kind.value}: {meaning}")
        for kind, meaning in KIND_MEANINGS.items()
    ]
    chosen = [kind.value for kind in report.kinds]
    fields = [
        forms.field(BLOCK_WINDOW, "Window", forms.select(windows, EVERY, "Window")),
        forms.field(
            BLOCK_KINDS,
            "Kinds",
            forms.multi_select(kinds, chosen, "All of friction"),
            hint="None chosen is all friction, without praise.",
            optional=True,
        ),
    ]
    for block, label, names, now in (
        (BLOCK_SEGMENT, "Segment", report.choices.segments, report.segment),
        (BLOCK_SOURCE, "Source", report.choices.sources, report.source),
    ):
        options = _names(names, now)
        if len(options) > 1:
            fields.append(forms.field(block, label, forms.select(options, now or EVERY, "All")))
    return forms.modal(
        VIEW_NARROW, "Narrow", [_asked(report), *fields], submit="Show", metadata=metadata
    )


def compare_view(report: NarrowingReport, metadata: str) -> Block:
    """The feature to hold it beside."""
    options = forms.feature_options(report.choices.features, ())
    if not options:
        alone = rich(line(ours("There is no other feature to compare with yet.")))
        return forms.modal(VIEW_COMPARE, "Compare", [alone])
    chosen = forms.field(BLOCK_FEATURE, "With", forms.select(options, None, "Feature"))
    return forms.modal(
        VIEW_COMPARE, "Compare", [_asked(report), chosen], submit="Show", metadata=metadata
    )


def _asked(report: NarrowingReport) -> Block:
    note = [ours("\n"), theirs(report.note, QUOTE)] if report.note else []
    return rich(line(ours("Now: "), theirs(report.reading, TYPED, bold=True), *note))


def _names(names: Sequence[str], now: str | None) -> list[Block]:
    """The chosen one stands there even if it is gone by now, or one of very many."""
    listed = dict.fromkeys([*([now] if now else []), *names])
    options = [forms.option(name, name) for name in listed if _fits(name)]
    return [forms.option(EVERY, "All"), *options[: forms.OPTIONS - 1]]


def _fits(name: str) -> bool:
    """Whether a name comes back from Slack as it is stored."""
    return 0 < len(name) <= forms.OPTION_VALUE and clean(name) == name
