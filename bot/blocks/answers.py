"""Every answer to `/friction` as a message, whatever was asked."""

from __future__ import annotations

from bot.blocks import friction, ranking, tickets, versus, way_in
from bot.reports import (
    FrictionReport,
    HelpReport,
    Message,
    RankingReport,
    TicketView,
    VersusReport,
    WayInReport,
)

Answered = FrictionReport | RankingReport | VersusReport | WayInReport | HelpReport | TicketView


def render(report: Answered, *, may_edit: bool = False, in_channel: bool = True) -> Message:
    """For the asker only; `may_edit` says whether they are offered to edit features.

    Only what is asked `in_channel` offers to be shared or sent there.
    """
    if isinstance(report, HelpReport):
        return friction.render_help(report)
    if isinstance(report, RankingReport):
        return ranking.render_ranking(report)
    if isinstance(report, TicketView):
        return tickets.render(report)
    if isinstance(report, VersusReport):
        return versus.render_versus(report, in_channel=in_channel)
    if isinstance(report, WayInReport):
        return way_in.render_way_in(report, in_channel=in_channel)
    return friction.render(report, may_edit=may_edit, in_channel=in_channel)


def render_shared(report: Answered, by: str) -> Message | None:
    """For a channel; None for what cannot be shared."""
    if isinstance(report, FrictionReport):
        return friction.render_shared(report, by)
    if isinstance(report, VersusReport):
        return versus.render_versus_shared(report, by)
    if isinstance(report, WayInReport):
        return way_in.render_way_in_shared(report, by)
    return None
