"""The Home tab."""

from __future__ import annotations

from slack_bolt import App
from slack_sdk import WebClient

from bot.blocks import home as screens
from bot.listeners.common import Body, Desk, team_of, user_of
from bot.service import home


def register(app: App, desk: Desk) -> None:
    """Draw Home whenever somebody opens it."""

    @app.event("app_home_opened")
    def opened(body: Body, client: WebClient) -> None:
        if body["event"].get("tab", "home") != "home":
            return
        desk.person(body)
        draw(desk, body, client)


def draw(desk: Desk, body: Body, client: WebClient) -> None:
    """Home as it is now, for the person who acts."""
    user = user_of(body)
    channels = desk.directory.channels_of(user)
    report = home.view(desk.context, team_of(body), channels, desk.now())
    client.views_publish(user_id=user, view=screens.view(report))
