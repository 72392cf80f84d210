"""Slack's requests in: acknowledge, read, call a service, render, answer.

Each module has a `register(app, desk)`; nothing is registered at import.
"""

from __future__ import annotations

from slack_bolt import App

from bot.listeners import (
    alarms,
    digest,
    editing,
    friction,
    home,
    insight_cards,
    insights,
    narrowing,
    reactions,
    tickets,
)
from bot.listeners.common import Desk


def register_all(app: App, desk: Desk) -> None:
    """Every listener of Earshot."""
    for module in (
        friction,
        narrowing,
        tickets,
        editing,
        digest,
        insights,
        insight_cards,
        reactions,
        alarms,
        home,
    ):
        module.register(app, desk)
