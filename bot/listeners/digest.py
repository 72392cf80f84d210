"""`/digest`: a channel's settings in a modal, with a preview of what they would post."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import digest as screens
from bot.blocks import kit
from bot.directory import slack_code
from bot.listeners.common import Body, Desk, carried, channel_of, team_of, user_of, values
from bot.reports import ChannelSettings
from bot.service import channels
from bot.service.channels import InvalidSettings

_FIELDS = {
    "at": kit.BLOCK_TIME,
    "days": kit.BLOCK_DAYS,
    "most": kit.BLOCK_MOST,
    "timezone": kit.BLOCK_TIMEZONE,
}


def register(app: App, desk: Desk) -> None:
    """Listen to the command, the settings button, the preview and the saving."""

    def open_settings(body: Body, client: WebClient) -> None:
        person = desk.person(body)
        channel = channel_of(body)
        desk.check_channel(body, channel)
        settings, exists = channels.current(desk.context, team_of(body), channel, person.timezone)
        report = channels.report(desk.context, settings, exists, desk.now())
        client.views_open(trigger_id=body["trigger_id"], view=screens.settings_view(report))

    @app.command(kit.COMMAND_DIGEST)
    def command(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        open_settings(body, client)

    @app.action(kit.ACTION_DIGEST_SETTINGS)
    def button(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        open_settings(body, client)

    @app.action(kit.ACTION_DIGEST_PREVIEW)
    def preview(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        view = body["view"]
        settings, exists = entered(desk, body, view)
        report = channels.report(desk.context, settings, exists, desk.now())
        try:
            client.views_update(
                view_id=view["id"], hash=view["hash"], view=screens.settings_view(report)
            )
        except SlackApiError as error:
            # Pressed twice: the modal shows a newer preview than this one.
            if slack_code(error) != "hash_conflict":
                raise

    @app.view(kit.VIEW_DIGEST)
    def save(ack: Ack, body: Body, view: Body) -> None:
        settings, _ = entered(desk, body, view)
        desk.check_channel(body, settings.channel)
        try:
            channels.save(desk.context, settings, user_of(body), desk.now())
        except InvalidSettings as error:
            faults = {_FIELDS[field]: sentence for field, sentence in error.faults.items()}
            ack(response_action="errors", errors=faults)
            return
        ack()


def entered(desk: Desk, body: Body, view: Body) -> tuple[ChannelSettings, bool]:
    """What stands in the modal, over what is kept for inputs that it does not have."""
    person = desk.person(body)
    place = carried(view["private_metadata"])
    settings, exists = channels.current(
        desk.context, team_of(body), str(place["channel"]), person.timezone
    )
    found = values(view)
    changes: dict[str, Any] = {
        "at": found.get(kit.BLOCK_TIME) or settings.at,
        "days": tuple(int(day) for day in found.get(kit.BLOCK_DAYS) or []),
        "most": int(found.get(kit.BLOCK_MOST) or settings.most),
        "timezone": str(found.get(kit.BLOCK_TIMEZONE) or "").strip(),
        "on": bool(found.get(kit.BLOCK_ON)),
        "alarms": bool(found.get(kit.BLOCK_ALARMS)),
    }
    if kit.BLOCK_FEATURES in found:
        changes["features"] = tuple(found[kit.BLOCK_FEATURES])
    if kit.BLOCK_OWNS in found:
        changes["owns"] = tuple(found[kit.BLOCK_OWNS])
    return replace(settings, **changes), exists
