"""`/digest`: a channel's settings in a modal, with a preview of what they would post."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import digest_settings as screens
from bot.blocks import digest_why as why_screens
from bot.blocks import kit
from bot.listeners.common import Desk, show_modal, update_modal
from bot.listeners.gate import Gate
from bot.listeners.reading import (
    Body,
    Carried,
    carried,
    channel_of,
    day_in,
    number_in,
    place_of,
    team_of,
    trigger_of,
    user_of,
    value_of,
    values,
    view_of,
    word_in,
)
from bot.reports import Act, BehindReport, Cadence, ChannelSettings, Right
from bot.service import channels, digest_why
from bot.service.channels import InvalidSettings

_FIELDS = {
    "at": kit.BLOCK_TIME,
    "days": kit.BLOCK_DAYS,
    "weekday": kit.BLOCK_WEEKDAY,
    "most": kit.BLOCK_MOST,
    "timezone": kit.BLOCK_TIMEZONE,
}


def register(gate: Gate, desk: Desk) -> None:
    """Listen to the command, the settings button, the preview and the saving."""

    def open_settings(body: Body, client: WebClient, also: str = "") -> None:
        person = desk.person(body)
        channel = channel_of(body)
        desk.check_channel(body, channel)
        settings, exists = channels.current(desk.context, team_of(body), channel, person.timezone)
        if also:
            settings = _with_feature(settings, also, exists=exists)
        report = channels.report(desk.context, settings, exists, desk.now())
        client.views_open(trigger_id=trigger_of(body), view=screens.settings_view(report))

    @gate.command(kit.COMMAND_DIGEST, Right.CONFIGURE)
    def command(body: Body, client: WebClient) -> None:
        open_settings(body, client)

    @gate.action(kit.ACTION_DIGEST_SETTINGS, Right.CONFIGURE)
    def button(body: Body, client: WebClient) -> None:
        open_settings(body, client)

    @gate.action(kit.ACTION_DIGEST_HERE, Right.CONFIGURE)
    def here(body: Body, action: Body, client: WebClient) -> None:
        """The settings with one feature more, to be looked at and saved."""
        open_settings(body, client, value_of(action))

    @gate.action(kit.ACTION_DIGEST_CADENCE, Right.CONFIGURE)
    @gate.action(kit.ACTION_DIGEST_PREVIEW, Right.CONFIGURE)
    def preview(body: Body, client: WebClient) -> None:
        show_again(desk, body, client)

    @gate.view(kit.VIEW_DIGEST, Right.CONFIGURE)
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

    _register_why(gate, desk)


def _register_why(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_DIGEST_WHY)
    def why(body: Body, action: Body, client: WebClient) -> None:
        channel = channel_of(body)
        desk.check_channel(body, channel)
        day = day_in(value_of(action))
        report = digest_why.why(desk.context, team_of(body), channel, day)
        client.views_open(trigger_id=trigger_of(body), view=why_screens.view(report))
        desk.acted(body, Act.OPENED)

    @gate.action(kit.ACTION_DIGEST_NEWER)
    @gate.action(kit.ACTION_DIGEST_OLDER)
    @gate.action(kit.ACTION_DIGEST_UNSHOWN)
    def turn(body: Body, action: Body, client: WebClient) -> None:
        """A page of the tickets behind a figure, in the place of the modal."""
        channel = place_of(body).text("channel")
        found = _behind(desk, body, channel, carried(value_of(action)))
        update_modal(client, body, why_screens.behind_view(found))

    @gate.action(kit.ACTION_DIGEST_LIKE)
    def like(body: Body, action: Body, client: WebClient) -> None:
        """Those that tell the same as a shown ticket, asked for in the digest or its reasons."""
        channel = str(place_of(body).get("channel") or channel_of(body))
        found = _behind(desk, body, channel, carried(value_of(action)))
        show_modal(client, body, why_screens.behind_view(found))
        desk.acted(body, Act.OPENED, channel)


def _behind(desk: Desk, body: Body, channel: str, asked: Carried) -> BehindReport:
    """The page that a button asks for, of a digest that its channel may show."""
    person = desk.person(body)
    desk.check_channel(body, channel)
    day, page = day_in(asked["day"]), number_in(asked["page"])
    if asked.get("like") is not None:
        row = number_in(asked["like"])
        return digest_why.similar(desk.context, person.team, channel, day, like=row, page=page)
    settings, _ = channels.current(desk.context, person.team, channel, person.timezone)
    return digest_why.unshown(desk.context, settings, day, page)


def _with_feature(settings: ChannelSettings, feature: str, *, exists: bool) -> ChannelSettings:
    """Settings that send what is said of a feature; a digest about all features has it already."""
    is_in = feature in settings.features or (exists and not settings.features)
    features = settings.features if is_in else (*settings.features, feature)
    return replace(settings, features=features, on=True)


def show_again(desk: Desk, body: Body, client: WebClient) -> None:
    """The settings as they stand in the modal, and what they would post."""
    settings, exists = entered(desk, body, view_of(body))
    report = channels.report(desk.context, settings, exists, desk.now())
    update_modal(client, body, screens.settings_view(report))


def entered(desk: Desk, body: Body, view: Body) -> tuple[ChannelSettings, bool]:
    """What stands in the modal, over what is kept for inputs that it does not have."""
    person = desk.person(body)
    channel = carried(view.get("private_metadata")).text("channel")
    desk.check_inside(body, channel)
    settings, exists = channels.current(desk.context, person.team, channel, person.timezone)
    found = values(view)
    changes: dict[str, Any] = {
        "at": found.get(kit.BLOCK_TIME) or settings.at,
        "cadence": word_in(Cadence, found.get(kit.BLOCK_CADENCE) or settings.cadence),
        "most": number_in(found.get(kit.BLOCK_MOST) or settings.most),
        "timezone": str(found.get(kit.BLOCK_TIMEZONE) or "").strip(),
        "on": bool(found.get(kit.BLOCK_ON)),
        "alarms": bool(found.get(kit.BLOCK_ALARMS)),
    }
    # The days that go with another cadence are kept for when that is chosen again.
    if kit.BLOCK_DAYS in found:
        changes["days"] = tuple(number_in(day) for day in found[kit.BLOCK_DAYS])
    if kit.BLOCK_WEEKDAY in found:
        changes["weekday"] = number_in(found[kit.BLOCK_WEEKDAY])
    if kit.BLOCK_FEATURES in found:
        changes["features"] = tuple(found[kit.BLOCK_FEATURES])
    if kit.BLOCK_OWNS in found:
        changes["owns"] = tuple(found[kit.BLOCK_OWNS])
    return replace(settings, **changes), exists
