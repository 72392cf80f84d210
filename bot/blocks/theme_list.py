"""All themes of an answer in a modal: what is told, by how many, in whose words."""

from __future__ import annotations

from bot.blocks import forms, words
from bot.blocks.kit import (
    QUOTE,
    TITLE,
    TYPED,
    VIEW_THEMES,
    Block,
    context,
    line,
    link,
    ours,
    quote,
    rich,
    theirs,
)
from bot.reports import Theme, ThemesReport

MOST = 30


def waiting_view() -> Block:
    """While themes are being looked for, which takes longer than Slack waits for a modal."""
    return forms.modal(VIEW_THEMES, "Themes", [rich(line(ours("Reading tickets…")))])


def themes_view(report: ThemesReport) -> Block:
    heading = rich(line(theirs(report.reading, TYPED, bold=True), ours(f" · {_size(report)}")))
    if not report.themes:
        nothing = rich(line(ours("No two customers told the same story.")))
        return forms.modal(VIEW_THEMES, "Themes", [heading, nothing, _footing(report)])
    left_out = len(report.themes) - MOST
    more = context(f"{left_out:,} smaller themes are not shown") if left_out > 0 else None
    blocks = [_theme(theme, report) for theme in report.themes[:MOST]]
    return forms.modal(VIEW_THEMES, "Themes", [heading, *blocks, more, _footing(report)])


def _size(report: ThemesReport) -> str:
    found = words.number(len(report.themes), "theme")
    of = "" if report.kinds else " with friction"
    return f"{found} in {words.number(report.tickets, 'ticket')}{of}"


def _theme(theme: Theme, report: ThemesReport) -> Block:
    known = report.customers_known
    before = "" if theme.previous is None else f", {theme.previous or 'none'} before"
    size = (
        words.crowd(theme.tickets, theme.customers)
        if known
        else words.number(theme.tickets, "ticket")
    )
    head = [theirs(theme.label, TITLE, bold=True), ours(f" · {size}{before}")]
    if theme.quote is None:
        return rich(line(*head))
    said = theme.quote
    return rich(line(*head, *link("open", said.url)), quote(theirs(said.text, QUOTE)))


def _footing(report: ThemesReport) -> Block | None:
    alone = words.number(report.alone, "ticket")
    said = [f"{alone} told a story of {'its' if report.alone == 1 else 'their'} own"]
    said = said if report.alone and report.themes else []
    if report.sampled:
        said.append("themes of the newest tickets only")
    joined = ", ".join(said)
    return context(joined[:1].upper() + joined[1:]) if joined else None
