"""How often a digest comes: its mute, less of this, and whether it is still useful."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt import Respond
from slack_sdk import WebClient

from bot.blocks import digest_less as less_screens
from bot.blocks import kit
from bot.blocks.digest_settings import settings_view
from bot.listeners.common import Desk, answer, show_modal, update_modal
from bot.listeners.digest import show_again
from bot.listeners.gate import Gate
from bot.listeners.home import draw
from bot.listeners.reading import (
    Body,
    carried,
    channel_of,
    number_in,
    place_of,
    team_of,
    user_of,
    value_of,
    view_of,
    word_in,
)
from bot.reports import LessOf, Right
from bot.service import channels, digest_less, digest_useful, muting
from bot.service.muting import For


def register(gate: Gate, desk: Desk) -> None:
    """Listen to the buttons of the settings, of the digest, of Home and of the question."""
    _register_less(gate, desk)
    _register_useful(gate, desk)

    @gate.action(kit.each_of(kit.ACTION_DIGEST_MUTE), Right.CONFIGURE)
    def mute(body: Body, action: Body, client: WebClient) -> None:
        asked = carried(value_of(action))
        channel = asked.text("channel")
        desk.check_inside(body, channel)
        muting.mute(
            desk.context,
            team_of(body),
            channel,
            word_in(For, asked["length"]),
            user=user_of(body),
            now=desk.now(),
        )
        show_again(desk, body, client)

    @gate.action(kit.ACTION_DIGEST_UNMUTE, Right.CONFIGURE)
    def unmute(body: Body, action: Body, client: WebClient) -> None:
        channel = carried(value_of(action)).text("channel")
        desk.check_inside(body, channel)
        muting.unmute(desk.context, team_of(body), channel, user=user_of(body), now=desk.now())
        if view_of(body).get("type") == "home":
            draw(desk, body, client)
        else:
            show_again(desk, body, client)


def _register_less(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_DIGEST_LESS, Right.CONFIGURE)
    def less(body: Body, action: Body, respond: Respond) -> None:
        channel = channel_of(body)
        desk.check_channel(body, channel)
        what, _, value = value_of(action).partition(":")
        said = digest_less.say(
            desk.context,
            team_of(body),
            channel,
            what=word_in(LessOf, what),
            value=value,
            user=user_of(body),
            now=desk.now(),
        )
        answer(desk, respond, less_screens.confirmed(said))

    @gate.action(kit.ACTION_DIGEST_LESS_LIST, Right.CONFIGURE)
    def listed(body: Body, client: WebClient) -> None:
        channel = place_of(body).text("channel")
        desk.check_inside(body, channel)
        lines = digest_less.listed(desk.context, team_of(body), channel)
        show_modal(client, body, less_screens.list_view(channel, lines))

    @gate.action(kit.ACTION_DIGEST_LESS_UNDO, Right.CONFIGURE)
    def take_back(body: Body, action: Body, client: WebClient, respond: Respond) -> None:
        channel = str(place_of(body).get("channel") or channel_of(body))
        desk.check_inside(body, channel)
        gone = digest_less.take_back(
            desk.context,
            team_of(body),
            channel,
            number_in(value_of(action)),
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
    below = view_of(body).get("previous_view_id")
    if not below:
        return
    person = desk.person(body)
    channel = place_of(body).text("channel")
    settings, exists = channels.current(desk.context, person.team, channel, person.timezone)
    report = channels.report(desk.context, settings, exists, desk.now())
    client.views_update(view_id=below, view=settings_view(report))


def _register_useful(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_DIGEST_KEEP, Right.CONFIGURE)
    def keep(body: Body, action: Body) -> None:
        decide(body, action, digest_useful.keep)

    @gate.action(kit.ACTION_DIGEST_BACK, Right.CONFIGURE)
    def back(body: Body, action: Body) -> None:
        decide(body, action, digest_useful.back)

    def decide(body: Body, action: Body, how: Callable[..., object]) -> None:
        channel = channel_of(body)
        desk.check_inside(body, channel)
        question = number_in(value_of(action))
        who = user_of(body)
        how(desk.context, team_of(body), channel, question, user=who, now=desk.now())
        desk.clock.wake()
