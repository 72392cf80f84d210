"""The Home tab."""

from __future__ import annotations

from slack_sdk import WebClient

from bot.blocks import home as screens
from bot.listeners.common import Desk
from bot.listeners.gate import Gate
from bot.listeners.reading import Body, team_of, user_of
from bot.service import home


def register(gate: Gate, desk: Desk) -> None:
    """Draw Home whenever somebody opens it."""

    @gate.visit("app_home_opened", lambda event: event.get("tab", "home") == "home")
    def opened(body: Body, client: WebClient) -> None:
        draw(desk, body, client)


def draw(desk: Desk, body: Body, client: WebClient) -> None:
    """Home as it is now, for the person who acts."""
    user = user_of(body)
    channels = desk.directory.channels_of(user)
    report = home.view(desk.context, team_of(body), channels, desk.now())
    client.views_publish(user_id=user, view=screens.view(report))
