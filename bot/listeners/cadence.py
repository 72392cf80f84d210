"""How often a digest comes: its mute, less of this, and whether it is still useful."""

from __future__ import annotations

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.blocks import digest_less as less_screens
from bot.blocks import kit
from bot.blocks.digest_settings import settings_view
from bot.errors import NotFound
from bot.listeners.common import (
    Body,
    Desk,
    answer,
    carried,
    channel_of,
    number_in,
    show_modal,
    team_of,
    update_modal,
    user_of,
)
from bot.listeners.digest import show_again
from bot.listeners.home import draw
from bot.reports import LessOf
from bot.service import channels, digest_less, digest_useful, muting
from bot.service.muting import For


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons of the settings, of the digest, of Home and of the question."""
    _register_less(app, desk)
    _register_useful(app, desk)

    @app.action(kit.each_of(kit.ACTION_DIGEST_MUTE))
    def mute(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        asked = carried(action["value"])
        muting.mute(
            desk.context,
            team_of(body),
            str(asked["channel"]),
            For(asked["length"]),
            user=user_of(body),
            now=desk.now(),
        )
        show_again(desk, body, client)

    @app.action(kit.ACTION_DIGEST_UNMUTE)
    def unmute(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        channel = str(carried(action["value"])["channel"])
        muting.unmute(desk.context, team_of(body), channel, user=user_of(body), now=desk.now())
        if body["view"]["type"] == "home":
            draw(desk, body, client)
        else:
            show_again(desk, body, client)


def _register_less(app: App, desk: Desk) -> None:
    @app.action(kit.ACTION_DIGEST_LESS)
    def less(ack: Ack, body: Body, action: Body, respond: Respond) -> None:
        ack()
        desk.person(body)
        channel = channel_of(body)
        desk.check_channel(body, channel)
        what, _, value = str(action["selected_option"]["value"]).partition(":")
        if what not in set(LessOf):
            raise NotFound("There is nothing such here any more.")
        said = digest_less.say(
            desk.context,
            team_of(body),
            channel,
            what=LessOf(what),
            value=value,
            user=user_of(body),
            now=desk.now(),
        )
        answer(desk, respond, less_screens.confirmed(said))

    @app.action(kit.ACTION_DIGEST_LESS_LIST)
    def listed(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        channel = str(carried(body["view"]["private_metadata"])["channel"])
        lines = digest_less.listed(desk.context, team_of(body), channel)
        show_modal(client, body, less_screens.list_view(channel, lines))

    @app.action(kit.ACTION_DIGEST_LESS_UNDO)
    def take_back(ack: Ack, body: Body, action: Body, client: WebClient, respond: Respond) -> None:
        ack()
        desk.person(body)
        gone = digest_less.take_back(
            desk.context,
            team_of(body),
            number_in(action["value"]),
            user=user_of(body),
            now=desk.now(),
        )
        if "view" not in body:
            answer(desk, respond, less_screens.taken_back(gone), replace=True)
            return
        lines = digest_less.listed(desk.context, team_of(body), gone.channel)
        update_modal(client, body, less_screens.list_view(gone.channel, lines))
        _show_below(desk, body, client)


def _show_below(desk: Desk, body: Body, client: WebClient) -> None:
    """The settings below the list, as they are kept: what was typed stays where Slack keeps it."""
    below = body["view"].get("previous_view_id")
    if not below:
        return
    person = desk.person(body)
    channel = str(carried(body["view"]["private_metadata"])["channel"])
    settings, exists = channels.current(desk.context, person.team, channel, person.timezone)
    report = channels.report(desk.context, settings, exists, desk.now())
    client.views_update(view_id=below, view=settings_view(report))


def _register_useful(app: App, desk: Desk) -> None:
    @app.action(kit.ACTION_DIGEST_KEEP)
    def keep(ack: Ack, body: Body, action: Body) -> None:
        ack()
        desk.person(body)
        question = number_in(action["value"])
        digest_useful.keep(
            desk.context, team_of(body), question, user=user_of(body), now=desk.now()
        )
        desk.clock.wake()

    @app.action(kit.ACTION_DIGEST_BACK)
    def back(ack: Ack, body: Body, action: Body) -> None:
        ack()
        desk.person(body)
        question = number_in(action["value"])
        digest_useful.back(
            desk.context, team_of(body), question, user=user_of(body), now=desk.now()
        )
        desk.clock.wake()
