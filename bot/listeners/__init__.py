"""Slack's requests in: acknowledge, read, call a service, render, answer.

Each module has a `register(gate, desk)`; nothing is registered at import.
"""

from __future__ import annotations

from slack_bolt import App

from bot.listeners import (
    alarms,
    cadence,
    digest,
    editing,
    effect,
    friction,
    home,
    insight_cards,
    insights,
    leaks,
    lifecycle,
    narrowing,
    reactions,
    tickets,
)
from bot.listeners.common import Desk
from bot.listeners.gate import Gate


def register_all(app: App, desk: Desk) -> None:
    """Every listener of Earshot."""
    gate = Gate(app, desk)
    answers = (friction, narrowing, tickets, editing, digest, cadence, insights, insight_cards)
    for module in (*answers, leaks, effect, alarms, home, reactions, lifecycle):
        module.register(gate, desk)
